"""A population in the form of another version of its policy: facts by name, the rest unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from polars.datatypes import DataTypeClass


def aligned(population: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The columns and fields of `schema`, in its order.

    What the population does not have, or has in another type, is null: unknown; what the schema does not have is
    left out.
    """
    if dict(population.schema) == dict(schema):
        return population
    there = population.schema
    return population.select(
        _aligned(pl.col(name), there[name], wanted).alias(name)
        if name in there
        else pl.lit(None, dtype=wanted).alias(name)
        for name, wanted in schema.items()
    )


def _aligned(column: pl.Expr, there: pl.DataType, wanted: pl.DataType) -> pl.Expr:
    if there == wanted:
        return column
    if isinstance(there, pl.Struct) and isinstance(wanted, pl.Struct):
        return pl.when(column.is_not_null()).then(pl.struct(_fields(column, there, wanted)))
    if isinstance(there, pl.List) and isinstance(wanted, pl.List):
        inner, wanted_inner = there.inner, wanted.inner
        if isinstance(inner, pl.Struct) and isinstance(wanted_inner, pl.Struct):
            # An item stays an item, whatever is known of it.
            return column.list.eval(_aligned(pl.element(), inner, wanted_inner))
    return pl.lit(None, dtype=wanted)


def _fields(struct: pl.Expr, there: pl.Struct, wanted: pl.Struct) -> list[pl.Expr]:
    known = {part.name: part.dtype for part in there.fields}
    return [
        _aligned(struct.struct.field(part.name), _instance(known[part.name]), _instance(part.dtype)).alias(
            part.name
        )
        if part.name in known
        else pl.lit(None, dtype=part.dtype).alias(part.name)
        for part in wanted.fields
    ]


def _instance(of: pl.DataType | DataTypeClass) -> pl.DataType:
    return of if isinstance(of, pl.DataType) else of()
