"""Awards as columns: from the facts of each row to the least and the greatest amount in whole fen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.ends import WIDE, Ends, NotColumnar, half_up, type_for
from app.rules.expression import Arithmetic, Expression
from app.rules.language.intervals import domain_of
from app.rules.language.ranges import MOST, range_of
from app.rules.language.value_bounds import edges_of
from app.rules.language.value_ranges import divides, range_of_value, scale_of
from app.rules.policy import TO_THE_FEN, Rounding
from app.rules.values import ByLevel, Cases, Combined, Modified, Steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.columns.expressions import Terms
    from app.rules.values import Value


def fen(terms: Terms, value: Value, rounding: Rounding = TO_THE_FEN) -> Ends:
    """Low and high in whole fen, rounded once; high null where unbounded. Raises NotColumnar."""
    scale = scale_of(value)
    if isinstance(value, Expression) and divides(value):
        found = terms.ends(value)
        if found.over is not None:
            return _rounded_quotient(found, value, rounding)
    found = value_ends(terms, value)
    if scale == 1 and rounding == TO_THE_FEN:
        return found
    least, most = range_of_value(value)
    unit = scale * rounding.to
    of = type_for(2 * least - unit, 2 * most + unit)
    per = of_ends.constant(unit, of)
    low, high = (_rounded(end.cast(of), per, rounding) for end in found[:2])
    return Ends(low, high)


def _rounded(numerator: pl.Expr, unit: pl.Expr, rounding: Rounding) -> pl.Expr:
    match rounding.mode:
        case "up":
            found = (numerator + unit - 1) // unit
        case "down":
            found = numerator // unit
        case _:
            found = half_up(numerator, unit)
    return found * rounding.to


def _rounded_quotient(found: Ends, value: Expression, rounding: Rounding) -> Ends:
    """Each row has a denominator of its own."""
    assert isinstance(value, Arithmetic)
    assert found.over is not None
    least, most = range_of(value)
    unit = value.scale * rounding.to
    divisor = range_of(value.operands[1])[1] * unit
    if 2 * max(-least, most) + 2 * divisor >= MOST:
        raise NotColumnar
    over = [part.cast(WIDE) * of_ends.constant(unit, WIDE) for part in found.over]
    low, high = (_rounded(end.cast(WIDE), per, rounding) for end, per in zip(found[:2], over, strict=True))
    return Ends(low, high)


def value_ends(terms: Terms, value: Value) -> Ends:
    """Low and high over the value's scale. Raises NotColumnar."""
    match value:
        case ByLevel():
            return _by_level(terms, value)
        case Steps():
            return _kept(terms, _steps(terms, value))
        case Cases():
            return _kept(terms, _cases(terms, value))
        case Combined():
            return _combined(terms, value)
        case Modified():
            return _modified(terms, value)
    return terms.whole(value)


def _kept(terms: Terms, found: Ends) -> Ends:
    """As columns: every row of a form names what it chooses from again, and would double it."""
    return Ends(terms.column_of(found.low), terms.column_of(found.high))


