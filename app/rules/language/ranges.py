"""Static ranges: from the input limits, the least and the greatest numerator a number can come to."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from app.rules.expression import (
    Aggregate,
    Arithmetic,
    BuiltIn,
    DateCall,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Lookup,
    ParameterUse,
    Rows,
)
from app.rules.language.lexing import LanguageError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 2**127
ITEMS = 1_000
INPUT_LIMITS = {"money": 10**14, "count": 10**9, "percent": 10**9, "number": 10**12}
BUILT_IN_LIMITS = {"year": 9999, "items": ITEMS}


def check_range(expression: Expression, offset: int, times: int = 1) -> None:
    """Raise LanguageError where the numerator (times a rescaling factor) can pass 2^127."""
    low, high = range_of(expression)
    if max(-low, high) * times >= MOST:
        raise LanguageError("a number that can pass 2^127", "数值可能超过 2^127", offset)


def least(expression: Expression) -> int:
    """The least numerator it can come to: below 0 where the expression may be negative."""
    return range_of(expression)[0]


def range_of(expression: Expression) -> tuple[int, int]:
    """Least and greatest numerator over the expression's own scale, by the types' input limits."""
    match expression:
        case Literal(value=int(value)) | ParameterUse(value=int(value)):
            return value, value
        case Fact(domain=domain) | ItemField(domain=domain):
            limit = INPUT_LIMITS[expression.type] * (expression.scale if expression.type == "number" else 1)
            return domain.minimum, limit if domain.maximum is None else domain.maximum
        case BuiltIn(name=name):
            return 0, BUILT_IN_LIMITS.get(name, INPUT_LIMITS["money"] * ITEMS)
        case DateCall():
            return 0, 4_000_000
        case Derived(domain=domain):
            return domain.minimum, domain.maximum or 0
        case Lookup(rows=rows):
            found = tuple(_cells(rows))
            return min(0, *found), max(0, *found)
        case Aggregate(function="count"):
            return 0, ITEMS
        case Aggregate(value=Expression() as value):
            low, high = range_of(value)
            factor = expression.scale // value.scale * (ITEMS if expression.function == "sum" else 1)
            return min(0, low * factor), max(0, high * factor)
        case Arithmetic():
            return _of_arithmetic(expression)
    return 0, 0


def _cells(rows: Rows) -> Iterator[int]:
    for value in rows.values:
        if isinstance(value, Rows):
            yield from _cells(value)
        else:
            yield value


def _of_arithmetic(node: Arithmetic) -> tuple[int, int]:
    ends = [range_of(operand) for operand in node.operands]
    if node.operator == "*":
        corners = [a * b for a, b in product(ends[0], ends[1])]
        return min(corners), max(corners)
    if node.operator == "/":
        by = node.operands[1]
        low, high = (end * by.scale for end in ends[0])
        return min(low, 0), high
    factors = [node.scale // operand.scale for operand in node.operands]
    lows = [low * factor for (low, _), factor in zip(ends, factors, strict=True)]
    highs = [high * factor for (_, high), factor in zip(ends, factors, strict=True)]
    match node.operator:
        case "+":
            return sum(lows), sum(highs)
        case "-":
            return lows[0] - highs[1], highs[0] - lows[1]
        case "neg":
            return -highs[0], -lows[0]
        case "min":
            return min(lows), min(highs)
    return max(lows), max(highs)
