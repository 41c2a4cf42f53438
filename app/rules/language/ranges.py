"""Static ranges: from the input limits, the least and the greatest numerator a number can come to.

They hold for the ends of what is unknown too: `min(a, b)` goes up to `a` where nobody knows how great `b` is.
"""

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
        case Aggregate(value=Expression() as value, otherwise=otherwise):
            ends = [0]
            for one in (value,) if otherwise is None else (value, otherwise):
                factor = expression.scale // one.scale * (ITEMS if expression.function == "sum" else 1)
                ends += [end * factor for end in range_of(one)]
            return min(ends), max(ends)
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
            settled = [high for high, one in zip(highs, node.operands, strict=True) if _ends_above(one)]
            return min(lows), min(settled) if settled else max(highs)
    settled = [low for low, one in zip(lows, node.operands, strict=True) if _ends_below(one)]
    return max(settled) if settled else min(lows), max(highs)


def _ends_above(expression: Expression) -> bool:
    """Whether it has a greatest end even where nothing is known; what is not sure has none."""
    match expression:
        case Literal() | ParameterUse() | BuiltIn(name="year"):
            return True
        case Fact(domain=domain) | ItemField(domain=domain):
            return domain.maximum is not None
        case Arithmetic(operator="+" | "max", operands=operands):
            return all(map(_ends_above, operands))
        case Arithmetic(operator="min", operands=operands):
            return any(map(_ends_above, operands))
        case Arithmetic(operator="-", operands=(left, right)):
            return _ends_above(left) and _ends_below(right)
        case Arithmetic(operator="neg", operands=(operand,)):
            return _ends_below(operand)
        case Arithmetic(operator="*", operands=operands):
            return all(map(_ends_above, operands)) and all(map(_ends_below, operands))
    return False


def _ends_below(expression: Expression) -> bool:
    """Likewise a least end."""
    match expression:
        case Fact() | ItemField() | Literal() | ParameterUse():
            return True
        case Arithmetic(operator="+" | "min", operands=operands):
            return all(map(_ends_below, operands))
        case Arithmetic(operator="max", operands=operands):
            return any(map(_ends_below, operands))
        case Arithmetic(operator="-", operands=(left, right)):
            return _ends_below(left) and _ends_above(right)
        case Arithmetic(operator="neg", operands=(operand,)):
            return _ends_above(operand)
    return range_of(expression)[0] >= 0
