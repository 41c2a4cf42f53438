"""One file of a population decided into another: a batch at a time, and so that an interrupted run can go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
import polars as pl

from app.rules import ENGINE_VERSION
from app.rules.columns.deciding import Columns
from app.rules.columns.schema import population_schema
from app.rules.policy import Words
from app.services.population.answer_tables import with_texts
from app.services.population.batches import PopulationError
from app.services.population.opening import Form, open_population
from app.services.population.parts import Parts, look_at
from app.services.population.tally import Tally
from app.services.population.writing import Named, OutForm, out_form_of, write_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from app.rules.policy import Policy
    from app.services.population.batches import Batch
    from app.services.population.opening import PopulationFile
    from app.services.population.parts import InputFiles

    Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be decided, by what, into what."""

    source: Path
    out: Path
    policy: Policy
    """As it reads under the year's notice, if there is one by `as_of`."""
    year: int
    as_of: date
    batch_rows: int
    measures: tuple[str, ...] | None = None
    """In catalogue order; None for all that are evaluated."""
    lines: bool = False
    strict: bool = False
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to."""

    tally: Tally
    errors: int
    """Mistakes, of which a row may have several."""
    bad_rows: int
    errors_file: Path | None


class BadRowsRefused(Exception):
    """Strict, and some rows are bad: nothing was written but the errors."""

    def __init__(self, errors: int, errors_file: Path) -> None:
        super().__init__(f"{errors} mistakes")
        self.errors = errors
        self.errors_file = errors_file


def decide_file(run: Run, progress: Progress) -> Done:
    """Decide a population. `progress` hears the step, the rows done and, where known, of how many.

    Raises PopulationError, BadRowsRefused and OSError. Whatever ends it, what is done stays in `OUT.parts`, and a run
    with `resume` goes on from there.
    """
    form = out_form_of(run.out)
    population = open_population(
        run.source,
        run.policy,
        year=run.year,
        as_of=run.as_of,
        batch_rows=run.batch_rows,
        measures=run.measures,
    )
    _keep_apart(run, population)
    files = look_at(population.files)
    total = _total(population, files)
    if run.strict:
        _check_all(run, population, progress, total)
    parts = Parts(run.out, _manifest(run, files), resume=run.resume)
    columns = Columns(run.policy, year=run.year, as_of=run.as_of, measures=run.measures)
    rows = _decide(run, population, columns, parts, progress, total)
    done = _write(run, form, columns, parts, rows, progress)
    parts.remove()
    return done


def _decide(
    run: Run,
    population: PopulationFile,
    columns: Columns,
    parts: Parts,
    progress: Progress,
    total: int | None,
) -> int:
    """Decide the batches that are not done yet; how many rows are decided in all."""
    rows = sum(frame.height for frame in parts.frames("answers"))
    for number, batch in enumerate(population.batches(parts.done), parts.done):
        decided = columns.decide(batch.frame, lines=run.lines)
        lines = decided.lines
        if lines is not None:
            lines = with_texts(lines.with_columns(batch.rows.gather(lines["row"]).alias("row")))
        parts.put(number, with_texts(decided.answers), lines, batch.errors)
        rows += batch.frame.height
        progress("deciding", rows, population.rows or total)
    return rows


def _write(run: Run, form: OutForm, columns: Columns, parts: Parts, rows: int, progress: Progress) -> Done:
    """Everything that is done, in one file each."""
    tally = Tally(columns.measures)
    empty = columns.decide(pl.DataFrame(schema=population_schema(run.policy)), lines=run.lines)

    def answers() -> Iterator[pl.DataFrame]:
        for frame in parts.frames("answers"):
            tally.add(frame)
            yield frame
            progress("writing", tally.rows, rows)

    tables = [Named("answers", with_texts(empty.answers).schema, answers())]
    if run.lines:
        assert empty.lines is not None
        tables.append(Named("lines", with_texts(empty.lines).schema, parts.frames("lines")))
    write_tables(run.out, form, tables, _meta(run))
    errors, bad = _write_errors(run.out, parts.errors())
    return Done(tally, errors, bad, errors_path(run.out) if errors else None)


def errors_path(out: Path) -> Path:
    """Where the bad rows are told."""
    return out.with_name(f"{out.name}.errors.ndjson")


def _write_errors(out: Path, pieces: Iterator[bytes]) -> tuple[int, int]:
    """How many mistakes there are, in how many rows; without any there is no file."""
    place = errors_path(out)
    unfinished = place.with_name(f".{place.name}.unfinished")
    errors = bad = 0
    with unfinished.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            found = [_place_of(line) for line in piece.splitlines()]
            errors += len(found)
            bad += len(set(found))
    if errors:
        unfinished.replace(place)
    else:
        unfinished.unlink()
        place.unlink(missing_ok=True)
    return errors, bad


def _place_of(line: bytes) -> tuple[int, str]:
    """The row of an error: of the main table, or of a list's own where it belongs to no row of that."""
    error = orjson.loads(line)
    name, dot, _ = error["column"].partition(".ref")
    return error["row"], name if dot and error["code"] == "relation" else ""


def _check_all(run: Run, population: PopulationFile, progress: Progress, total: int | None) -> None:
    """Raises BadRowsRefused where a row is bad, with every error written."""
    seen = 0

    def errors() -> Iterator[bytes]:
        nonlocal seen
        for batch in population:
            seen += batch.frame.height
            progress("checking", seen, population.rows or total)
            yield _told(batch)

    found, _ = _write_errors(run.out, errors())
    if found:
        raise BadRowsRefused(found, errors_path(run.out))


def _told(batch: Batch) -> bytes:
    return b"".join(orjson.dumps(error.form()) + b"\n" for error in batch.errors)


def _total(population: PopulationFile, files: InputFiles) -> int | None:
    """About how many rows there are."""
    if population.rows is not None:
        return population.rows
    if population.form is Form.NDJSON:
        return files.lines
    return max(files.lines - 1, 0) if population.form is Form.CSV else None


def _manifest(run: Run, files: InputFiles) -> dict[str, object]:
    return {
        "input": files.digest,
        **_meta(run),
        "measures": None if run.measures is None else list(run.measures),
        "lines": run.lines,
        "batch_rows": run.batch_rows,
    }


def _meta(run: Run) -> dict[str, str]:
    """What the answers were made with."""
    return {
        "policy": run.policy.id,
        "version": run.policy.version,
        "digest": run.policy.digest,
        "as_of": run.as_of.isoformat(),
        "year": str(run.year),
        "engine_version": ENGINE_VERSION,
    }


def _keep_apart(run: Run, population: PopulationFile) -> None:
    """Refuse to write over what is read."""
    if run.out.is_dir():
        raise PopulationError(Words(f"{run.out} 是文件夹", f"{run.out} is a folder"))
    if any(run.out.resolve() == path.resolve() for path in population.files):
        raise PopulationError(
            Words(f"{run.out} 是输入文件，不能覆盖", f"{run.out} is read: write to another file")
        )
