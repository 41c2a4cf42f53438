"""Inside of Polars types: fields of a struct and what a list holds, as types that are instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from polars.datatypes import DataTypeClass


def fields_of(of: pl.Struct) -> dict[str, pl.DataType]:
    """The fields of a struct by name, in their order."""
    return {field.name: _instance(field.dtype) for field in of.fields}


def inner_of(of: pl.List | pl.Array) -> pl.DataType:
    """What a list holds."""
    return _instance(of.inner)


def _instance(of: DataTypeClass | pl.DataType) -> pl.DataType:
    return of if isinstance(of, pl.DataType) else of()
