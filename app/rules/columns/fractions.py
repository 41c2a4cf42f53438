"""Comparisons of numbers with a denominator of the row's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.expression import Arithmetic, Expression, Fact, ItemField
from app.rules.language.ranges import range_of

if TYPE_CHECKING:
    from app.rules.columns.ends import Ends

Fraction = tuple[pl.Expr, pl.Expr]
"""Numerator and positive denominator."""


def fractions(found: Ends, factor: int) -> tuple[Fraction, Fraction]:
    wide = of_ends.WIDE
    low, high = of_ends.times(found, factor, wide)[:2]
    one = of_ends.constant(1, wide)
    over = found.over or (one, one)
    return (low, over[0].cast(wide)), (high, over[1].cast(wide))


def divisor_of(expression: Expression) -> int:
    """The greatest denominator that a row can have of its own."""
    match expression:
        case Arithmetic(operator="/", operands=(_, Fact() | ItemField() as by)):
            return range_of(by)[1]
    return 1


def compare_fractions(
    operator: str, left: tuple[Fraction, Fraction], right: tuple[Fraction, Fraction]
) -> pl.Expr:
    """As `ends.compare`, each end a numerator over a positive denominator."""
    (a, b), (c, d) = left, right
    return of_ends.told(
        operator,
        below=b[0] * c[1] < c[0] * b[1],
        up_to=b[0] * c[1] <= c[0] * b[1],
        above=a[0] * d[1] > d[0] * a[1],
        from_=a[0] * d[1] >= d[0] * a[1],
        settled=(a[0] * b[1] == b[0] * a[1]) & (a[0] * c[1] == c[0] * a[1]) & (c[0] * d[1] == d[0] * c[1]),
    )
