"""Populations as Parquet and Arrow IPC: read in batches, columns by name, types as near as they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from app.rules.policy import Words
from app.services.population.batches import PopulationError
from app.services.population.checking import Chunk
from app.services.population.conforming import conforming
from app.services.population.rebatching import in_batches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.services.population.batches import Batch
    from app.services.population.checking import Checker

_READ_ROWS = 16_384
"""Rows decoded at a time: a file's own pieces may be far larger than memory."""


class ColumnarFile:
    """A Parquet or Arrow file as batches."""

    def __init__(self, path: Path, checker: Checker, batch_rows: int, *, parquet: bool) -> None:
        """Raises PopulationError: it is no such file, or has columns that a population does not."""
        self._path, self._checker, self._batch_rows = path, checker, batch_rows
        self._parquet = parquet
        self.files: tuple[Path, ...] = (path,)
        try:
            schema, self.rows = self._look()
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from error
        self._conform = conforming(schema, checker.schema, checker.money)

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """The batches from number `start` on, from 0. Raises PopulationError where the file breaks off."""
        row = 1
        try:
            for number, frame in enumerate(in_batches(self._frames(), self._batch_rows)):
                if number >= start:
                    rows = pl.int_range(row, row + frame.height, dtype=pl.Int64, eager=True)
                    yield self._checker.check(Chunk(self._conform(frame), rows))
                row += frame.height
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from error

    def _look(self) -> tuple[pl.Schema, int | None]:
        """Its columns, and how many rows it has where it says so."""
        if self._parquet:
            with pq.ParquetFile(self._path) as file:
                return _columns(file.schema_arrow), file.metadata.num_rows
        with pa.OSFile(str(self._path)) as source:
            if not _is_random_access(source):
                return _columns(pa.ipc.open_stream(source).schema), None
            opened = pa.ipc.open_file(source)
            return _columns(opened.schema), None

    def _frames(self) -> Iterator[pl.DataFrame]:
        if self._parquet:
            with pq.ParquetFile(self._path) as file:
                for piece in file.iter_batches(
                    batch_size=min(_READ_ROWS, self._batch_rows), use_threads=False
                ):
                    yield _frame(piece)
            return
        with pa.memory_map(str(self._path)) as source:
            for piece in _pieces(source):
                for at in range(0, piece.num_rows, self._batch_rows):
                    yield _frame(piece.slice(at, self._batch_rows))

    def _unreadable(self, error: Exception) -> PopulationError:
        form = "Parquet" if self._parquet else "Arrow IPC"
        told = str(error).splitlines()[0][:200]
        return PopulationError(
            Words(
                f"{self._path.name} 不是完好的 {form} 文件：{told}",
                f"{self._path.name} is not a sound {form} file: {told}",
            )
        )


def _is_random_access(source: pa.NativeFile) -> bool:
    """Whether it begins as Arrow's file format does, which the stream format does not."""
    found: bytes = source.read(6)
    source.seek(0)
    return found == b"ARROW1"


def _pieces(source: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    if not _is_random_access(source):
        yield from pa.ipc.open_stream(source)
        return
    opened = pa.ipc.open_file(source)
    for number in range(opened.num_record_batches):
        yield opened.get_batch(number)


def _frame(piece: pa.RecordBatch) -> pl.DataFrame:
    found = pl.from_arrow(pa.Table.from_batches([piece]))
    assert isinstance(found, pl.DataFrame)
    return found


def _columns(schema: pa.Schema) -> pl.Schema:
    """As Polars reads it. Raises PopulationError for a name that is there twice."""
    for name in schema.names:
        if schema.names.count(name) > 1:
            raise PopulationError(Words(f"列 {name} 出现了两次", f"the column {name} is there twice"))
    return pl.DataFrame(schema.empty_table()).schema