def _scaled(terms: Terms, value: Value | None, within: Value) -> Ends:
    """The same over the scale of the form that it stands in; nothing there: 0."""
    of = type_for(*range_of_value(within))
    if value is None:
        return Ends(of_ends.constant(0, of), of_ends.constant(0, of))
    return of_ends.times(value_ends(terms, value), scale_of(within) // scale_of(value), of)


def _hull(ends: Sequence[Ends]) -> Ends:
    return Ends(
        of_ends.least_low([one.low for one in ends]), of_ends.greatest_high([one.high for one in ends])
    )


def _chosen(chosen: Sequence[tuple[pl.Expr, Ends]], rest: Ends) -> Ends:
    """The first whose condition is true."""
    low, high = rest[:2]
    for condition, ends in reversed(chosen):
        low = pl.when(condition).then(ends.low).otherwise(low)
        high = pl.when(condition).then(ends.high).otherwise(high)
    return Ends(low, high)


def _by_level(terms: Terms, value: ByLevel) -> Ends:
    key = value.key
    level = terms.value(key)
    rows = {code: _scaled(terms, row, value) for code, row in value.rows.items()}
    rest = _scaled(terms, value.otherwise, value)
    reachable = [*rows.values(), *([] if set(domain_of(key).codes) <= set(rows) else [rest])]
    chosen = [(level == code, ends) for code, ends in rows.items()]
    return _chosen([(level.is_null(), _hull(reachable)), *chosen], rest)


def _steps(terms: Terms, value: Steps) -> Ends:
    """A hull over the rows from the first that the quantity's low end reaches to the last that its high end does."""
    low, high = (terms.column_of(end) for end in terms.whole(value.of)[:2])
    rows = [_scaled(terms, value.below, value), *(_scaled(terms, row, value) for row in value.rows)]
    edges = edges_of(value)
    reached, passed = [pl.lit(value=True)], []
    for edge in edges:
        at_high = high > edge if value.above else high >= edge
        at_low = low > edge if value.above else low >= edge
        reached.append(at_high.fill_null(value=True))
        passed.append(at_low.fill_null(value=False))
    passed.append(pl.lit(value=False))
    possible = [can & ~beyond for can, beyond in zip(reached, passed, strict=True)]
    lows = [pl.when(can).then(row.low) for can, row in zip(possible, rows, strict=True)]
    open_ = pl.any_horizontal([can & row.high.is_null() for can, row in zip(possible, rows, strict=True)])
    highs = [pl.when(can).then(row.high) for can, row in zip(possible, rows, strict=True)]
    return Ends(pl.min_horizontal(lows), pl.when(~open_).then(pl.max_horizontal(highs)))


def _cases(terms: Terms, value: Cases) -> Ends:
    """The hull of the cases that are possible, up to the first that is certain."""
    rest = _scaled(terms, value.otherwise, value)
    for row in reversed(value.rows):
        truth = terms.column_of(terms.truth(row.when))
        ends = _scaled(terms, row.then, value)
        rest = _chosen([(truth, ends), (truth.is_null(), _hull([ends, rest]))], rest)
    return rest


def _combined(terms: Terms, value: Combined) -> Ends:
    if value.operator == "*":
        # Of what may be 0 the product may be small, though a part is not.
        types = [type_for(*range_of_value(one)) for one in (value, *value.parts)]
        of = WIDE if WIDE in types else types[0]
        found = value_ends(terms, value.parts[0])
        for part in value.parts[1:]:
            # Values are never below 0: the loader proves it.
            found = of_ends.multiply(found, value_ends(terms, part), of, negative=False)
        return found
    parts = [_scaled(terms, part, value) for part in value.parts]
    low, high = parts[0][:2]
    for added in parts[1:]:
        low, high = low + added.low, high + added.high
    return Ends(low, high)


def _modified(terms: Terms, value: Modified) -> Ends:
    """Floor, cap, less, in this order."""
    low, high = _scaled(terms, value.value, value)[:2]
    nothing = of_ends.constant(0, of_ends.WHOLE)
    if value.floor is not None:
        least, most = _scaled(terms, value.floor, value)[:2]
        low = pl.when(low > 0).then(pl.max_horizontal(low, least)).otherwise(low)
        bounded = high.is_not_null() & most.is_not_null()
        high = pl.when(bounded & (high == 0)).then(high).when(bounded).then(pl.max_horizontal(high, most))
    if value.cap is not None:
        least, most = _scaled(terms, value.cap, value)[:2]
        low, high = pl.min_horizontal(low, least), pl.min_horizontal(high, most)
    if value.less is not None:
        least, most = _scaled(terms, value.less, value)[:2]
        low = pl.when(most.is_null()).then(nothing).otherwise(pl.max_horizontal(nothing, low - most))
        high = pl.when(high.is_not_null()).then(pl.max_horizontal(nothing, high - least))
    return Ends(low, high)
