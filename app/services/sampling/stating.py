"""A population as requests state it: money as yuan, percents with their sign, days as text; null stays null."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import REF, Tree, fact_tree
from app.rules.input.words import PERCENT_PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.facts import FactDeclaration
    from app.rules.policy import Policy

FEN_PLACES = 2


def as_requests(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Each row as the body of a request beside its `ref`: written as NDJSON, the lines of a batch."""
    columns = [pl.col(REF)]
    columns += [
        _group(pl.col(name), group).alias(name)
        for name, group in fact_tree(policy).items()
        if isinstance(group, Tree)
    ]
    for name in ("history", "other_funding"):
        paid = pl.element().struct.with_fields(
            amount=decimal(pl.element().struct.field("amount"), FEN_PLACES)
        )
        columns.append(pl.col(name).list.eval(paid))
    return frame.select(columns)


def stated(column: pl.Expr, declaration: FactDeclaration) -> pl.Expr:
    """One fact as a request states it."""
    match declaration.type:
        case "money":
            return decimal(column, FEN_PLACES)
        case "number":
            return decimal(column, declaration.places)
        case "percent":
            return decimal(column, PERCENT_PLACES) + "%"
        case "date":
            return column.dt.to_string("iso")
        case "list":
            return column.list.eval(_fields(pl.element(), declaration.fields))
    return column


def decimal(column: pl.Expr, places: int) -> pl.Expr:
    """A whole number of 10^-places as a decimal text, exactly."""
    if places == 0:
        return column.cast(pl.String)
    size = column.abs()
    sign = pl.when(column < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    part = (size % 10**places).cast(pl.String).str.zfill(places)
    return pl.concat_str(sign, (size // 10**places).cast(pl.String), pl.lit("."), part)


def _group(column: pl.Expr, group: Tree) -> pl.Expr:
    fields = [
        (
            _group(column.struct.field(name), inside)
            if isinstance(inside, Tree)
            else stated(column.struct.field(name), inside)
        ).alias(name)
        for name, inside in group.items()
    ]
    return pl.when(column.is_not_null()).then(pl.struct(fields))


def _fields(column: pl.Expr, fields: Mapping[str, FactDeclaration]) -> pl.Expr:
    return pl.struct([stated(column.struct.field(name), field).alias(name) for name, field in fields.items()])
