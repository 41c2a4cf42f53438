"""Limits of groups: after all measures, what their awards come to together (language.md section 8).

An award is an item where items are awarded one by one, else the measure. All awards of a group stand in one line,
by catalogue and then by request: places go to those that come first, or are worth most, and money is shared in this
order, so that later measures are the first to lose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.items import CompiledItems
from app.rules.deciding.limit_history import NEVER, grouped
from app.rules.deciding.line_limits import amounts_of, places_of
from app.rules.deciding.measures import FIGURED, distinct
from app.rules.deciding.one_item import Item
from app.rules.deciding.vying import Purse, Queues, Vying, added
from app.rules.identifiers import item_key
from app.rules.limits import LimitKind
from app.rules.results import LimitUse, MeasureResult, Missing, Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.rules.deciding.limit_history import Group as Key
    from app.rules.deciding.limit_history import Times
    from app.rules.deciding.measures import Circumstances, CompiledMeasure
    from app.rules.deciding.one_item import Figure
    from app.rules.deciding.vying import End, Number
    from app.rules.limits import Group, Limit
    from app.rules.logic import Truth
    from app.rules.policy import Measure, Policy


@dataclass(slots=True)
class _Award:
    """An award that may still be given, while the limits of its groups are applied."""

    place: int
    """Its measure among the results."""
    vying: Vying
    truth: Truth
    figure: Figure
    item: str | None
    """The item's id; None of the measure itself, and of a list that is not known."""
    line: int | None = None
    """Its place among the measure's lines; None for the measure itself."""
    whole: Item | None = None
    reasons: list[Reason] = field(default_factory=list)
    out: bool = False
    changed: bool = False


class _Points(NamedTuple):
    limit: Limit
    points: Mapping[str, Point]
    """By measure, whose clause it is."""


