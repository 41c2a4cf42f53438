"""Sums, differences, products and quotients as columns: both ends of each, in a type that the greatest fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.ends import Ends, NotColumnar
from app.rules.expression import Literal, ParameterUse
from app.rules.language.ranges import range_of

if TYPE_CHECKING:
    from app.rules.columns.expressions import Terms
    from app.rules.expression import Arithmetic


def worked_out(terms: Terms, node: Arithmetic, of: pl.DataType) -> Ends:
    """Low and high over the node's scale. Raises NotColumnar."""
    if node.operator == "/":
        return _quotient(terms, node, of)
    found = [terms.whole(operand) for operand in node.operands]
    # What goes in may be wider than what comes out: max(0, a - b).
    of = of_ends.widest(
        of,
        *(
            of_ends.type_for(low * factor, high * factor)
            for operand in node.operands
            for low, high in [range_of(operand)]
            for factor in [1 if node.operator == "*" else node.scale // operand.scale]
        ),
    )
    if node.operator == "*":
        negative = any(range_of(operand)[0] < 0 for operand in node.operands)
        return of_ends.multiply(found[0], found[1], of, negative=negative)
    found = [
        of_ends.times(one, node.scale // operand.scale, of)
        for one, operand in zip(found, node.operands, strict=True)
    ]
    lows, highs = [one.low for one in found], [one.high for one in found]
    match node.operator:
        case "+":
            return Ends(_added(lows), _added(highs))
        case "-":
            return Ends(lows[0] - highs[1], highs[0] - lows[1])
        case "neg":
            return Ends(-highs[0], -lows[0])
        case "min":
            return Ends(of_ends.least_low(lows), of_ends.least_high(highs))
        case "max":
            return Ends(of_ends.greatest_low(lows), of_ends.greatest_high(highs))
    raise TypeError(node)


def _quotient(terms: Terms, node: Arithmetic, of: pl.DataType) -> Ends:
    left, by = node.operands
    whole = of_ends.times(terms.whole(left), by.scale, of)
    if isinstance(by, Literal | ParameterUse):
        return whole
    if range_of(left)[0] < 0:
        raise NotColumnar
    divisor = of_ends.times(terms.ends(by), 1, of)
    # Divided by what has no bound it may come to nothing: 0 over 1.
    endless = divisor.high.is_null()
    low = pl.when(endless).then(of_ends.constant(0, of)).otherwise(whole.low)
    return Ends(low, whole.high, (divisor.high.fill_null(1), divisor.low))


def _added(parts: list[pl.Expr]) -> pl.Expr:
    """The sum, unbounded where a part is: `+` of columns keeps nulls, unlike `sum_horizontal`."""
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found
