"""Answers of a population as tables for people and programs: fen and structs for Parquet, yuan as text for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from app.services.population.dtypes import fields_of, inner_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIGURES = frozenset({"amount", "ceiling", "potential", "discretionary_ceiling", "counted", "granted"})
"""Columns of fen, wherever they stand."""


def with_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Verdicts as plain text."""
    return frame.with_columns(
        _as_text(pl.col(name), of).alias(name) for name, of in frame.schema.items() if _has_codes(of)
    )


def in_yuan(frame: pl.DataFrame) -> pl.DataFrame:
    """Every figure as text in yuan with two decimals."""
    return frame.select(_in_yuan(pl.col(name), name, of).alias(name) for name, of in frame.schema.items())


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Structs as dotted columns, lists joined by semicolons, figures in yuan."""
    columns = [
        _joined(_in_yuan(value, name.rsplit(".", 1)[-1], of), of).alias(name)
        for name, value, of in _leaves(frame.schema)
    ]
    return frame.select(columns)


def arrow_form(schema: pl.Schema, meta: Mapping[str, str]) -> pa.Schema:
    """The schema of a Parquet file of such a frame: figures say that they are in fen."""
    empty = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest())
    return pa.schema([_field(field) for field in empty.schema], metadata=dict(meta))


def _field(field: pa.Field) -> pa.Field:
    of = field.type
    if pa.types.is_struct(of):
        return pa.field(field.name, pa.struct([_field(inner) for inner in of]))
    if pa.types.is_large_list(of):
        return pa.field(field.name, pa.list_(pa.field("element", pa.string())))
    if pa.types.is_large_string(of):
        return pa.field(field.name, pa.string())
    return pa.field(field.name, of, metadata={"unit": "fen"} if field.name in FIGURES else None)


def _has_codes(of: pl.DataType) -> bool:
    if isinstance(of, pl.Struct):
        return any(_has_codes(inside) for inside in fields_of(of).values())
    return isinstance(of, pl.Enum | pl.Categorical) or (isinstance(of, pl.List) and _has_codes(inner_of(of)))


def _as_text(value: pl.Expr, of: pl.DataType) -> pl.Expr:
    return value.cast(_text_type(of))


def _text_type(of: pl.DataType) -> pl.DataType:
    if isinstance(of, pl.Struct):
        return pl.Struct({name: _text_type(inside) for name, inside in fields_of(of).items()})
    if isinstance(of, pl.List):
        return pl.List(_text_type(inner_of(of)))
    return pl.String() if isinstance(of, pl.Enum | pl.Categorical) else of


def _in_yuan(value: pl.Expr, name: str, of: pl.DataType) -> pl.Expr:
    if isinstance(of, pl.Struct):
        return pl.struct(
            _in_yuan(value.struct.field(inner), inner, inside).alias(inner)
            for inner, inside in fields_of(of).items()
        )
    if name not in FIGURES:
        return value
    whole, part = (value // 100).cast(pl.String), (value % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str(whole, pl.lit("."), part)


def _leaves(schema: pl.Schema) -> Iterator[tuple[str, pl.Expr, pl.DataType]]:
    for name, of in schema.items():
        if isinstance(of, pl.Struct):
            for inner, inside in fields_of(of).items():
                yield f"{name}.{inner}", pl.col(name).struct.field(inner), inside
        else:
            yield name, pl.col(name), of


def _joined(value: pl.Expr, of: pl.DataType) -> pl.Expr:
    """A list in one cell; an empty one leaves it empty."""
    if not isinstance(of, pl.List):
        return value
    return pl.when(value.list.len() > 0).then(value.list.join(";"))
