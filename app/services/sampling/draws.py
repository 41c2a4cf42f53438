"""Random columns that are the same on every machine: each cell follows from the seed, its row and its name alone.

A register can so be made in blocks of any size, and its first rows do not change when it grows. The numbers are those
of splitmix64, counted by row instead of one after the other; all arithmetic is on whole numbers modulo 2^64.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_ITEMS = 1_024
"""Cells that one row has in a list: more than any list may have items."""
_STEP = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_HALF = 2**32


class Draws:
    """Random columns for some cells, one value each."""

    def __init__(self, seed: int, cells: pl.Series, prefix: str = "") -> None:
        """`cells`: the number of each cell, such as the row's in the whole register; below 2^64 / 1,024."""
        self._seed, self._prefix = seed, prefix
        self._cells = cells.cast(pl.UInt64)
        self._stepped = self._cells * pl.Series([_STEP], dtype=pl.UInt64)

    def __len__(self) -> int:
        return len(self._cells)

    @property
    def rows(self) -> pl.Series:
        """The row that each cell belongs to: of a list's items that of the list."""
        return (self._cells // MOST_ITEMS if self._prefix else self._cells).cast(pl.Int64)

    def bits(self, name: str) -> pl.Series:
        """64 random bits."""
        digest = blake2b(f"{self._seed}:{self._prefix}{name}".encode(), digest_size=8).digest()
        mixed = self._stepped + _whole(int.from_bytes(digest, "big"))
        mixed = (mixed ^ (mixed // 2**30)) * _whole(_FIRST)
        mixed = (mixed ^ (mixed // 2**27)) * _whole(_SECOND)
        return mixed ^ (mixed // 2**31)

    def halves(self, name: str) -> pl.Series:
        """32 random bits, with room above them."""
        return self.bits(name) // _HALF

    def below(self, name: str, bound: int | pl.Series) -> pl.Series:
        """A whole number from 0 to bound - 1, the bound at most 2^31; Int64."""
        by = pl.Series([bound], dtype=pl.UInt64) if isinstance(bound, int) else bound.cast(pl.UInt64)
        return (self.halves(name) * by // _HALF).cast(pl.Int64)

    def between(self, name: str, low: int, high: int) -> pl.Series:
        """A whole number from low to high, both inclusive."""
        return self.below(name, high - low + 1) + low

    def chance(self, name: str, share: float | pl.Series) -> pl.Series:
        """True in so many cases; a share of its own for each cell is in parts of 10,000."""
        if isinstance(share, pl.Series):
            return self.below(name, 10_000) < share
        return self.halves(name) < round(share * _HALF)

    def pick(self, name: str, values: pl.Series) -> pl.Series:
        """One of the values, all alike."""
        return values.gather(self.below(name, len(values)))

    def weighted(self, name: str, weights: Mapping[str, int]) -> pl.Series:
        """One of the codes, as often as its weight says."""
        return pl.Series(list(weights)).gather(self.among(name, list(weights.values())))

    def among(self, name: str, weights: Sequence[int]) -> pl.Series:
        """A place from 0, as often as its weight says; the weights add up to at most 2^31."""
        edges: list[int] = []
        total = 0
        for weight in weights:
            total += weight
            edges.append(total)
        return pl.Series(edges, dtype=pl.Int64).search_sorted(self.below(name, total), side="right")

    def heavy(self, name: str, octaves: int, halving: float = 0.5) -> pl.Series:
        """A whole number from 1 with a heavy tail: `halving` is the share that goes on to each next power of two."""
        drawn = self.halves(f"{name}:octave")
        size = pl.Series([1], dtype=pl.Int64).new_from_index(0, len(self))
        share = halving
        for _ in range(octaves):
            size = size + (drawn < round(share * _HALF)).cast(pl.Int64) * size
            share *= halving
        return size + self.below(f"{name}:within", size)

    def lists(
        self, name: str, sizes: pl.Series, fields: Callable[[Draws, pl.Series], Sequence[pl.Series]]
    ) -> pl.Series:
        """A list of structs for each cell: `sizes` items, null where that is null.

        `fields` gives the columns of the items from their draws and their positions (from 0).
        """
        owners = pl.DataFrame(
            {"owner": pl.int_range(len(self), eager=True), "size": sizes, "cell": self._cells}
        )
        some = owners.filter(pl.col("size") > 0)
        items = some.with_columns(position=pl.int_ranges("size")).explode(
            "position", empty_as_null=False, keep_nulls=False
        )
        cells = items["cell"] * MOST_ITEMS + items["position"].cast(pl.UInt64)
        columns = fields(Draws(self._seed, cells, f"{self._prefix}{name}:"), items["position"])
        structs = pl.DataFrame(columns).select(pl.struct(pl.all()).alias(name)).to_series()
        long = pl.DataFrame([items["owner"], structs])
        grouped = long.group_by("owner", maintain_order=True).agg(name)
        found = owners.join(grouped, on="owner", how="left", maintain_order="left")
        empty = pl.lit([], dtype=pl.List(structs.dtype))
        return found.select(pl.when(pl.col("size") == 0).then(empty).otherwise(name).alias(name)).to_series()


def known(column: pl.Series, unknown: pl.Series) -> pl.Series:
    """The column with null where it is unknown."""
    nothing = pl.Series(column.name, [None], dtype=column.dtype)
    return column.zip_with(~unknown, nothing.new_from_index(0, len(column)))


def _whole(value: int) -> pl.Series:
    return pl.Series([value], dtype=pl.UInt64)
