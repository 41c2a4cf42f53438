"""Arithmetic of intervals: `(low, high)`, None where an end is unbounded."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.rules.logic import Truth

End = int | Fraction | None
Bounds = tuple[End, End]


def compare(operator: str, left: Bounds, right: Bounds) -> Truth:
    """A comparison of two numbers of one scale by their ends."""
    (a, b), (c, d) = left, right
    below = b is not None and c is not None and b < c
    above = a is not None and d is not None and a > d
    up_to = b is not None and c is not None and b <= c
    from_ = a is not None and d is not None and a >= d
    settled = a is not None and a == b == c == d
    yes, no = {
        "<": (below, from_),
        "<=": (up_to, above),
        ">": (above, up_to),
        ">=": (from_, below),
        "==": (settled, below or above),
        "!=": (below or above, settled),
    }[operator]
    return True if yes else False if no else None


def multiply(left: Bounds, right: Bounds) -> Bounds:
    """The hull of the four corners; 0 times unbounded is 0."""
    lows: list[End] = []
    highs: list[End] = []
    for one, one_sign in zip(left, (-1, 1), strict=True):
        for other, other_sign in zip(right, (-1, 1), strict=True):
            if one == 0 or other == 0:
                corner: End = 0
            elif one is not None and other is not None:
                corner = one * other
            else:
                up = (_sign(one, one_sign) * _sign(other, other_sign)) > 0
                (highs if up else lows).append(None)
                continue
            lows.append(corner)
            highs.append(corner)
    return least_low(lows), greatest_high(highs)


def _sign(end: End, unbounded: int) -> int:
    return unbounded if end is None else 1 if end > 0 else -1


def inverse(ends: Bounds) -> Bounds:
    """One over a positive number: its ends swap."""
    low, high = ends
    return (0 if high is None else Fraction(1) / high), (None if not low else Fraction(1) / low)


def times(ends: Bounds, factor: int) -> Bounds:
    """Both ends times a positive whole factor."""
    low, high = ends
    return (None if low is None else low * factor), (None if high is None else high * factor)


def total(ends: list[End]) -> End:
    """The sum, None where one is unbounded."""
    found: int | Fraction = 0
    for end in ends:
        if end is None:
            return None
        found += end
    return found


def less(left: End, right: End) -> End:
    """The difference, None where one is unbounded."""
    return None if left is None or right is None else left - right


def _finite(ends: list[End]) -> list[int | Fraction]:
    return [end for end in ends if end is not None]


def least_low(lows: list[End]) -> End:
    """The least of low ends."""
    return None if None in lows else min(_finite(lows))


def greatest_low(lows: list[End]) -> End:
    """The greatest of low ends."""
    return max(_finite(lows), default=None)


def least_high(highs: list[End]) -> End:
    """The least of high ends."""
    return min(_finite(highs), default=None)


def greatest_high(highs: list[End]) -> End:
    """The greatest of high ends."""
    return None if None in highs else max(_finite(highs))
