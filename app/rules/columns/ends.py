"""Arithmetic of intervals as columns: what `language.bounds` says of one number, for every row.

An end that is null is unbounded. Polars skips nulls in `min_horizontal`, `max_horizontal`, `min`, `max` and `sum`, and
a `when` that is null takes `otherwise`: each function here says what it makes of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE, WIDE = pl.Int64(), pl.Int128()
MOST_WHOLE = 2**62
"""Past this a numerator is kept in 128 bits; the loader proves that none passes 2^127."""


class NotColumnar(Exception):
    """Exact columns of this would need fractions of the row's own denominator inside a sum, or are not built."""


class Ends(NamedTuple):
    """Low and high of a number over its expression's scale, null where unbounded.

    `below` is set where both are over a denominator of the row's own: then `low = low / over[0]`, likewise high.
    """

    low: pl.Expr
    high: pl.Expr
    over: tuple[pl.Expr, pl.Expr] | None = None


def type_for(least: int, most: int) -> pl.DataType:
    """The narrowest type that holds every numerator from least to most."""
    return WIDE if max(-least, most) >= MOST_WHOLE else WHOLE


def widest(*types: pl.DataType) -> pl.DataType:
    return WIDE if WIDE in types else WHOLE


def constant(value: int, of: pl.DataType) -> pl.Expr:
    return pl.lit(value, dtype=of)


def unbounded(of: pl.DataType) -> pl.Expr:
    return pl.lit(None, dtype=of)


def times(ends: Ends, factor: int, of: pl.DataType) -> Ends:
    """Both ends times a positive whole factor, in a type that holds them."""
    low, high = ends.low.cast(of), ends.high.cast(of)
    if factor == 1:
        return Ends(low, high)
    by = constant(factor, of)
    return Ends(low * by, high * by)


def compare(operator: str, left: Ends, right: Ends) -> pl.Expr:
    """A comparison of two numbers of one scale: true, false, or null where their ends leave it open."""
    (a, b), (c, d) = left[:2], right[:2]
    settled = (a == b) & (a == c) & (c == d)
    return told(operator, below=b < c, up_to=b <= c, above=a > d, from_=a >= d, settled=settled)


def told(
    operator: str, *, below: pl.Expr, up_to: pl.Expr, above: pl.Expr, from_: pl.Expr, settled: pl.Expr
) -> pl.Expr:
    """What a comparison comes to by how two intervals lie; what is null of it is not so."""
    apart = below.fill_null(value=False) | above.fill_null(value=False)
    yes, no = {
        "<": (below, from_),
        "<=": (up_to, above),
        ">": (above, up_to),
        ">=": (from_, below),
        "==": (settled, apart),
        "!=": (apart, settled),
    }[operator]
    return pl.when(yes).then(statement=True).when(no).then(statement=False)


def multiply(left: Ends, right: Ends, of: pl.DataType, *, negative: bool) -> Ends:
    """The hull of the four corners; 0 times unbounded is 0. `negative`: whether an end may be below 0."""
    left, right = times(left, 1, of), times(right, 1, of)
    nothing = constant(0, of)
    if not negative:
        zero = (left.high == 0) | (right.high == 0)
        high = pl.when(zero).then(nothing).otherwise(left.high * right.high)
        return Ends(left.low * right.low, high)
    lows: list[pl.Expr] = []
    highs: list[pl.Expr] = []
    low_open: list[pl.Expr] = []
    high_open: list[pl.Expr] = []
    for one, one_sign in zip(left[:2], (-1, 1), strict=True):
        for other, other_sign in zip(right[:2], (-1, 1), strict=True):
            zero = ((one == 0) | (other == 0)).fill_null(value=False)
            corner = pl.when(zero).then(nothing).otherwise(one * other)
            up = _sign(one, one_sign) * _sign(other, other_sign) > 0
            low_open.append(corner.is_null() & ~up)
            high_open.append(corner.is_null() & up)
            lows.append(corner)
            highs.append(corner)
    return Ends(
        pl.when(~pl.any_horizontal(low_open)).then(pl.min_horizontal(lows)),
        pl.when(~pl.any_horizontal(high_open)).then(pl.max_horizontal(highs)),
    )


def _sign(end: pl.Expr, unbounded_sign: int) -> pl.Expr:
    return pl.when(end.is_null()).then(unbounded_sign).when(end > 0).then(1).otherwise(-1)


def least_low(lows: Sequence[pl.Expr]) -> pl.Expr:
    """The least of low ends: unbounded where one is."""
    return _every(lows, pl.min_horizontal(lows))


def greatest_low(lows: Sequence[pl.Expr]) -> pl.Expr:
    """The greatest of low ends: unbounded ones cannot be it."""
    return pl.max_horizontal(lows)


def least_high(highs: Sequence[pl.Expr]) -> pl.Expr:
    """The least of high ends: unbounded ones cannot be it."""
    return pl.min_horizontal(highs)


def greatest_high(highs: Sequence[pl.Expr]) -> pl.Expr:
    """The greatest of high ends: unbounded where one is."""
    return _every(highs, pl.max_horizontal(highs))


def _every(ends: Sequence[pl.Expr], found: pl.Expr) -> pl.Expr:
    return pl.when(pl.all_horizontal([end.is_not_null() for end in ends])).then(found)


def half_up(numerator: pl.Expr, over: pl.Expr) -> pl.Expr:
    """Whole fen of numerator / over, halves upwards; null stays null. Exact: `//` of integers rounds down."""
    return (2 * numerator + over) // (2 * over)
