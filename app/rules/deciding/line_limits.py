"""Limits that choose among the items of one request, or cut them: best, first, so many awards, amounts by key.

They work one after the other, as written. Each leaves every item with its own verdict and bounds, and the items
together with bounds of their own, which are closer: of two loans worth 5 to 10 the best one comes to 5 to 10, though
either may come to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.limit_history import NEVER, grouped, most_of
from app.rules.deciding.line_places import APART, Places
from app.rules.deciding.vying import (
    Purse,
    Queues,
    Share,
    Vying,
    added,
    greatest,
    greatest_ends,
    groups_of,
)
from app.rules.limits import Limit, LimitKind
from app.rules.results import LimitUse, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.rules.deciding.limit_history import Group, Times
    from app.rules.deciding.line_places import Request
    from app.rules.deciding.one_item import Figure, Item, OneItem
    from app.rules.deciding.vying import End
    from app.rules.facts import FactSchema
    from app.rules.logic import Truth
    from app.rules.policy import Each
    from app.rules.results import Missing, Point


class Chosen(NamedTuple):
    """The items after the limits, what they come to together, and how the limits are used."""

    items: list[Item]
    share: Share
    uses: tuple[LimitUse, ...]


@dataclass(slots=True)
class _Line:
    """An item that may still be awarded."""

    item: Item
    vying: Vying
    truth: Truth
    figure: Figure
    reasons: list[Reason] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    out: bool = False


class LineLimits:
    """The limits of one measure that look at its items together."""

    def __init__(
        self, each: Each, chosen: Sequence[tuple[Limit, Point]], schema: FactSchema, one: OneItem
    ) -> None:
        self._places, self._chosen, self._one = Places(each, schema), chosen, one

    def apply(self, items: Sequence[Item], request: Request) -> Chosen:
        """The items of a list that is known, decided one by one before."""
        lines = {
            position: _line_of(self._one, item, position)
            for position, item in enumerate(items)
            if item.line.verdict != "ineligible"
        }
        uses: list[LimitUse] = []
        shares: dict[Group | None, Share] = {}
        counted: object = None
        for limit, point in self._chosen:
            open_ = [line for line in lines.values() if not line.out]
            labels = {line.vying.position: self._places.place(line.vying, limit, request) for line in open_}
            grouping = limit.keys, limit.per_item
            if counted != grouping:
                shares = _shares(open_)
            counted = grouping
            by_counted = not self._one.inner and not limit.per_item and not limit.keys
            found = grouped(limit, request.history, request.year, by_counted=by_counted)
            if limit.kind.in_money:
                taken = self._cut(limit, point, open_, shares, found, request)
            else:
                taken = self._choose(limit, point, open_, shares, found, request)
            uses += _uses(
                limit, found, taken, shares, {line.vying.group: labels[line.vying.position] for line in open_}
            )
        done = [
            self._one.limited(item, line.truth, line.figure, tuple(line.reasons), tuple(line.missing))
            if (line := lines.get(position)) is not None
            else item
            for position, item in enumerate(items)
        ]
        return Chosen(done, _together(shares, [line for line in lines.values() if not line.out]), tuple(uses))

    # What limits do

    def _choose(
        self,
        limit: Limit,
        point: Point,
        lines: Sequence[_Line],
        shares: dict[Group | None, Share],
        found: Mapping[Group, Times],
        request: Request,
    ) -> dict[Group | None, int]:
        """Some items take the places; how many of each group take none."""
        touched = [line for line in lines if not line.vying.apart]
        queues = Queues([line.vying for line in touched])
        truths = {}
        for line in touched:
            truths[line.vying.position] = queues.is_in(line.vying, *places_of(limit, line.vying.group, found))
        self._share_out(limit, touched, truths, shares, found)
        unsure = [line for line in touched if truths[line.vying.position] is None]
        lost: dict[Group | None, int] = {}
        for line in touched:
            truth, one = truths[line.vying.position], line.vying
            if truth is False:
                line.out, line.truth = True, False
                used = (
                    limit.cap if limit.topped_up else max(limit.cap, found.get(one.group or (), NEVER).awards)
                )
                line.reasons.append(Reason(point, "limited", used, limit.cap, one.position, "<"))
                lost[one.group] = lost.get(one.group, 0) + 1
            elif truth is None:
                line.truth = None if line.truth is True else line.truth
                one.certain, one.low = False, 0
                line.reasons.append(Reason(point, "unknown", None, limit.cap, one.position, "<"))
            if unsure:
                line.missing += self._places.unknown(one, limit, request)
        return lost

    @staticmethod
    def _share_out(
        limit: Limit,
        lines: Sequence[_Line],
        truths: Mapping[int, Truth],
        shares: dict[Group | None, Share],
        found: Mapping[Group, Times],
    ) -> None:
        """What the chosen items of each group come to."""
        by_amount = limit.kind is LimitKind.BEST and limit.by is None
        for group, members in groups_of(line.vying for line in lines).items():
            least, most = places_of(limit, group, found)
            may = [one for one in members if truths[one.position] is not False]
            sure = [one for one in members if truths[one.position] is True]
            share = shares[group]
            if group is None:
                shares[group] = Share(0, _least(added(one.high for one in may), share.high), 0, len(may))
                continue
            high = greatest_ends([one.high for one in (members if by_amount else may)], most)
            certain = min(least, sum(one.certain for one in members))
            low = greatest((one.low for one in (members if by_amount else sure)), least)
            shares[group] = Share(low, _least(high, share.high), certain, min(most, len(may)))

    def _cut(
        self,
        limit: Limit,
        point: Point,
        lines: Sequence[_Line],
        shares: dict[Group | None, Share],
        found: Mapping[Group, Times],
        request: Request,
    ) -> dict[Group | None, int]:
        """Amounts in the order of the request, to what is left; how much each group loses for certain."""
        less = limit.kind is LimitKind.TOPPED_UP
        touched = [line for line in lines if not line.vying.apart]
        amounts = {line.vying.group: amounts_of(limit, line.vying.group, found) for line in touched}
        purse = Purse(amounts, less=less)
        for line in sorted(touched, key=lambda line: line.vying.position):
            cut_line(line.vying, purse, line, point)
        if None in amounts:
            for line in touched:
                line.missing += self._places.unknown(line.vying, limit, request)
        lost: dict[Group | None, int] = {}
        for group, (low, high) in amounts.items():
            share = shares[group]
            before = share.low
            if less:
                share.low = max(0, share.low - high)
                share.high = None if share.high is None else max(0, share.high - low)
            else:
                share.low = 0 if group is None else min(share.low, low)
                share.high = _least(share.high, None if group is None else high)
            lost[group] = int(before - share.low)
        return lost


def cut_items(one: OneItem, items: Sequence[Item], purses: Iterable[tuple[Point, Purse]]) -> list[Item]:
    """The items of a measure that cuts all of them together, in the order of the request."""
    lines = [
        None if item.line.verdict == "ineligible" else _line_of(one, item, position)
        for position, item in enumerate(items)
    ]
    for point, purse in purses:
        for line in lines:
            if line is not None and not line.out:
                cut_line(line.vying, purse, line, point)
    return [
        item
        if line is None
        else one.limited(item, line.truth, line.figure, tuple(line.reasons), tuple(line.missing))
        for item, line in zip(items, lines, strict=True)
    ]


def _line_of(one: OneItem, item: Item, position: int) -> _Line:
    low, high = item.figure
    certain = item.truth is True and one.worth(low)
    vying = Vying(position, certain, low if item.truth is True else 0, high)
    return _Line(item, vying, item.truth, item.figure)


def cut_line(one: Vying, purse: Purse, line: _Line, point: Point) -> None:
    """One item's share of a purse; out where nothing is left for it."""
    low, high = purse.of(one, line.figure)
    if high == 0 and line.figure[1] != 0:
        line.out, line.truth = True, False
        line.reasons.append(Reason(point, "limited", line.figure[0], 0, one.position, "<="))
        return
    if low < line.figure[0]:
        line.reasons.append(Reason(point, "limited", line.figure[0], low, one.position, "<="))
    line.figure = low, high
    one.low, one.high = min(one.low, low), high
    one.certain = one.certain and low > 0


