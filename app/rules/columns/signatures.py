"""What reasons and missing facts depend on, as one key a row: equal keys are explained alike.

Codes of reasons and names of missing facts follow from few things: the truth of each leaf, which facts are unknown, how
the limits stand, whether the amount is settled. They are packed into whole numbers; what has no small range (which
items of a list are open) is a text of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOM = 2**62


class Signature:
    """Columns that together tell rows apart."""

    def __init__(self) -> None:
        self._parts: list[tuple[pl.Expr, int]] = []
        self._texts: list[pl.Expr] = []

    def truth(self, column: pl.Expr) -> None:
        """True, false or unknown."""
        self._parts.append((column.cast(pl.UInt64).fill_null(2), 3))

    def fact(self, column: pl.Expr) -> None:
        """Something that is never unknown."""
        self._parts.append((column.cast(pl.UInt64), 2))

    def code(self, column: pl.Expr, codes: int) -> None:
        """One of so many, from 0."""
        self._parts.append((column.cast(pl.UInt64), codes))

    def text(self, column: pl.Expr) -> None:
        """Anything; null like any other value."""
        self._texts.append(column)

    def columns(self, prefix: str) -> Mapping[str, pl.Expr]:
        """The keys, by column name."""
        packed: list[pl.Expr] = []
        room = 0
        for column, codes in self._parts:
            if not room or room * codes > _ROOM:
                packed.append(column)
                room = codes
            else:
                packed[-1] = packed[-1] + pl.lit(room, dtype=pl.UInt64) * column
                room *= codes
        if not packed:
            packed = [pl.lit(0, dtype=pl.UInt64)]
        every = [*packed, *self._texts]
        return {f"{prefix}{index}": column for index, column in enumerate(every)}
