"""A record batch of applicants in, a record batch of answers out: what any distributed engine can carry.

Everything that a worker needs travels in a `Run`: the pack's files, the year and the day. A worker compiles the policy
once and keeps it; it reads no settings, no database and no clock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from app.rules.columns.deciding import Columns
from app.rules.columns.schema import arrow_schema, population_schema
from app.services.population.conforming import conforming, money_columns
from app.services.published_policies import PublishedPolicy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

_WORKER = threading.local()
"""Compiled columns of this thread: they are not to be shared."""


@dataclass(frozen=True, slots=True)
class Run:
    """What all batches of one run are asked. `files`: path within the pack -> text, as sorted pairs."""

    files: tuple[tuple[str, str], ...]
    year: int
    as_of: date
    measures: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls, published: PublishedPolicy, year: int, as_of: date, measures: tuple[str, ...] | None = None
    ) -> Run:
        return cls(tuple(sorted(published.files.items())), year, as_of, measures)


@dataclass(frozen=True, slots=True)
class _Compiled:
    run: Run
    columns: Columns
    schema: pl.Schema
    money: frozenset[str]


def decide(run: Run, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The answers to a batch in the form of `arrow_schema`, one row an applicant in their order.

    The rows must be valid, as a checked population's are. Raises PopulationError for columns that are no population's.
    """
    compiled = _compiled(run)
    frame = pl.DataFrame(pa.Table.from_batches([batch]))
    brought: Callable[[pl.DataFrame], pl.DataFrame] = conforming(
        frame.schema, compiled.schema, compiled.money
    )
    answers = compiled.columns.decide(brought(frame)).answers
    table = answers.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
    batches = table.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _compiled(run: Run) -> _Compiled:
    """Compiled when a thread is first asked, and kept until it is asked of another run."""
    kept: _Compiled | None = getattr(_WORKER, "compiled", None)
    if kept is not None and kept.run == run:
        return kept
    policy = PublishedPolicy.of(dict(run.files)).for_year(run.year, run.as_of).policy
    columns = Columns(policy, year=run.year, as_of=run.as_of, measures=run.measures)
    found = _Compiled(run, columns, population_schema(policy), money_columns(arrow_schema(policy)))
    _WORKER.compiled = found
    return found
