"""Limits against history: once, so many awards, caps, and what was paid before (language.md section 8).

A limit of the measure ends the award or cuts it; `line_limits` has those of its items. History is always known, so
only a fact that is unknown can leave a limit open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.limit_history import grouped, most_of, named_items, of_years, possible
from app.rules.deciding.plain_limits import PLAIN, plain_use
from app.rules.deciding.vying import Purse
from app.rules.identifiers import item_key
from app.rules.limits import Limit, LimitKind
from app.rules.results import LimitUse, Missing, Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.rules.deciding.limit_history import Times
    from app.rules.facts import FactSchema
    from app.rules.logic import Truth
    from app.rules.policy import Measure
    from app.rules.requests import HistoryEntry

    Facts = Mapping[str, object]
    Bounds = tuple[int, int | None]


class Cut(NamedTuple):
    """What a limit takes off an amount: what is above `high` of it, or (`less`) what was paid before. Fen."""

    point: Point
    use: int
    """Its place among the uses."""
    low: int
    high: int
    """What is left for certain, and what may be left; or the least and the most that was paid."""
    less: bool

    def of(self, before: Bounds) -> Bounds:
        """The amount after it."""
        low, high = before
        if self.less:
            return max(0, low - self.high), None if high is None else max(0, high - self.low)
        return min(low, self.low), self.high if high is None else min(high, self.high)


class Standing(NamedTuple):
    """Where a measure stands against its own limits before anything is awarded now."""

    ended: Truth
    uses: tuple[LimitUse, ...]
    """Without what caps cut, which depends on the amount."""
    reasons: tuple[Reason, ...]
    """Of the limits that end it."""
    open: tuple[tuple[Reason, tuple[Missing, ...]], ...]
    """Of the limits that may end or cut it: the reason, and the facts that would tell."""
    remaining: int | None
    """Fen that the annual cap leaves, where all limits are plain; None without a cap."""
    cuts: tuple[Cut, ...] = ()
    """In the order written, where not all limits are plain."""

    @property
    def cutting(self) -> bool:
        """Whether any limit can cut an amount."""
        return self.remaining is not None or bool(self.cuts)


class _Used(NamedTuple):
    """How history has used a limit of the measure: the least and the most, as facts may be unknown."""

    low: Times
    high: Times
    item: str | None
    """The value of what it counts by, as given."""
    unknown: tuple[str, ...]


class ItemLimit(NamedTuple):
    """A limit on items for one request: how often history counts each item (by its key)."""

    limit: Limit
    point: Point
    times: Mapping[str, int]

    def use(self, key: str, item: str) -> LimitUse | None:
        """How history ends this item; None when it does not."""
        used = self.times.get(key, 0)
        if used < self.limit.cap:
            return None
        return LimitUse(self.limit.kind, item, self.limit.cap, used, 0, 1)


class MeasureLimits:
    """The limits of one measure, split into its own and its items'."""

    def __init__(self, measure: Measure, schema: FactSchema) -> None:
        self._schema = schema
        points = list(zip(measure.limits, points_of(measure), strict=True))
        self._own = tuple(pair for pair in points if not on_items(pair[0], measure))
        self._items = tuple(pair for pair in points if ended_by_item(pair[0], measure))
        self.chosen = tuple(
            pair for pair in points if on_items(pair[0], measure) and not ended_by_item(pair[0], measure)
        )
        """Those that choose among the items, or cut them."""
        self._yearly = tuple((limit, point, limit.yearly) for limit, point in self._own)
        self._plain = all(limit.kind in PLAIN for limit, _ in self._own)
        self._cut_point = next((p for limit, p in self._own if limit.kind is LimitKind.ANNUAL_CAP), None)
        self.fresh = None if any(limit.keys for limit, _ in self._own) else self.standing((), {}, 0)
        """The standing of an applicant to whom nothing was awarded; None where it turns on facts."""
        self.facts = tuple(dict.fromkeys(name for limit, _ in points for name in facts_counted_by(limit)))
        """The facts of the applicant that limits count by."""

    @property
    def own(self) -> tuple[Limit, ...]:
        """Those of the measure itself."""
        return tuple(limit for limit, _ in self._own)

    @property
    def of_items(self) -> tuple[Limit, ...]:
        """Those of its items that history alone decides."""
        return tuple(limit for limit, _ in self._items)

    def standing(self, history: Sequence[HistoryEntry], facts: Facts, year: int) -> Standing:
        """The standing for what this applicant was paid before under this measure."""
        if self._plain:
            return self._plainly(history, facts, year)
        ended: Truth = False
        uses: list[LimitUse] = []
        reasons: list[Reason] = []
        open_: list[tuple[Reason, tuple[Missing, ...]]] = []
        cuts: list[Cut] = []
        for limit, point in self._own:
            used = _used(limit, history, facts, year)
            truth = _ends(limit, used)
            unsure = truth is None
            if limit.kind.in_money:
                cuts.append(_cut(limit, point, used, len(uses)))
                unsure = unsure or cuts[-1].low != cuts[-1].high
            use = _use(limit, used)
            if use is not None:
                uses.append(use)
            if truth is True and use is not None:
                ended = True
                reasons.append(Reason(point, "limited", use.used, use.cap, None, "<"))
            elif unsure:
                ended = (ended or None) if truth is None else ended
                told = tuple(Missing(name, None, None, self._schema.facts[name]) for name in used.unknown)
                open_.append((Reason(point, "unknown", None, limit.cap, None, "<"), told))
        return Standing(ended, tuple(uses), tuple(reasons), tuple(open_), None, tuple(cuts))

    def _plainly(self, history: Sequence[HistoryEntry], facts: Facts, year: int) -> Standing:
        """The same where all limits are plain."""
        ended: Truth = False
        uses: list[LimitUse] = []
        reasons: list[Reason] = []
        open_: list[tuple[Reason, tuple[Missing, ...]]] = []
        remaining: int | None = None
        for limit, point, yearly in self._yearly:
            truth, use = plain_use(limit, history, facts, year, yearly=yearly)
            if use is not None:
                uses.append(use)
                if limit.kind is LimitKind.ANNUAL_CAP:
                    remaining = use.remaining if remaining is None else min(remaining, use.remaining)
            if truth is True and use is not None:
                ended = True
                reasons.append(Reason(point, "limited", use.used, use.cap, None, "<"))
            elif truth is None and limit.key is not None:
                ended = ended or None
                told = (Missing(limit.key, None, None, self._schema.facts[limit.key]),)
                open_.append((Reason(point, "unknown", None, limit.cap, None, "<"), told))
        return Standing(ended, tuple(uses), tuple(reasons), tuple(open_), remaining)

    def cut_reasons(self, before: Bounds, standing: Standing) -> list[Reason]:
        """The reasons for an amount that limits reduced."""
        if standing.remaining is not None:
            assert self._cut_point is not None
            if before[0] <= standing.remaining:
                return []
            return [Reason(self._cut_point, "limited", before[0], standing.remaining, None, "<=")]
        found: list[Reason] = []
        for cut in standing.cuts:
            after = cut.of(before)
            if after[0] < before[0]:
                found.append(Reason(cut.point, "limited", before[0], after[0], None, "<="))
            before = after
        return found

    def purses(self, standing: Standing) -> list[tuple[Point, Purse]]:
        """What the measure's cuts leave for its items, in the order of the limits."""
        if standing.remaining is not None:
            assert self._cut_point is not None
            return [(self._cut_point, Purse({(): (standing.remaining, standing.remaining)}, less=False))]
        return [(cut.point, Purse({(): (cut.low, cut.high)}, less=cut.less)) for cut in standing.cuts]

    def on_items(self, history: Sequence[HistoryEntry], year: int) -> tuple[ItemLimit, ...]:
        """The limits on items for one request."""
        return tuple(
            ItemLimit(limit, point, _times(of_years(limit, history, year))) for limit, point in self._items
        )


