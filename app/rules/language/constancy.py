"""What an expression mentions, and whether it can be anything but true or but false."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from app.rules.dates import month_end, month_start, shift, year_end, year_start
from app.rules.expression import (
    Aggregate,
    Arithmetic,
    AwardOf,
    BuiltIn,
    DateCall,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Lookup,
    Membership,
    ParameterUse,
    ReadingUse,
)
from app.rules.language.intervals import evaluate_interval, reading_key
from app.rules.values import expressions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.values import Value

MOST_STEPS = 200_000
"""Nodes evaluated to settle one condition: well under a second."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_APART = {"day": 150_000, "month": 5_000, "year": 400}
"""Spans within which two days of a request are tried."""


_FIELDS: dict[type[Any], tuple[str, ...]] = {}
"""As many as there are classes; asking dataclasses anew took a fifth of loading a pack."""


def field_names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass, in order."""
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(one.name for one in fields(kind))
    return _FIELDS[kind]


def parts_in(expression: Expression) -> Iterator[Expression]:
    """The direct parts, left to right."""
    for name in field_names(type(expression)):
        value = getattr(expression, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Expression):
                yield part


def nodes(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it, left-most first; of a derived fact what it is worked out of, too."""
    yield expression
    parts = expressions_of(expression.value) if isinstance(expression, Derived) else parts_in(expression)
    for part in parts:
        yield from nodes(part)


def subject_of(expression: Expression) -> Expression | None:
    """What it speaks of: the left-most fact, derived fact, reading or (of an aggregate) list."""
    kinds = Fact | ItemField | Derived | ReadingUse | Aggregate
    return next((node for node in nodes(expression) if isinstance(node, kinds)), None)


def facts_of(expression: Expression) -> tuple[Fact | ItemField | str, ...]:
    """The facts, item fields and (by name) lists that it mentions, left-most first, each once."""
    found: dict[Fact | ItemField | str, None] = {}
    for node in nodes(expression):
        if isinstance(node, Fact | ItemField):
            found[node] = None
        elif isinstance(node, Aggregate):
            found[node.list_name] = None
    return tuple(found)


def mentions_of(value: Value | None) -> tuple[Fact | ItemField | str, ...]:
    """The facts that a value reads, left-most first, each once."""
    found = (fact for expression in expressions_of(value) for fact in facts_of(expression))
    return tuple(dict.fromkeys(found))


def beyond_of(value: Value | None) -> tuple[Lookup | ReadingUse | AwardOf, ...]:
    """The tables, readings and other awards that a value reads: what no applicant can supply."""
    every = (node for expression in expressions_of(value) for node in nodes(expression))
    return tuple(dict.fromkeys(node for node in every if isinstance(node, Lookup | ReadingUse | AwardOf)))


def parameters_of(expression: Expression) -> tuple[ParameterUse, ...]:
    """The parameters it uses, in their resolved type, each once."""
    return tuple(dict.fromkeys(node for node in nodes(expression) if isinstance(node, ParameterUse)))


def settles(expression: Expression) -> str | None:
    """`always` or `never` for a condition that no request can turn, None for a real one.

    Every mentioned fact takes each code, or the values around each constant; past 200,000 steps, and for
    aggregates, only what the bounds alone settle is found.
    """
    every = tuple(nodes(expression))
    builtins: dict[str, object] = {
        "year": (FIRST_YEAR, LAST_YEAR),
        "as_of": None,
        **{reading_key(node): None for node in every if isinstance(node, ReadingUse)},
        **{node.name: (0, None) for node in every if isinstance(node, AwardOf)},
        **dict.fromkeys(("counted", "granted", "due", "paid", "items"), (0, None)),
    }
    found = evaluate_interval(expression, {}, {}, builtins)
    if found is not None:
        return "always" if found else "never"
    if any(isinstance(node, Aggregate) for node in every):
        return None
    open_ = tuple(dict.fromkeys(n for n in every if isinstance(n, Fact | ItemField | BuiltIn | ReadingUse)))
    values = [_values(node, every) for node in open_]
    if prod(map(len, values)) * len(every) > MOST_STEPS:
        return None
    results = set()
    for case in product(*values):
        facts, item, known = {}, {}, dict(builtins)
        for node, value in zip(open_, case, strict=True):
            if isinstance(node, Fact):
                facts[node.name] = value
            elif isinstance(node, ItemField):
                item[node.field] = value
            elif isinstance(node, ReadingUse):
                known[reading_key(node)] = value
            else:
                known[node.name] = value
        results.add(evaluate_interval(expression, facts, item, known))
        if len(results) > 1:
            return None
    return {True: "always", False: "never"}.get(results.pop())


