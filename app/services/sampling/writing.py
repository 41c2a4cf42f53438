"""Registers as files, block after block: Parquet, lines of a batch, or CSV with a file for each list."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import polars as pl
import pyarrow.parquet as pq

from app.rules.columns.schema import REF, arrow_schema
from app.services.sampling.stating import as_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import IO

    from app.rules.policy import Policy

    Write = Callable[[pl.DataFrame], None]

FORMS = (".parquet", ".ndjson", ".jsonl", ".csv")
_BOM = b"\xef\xbb\xbf"
"""Without it spreadsheets take UTF-8 for something else."""


class NotAForm(ValueError):
    """The file's name ends like no form of a register."""


@contextmanager
def writer(file: Path, policy: Policy) -> Iterator[Write]:
    """What writes blocks of a population to a file, as its name ends. Raises NotAForm and OSError.

    The file is there when all of it is: until then its name ends in `.part`.
    """
    forms = {".parquet": _parquet, ".ndjson": _ndjson, ".jsonl": _ndjson, ".csv": _csv}
    if file.suffix.lower() not in forms:
        raise NotAForm(file.name)
    parts: dict[Path, Path] = {}
    with ExitStack() as stack:
        stack.callback(_clear, parts)

        def open_(name: str) -> IO[bytes]:
            place = file.with_name(name)
            part = file.with_name(f"{name}.part")
            parts[part] = place
            return stack.enter_context(part.open("wb"))

        with forms[file.suffix.lower()](policy, file.name, open_) as write:
            yield write
        for part, place in parts.items():
            part.replace(place)


def _clear(parts: Iterable[Path]) -> None:
    """What is left of a file that could not be finished."""
    for part in parts:
        part.unlink(missing_ok=True)


@contextmanager
def _parquet(policy: Policy, name: str, open_: Callable[[str], IO[bytes]]) -> Iterator[Write]:
    schema = arrow_schema(policy)
    with pq.ParquetWriter(open_(name), schema, compression="zstd") as parquet:
        yield lambda frame: parquet.write_table(
            frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
        )


@contextmanager
def _ndjson(policy: Policy, name: str, open_: Callable[[str], IO[bytes]]) -> Iterator[Write]:
    """A line for each row, as a batch takes it; what is unknown is null."""
    out = open_(name)
    yield lambda frame: as_requests(frame, policy).write_ndjson(out)


@contextmanager
def _csv(policy: Policy, name: str, open_: Callable[[str], IO[bytes]]) -> Iterator[Write]:
    """The applicants under dotted names; beside them a file for each list, joined by `ref`.

    A list that is unknown has no rows, as one that is empty has none: CSV cannot tell them apart.
    """
    outs: dict[str, IO[bytes]] = {}

    def put(file: str, frame: pl.DataFrame) -> None:
        begun = file in outs
        if not begun:
            outs[file] = open_(file)
            outs[file].write(_BOM)
        frame.write_csv(outs[file], include_header=not begun)

    def write(frame: pl.DataFrame) -> None:
        flat = flattened(as_requests(frame, policy))
        lists = [column for column, kind in flat.schema.items() if isinstance(kind, pl.List)]
        put(name, flat.drop(lists))
        for column in lists:
            put(f"{column}.csv", items_of(flat, column))

    yield write


def flattened(frame: pl.DataFrame) -> pl.DataFrame:
    """Structs as columns under dotted names; the engine's group `facts` has no name of its own there."""
    while structs := [name for name, kind in frame.schema.items() if isinstance(kind, pl.Struct)]:
        frame = frame.with_columns(
            pl.col(name).struct.unnest().name.prefix("" if name == "facts" else f"{name}.")
            for name in structs
        ).drop(structs)
    return frame


def items_of(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """A list as rows beside the `ref` of their applicant; lists inside them joined by `;`."""
    rows = frame.select(REF, column).filter(pl.col(column).list.len() > 0)
    long = rows.explode(column, empty_as_null=False, keep_nulls=False).unnest(column)
    inner = [name for name, kind in long.schema.items() if isinstance(kind, pl.List)]
    return flattened(long.with_columns(pl.col(name).list.join(";") for name in inner))