class Groups:
    """The groups of a policy, compiled."""

    def __init__(self, policy: Policy, compiled: Mapping[str, CompiledMeasure]) -> None:
        self._compiled = compiled
        measures = {measure.id: measure for measure in policy.measures}
        self._groups = [(group, _points_of(group, measures)) for group in policy.groups]
        self.members = frozenset(name for group in policy.groups for name in group.measures)

    def applied(self, results: Sequence[MeasureResult], c: Circumstances) -> list[MeasureResult]:
        """The results within what their groups leave."""
        found = list(results)
        for group, limits in self._groups:
            places = {place: one for place, one in enumerate(found) if one.measure.id in group.measures}
            awards = list(self._awards(places, c))
            uses: dict[int, list[LimitUse]] = {}
            history = [entry for name in group.measures for entry in c.history.get(name, ())]
            for limit, points in limits:
                open_ = [award for award in awards if not award.out]
                for award in open_:
                    award.vying.group = _key_of(award) if limit.per_item else ()
                step = _Step(limit, points, grouped(limit, history, c.year), found, uses, group.id)
                step.cut(open_) if limit.kind.in_money else step.choose(open_)
            missing = distinct(fact for place in places for fact in found[place].missing)
            for place, result in places.items():
                mine = [award for award in awards if award.place == place]
                found[place] = self._result(result, mine, tuple(uses.get(place, ())), missing, c)
        return found

    def _awards(self, places: Mapping[int, MeasureResult], c: Circumstances) -> Iterator[_Award]:
        number = 0
        for place, result in places.items():
            if result.verdict == "ineligible":
                continue
            each, sure = result.measure.each, result.verdict == "eligible"
            stated = result.kind in FIGURED
            if each is None or each.award is None or not result.lines:
                low: Number = (result.amount or 0) if stated else 0
                truth = True if sure else None
                one = Vying(number, sure and (low > 0 or not stated), low if sure else 0, result.potential)
                yield _Award(place, one, truth, (low, result.potential), None)
                number += 1
                continue
            for line, item in enumerate(_items_of(result, c)):
                if item.line.verdict == "ineligible":
                    continue
                low, high = item.figure if stated else (0, item.figure[1])
                truth = item.truth if sure else None
                certain = truth is True and (low > 0 or not stated)
                one = Vying(number, certain, low if truth is True else 0, high)
                yield _Award(place, one, truth, (low, high), item.line.item, line, item)
                number += 1

    def _result(
        self,
        result: MeasureResult,
        awards: Sequence[_Award],
        uses: tuple[LimitUse, ...],
        missing: tuple[Missing, ...],
        c: Circumstances,
    ) -> MeasureResult:
        """The measure with what the limits did to its awards."""
        result = result._replace(limits=result.limits + uses, kept=None)
        if not any(award.changed for award in awards):
            return result
        left = [award for award in awards if not award.out]
        reasons = tuple(reason for award in awards for reason in award.reasons)
        if awards[0].line is not None:
            result = self._with_lines(result, awards)
            reasons = () if left else reasons
        if not left:
            said = tuple({reason.point: reason for reason in reasons}.values())
            return result._replace(
                verdict="ineligible", amount=0, ceiling=None, potential=0, missing=(), obligations=(),
                reasons=tuple(reason._replace(position=None) for reason in said),
            )  # fmt: skip
        low, high = sum(award.vying.low for award in left), added(award.vying.high for award in left)
        stated, whole = result.kind in FIGURED, awards[0].line is None
        sure = result.verdict == "eligible" and all(award.truth is True for award in left if whole)
        settled = low > 0 and (low == high or not whole) if stated else any(one.truth is True for one in left)
        ceiling = None if high is None else int(high)
        shown = ceiling if result.ceiling is not None or result.kind == "up_to" else None
        result = result._replace(ceiling=shown, potential=ceiling)
        if sure and settled:
            cut = tuple(reason for reason in reasons if reason.outcome == "limited")
            duties = self._compiled[result.measure.id].due(c, int(low), result.lines)
            return result._replace(
                amount=int(low) if stated else None, reasons=result.reasons + cut, obligations=duties,
                missing=missing if low != high and stated else result.missing,
            )  # fmt: skip
        open_ = tuple(reason for reason in reasons if reason.outcome == "unknown")
        return result._replace(
            verdict="undetermined", amount=None, obligations=(), missing=missing,
            reasons=(() if result.verdict == "eligible" else result.reasons) + open_,
        )  # fmt: skip

    def _with_lines(self, result: MeasureResult, awards: Sequence[_Award]) -> MeasureResult:
        compiled = self._compiled[result.measure.id]
        assert isinstance(compiled, CompiledItems)
        lines = list(result.lines)
        for award in awards:
            if not award.changed or award.line is None or award.whole is None:
                continue
            said = tuple(reason._replace(position=award.line) for reason in award.reasons)
            truth = award.whole.truth
            if award.out:
                truth = False
            elif any(reason.outcome == "unknown" for reason in said):
                truth = None
            low, high = award.figure
            if result.kind not in FIGURED:  # what an official decides is above 0 where it is decided
                low = award.whole.figure[0] if high is None else min(award.whole.figure[0], high)
            lines[award.line] = compiled.item.limited(award.whole, truth, (low, high), said, ()).line
        return result._replace(lines=tuple(lines))


