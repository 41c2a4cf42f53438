"""Tables looked up: the row in force on a day, the row of a year, a code or a text, and what unknown keys can reach."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import TYPE_CHECKING

from app.rules.expression import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.language.bounds import Bounds

NO_ROW: Bounds = (None, None)
"""No row has these keys."""


def found_in(rows: Rows, keys: Sequence[object]) -> Bounds:
    """Least and greatest of the rows that the keys can reach; a key is a value, bounds of a year, or None (unknown)."""
    reachable = rows.values if _unknown(keys[0]) else _reached(rows, keys[0])
    found = [found_in(row, keys[1:]) if isinstance(row, Rows) else (row, row) for row in reachable]
    some = [bounds for bounds in found if bounds != NO_ROW]
    if not some:
        return NO_ROW
    lows, highs = [low for low, _ in some], [high for _, high in some]
    return min(lows), max(highs)  # type: ignore[type-var]


def _unknown(key: object) -> bool:
    return key is None or (isinstance(key, tuple) and key[0] != key[1])


def _reached(rows: Rows, key: object) -> tuple[int | Rows, ...]:
    """The one row of a known key, or none."""
    if isinstance(key, tuple):
        key = key[0]
    if rows.by == "date":
        assert isinstance(key, date)
        place = bisect_right(rows.keys, key)
        past = rows.until is not None and key > rows.until
        return () if place == 0 or past else (rows.values[place - 1],)
    return (rows.values[rows.keys.index(key)],) if key in rows.keys else ()
