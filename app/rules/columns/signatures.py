"""What reasons and missing facts depend on, as one key a row: equal keys are explained alike.

Codes of reasons and names of missing facts follow from few things: the truth of each leaf, which facts are unknown, how
the limits stand, whether the amount is settled, which items of a list are open. They are packed into whole numbers.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOM = 2**62
MOST_PATTERNS = 2**22


class Patterns:
    """Texts numbered as they are met, the same number in every batch of a run until there are too many."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._lock = Lock()
        self.generation = 0
        """Grows when the numbers begin anew: keys of before mean nothing then."""

    def number(self, texts: pl.Series) -> pl.Series:
        """The number of each text, from 1: 0 is left for rows without one."""
        every = texts.unique()
        with self._lock:
            if len(self._codes) + len(every) > MOST_PATTERNS:
                self._codes.clear()
                self.generation += 1
            codes = [self._codes.setdefault(text, len(self._codes) + 1) for text in every]
        return texts.replace_strict(every, pl.Series(codes, dtype=pl.UInt32), return_dtype=pl.UInt32)


class Signature:
    """Whole numbers that together tell rows apart. The same parts in the same order for every batch."""

    def __init__(self) -> None:
        self._parts: list[tuple[pl.Expr, int]] = []

    def truth(self, column: pl.Expr) -> None:
        """True, false or unknown."""
        self._parts.append((column, 3))

    def fact(self, column: pl.Expr) -> None:
        """Something that is never unknown."""
        self._parts.append((column, 2))

    def code(self, column: pl.Expr, codes: int) -> None:
        """One of so many, from 0."""
        self._parts.append((column, codes))

    def pattern(self, column: pl.Expr) -> None:
        """A number of `Patterns`, null where there is none."""
        self._parts.append((column.fill_null(0), MOST_PATTERNS + 1))

    def columns(self, prefix: str) -> Mapping[str, pl.Expr]:
        """The keys, by column name: one, unless the parts have too many values together."""
        groups: list[list[tuple[pl.Expr, int]]] = [[]]
        room = 1
        for column, codes in self._parts:
            if room * codes > _ROOM:
                groups.append([])
                room = 1
            groups[-1].append((column, codes))
            room *= codes
        return {f"{prefix}{index}": _packed(group) for index, group in enumerate(groups)}


def _packed(group: list[tuple[pl.Expr, int]]) -> pl.Expr:
    room = 1
    for _, codes in group:
        room *= codes
    of = pl.UInt16() if room <= 2**16 else pl.UInt32() if room <= 2**32 else pl.UInt64()
    found = pl.lit(0, dtype=of)
    room = 1
    for column, codes in group:
        number = column.cast(of).fill_null(2) if codes == 3 else column.cast(of)
        found = found + (number if room == 1 else number * pl.lit(room, dtype=of))
        room *= codes
    return found
