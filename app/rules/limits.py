"""Limits against history: once, once a year, once per level or item, and the annual cap (language.md section 8).

A limit of the measure ends the award or cuts it; a limit on items ends single lines. History is always known, so only
a level that is unknown can leave a limit open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from app.rules.identifiers import item_key
from app.rules.policy import Limit, LimitKind
from app.rules.results import LimitUse, Missing, Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


@dataclass(frozen=True, slots=True)
class _Own:
    """A limit of the measure with the point its reasons share."""

    limit: Limit
    point: Point


class MeasureLimits:
    """The limits of one measure, split into its own and its items'."""

    def __init__(self, measure: Measure, schema: FactSchema) -> None:
        self._schema = schema
        self._own = tuple(
            _Own(limit, _point(limit, measure.clause))
            for limit in measure.limits
            if not on_items(limit, measure)
        )
        items = [limit for limit in measure.limits if on_items(limit, measure)]
        self.item_points = tuple((limit, _point(limit, measure.clause)) for limit in items)
        self.fresh = self._standing((), {}, 0)

    def standing(self, history: Sequence[HistoryEntry], facts: Facts, year: int) -> Standing:
        """The standing for what this applicant was paid before under this measure."""
        return self._standing(history, facts, year) if history else self.fresh

    def _standing(self, history: Sequence[HistoryEntry], facts: Facts, year: int) -> Standing:
        ended: Truth = False
        uses: list[LimitUse] = []
        reasons: list[Reason] = []
        missing: list[Missing] = []
        remaining: int | None = None
        for limit, point in ((own.limit, own.point) for own in self._own):
            truth, use = self._use(limit, history, facts, year)
            if use is not None:
                uses.append(use)
            if limit.kind is LimitKind.ANNUAL_CAP and use is not None:
                remaining = use.remaining if remaining is None else min(remaining, use.remaining)
            if truth is True and use is not None:
                ended = True
                reasons.append(Reason(point, "limited", use.used, use.cap, None, "<"))
            elif truth is None:
                ended = None if ended is False else ended
                reasons.append(Reason(point, "unknown", None, limit.cap, None, "<"))
                assert limit.key is not None
                missing.append(Missing(limit.key, None, None, self._schema.facts[limit.key]))
        return Standing(ended, tuple(uses), tuple(reasons), tuple(missing), remaining)

    @staticmethod
    def _use(
        limit: Limit, history: Sequence[HistoryEntry], facts: Facts, year: int
    ) -> tuple[Truth, LimitUse | None]:
        yearly = limit.per_year or limit.kind in (LimitKind.ONCE_PER_YEAR, LimitKind.ANNUAL_CAP)
        counted = [entry for entry in history if entry.year == year] if yearly else history
        if limit.kind is LimitKind.ANNUAL_CAP:
            used = sum(entry.amount for entry in counted)
            left = max(0, limit.cap - used)
            return left == 0, LimitUse(limit.kind, None, limit.cap, used, left, 0)
        if limit.key is None:
            used = len(counted)
            over = used >= limit.cap
            return over, LimitUse(limit.kind, None, limit.cap, used, max(0, limit.cap - used), int(over))
        level = facts.get(limit.key)
        if level is None:
            return (None if counted else False), None
        used = sum(
            1 for entry in counted if entry.item is not None and item_key(entry.item) == item_key(str(level))
        )
        over = used >= limit.cap
        return over, LimitUse(
            limit.kind, str(level), limit.cap, used, max(0, limit.cap - used), 1
        ) if over else None

    def taken(self, history: Sequence[HistoryEntry], year: int) -> Mapping[str, tuple[int, int]]:
        """Item key -> how often, and how much in fen, history counts that item for these limits."""
        taken: dict[str, tuple[int, int]] = {}
        for limit, _ in self.item_points:
            for entry in history:
                if limit.per_year and entry.year != year:
                    continue
                named = {item_key(item) for item in (entry.item, *entry.items) if item is not None}
                for key in named:
                    times, amount = taken.get(key, (0, 0))
                    taken[key] = (times + 1, amount + entry.amount)
        return taken


def on_items(limit: Limit, measure: Measure) -> bool:
    """Whether a limit works on lines (an item's), not on the measure."""
    return measure.each is not None and limit.kind is LimitKind.ONCE_PER_ITEM and limit.key is None


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