def cut(before: Bounds, standing: Standing) -> Bounds:
    """Both ends to at most what caps leave, less what was paid where that is taken off."""
    left = standing.remaining
    if left is not None:
        low, high = before
        return min(low, left), left if high is None else min(high, left)
    for one in standing.cuts:
        before = one.of(before)
    return before


def cut_uses(standing: Standing, before: Bounds) -> tuple[LimitUse, ...]:
    """The limits with what caps take off the lowest amount."""
    left = standing.remaining
    if left is not None:
        if before[0] <= left:
            return standing.uses
        taken = before[0] - left
        return tuple(
            LimitUse(*use[:-1], taken) if use.kind is LimitKind.ANNUAL_CAP else use for use in standing.uses
        )
    if not standing.cuts:
        return standing.uses
    uses = list(standing.uses)
    for one in standing.cuts:
        after, use = one.of(before), uses[one.use]
        taken = before[0] - after[0]
        uses[one.use] = use._replace(reduced_by=taken)
        if one.less:  # what is due is the most that it may come to
            uses[one.use] = LimitUse(use.kind, use.item, before[0], use.used, after[0], taken)
        before = after
    return tuple(uses)


def points_of(measure: Measure) -> list[Point]:
    """The point of each limit; of a kind that comes again the code is numbered."""
    found: list[Point] = []
    kinds: list[LimitKind] = []
    for limit in measure.limits:
        kinds.append(limit.kind)
        again = kinds.count(limit.kind)
        code = f"limit.{limit.kind}" if again == 1 else f"limit.{limit.kind}_{again}"
        found.append(
            Point(
                code=code, clause=measure.clause, kind=PointKind.LIMIT, fact=None, list_name=None,
                type="money" if limit.kind.in_money else "count", operator="<", required=limit.cap, limit=limit,
            )
        )  # fmt: skip
    return found


