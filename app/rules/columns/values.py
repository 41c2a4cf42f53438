"""Awards as columns: from the facts of each row to the least and the greatest amount in whole fen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.ends import WIDE, Ends, half_up
from app.rules.columns.expressions import NotColumnar
from app.rules.expression import Arithmetic, Expression, Fact, ItemField
from app.rules.language.ranges import MOST, range_of
from app.rules.policy import ByLevel, Modified

if TYPE_CHECKING:
    from app.rules.columns.expressions import Terms

    Value = Expression | ByLevel | Modified


def fen(terms: Terms, value: Value) -> Ends:
    """Low and high in whole fen, rounded half up once; high null where unbounded. Raises NotColumnar."""
    match value:
        case ByLevel():
            return _by_level(terms, value)
        case Modified():
            return _modified(terms, value)
    found = terms.ends(value)
    if found.over is not None:
        return _rounded_quotient(found, value)
    if value.scale == 1:
        return found
    least, most = range_of(value)
    of = of_ends.type_for(2 * least - value.scale, 2 * most + value.scale)
    scale = of_ends.constant(value.scale, of)
    return Ends(half_up(found.low.cast(of), scale), half_up(found.high.cast(of), scale))


def _rounded_quotient(found: Ends, value: Expression) -> Ends:
    """Each row has a denominator of its own."""
    assert isinstance(value, Arithmetic)
    assert found.over is not None
    least, most = range_of(value)
    divisor = range_of(value.operands[1])[1] * value.scale
    if 2 * max(-least, most) + 2 * divisor >= MOST:
        raise NotColumnar
    over = [part.cast(WIDE) * of_ends.constant(value.scale, WIDE) for part in found.over]
    return Ends(half_up(found.low.cast(WIDE), over[0]), half_up(found.high.cast(WIDE), over[1]))


def _by_level(terms: Terms, value: ByLevel) -> Ends:
    key = value.key
    assert isinstance(key, Fact | ItemField)
    level = terms.column(key)
    nothing = Ends(of_ends.constant(0, of_ends.WHOLE), of_ends.constant(0, of_ends.WHOLE))
    rows = {code: fen(terms, row) for code, row in value.rows.items()}
    rest = nothing if value.otherwise is None else fen(terms, value.otherwise)
    reachable = [*rows.values(), *([] if set(key.domain.codes) <= set(rows) else [rest])]
    low = pl.when(level.is_null()).then(of_ends.least_low([row.low for row in reachable]))
    high = pl.when(level.is_null()).then(of_ends.greatest_high([row.high for row in reachable]))
    for code, row in rows.items():
        low, high = low.when(level == code).then(row.low), high.when(level == code).then(row.high)  # type: ignore[assignment]
    return Ends(low.otherwise(rest.low), high.otherwise(rest.high))


def _modified(terms: Terms, value: Modified) -> Ends:
    """Floor, cap, less, in this order."""
    (low, high), nothing = fen(terms, value.value)[:2], of_ends.constant(0, of_ends.WHOLE)
    if value.floor is not None:
        least, most = fen(terms, value.floor)[:2]
        low = pl.when(low > 0).then(pl.max_horizontal(low, least)).otherwise(low)
        bounded = high.is_not_null() & most.is_not_null()
        high = pl.when(bounded & (high == 0)).then(high).when(bounded).then(pl.max_horizontal(high, most))
    if value.cap is not None:
        least, most = fen(terms, value.cap)[:2]
        low, high = pl.min_horizontal(low, least), pl.min_horizontal(high, most)
    if value.less is not None:
        least, most = fen(terms, value.less)[:2]
        low = pl.when(most.is_null()).then(nothing).otherwise(pl.max_horizontal(nothing, low - most))
        high = pl.when(high.is_not_null()).then(pl.max_horizontal(nothing, high - least))
    return Ends(low, high)
