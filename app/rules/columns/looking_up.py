"""Rows of tables as columns: the row in force on each day, of a year, a code or a text; unknown keys give the hull."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.ends import Ends
from app.rules.expression import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence


def found_in(rows: Rows, keys: Sequence[pl.Expr], of: pl.DataType) -> tuple[Ends, pl.Expr]:
    """Least and greatest of the rows that the keys can reach, and whether there is certainly none.

    Of none the low end is 0 and the high end null, as of anything unknown without a bound.
    """
    low, high, none = _reach(rows, keys, of)
    return Ends(low.fill_null(0), pl.when(~none).then(high)), none


def _reach(rows: Rows, keys: Sequence[pl.Expr], of: pl.DataType) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Low, high (null where there is no row) and whether there is none."""
    key, place = keys[0], _place(rows, keys[0])
    if len(keys) == 1:
        values = [value for value in rows.values if isinstance(value, int)]
        low = high = _at(place, values, of)
        low, high = _unless_known(key, low, min(values), of), _unless_known(key, high, max(values), of)
        return low, high, low.is_null()
    inner = [_reach(row, keys[1:], of) for row in rows.values if isinstance(row, Rows)]
    lows, highs = [low for low, _, _ in inner], [high for _, high, _ in inner]
    low, high = pl.min_horizontal(lows), pl.max_horizontal(highs)
    for index, (row_low, row_high, _) in enumerate(inner):
        at = place == index
        low, high = pl.when(at).then(row_low).otherwise(low), pl.when(at).then(row_high).otherwise(high)
    missed = key.is_not_null() & place.is_null()
    low, high = pl.when(~missed).then(low), pl.when(~missed).then(high)
    return low, high, low.is_null()


def _unless_known(key: pl.Expr, found: pl.Expr, end: int, of: pl.DataType) -> pl.Expr:
    return pl.when(key.is_null()).then(of_ends.constant(end, of)).otherwise(found)


def _place(rows: Rows, key: pl.Expr) -> pl.Expr:
    """Which row a key has, from 0; null where it has none or is unknown."""
    if rows.by == "date":
        edges = pl.Series(rows.keys, dtype=pl.Date)
        place = pl.lit(edges).search_sorted(key, side="right").cast(pl.Int64) - 1
        within = place >= 0 if rows.until is None else (place >= 0) & (key <= pl.lit(rows.until))
        return pl.when(key.is_not_null() & within).then(place)
    places = range(len(rows.keys))
    return key.replace_strict(list(rows.keys), places, default=None, return_dtype=pl.Int64)


def _at(place: pl.Expr, values: Sequence[int], of: pl.DataType) -> pl.Expr:
    return place.replace_strict(range(len(values)), list(values), default=None, return_dtype=of)
