"""Values: an expression, or one of the forms that choose or combine values (a table, steps, cases, sums, products).

A value is a number over a static scale (`scale_of`), between bounds that the loader proves (`range_of_value`). It is
rounded once, at the award.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

from app.rules.expression import BuiltIn, Expression
from app.rules.language.constancy import facts_of
from app.rules.language.ranges import range_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.expression import Fact, ItemField


@dataclass(frozen=True, slots=True)
class ByLevel:
    """A value by a choice's code; no row and no `otherwise`: 0."""

    key: Expression
    rows: Mapping[str, Value]
    otherwise: Value | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """A value by how far a quantity reaches: the row of the greatest edge that it reaches, or with `above` passes.

    Below every edge: `below`, else 0. The edges ascend; they are constants of the quantity's type.
    """

    of: Expression
    edges: tuple[Expression, ...]
    rows: tuple[Value, ...]
    above: bool = False
    below: Value | None = None


@dataclass(frozen=True, slots=True)
class Case:
    when: Expression
    then: Value


@dataclass(frozen=True, slots=True)
class Cases:
    """The value of the first case that holds; of none: `otherwise`, else 0."""

    rows: tuple[Case, ...]
    otherwise: Value | None = None


@dataclass(frozen=True, slots=True)
class Combined:
    """All parts added (`+`) or multiplied (`*`)."""

    operator: str
    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Modified:
    """A value with modifiers, always in this order: floor (never lifts a 0), cap, less (not below 0)."""

    value: Value
    floor: Value | None = None
    cap: Value | None = None
    less: Value | None = None


Value = Expression | ByLevel | Steps | Cases | Combined | Modified


def parts_of(value: Value) -> Iterator[Value]:
    """The values directly inside a form, in the order written."""
    match value:
        case ByLevel(rows=rows, otherwise=otherwise):
            yield from rows.values()
            yield from _some(otherwise)
        case Steps(rows=rows, below=below):
            yield from rows
            yield from _some(below)
        case Cases(rows=rows, otherwise=otherwise):
            yield from (row.then for row in rows)
            yield from _some(otherwise)
        case Combined(parts=parts):
            yield from parts
        case Modified(value=inside, floor=floor, cap=cap, less=less):
            yield inside
            yield from _some(floor, cap, less)


def _some(*values: Value | None) -> Iterator[Value]:
    return (value for value in values if value is not None)


def expressions_of(value: Value | None) -> Iterator[Expression]:
    """Every expression in a value, in the order that a reader meets them."""
    match value:
        case None:
            return
        case Expression():
            yield value
        case Cases(rows=rows, otherwise=otherwise):
            for row in rows:
                yield row.when
                yield from expressions_of(row.then)
            yield from expressions_of(otherwise)
            return
        case ByLevel(key=key):
            yield key
        case Steps(of=quantity, edges=edges):
            yield quantity
            yield from edges
    for part in parts_of(value):
        yield from expressions_of(part)


def mentions_of(value: Value | None) -> tuple[Fact | ItemField | str, ...]:
    """The facts that a value reads, left-most first, each once."""
    found = (fact for expression in expressions_of(value) for fact in facts_of(expression))
    return tuple(dict.fromkeys(found))


def divides(value: Value) -> bool:
    """Whether it may come to a fraction over its scale."""
    if isinstance(value, Expression):
        operands = getattr(value, "operands", ())
        inside = getattr(value, "value", None)
        also = isinstance(inside, Expression) and divides(inside)
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


def _scaled(parts: Iterator[Value], scale: int) -> Iterator[tuple[int, int, int]]:
    for part in parts:
        yield *range_of_value(part), scale // scale_of(part)