class _Step(NamedTuple):
    """One limit of a group, for one request."""

    limit: Limit
    points: Mapping[str, Point]
    found: Mapping[Key, Times]
    results: Sequence[MeasureResult]
    uses: dict[int, list[LimitUse]]
    group: str

    def choose(self, awards: Sequence[_Award]) -> None:
        """Places, to those that come first or are worth most."""
        limit = self.limit
        for award in awards:
            one = award.vying
            best = limit.kind is LimitKind.BEST
            one.soon = (float("-inf") if one.high is None else -one.high) if best else 0
            one.late = -one.low if best else 0
        queues = Queues([award.vying for award in awards])
        truths = [
            queues.is_in(award.vying, *places_of(limit, award.vying.group, self.found)) for award in awards
        ]
        lost: dict[tuple[int, Key | None], int] = {}
        for award, truth in zip(awards, truths, strict=True):
            one, point = award.vying, self._point(award)
            if truth is False:
                award.out = award.changed = True
                award.reasons.append(Reason(point, "limited", limit.cap, limit.cap, None, "<"))
                lost[award.place, one.group] = lost.get((award.place, one.group), 0) + 1
            elif truth is None:
                award.truth, award.changed = None, True
                one.certain, one.low = False, 0
                award.reasons.append(Reason(point, "unknown", None, limit.cap, None, "<"))
        for award in awards:
            before = 0 if limit.topped_up else self.found.get(award.vying.group or (), NEVER).awards
            self._use(award, limit.cap, before, lost.get((award.place, award.vying.group), 0))

    def cut(self, awards: Sequence[_Award]) -> None:
        """Money, in the order of the awards."""
        limit, less = self.limit, self.limit.kind is LimitKind.TOPPED_UP
        amounts = {award.vying.group: amounts_of(limit, award.vying.group, self.found) for award in awards}
        purse = Purse(amounts, less=less)
        taken: dict[Key | None, int] = {}
        lost: dict[tuple[int, Key | None], int] = {}
        earlier: dict[tuple[int, Key | None], int] = {}
        for award in awards:
            one = award.vying
            low, high = purse.of(one, award.figure)
            where = award.place, one.group
            earlier.setdefault(where, taken.get(one.group, 0))
            before = int(one.low)
            if (low, high) != award.figure:
                self._cut_one(award, low, high)
            now = 0 if award.out else int(one.low)
            lost[where] = lost.get(where, 0) + before - now
            taken[one.group] = taken.get(one.group, 0) + now
        for award in awards:
            where = award.place, award.vying.group
            used = self.found.get(award.vying.group or (), NEVER).amount
            if less:
                due = sum(int(one.vying.low) for one in awards if (one.place, one.vying.group) == where)
                self._use(award, due + lost[where], used, lost[where], left=due)
            else:
                self._use(award, limit.cap, used + earlier[where], lost[where])

    def _cut_one(self, award: _Award, low: Number, high: End) -> None:
        one, before = award.vying, award.figure[0]
        award.changed = True
        if high == 0:
            award.out = True
        if low < before or award.out:
            award.reasons.append(Reason(self._point(award), "limited", before, low, None, "<="))
        award.figure = low, high
        one.low, one.high = min(one.low, low), high
        one.certain = one.certain and low > 0

    def _point(self, award: _Award) -> Point:
        return self.points[self.results[award.place].measure.id]

    def _use(self, award: _Award, cap: int, used: int, lost: int, left: int | None = None) -> None:
        """One for each measure, or each of its items that history or the limit touched."""
        name = award.item if self.limit.per_item else None
        if self.limit.per_item and (name is None or not (used or lost)):
            return
        kind = LimitKind.GROUP_CAP if self.limit.kind.in_money else LimitKind.GROUP
        label = self.group if name is None else f"{self.group} / {name}"
        left = max(0, cap - used) if left is None else left
        use = LimitUse(kind, label, cap, used, left, lost)
        mine = self.uses.setdefault(award.place, [])
        if use not in mine:
            mine.append(use)


def _key_of(award: _Award) -> Key | None:
    """What a limit per item counts it by; None where the list is not known: it may be of any item."""
    return None if award.item is None else (item_key(award.item),)


def _items_of(result: MeasureResult, c: Circumstances) -> Sequence[Item]:
    """The lines with what they may be worth; those that are all settled say it themselves."""
    kept = None if c.items is None else c.items.get(result.measure.id)
    if kept is not None:
        return kept
    return [
        Item(line, line.verdict == "eligible", (line.amount or 0, line.amount), ()) for line in result.lines
    ]


def _points_of(group: Group, measures: Mapping[str, Measure]) -> list[_Points]:
    found: list[_Points] = []
    kinds: list[LimitKind] = []
    for limit in group.limits:
        kinds.append(limit.kind)
        again = kinds.count(limit.kind)
        code = f"group.{group.id}.{limit.kind}" + ("" if again == 1 else f"_{again}")
        points = {
            name: Point(
                code=code, clause=measures[name].clause, kind=PointKind.LIMIT, fact=None, list_name=None,
                type="money" if limit.kind.in_money else "count", operator="<", required=limit.cap, limit=limit,
                group=group,
            )
            for name in group.measures
        }  # fmt: skip
        found.append(_Points(limit, points))
    return found
