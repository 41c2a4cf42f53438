"""The values at which a policy turns: those that a fact is compared with anywhere, and their neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.rules.dates import month_end, month_start, shift, year_end, year_start
from app.rules.expression import (
    Aggregate,
    Comparison,
    Expression,
    Fact,
    ItemField,
    Literal,
    Membership,
    ParameterUse,
)
from app.rules.input.words import limits_of
from app.rules.language.constancy import nodes
from app.rules.values import Steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.facts import FactDeclaration
    from app.rules.policy import Policy

LEAP_DAYS = (date(2020, 2, 29), date(2024, 2, 29))
PERIODS = (1, 2, 3, 5)
MOST_VALUES = 40


def pools(policy: Policy, as_of: date) -> dict[str, tuple[object, ...]]:
    """Values worth trying for each fact, and for `list.field`: within what a request may hold, in engine units."""
    constants: dict[str, set[object]] = {}
    for expression in expressions_of(policy):
        _note(expression, constants)
    found: dict[str, tuple[object, ...]] = {}
    for name, declaration in policy.facts.facts.items():
        if declaration.type == "list":
            for field, inner in declaration.fields.items():
                place = f"{name}.{field}"
                found[place] = _values(inner, constants.get(place, set()), as_of)
        else:
            found[name] = _values(declaration, constants.get(name, set()), as_of)
    return found


def expressions_of(part: object) -> Iterator[Expression]:
    """Every whole expression in a policy or a part of it, in the order written; an edge of steps as a comparison."""
    if isinstance(part, Expression):
        yield part
        return
    if isinstance(part, Steps):
        yield from (Comparison("bool", 1, ">=", part.of, edge) for edge in part.edges)
    if is_dataclass(part):
        for field in fields(part):
            yield from expressions_of(getattr(part, field.name))
    elif isinstance(part, Mapping | tuple):
        for inner in part.values() if isinstance(part, Mapping) else part:
            yield from expressions_of(inner)


def _note(expression: Expression, constants: dict[str, set[object]]) -> None:
    """Each constant of a comparison beside each fact in it, at the fact's own scale."""
    for node in nodes(expression):
        if isinstance(node, Membership):
            _note_all(node, set(node.members), constants)
        elif isinstance(node, Comparison | Aggregate):
            given = [n for n in nodes(node) if isinstance(n, Literal | ParameterUse)]
            for fact in (n for n in nodes(node) if isinstance(n, Fact | ItemField)):
                scaled = {
                    n.value * fact.scale // n.scale if type(n.value) is int else n.value
                    for n in given
                    if fact.type == n.type
                    or (fact.type in ("count", "number") and n.type in ("count", "number"))
                }
                _note_all(fact, scaled, constants)


def _note_all(node: Expression, values: set[object], constants: dict[str, set[object]]) -> None:
    for fact in nodes(node):
        if isinstance(fact, Fact):
            constants.setdefault(fact.name, set()).update(values)
        elif isinstance(fact, ItemField):
            constants.setdefault(f"{fact.list_name}.{fact.field}", set()).update(values)


def _values(declaration: FactDeclaration, constants: set[object], as_of: date) -> tuple[object, ...]:
    match declaration.type:
        case "bool":
            return (True, False)
        case "choice":
            return tuple(code for code, _ in declaration.choices)
        case "date":
            return _days({day for day in constants if isinstance(day, date)}, as_of)
        case "text" | "id":
            return (*sorted({str(text) for text in constants}), "某某", "Ａ社 2")
    return _numbers(declaration, {value for value in constants if type(value) is int})


def _numbers(declaration: FactDeclaration, constants: set[int]) -> tuple[int, ...]:
    """Around each constant, some of any size, and both ends of what may be stated."""
    low, high = limits_of(declaration)
    scale = {"money": 100, "percent": 10**6}.get(declaration.type, 10**declaration.places)
    near = {constant + step for constant in sorted(constants)[:MOST_VALUES] for step in (-1, 0, 1)}
    plain = {0, 1, 3, 7 * scale, 12 * scale + 1, 99 * scale, 1_000 * scale - 1}
    return tuple(sorted({low, high, *(value for value in near | plain if low <= value <= high)}))


def _days(constants: set[date], as_of: date) -> tuple[date, ...]:
    """Anniversaries of the day that is decided for and their neighbours, leap days, ends of months and years."""
    middles = {as_of, *LEAP_DAYS, *sorted(constants)[:MOST_VALUES]}
    middles |= {shift(as_of, -count, unit) for count in PERIODS for unit in ("year", "month")}
    found = {shift(day, step, "day") for day in middles for step in (-1, 0, 1)}
    found |= {turn(as_of) for turn in (month_start, month_end, year_start, year_end)}
    return (*sorted(found), date(1, 1, 1), date(1899, 12, 31), date(9999, 12, 31))