def _shares(lines: Sequence[_Line]) -> dict[Group | None, Share]:
    return {
        group: Share(
            sum(one.low for one in members),
            added(one.high for one in members),
            sum(one.certain for one in members),
            len(members),
        )
        for group, members in groups_of(line.vying for line in lines).items()
    }


def _together(shares: Mapping[Group | None, Share], lines: Sequence[_Line]) -> Share:
    """All groups; no closer bounds are lost that the items themselves give."""
    low = max(sum(share.low for share in shares.values()), sum(line.vying.low for line in lines))
    high = _least(added(share.high for share in shares.values()), added(line.vying.high for line in lines))
    certain = max(sum(share.certain for share in shares.values()), sum(line.vying.certain for line in lines))
    return Share(low, high, certain, min(len(lines), sum(share.possible for share in shares.values())))


def _least(one: End, other: End) -> End:
    return other if one is None else one if other is None else min(one, other)


def _used(group: Group | None, found: Mapping[Group, Times]) -> tuple[Times, Times]:
    """The least and the most that history holds of a group."""
    if group is None:
        return NEVER, most_of(found.values())
    times = found.get(group, NEVER)
    return times, times


def places_of(limit: Limit, group: Group | None, found: Mapping[Group, Times]) -> tuple[int, int]:
    """How many items of a group are taken, at least and at most."""
    if limit.topped_up:
        return limit.cap, limit.cap
    low, high = _used(group, found)
    return max(0, limit.cap - high.awards), max(0, limit.cap - low.awards)


def amounts_of(limit: Limit, group: Group | None, found: Mapping[Group, Times]) -> tuple[int, int]:
    """What is left of a cap for a group, or what was paid before; fen, at least and at most."""
    low, high = _used(group, found)
    if limit.kind is LimitKind.TOPPED_UP:
        return low.amount, high.amount
    return max(0, limit.cap - high.amount), max(0, limit.cap - low.amount)


def _uses(
    limit: Limit,
    found: Mapping[Group, Times],
    taken: Mapping[Group | None, int],
    shares: Mapping[Group | None, Share],
    labels: Mapping[Group | None, str | None],
) -> list[LimitUse]:
    """One for each group that history or this limit has touched; always one where it counts by nothing but years."""
    uses: list[LimitUse] = []
    keyed = limit.per_item or bool(limit.keys)
    for group, label in labels.items() if keyed else [((), None)]:
        if group is None or group == APART:
            continue
        times, lost = found.get(group, NEVER), taken.get(group, 0)
        if keyed and not lost and times == NEVER:
            continue
        if limit.kind is LimitKind.TOPPED_UP:
            left = int(shares[group].low)
            uses.append(LimitUse(limit.kind, label, left + lost, times.amount, left, lost))
        else:
            used = times.amount if limit.kind.in_money else 0 if limit.topped_up else times.awards
            uses.append(LimitUse(limit.kind, label, limit.cap, used, max(0, limit.cap - used), lost))
    return uses
