"""Columns of a file in the form of a population: by name, absent ones unknown, narrower types widened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from app.rules.language.lexing import nearest
from app.rules.policy import Words
from app.services.population.batches import PopulationError
from app.services.population.dtypes import fields_of, inner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_MOST_DIGITS = 18
"""Of an amount in fen that is a whole number of 64 bits in any case."""
_MOST_WHOLE = 2**63 - 1


def conforming(
    given: pl.Schema, wanted: pl.Schema, money: frozenset[str]
) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """What brings a frame of one form into the other; `money`: paths of the columns that may be decimals of yuan.

    Raises PopulationError for a column that has no place in a population, or has another type.
    """
    brought = _Conforming(money)
    columns = [
        brought.column(pl.col(name), given.get(name), of, name).alias(name) for name, of in wanted.items()
    ]
    _refuse_others(given, wanted, "")
    if given == wanted:
        return lambda frame: frame
    return lambda frame: frame.select(columns)


class _Conforming:
    """Goes down the two forms side by side."""

    def __init__(self, money: frozenset[str]) -> None:
        self._money = money

    def column(self, value: pl.Expr, given: pl.DataType | None, wanted: pl.DataType, path: str) -> pl.Expr:
        """The value in the wanted type; null where the file lacks it."""
        if given is None or given == pl.Null:
            return pl.lit(None, dtype=wanted)
        if given == wanted:
            return value
        if isinstance(wanted, pl.Struct) and isinstance(given, pl.Struct):
            return self._struct(value, fields_of(given), fields_of(wanted), path)
        if isinstance(wanted, pl.List) and isinstance(given, pl.List | pl.Array):
            listed = value.arr.to_list() if isinstance(given, pl.Array) else value
            inner = self.column(pl.element(), inner_of(given), inner_of(wanted), path)
            return listed.list.eval(inner)
        found = self._scalar(value, given, wanted, path)
        if found is None:
            raise PopulationError(_wrong_type(path, given, wanted, money=path in self._money))
        return found

    def _struct(
        self, value: pl.Expr, given: Mapping[str, pl.DataType], wanted: Mapping[str, pl.DataType], path: str
    ) -> pl.Expr:
        _refuse_others(given, wanted, path)
        fields = [
            self.column(value.struct.field(name), given.get(name), of, f"{path}.{name}").alias(name)
            for name, of in wanted.items()
        ]
        return pl.when(value.is_not_null()).then(pl.struct(fields))

    def _scalar(self, value: pl.Expr, given: pl.DataType, wanted: pl.DataType, path: str) -> pl.Expr | None:
        """A scalar in the wanted type; None where it would have to be guessed."""
        if wanted == pl.String and isinstance(given, pl.Categorical | pl.Enum):
            return value.cast(pl.String)
        if wanted == pl.Int64 and given == pl.UInt64:
            return value.clip(upper_bound=_MOST_WHOLE).cast(pl.Int64)
        if wanted == pl.Int64 and given.is_integer() and given != pl.Int128:
            return value.cast(pl.Int64)
        if path in self._money and isinstance(given, pl.Decimal):
            return _fen(value, given)
        return None


def _fen(value: pl.Expr, given: pl.Decimal) -> pl.Expr | None:
    """Yuan as decimals: whole fen."""
    if given.scale > 2 or given.precision - given.scale > _MOST_DIGITS - 2:
        return None
    return (value.cast(pl.Decimal(38, 2)) * pl.lit(100).cast(pl.Decimal(38, 0))).cast(pl.Int64)


def _refuse_others(given: Iterable[str], wanted: Iterable[str], path: str) -> None:
    known = list(wanted)
    for name in given:
        if name not in known:
            where = f"{path}.{name}" if path else name
            near = nearest(name.lower(), known)
            listed = "、".join(known), ", ".join(known)
            hint = (
                Words(f"可用：{listed[0]}", f"there are: {listed[1]}")
                if near is None
                else Words(f"是否为 {near}？", f"did you mean {near}?")
            )
            raise PopulationError(
                Words(f"没有 {where} 这一列；{hint.zh}", f"there is no column {where}; {hint.en}")
            )


def _wrong_type(path: str, given: pl.DataType, wanted: pl.DataType, *, money: bool) -> Words:
    expected = "int64 fen / decimal128(18,2) yuan" if money else _said(wanted)
    return Words(
        f"列 {path} 的类型是 {given}，应为 {expected}",
        f"the column {path} is {given}; {expected} is expected",
    )


def _said(of: pl.DataType) -> str:
    """A type as those who write such files name it."""
    names = (
        (pl.Struct, "struct"),
        (pl.List, "list"),
        (pl.Int64, "int64"),
        (pl.Boolean, "bool"),
        (pl.Date, "date32"),
    )
    return next((name for kind, name in names if isinstance(of, kind)), "string")


def money_columns(schema: pa.Schema) -> frozenset[str]:
    """Paths of the columns that hold fen, the fields of items without positions: `facts.pledge_loans.interest`."""
    return frozenset(_money_in(schema, ""))


def _money_in(fields: Iterable[pa.Field], path: str) -> Iterator[str]:
    for field in fields:
        here = f"{path}{field.name}"
        of = field.type.value_type if pa.types.is_list(field.type) else field.type
        if pa.types.is_struct(of):
            yield from _money_in(of, f"{here}.")
        elif (field.metadata or {}).get(b"unit") == b"fen":
            yield here
