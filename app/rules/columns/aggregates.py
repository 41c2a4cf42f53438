"""Aggregates as columns: items beside the rows they belong to, grouped, and brought back (language of lists).

Known empty lists count nothing; unknown lists leave everything open. Inside an item an aggregate may read that item's
fields: its rows then carry them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.ends import Ends
from app.rules.columns.tables import FIELD, ROW, Table
from app.rules.language.ranges import least

if TYPE_CHECKING:
    from app.rules.columns.expressions import Terms
    from app.rules.expression import Aggregate, Expression

_TRUTH, _LOW, _HIGH = "truth", "low", "high"


def quantified(terms: Terms, expression: Aggregate) -> pl.Expr:
    """`any` and `all`."""
    inside = _inside(terms, expression)
    counts = pl.lit(value=True) if expression.where is None else inside.truth(expression.where)
    over_none = expression.function == "all"
    if over_none:
        assert expression.value is not None
        truth = pl.any_horizontal(~counts, inside.truth(expression.value))
        found = pl.col(_TRUTH).all(ignore_nulls=False)
    else:
        truth, found = counts, pl.col(_TRUTH).any(ignore_nulls=False)
    key = _key(terms.table)
    grouped = inside.table.frame.select(key, truth.alias(_TRUTH)).group_by(key).agg(found)
    name = terms.table.fresh("aggregate")
    _bring_back(terms.table, grouped.with_columns(found=True), {_TRUTH: name, "found": f"{name}:found"})
    known = pl.col(terms.table.known(expression.list_name))
    return (
        pl.when(pl.col(f"{name}:found").is_not_null()).then(pl.col(name)).when(known).then(pl.lit(over_none))
    )


def bounded(terms: Terms, expression: Aggregate) -> Ends:
    """`count`, `sum`, `max` and `min`."""
    of, key = terms.type_of(expression), _key(terms.table)
    inside = _inside(terms, expression)
    counts = pl.lit(value=True) if expression.where is None else inside.truth(expression.where)
    if expression.function == "count":
        low = high = of_ends.constant(1, of)
    else:
        assert expression.value is not None
        factor = expression.scale // expression.value.scale
        low, high = of_ends.times(inside.whole(expression.value), factor, of)[:2]
    counted = (
        inside.table.frame.select(key, counts.alias(_TRUTH), low.alias(_LOW), high.alias(_HIGH))
        .filter(pl.col(_TRUTH).is_null() | pl.col(_TRUTH))
        .group_by(key)
        .agg(**_grouped(expression.function, of))
    )
    name = terms.table.fresh("aggregate")
    names = {column: f"{name}:{column}" for column in ("certain", _LOW, _HIGH)}
    _bring_back(terms.table, counted, names)
    known = pl.col(terms.table.known(expression.list_name))
    some = pl.col(names["certain"]).is_not_null()
    found = Ends(pl.col(names[_LOW]), pl.col(names[_HIGH]))
    over_none = _over_none(terms, expression, of)
    if expression.function in ("max", "min"):
        found = _with_none(found, over_none, pl.col(names["certain"]) == 0)
    lowest = of_ends.constant(0, of) if _never_negative(expression) else of_ends.unbounded(of)
    return Ends(
        pl.when(some).then(found.low).when(known).then(over_none.low).otherwise(lowest),
        pl.when(some).then(found.high).when(known).then(over_none.high),
    )


def _inside(terms: Terms, expression: Aggregate) -> Terms:
    """The items of the list, each beside the row it belongs to."""
    table = terms.table
    items = table.population.items(expression.list_name)
    prefix = f"item:{expression.word}."
    items = items.rename(lambda name: name.replace(FIELD, prefix) if name.startswith(FIELD) else name)
    words = {**table.words, expression.word: prefix}
    if table.of_rows:
        frame = items.with_columns(pl.col(ROW).alias(_key(table)))
    else:
        outer = [ROW, *(name for name in table.frame.columns if name.startswith(tuple(table.words.values())))]
        outside = table.frame.select(outer).with_row_index(_key(table))
        frame = outside.join(items.drop("position"), on=ROW, how="inner")
    return terms.over(Table(table.population, frame, words))


def _grouped(function: str, of: pl.DataType) -> dict[str, pl.Expr]:
    """`certain`, how many count for certain, and the ends over those that count or may."""
    certain, low, high = pl.col(_TRUTH).fill_null(value=False), pl.col(_LOW), pl.col(_HIGH)
    nothing = of_ends.constant(0, of)
    found = {"certain": certain.sum()}
    if function in ("count", "sum"):
        lows = pl.when(certain).then(low).otherwise(pl.min_horizontal(low, nothing))
        lows = pl.when(low.is_not_null()).then(lows)
        highs = pl.when(certain).then(high).otherwise(pl.max_horizontal(high, nothing))
        highs = pl.when(high.is_not_null()).then(highs)
        return found | {_LOW: _sum(lows), _HIGH: _sum(highs)}
    open_low, open_high = low.null_count() > 0, high.null_count() > 0
    if function == "max":
        some = certain.sum() > 0
        lows = pl.when(some).then(low.filter(certain).max()).otherwise(pl.when(~open_low).then(low.min()))
        return found | {_LOW: lows, _HIGH: pl.when(~open_high).then(high.max())}
    some = certain.sum() > 0
    highs = pl.when(some).then(high.filter(certain).min()).otherwise(pl.when(~open_high).then(high.max()))
    return found | {_LOW: pl.when(~open_low).then(low.min()), _HIGH: highs}


def _sum(part: pl.Expr) -> pl.Expr:
    return pl.when(part.null_count() == 0).then(part.sum())


def _over_none(terms: Terms, expression: Aggregate, of: pl.DataType) -> Ends:
    """What it comes to when no item counts."""
    if expression.otherwise is None:
        return Ends(of_ends.constant(0, of), of_ends.constant(0, of))
    other = expression.otherwise
    return of_ends.times(terms.whole(other), expression.scale // other.scale, of)


def _with_none(found: Ends, over_none: Ends, none_certain: pl.Expr) -> Ends:
    """With none certain, what it comes to over none is possible too."""
    return Ends(
        pl.when(none_certain).then(of_ends.least_low([found.low, over_none.low])).otherwise(found.low),
        pl.when(none_certain).then(of_ends.greatest_high([found.high, over_none.high])).otherwise(found.high),
    )


def _never_negative(expression: Aggregate) -> bool:
    value: Expression | None = expression.value
    return value is None or least(value) >= 0


def _bring_back(table: Table, grouped: pl.DataFrame, names: dict[str, str]) -> None:
    """The groups as columns of the table they were asked from; null where there was no item."""
    renamed, key = grouped.rename(names), _key(table)
    if table.of_rows:
        table.frame = table.frame.join(renamed, left_on=ROW, right_on=key, how="left", maintain_order="left")
        return
    frame = table.frame.with_row_index(key)
    table.frame = frame.join(renamed, on=key, how="left", maintain_order="left").drop(key)


def _key(table: Table) -> str:
    """What items inside a table go by: a column for each depth, since aggregates stand in aggregates."""
    return f"key{len(table.words)}"
