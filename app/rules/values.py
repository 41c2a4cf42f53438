"""Values: an expression, or one of the forms that choose or combine values (a table, steps, cases, sums, products).

A value is a number over a static scale, between bounds that the loader proves (`language.value_ranges`). It is
rounded once, at the award.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.rules.expression import Expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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
