"""Limits against history: once, once a year, once per level or item, and the annual cap (language.md section 8).

A limit of the measure ends the award or cuts it; a limit on items ends single lines. History is always known, so only
a level that is unknown can leave a limit open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.identifiers import item_key
from app.rules.policy import Limit, LimitKind
from app.rules.results import LimitUse, Missing, Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from app.rules.facts import FactSchema
    from app.rules.logic import Truth
    from app.rules.policy import Measure
    from app.rules.requests import HistoryEntry

    Facts = Mapping[str, object]


class Standing(NamedTuple):
    """Where a measure stands against its own limits before anything is awarded now."""

    ended: Truth
    uses: tuple[LimitUse, ...]
    """Without the annual cap's cut, which depends on the amount."""
    reasons: tuple[Reason, ...]
    """Of the limits that end it (or may end it: outcome unknown)."""
    missing: tuple[Missing, ...]
    remaining: int | None
    """Fen that the annual cap leaves; None without a cap."""


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
        points = [(limit, _point(limit, measure.clause)) for limit in measure.limits]
        self._own = tuple(pair for pair in points if not on_items(pair[0], measure))
        self._items = tuple(pair for pair in points if on_items(pair[0], measure))
        self._cut_point = next((p for limit, p in self._own if limit.kind is LimitKind.ANNUAL_CAP), None)
        self.fresh = self.standing((), {}, 0)

    @property
    def own(self) -> tuple[Limit, ...]:
        """Those of the measure itself."""
        return tuple(limit for limit, _ in self._own)

    @property
    def of_items(self) -> tuple[Limit, ...]:
        """Those of its items."""
        return tuple(limit for limit, _ in self._items)

    def standing(self, history: Sequence[HistoryEntry], facts: Facts, year: int) -> Standing:
        """The standing for what this applicant was paid before under this measure."""
        ended: Truth = False
        uses: list[LimitUse] = []
        reasons: list[Reason] = []
        missing: list[Missing] = []
        remaining: int | None = None
        for limit, point in self._own:
            truth, use = _use(limit, history, facts, year)
            if use is not None:
                uses.append(use)
                if limit.kind is LimitKind.ANNUAL_CAP:
                    remaining = use.remaining if remaining is None else min(remaining, use.remaining)
            if truth is True and use is not None:
                ended = True
                reasons.append(Reason(point, "limited", use.used, use.cap, None, "<"))
            elif truth is None and limit.key is not None:
                ended = ended or None
                reasons.append(Reason(point, "unknown", None, limit.cap, None, "<"))
                missing.append(Missing(limit.key, None, None, self._schema.facts[limit.key]))
        return Standing(ended, tuple(uses), tuple(reasons), tuple(missing), remaining)

    def cut_reason(self, before: int, remaining: int) -> Reason:
        """The reason for an amount that the annual cap reduced."""
        assert self._cut_point is not None
        return Reason(self._cut_point, "limited", before, remaining, None, "<=")

    def on_items(self, history: Sequence[HistoryEntry], year: int) -> tuple[ItemLimit, ...]:
        """The limits on items for one request."""
        return tuple(
            ItemLimit(
                limit,
                point,
                _times(entry for entry in history if entry.year == year or not _yearly(limit)),
            )
            for limit, point in self._items
        )


def paid_per_item(history: Iterable[HistoryEntry]) -> Mapping[str, int]:
    """Item key -> fen that history names for it."""
    paid: dict[str, int] = {}
    for entry in history:
        for key in named_items(entry):
            paid[key] = paid.get(key, 0) + entry.amount
    return paid


def on_items(limit: Limit, measure: Measure) -> bool:
    """Whether a limit works on lines (an item's), not on the measure."""
    return measure.each is not None and limit.kind is LimitKind.ONCE_PER_ITEM and limit.key is None


def _yearly(limit: Limit) -> bool:
    """Whether only what history names of the request's year counts."""
    return limit.per_year or limit.kind in (LimitKind.ONCE_PER_YEAR, LimitKind.ANNUAL_CAP)


def named_items(entry: HistoryEntry) -> Collection[str]:
    """The keys of the items that an entry paid or counted, each once."""
    if entry.item is None and not entry.items:
        return ()
    return {item_key(item) for item in (entry.item, *entry.items) if item is not None}


def _times(entries: Iterable[HistoryEntry]) -> Mapping[str, int]:
    times: dict[str, int] = {}
    for entry in entries:
        for key in named_items(entry):
            times[key] = times.get(key, 0) + 1
    return times


def _use(
    limit: Limit, history: Sequence[HistoryEntry], facts: Facts, year: int
) -> tuple[Truth, LimitUse | None]:
    """Whether a limit of the measure ends it, and its use; None for a level that was never paid."""
    counted = [entry for entry in history if entry.year == year] if _yearly(limit) else history
    if limit.kind is LimitKind.ANNUAL_CAP:
        used = sum([entry.amount for entry in counted])
        left = max(0, limit.cap - used)
        return left == 0, LimitUse(limit.kind, None, limit.cap, used, left, 0)
    if limit.key is None:
        used = len(counted)
        over = used >= limit.cap
        return over, LimitUse(limit.kind, None, limit.cap, used, max(0, limit.cap - used), int(over))
    level = facts.get(limit.key)
    if level is None:
        return (None if counted else False), None
    key = item_key(str(level))
    used = sum(1 for entry in counted if entry.item is not None and item_key(entry.item) == key)
    if used < limit.cap:
        return False, None
    return True, LimitUse(limit.kind, str(level), limit.cap, used, 0, 1)


def _point(limit: Limit, clause: str) -> Point:
    money = limit.kind is LimitKind.ANNUAL_CAP
    return Point(
        code=f"limit.{limit.kind}",
        clause=clause,
        kind=PointKind.LIMIT,
        fact=None,
        list_name=None,
        type="money" if money else "count",
        operator="<",
        required=limit.cap,
        limit=limit.kind,
    )
