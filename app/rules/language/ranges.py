"""Static ranges: from the input limits, the least and the greatest numerator a number can come to.

They hold for the ends of what is unknown too: `min(a, b)` goes up to `a` where nobody knows how great `b` is.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

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


class Span(NamedTuple):
    """Least and greatest numerator, and whether each end is there even where nothing is known.

    What may be without a least end is never taken to be above 0: `least` is below 0 then.
    """

    least: int
    greatest: int
    below: bool = True
    above: bool = True

    @property
    def whole(self) -> bool:
        return self.below and self.above


def range_of(expression: Expression) -> tuple[int, int]:
    """Least and greatest numerator over the expression's own scale, by the types' input limits."""
    return span_of(expression)[:2]


def span_of(expression: Expression) -> Span:
    """The same, with the ends that may be missing."""
    found = _span(expression)
    return found if found.below or found.least < 0 else found._replace(least=-1)


def _span(expression: Expression) -> Span:
    match expression:
        case Literal(value=int(value)) | ParameterUse(value=int(value)):
            return Span(value, value)
        case Fact(domain=domain) | ItemField(domain=domain):
            limit = INPUT_LIMITS[expression.type] * (expression.scale if expression.type == "number" else 1)
            most = limit if domain.maximum is None else domain.maximum
            return Span(domain.minimum, most, above=domain.maximum is not None)
        case BuiltIn(name=name):
            return Span(0, BUILT_IN_LIMITS.get(name, INPUT_LIMITS["money"] * ITEMS), above=name == "year")
        case DateCall():
            return Span(0, 4_000_000, above=False)
        case Derived(domain=domain):
            return Span(domain.minimum, domain.maximum or 0, above=domain.ends)
        case Lookup(rows=rows):
            found = tuple(_cells(rows))
            return Span(min(0, *found), max(0, *found), above=False)
        case Aggregate(function="count"):
            return Span(0, ITEMS, above=False)
        case Aggregate(value=Expression()):
            return _of_aggregate(expression)
        case Arithmetic():
            return _of_arithmetic(expression)
    return Span(0, 0)


def _cells(rows: Rows) -> Iterator[int]:
    for value in rows.values:
        if isinstance(value, Rows):
            yield from _cells(value)
        else:
            yield value


def _of_aggregate(node: Aggregate) -> Span:
    """Over a list that nobody knows it has no greatest end."""
    ends, below = [0], True
    for one in (node.value, node.otherwise):
        if one is not None:
            span = span_of(one)
            factor = node.scale // one.scale * (ITEMS if node.function == "sum" else 1)
            ends += [span.least * factor, span.greatest * factor]
            below = below and span.below
    return Span(min(ends), max(ends), below, above=False)


def _of_arithmetic(node: Arithmetic) -> Span:
    spans = [span_of(operand) for operand in node.operands]
    if node.operator == "*":
        return _of_product(*spans)
    if node.operator == "/":
        by, (low, high, below, above) = node.operands[1], spans[0]
        return Span(min(low * by.scale, 0), high * by.scale, below, above)
    factors = [node.scale // operand.scale for operand in node.operands]
    lows = [span.least * factor for span, factor in zip(spans, factors, strict=True)]
    highs = [span.greatest * factor for span, factor in zip(spans, factors, strict=True)]
    every_low, every_high = all(one.below for one in spans), all(one.above for one in spans)
    match node.operator:
        case "+":
            return Span(sum(lows), sum(highs), every_low, every_high)
        case "-":
            low, high = lows[0] - highs[1], highs[0] - lows[1]
            return Span(low, high, spans[0].below and spans[1].above, spans[0].above and spans[1].below)
        case "neg":
            return Span(-highs[0], -lows[0], spans[0].above, spans[0].below)
        case "min":
            sure = [high for high, one in zip(highs, spans, strict=True) if one.above]
            return Span(min(lows), min(sure) if sure else max(highs), every_low, bool(sure))
    sure = [low for low, one in zip(lows, spans, strict=True) if one.below]
    return Span(max(sure) if sure else min(lows), max(highs), bool(sure), every_high)


def _of_product(one: Span, other: Span) -> Span:
    corners = [a * b for a, b in product(one[:2], other[:2])]
    whole, positive = one.whole and other.whole, one.least >= 0 and other.least >= 0
    return Span(min(corners), max(corners), positive or whole, whole)
