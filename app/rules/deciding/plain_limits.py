"""The limits that most measures have: once, once a year, once per level, a cap a year. Short, as every request asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.identifiers import item_key
from app.rules.limits import LimitKind
from app.rules.results import LimitUse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.limits import Limit
    from app.rules.logic import Truth
    from app.rules.requests import HistoryEntry

PLAIN = frozenset({LimitKind.ONCE, LimitKind.ONCE_PER_YEAR, LimitKind.ONCE_PER_ITEM, LimitKind.ANNUAL_CAP})
"""Kinds that need no cuts in order: all caps come to one, the least that any leaves."""


class PlainUse(NamedTuple):
    """Whether a limit ends the measure, and how it is used; None for a level that was never paid."""

    ends: Truth
    use: LimitUse | None


def plain_use(
    limit: Limit, history: Sequence[HistoryEntry], facts: Mapping[str, object], year: int, *, yearly: bool
) -> PlainUse:
    """Of a plain limit of the measure itself. `yearly`: as the limit says."""
    counted: Sequence[HistoryEntry]
    if yearly:
        counted = [entry for entry in history if entry.year == year and (entry.own or limit.for_anyone)]
    else:
        counted = [entry for entry in history if entry.own or limit.for_anyone]
    if limit.kind is LimitKind.ANNUAL_CAP:
        used = sum([entry.amount for entry in counted])
        left = max(0, limit.cap - used)
        return PlainUse(left == 0, LimitUse(limit.kind, None, limit.cap, used, left, 0))
    if limit.key is None:
        used = len(counted)
        over = used >= limit.cap
        return PlainUse(
            over, LimitUse(limit.kind, None, limit.cap, used, max(0, limit.cap - used), int(over))
        )
    level = facts.get(limit.key)
    if level is None:
        return PlainUse(None if counted else False, None)
    key = item_key(str(level))
    used = sum(1 for entry in counted if entry.item is not None and item_key(entry.item) == key)
    if used < limit.cap:
        return PlainUse(False, None)
    return PlainUse(True, LimitUse(limit.kind, str(level), limit.cap, used, 0, 1))
