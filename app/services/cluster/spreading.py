"""A population of Parquet files decided by the workers of a Dask cluster: a file of answers for each piece.

A piece is some row groups of one file. A worker reads it, decides it batch by batch and writes its answers beside a
temporary name, then renames them: a piece that is done twice, because a worker was lost, is the same file. Pieces that
are there already are not done again, so a run that broke off goes on where it was. Input and output lie where every
worker sees them (a shared folder, or an object store that is mounted).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from distributed import as_completed

from app.rules import ENGINE_VERSION
from app.rules.policy import Words
from app.services.cluster.record_batches import Run, decide
from app.services.population.batches import PopulationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from distributed import Client

PIECE_ROWS = 500_000
BATCH_ROWS = 100_000
RETRIES = 3
"""How often a piece is given to another worker when one is lost."""


class Piece(NamedTuple):
    """Row groups `first` to before `end` of a Parquet file."""

    file: str
    first: int
    end: int
    rows: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a piece, or a whole run, came to. `measures`: id -> eligible applicants, and fen granted."""

    rows: int
    measures: dict[str, tuple[int, int]]

    def plus(self, other: Tally) -> Tally:
        names = dict.fromkeys((*self.measures, *other.measures))
        both = {
            name: tuple(
                map(sum, zip(self.measures.get(name, (0, 0)), other.measures.get(name, (0, 0)), strict=True))
            )
            for name in names
        }
        return Tally(self.rows + other.rows, both)  # type: ignore[arg-type]


NOTHING = Tally(0, {})


def pieces(files: Sequence[Path], most_rows: int = PIECE_ROWS) -> Iterator[Piece]:
    """The files cut at row groups into pieces of about so many rows. Raises PopulationError."""
    for file in files:
        try:
            found = pq.ParquetFile(file).metadata
        except (OSError, pa.ArrowInvalid) as error:
            raise PopulationError(
                Words(
                    f"{file} 不是可读的 Parquet 文件", f"{file} is no Parquet file that can be read: {error}"
                )
            ) from None
        first = rows = 0
        for group in range(found.num_row_groups):
            rows += found.row_group(group).num_rows
            if rows >= most_rows or group + 1 == found.num_row_groups:
                yield Piece(str(file), first, group + 1, rows)
                first, rows = group + 1, 0


def spread(
    client: Client,
    run: Run,
    given: Sequence[Piece],
    out: Path,
    on_done: Callable[[Piece, Tally], None] | None = None,
) -> Tally:
    """Decide every piece on the cluster, into `out`. Raises what a worker raised, once no retry is left."""
    out.mkdir(parents=True, exist_ok=True)
    _same_run(out, run)
    shared = client.scatter(run, broadcast=True, hash=False)
    names = {
        client.submit(_piece, shared, piece, str(out), number, pure=False, retries=RETRIES): piece
        for number, piece in enumerate(given)
    }
    total = NOTHING
    with client.as_current():
        for future in as_completed(names):
            tally = future.result()
            total = total.plus(tally)
            if on_done is not None:
                on_done(names[future], tally)
            future.release()
    return total


def _same_run(out: Path, run: Run) -> None:
    """Pieces in a folder are of one run: another policy, year or day needs another folder."""
    said = {
        "pack": hashlib.sha256(json.dumps(run.files).encode()).hexdigest(),
        "year": run.year,
        "as_of": run.as_of.isoformat(),
        "measures": run.measures and list(run.measures),
        "engine": ENGINE_VERSION,
    }
    note = out / "run.json"
    if not note.exists():
        note.write_text(json.dumps(said, indent=2), encoding="utf-8")
    elif json.loads(note.read_text(encoding="utf-8")) != said:
        raise PopulationError(
            Words(
                f"{out} 中已有另一次运行的结果，请换一个文件夹",
                f"{out} holds the answers of another run (policy, year, day or measures differ): name another folder",
            )
        )


def part_of(out: Path, number: int) -> Path:
    """Where the answers to a piece are."""
    return out / f"part-{number:06}.parquet"


def _piece(run: Run, piece: Piece, out: str, number: int) -> Tally:
    """One piece, on a worker."""
    target = part_of(Path(out), number)
    if target.exists():
        return _tally_of(target)
    source = pq.ParquetFile(piece.file)
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    writer: pq.ParquetWriter | None = None
    groups = list(range(piece.first, piece.end))
    for batch in source.iter_batches(batch_size=BATCH_ROWS, row_groups=groups):
        answers = decide(run, batch)
        if writer is None:
            writer = pq.ParquetWriter(temporary, answers.schema, compression="zstd")
        writer.write_batch(answers)
    if writer is None:
        return NOTHING
    writer.close()
    temporary.rename(target)
    return _tally_of(target)


def _tally_of(part: Path) -> Tally:
    """Counted from the file, so that a piece found done counts like one that was just done."""
    file = pq.ParquetFile(part)
    names = [f.name for f in file.schema_arrow if pa.types.is_struct(f.type) and f.name != "totals"]
    columns = [f"{name}.{field}" for name in names for field in ("verdict", "amount")]
    found = NOTHING
    for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
        measures = {name: _eligible(batch.column(name)) for name in names}
        found = found.plus(Tally(batch.num_rows, measures))
    return found


def _eligible(answers: pa.StructArray) -> tuple[int, int]:
    """How many are eligible, and what they are granted, fen."""
    eligible = pc.equal(answers.field("verdict").cast(pa.string()), "eligible")
    granted = pc.sum(answers.field("amount").filter(eligible)).as_py()
    return pc.sum(eligible).as_py() or 0, granted or 0
