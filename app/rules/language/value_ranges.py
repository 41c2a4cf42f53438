"""What is proven of a value when a pack loads: its static scale and its range."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from app.rules.expression import BuiltIn, Derived, Expression
from app.rules.language.ranges import range_of, span_of
from app.rules.values import Combined, Modified, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.values import Value


def divides(value: Value) -> bool:
    """Whether it may come to a fraction over its scale."""
    if isinstance(value, Derived):
        return divides(value.value)
    if isinstance(value, Expression):
        operands = getattr(value, "operands", ())
        inside = (getattr(value, "value", None), getattr(value, "otherwise", None))
        also = any(isinstance(one, Expression) and divides(one) for one in inside)
        # A total may be of fractions.
        total = isinstance(value, BuiltIn) and value.name == "counted"
        return total or getattr(value, "operator", "") == "/" or also or any(map(divides, operands))
    return any(divides(part) for part in parts_of(value))


def scale_of(value: Value) -> int:
    """The static scale: the value is a whole number (or, divided by a fact, a fraction) over it."""
    if isinstance(value, Expression):
        return value.scale
    scales = [scale_of(part) for part in parts_of(value)]
    if isinstance(value, Combined) and value.operator == "*":
        found = 1
        for scale in scales:
            found *= scale
        return found
    return lcm(*scales)


def range_of_value(value: Value) -> tuple[int, int]:
    """Least and greatest numerator over its scale, by the types' input limits."""
    if isinstance(value, Expression):
        return range_of(value)
    scale = scale_of(value)
    if isinstance(value, Combined) and value.operator == "*":
        product = (1, 1)
        for part in value.parts:
            corners = [one * other for one in product for other in range_of_value(part)]
            product = min(corners), max(corners)
        return product
    ends = [(low * f, high * f) for low, high, f in _scaled(parts_of(value), scale)]
    if isinstance(value, Combined):
        return sum(low for low, _ in ends), sum(high for _, high in ends)
    return min((0, *(low for low, _ in ends))), max((0, *(high for _, high in ends)))


def ends_above(value: Value) -> bool:
    """Whether it has a greatest end even where nothing is known: rows and cases have the hull of theirs."""
    if isinstance(value, Expression):
        return span_of(value).above
    if isinstance(value, Modified) and value.cap is not None and ends_above(value.cap):
        return True
    return all(map(ends_above, parts_of(value)))


def _scaled(parts: Iterator[Value], scale: int) -> Iterator[tuple[int, int, int]]:
    for part in parts:
        yield *range_of_value(part), scale // scale_of(part)