def paid_per_item(history: Iterable[HistoryEntry]) -> Mapping[str, int]:
    """Item key -> fen that history names for it."""
    paid: dict[str, int] = {}
    for entry in history:
        for key in named_items(entry):
            paid[key] = paid.get(key, 0) + entry.amount
    return paid


def ended_by_item(limit: Limit, measure: Measure) -> bool:
    """Whether history of an item alone tells whether it ends that item."""
    return measure.each is not None and limit.kind is LimitKind.ONCE_PER_ITEM and limit.key is None


def on_items(limit: Limit, measure: Measure) -> bool:
    """Whether a limit works on lines (an item's), not on the measure."""
    each = measure.each
    if each is None:
        return False
    if ended_by_item(limit, measure) or limit.kind in (LimitKind.BEST, LimitKind.FIRST):
        return True
    if limit.per_item or any(key.of_item for key in limit.keys):
        return True
    # Where each item is awarded, so many awards are so many items.
    return limit.kind is LimitKind.AT_MOST and each.award is not None


def facts_counted_by(limit: Limit) -> tuple[str, ...]:
    """The applicant's facts that a limit counts by."""
    if limit.key is not None:
        return (limit.key,)
    return tuple(key.name for key in limit.keys if not key.of_item)


def _times(entries: Iterable[HistoryEntry]) -> Mapping[str, int]:
    times: dict[str, int] = {}
    for entry in entries:
        for key in named_items(entry):
            times[key] = times.get(key, 0) + 1
    return times


def _used(limit: Limit, history: Sequence[HistoryEntry], facts: Facts, year: int) -> _Used:
    found = grouped(limit, history, year)
    names = facts_counted_by(limit)
    values = [facts.get(name) for name in names]
    unknown = tuple(name for name, value in zip(names, values, strict=True) if value is None)
    most = possible(found, [None if value is None else item_key(str(value)) for value in values])
    item = None if unknown or not names else " / ".join(str(value) for value in values)
    return _Used(most_of(()) if unknown else most, most, item, unknown)


def _ends(limit: Limit, used: _Used) -> Truth:
    """Whether a limit ends the measure whatever it comes to."""
    if limit.kind is LimitKind.TOPPED_UP:
        return False
    low, high = used.low.awards, used.high.awards
    if limit.kind.in_money:
        low, high = used.low.amount, used.high.amount
    if low >= limit.cap:
        return True
    return None if high >= limit.cap else False


def _use(limit: Limit, used: _Used) -> LimitUse | None:
    """How it is used; None where nobody knows, and for a level that was never awarded."""
    if limit.kind is LimitKind.TOPPED_UP:
        return LimitUse(limit.kind, used.item, 0, used.low.amount, 0, 0)
    if limit.kind.in_money:
        gone = used.low.amount
        return LimitUse(limit.kind, used.item, limit.cap, gone, max(0, limit.cap - gone), 0)
    gone = used.low.awards
    over = gone >= limit.cap
    if used.unknown or (limit.key is not None and not over):
        return None
    return LimitUse(limit.kind, used.item, limit.cap, gone, max(0, limit.cap - gone), int(over))


def _cut(limit: Limit, point: Point, used: _Used, place: int) -> Cut:
    low, high = used.low.amount, used.high.amount
    if limit.kind is LimitKind.TOPPED_UP:
        return Cut(point, place, low, high, less=True)
    return Cut(point, place, max(0, limit.cap - high), max(0, limit.cap - low), less=False)
