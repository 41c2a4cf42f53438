"""Pieces of any size cut and put together again into pieces of one size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def in_batches(frames: Iterable[pl.DataFrame], size: int) -> Iterator[pl.DataFrame]:
    """The same rows, `size` at a time; the last piece has what is left."""
    waiting: list[pl.DataFrame] = []
    count = 0
    for frame in frames:
        start = 0
        while count + frame.height - start >= size:
            end = start + size - count
            waiting.append(frame[start:end])
            yield pl.concat(waiting)
            waiting, count, start = [], 0, end
        if start < frame.height:
            waiting.append(frame[start:])
            count += frame.height - start
    if waiting:
        yield pl.concat(waiting)