def _values(node: Fact | ItemField | BuiltIn | ReadingUse, every: tuple[Expression, ...]) -> list[object]:
    """The values of one fact that can make a difference."""
    if node.type == "bool":
        return [False, True]
    if isinstance(node, ReadingUse) or (isinstance(node, Fact | ItemField) and node.type == "choice"):
        return list(node.domain.codes)
    if node.type == "date":
        return _days(every)
    if node.type == "text":
        named = {text for one in every for text in _texts(one)}
        # And one that nobody names, longer than all of them.
        return ["", *sorted(named - {""}), "".join(("~", *sorted(named)))]
    return _numbers(node, every)


def _texts(node: Expression) -> tuple[str, ...]:
    """The texts that a node compares with."""
    if isinstance(node, Membership):
        return node.members
    return (str(node.value),) if isinstance(node, Literal | ParameterUse) and node.type == "text" else ()


def _days(every: tuple[Expression, ...]) -> list[object]:
    middle = date(2050, 6, 15)
    days = {date(1900, 1, 1), middle, date(2200, 12, 31)}
    calls = {node.function for node in every if isinstance(node, DateCall)}
    for node in every:
        if isinstance(node, Literal | ParameterUse) and isinstance(node.value, date):
            days |= {node.value + timedelta(days=step) for step in (-1, 0, 1)}
    days |= {shift(middle, sign * count, unit) + timedelta(days=step)
             for count, unit in _spans(every) for sign in (-1, 1) for step in (-1, 0, 1)}  # fmt: skip
    days |= {
        turned(middle)
        for turned in (month_start, month_end, year_start, year_end)
        if turned.__name__ in calls
    }
    if "year" in calls:
        days |= {date(year, 6, 15) for year in range(FIRST_YEAR, LAST_YEAR + 1)}
    return list(days)


def _spans(every: tuple[Expression, ...]) -> set[tuple[int, str]]:
    """How far days lie apart by shifts, and by periods that are compared with a number."""
    shifts = [node for node in every if isinstance(node, Arithmetic) and node.operator == "shift"]
    found = {
        (count.value, str(node.span_unit))
        for node in shifts
        for count in node.operands[1:]
        if isinstance(count, Literal)
    }
    units = {node.function.removesuffix("s") for node in every if isinstance(node, DateCall)} & {
        "day",
        "month",
        "year",
    }
    counts = {n.value for n in every if isinstance(n, Literal | ParameterUse) and n.type == "count"}
    found |= {(count, unit) for count in counts for unit in units}
    return {
        (abs(count), unit)
        for count, unit in found
        if isinstance(count, int) and abs(count) < MOST_APART[unit]
    }


def _numbers(node: Fact | ItemField | BuiltIn, every: tuple[Expression, ...]) -> list[object]:
    low: int = FIRST_YEAR if isinstance(node, BuiltIn) and node.name == "year" else 0
    high: int | None = LAST_YEAR if low else None
    if isinstance(node, Fact | ItemField):
        low, high = node.domain.minimum, node.domain.maximum
    constants = [
        n.value * node.scale // n.scale
        for n in every
        if isinstance(n, Literal | ParameterUse) and isinstance(n.value, int)
    ]
    near = {constant + step for constant in constants for step in (-1, 0, 1)}
    most = (max([*near, low]) + 1) * 1_000 if high is None else high
    spread = any(isinstance(n, Arithmetic) for n in every)
    if spread:
        near |= {low + (most - low) * part // 8 for part in range(9)}
    near |= {low, low + 1, most}
    return [value for value in near if value >= low and (high is None or value <= high)]
