"""Flat columns, named by their place, put together into structs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.services.population.dtypes import fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def assembled(flat: pl.DataFrame, wanted: Mapping[str, pl.DataType] | pl.Struct, height: int) -> pl.DataFrame:
    """A frame of the wanted form out of columns such as `facts.patents.granted`; what there is none of is unknown."""
    fields = fields_of(wanted) if isinstance(wanted, pl.Struct) else dict(wanted)
    columns = [_built(name, of, frozenset(flat.columns)).alias(name) for name, of in fields.items()]
    if not flat.columns:
        flat = pl.DataFrame({"": pl.Series([None] * height, dtype=pl.Null)})
    return flat.select(columns)


def _built(place: str, of: pl.DataType, known: frozenset[str]) -> pl.Expr:
    if place in known:
        return pl.col(place)
    if not isinstance(of, pl.Struct):
        return pl.repeat(None, pl.len(), dtype=of)
    inside = fields_of(of).items()
    return pl.struct([_built(f"{place}.{name}", inner, known).alias(name) for name, inner in inside])
