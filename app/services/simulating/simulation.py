"""The work itself: every applicant under every reading, batch by batch, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.aligning import aligned
from app.rules.columns.allotting import Claims
from app.rules.columns.comparing import Comparison
from app.rules.columns.deciding import Columns
from app.rules.columns.schema import population_schema
from app.rules.columns.summing import Tally
from app.services.population.batches import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from app.rules.columns.allotting import AllotmentSum
    from app.rules.columns.comparing import Compared
    from app.rules.columns.summing import Summary
    from app.services.simulating.readings import Reading


@dataclass(frozen=True, slots=True)
class Outcome:
    """One reading over the population; `against_base` is None for the law as it is."""

    reading: Reading
    summary: Summary
    against_base: Compared | None
    allotments: Mapping[str, AllotmentSum] = field(default_factory=dict)
    """Measure -> what its budget or places come to, of those that have any."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """The law as it is, then each scenario."""

    outcomes: tuple[Outcome, ...]
    rows: int
    """Applicants that were decided."""
    bad_rows: int
    """Rows of the population that could not be read, and are in no figure."""
    year: int
    as_of: date
    budget: int | None
    """Fen."""


def simulate(
    readings: Sequence[Reading],
    population: Iterable[Batch],
    *,
    year: int,
    as_of: date,
    budget: int | None,
    progress: Callable[[int], None],
) -> Simulated:
    """Decide all of it; the first reading is the base. Rows are of its policy's form.

    `progress` is told after each batch how many rows are done, bad ones too; what it raises ends the work.
    """
    sides = [_Side(reading, readings[0], year, as_of, budget) for reading in readings]
    rows = bad = 0
    batches = iter(population)
    # Without any row the measures are there all the same.
    for batch in chain([next(batches, _nobody(readings[0]))], batches):
        base = sides[0].add(batch, None)
        for side in sides[1:]:
            side.add(batch, base)
        rows += batch.frame.height
        bad += len({error.row for error in batch.errors})
        progress(rows + bad)
    return Simulated(tuple(side.outcome() for side in sides), rows, bad, year, as_of, budget)


def _nobody(reading: Reading) -> Batch:
    """A batch without rows."""
    frame = pl.DataFrame(schema=population_schema(reading.policy))
    return Batch(frame, pl.Series(dtype=pl.Int64), ())


class _Side:
    """One reading at work."""

    def __init__(self, reading: Reading, base: Reading, year: int, as_of: date, budget: int | None) -> None:
        self._reading = reading
        self._columns = Columns(reading.policy, year=year, as_of=as_of)
        self._schema = population_schema(reading.policy)
        self._tally = Tally(reading.policy, budget)
        self._claims = {
            measure.id: Claims(measure.allotment)
            for measure in reading.policy.measures
            if measure.allotment is not None and measure.id in self._columns.measures
        }
        self._comparison = None if reading is base else Comparison(base.policy, reading.policy)

    def add(self, batch: Batch, base: pl.DataFrame | None) -> pl.DataFrame:
        """The answers to a batch, `base` being those of the base."""
        frame = aligned(batch.frame, self._schema)
        decided = self._columns.decide(frame, scores=bool(self._claims))
        answers = decided.answers
        for name, claims in self._claims.items():
            claims.add(answers[name].struct.unnest(), decided.scores[name])
        self._tally.add(frame, answers)
        if self._comparison is not None and base is not None:
            self._comparison.add(batch.rows, base, answers)
        return answers

    def outcome(self) -> Outcome:
        compared = None if self._comparison is None else self._comparison.compared()
        allotments = {name: claims.shared().sum for name, claims in self._claims.items()}
        return Outcome(self._reading, self._tally.summary(), compared, allotments)
