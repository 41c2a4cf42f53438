"""Reasons and missing facts of a population: for each kind of row one is decided as a single applicant, for all alike.

What a row's explanation depends on is its key (`signatures`). The first row with a key is decided by the scalar
measure, whose codes and names then stand for every row with that key; so both engines say the same by construction.
The verdict of that row is compared with the columns': two engines that disagree stop the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.columns.measures import AMOUNT, CEILING, KEY, POTENTIAL, VERDICT
from app.rules.columns.narrowing import looked_up
from app.rules.columns.tables import ROW
from app.rules.words.answer_values import place as place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from app.rules.columns.batch import Batch
    from app.rules.columns.signatures import Patterns
    from app.rules.deciding.measures import CompiledMeasure
    from app.rules.results import MeasureResult, Missing, Reason

    Tell = Callable[[pl.Series], Iterable["Explained"]]

VERDICTS = ("eligible", "ineligible", "undetermined")
REASONS, MISSING = "reasons", "missing"
FIRST, PLACE = "first", "place"
MOST_KEPT = 200_000
"""Explanations remembered between batches, before they are begun anew."""


class EnginesDisagree(AssertionError):
    """The columns and the single decision of one applicant differ: a defect, never the population's fault."""


class Explained(NamedTuple):
    """What is said of rows with one key."""

    reasons: tuple[str, ...]
    missing: tuple[str, ...]


class Explanations:
    """What was said of each key, kept between the batches of a run."""

    def __init__(self) -> None:
        self._begin(0)

    def _begin(self, generation: int) -> None:
        self._generation = generation
        self._known: dict[tuple[int, ...], int] = {}
        self._said = pl.DataFrame(schema={REASONS: pl.List(pl.String), MISSING: pl.List(pl.String)})

    def of(self, decided: pl.DataFrame, patterns: Patterns, tell: Tell) -> pl.DataFrame:
        """`reasons` and `missing` of every row of `decided` by its key columns; `tell` explains rows."""
        if len(self._known) > MOST_KEPT or patterns.generation != self._generation:
            self._begin(patterns.generation)
        keys = decided.select(name for name in decided.columns if name.startswith(KEY))
        kinds = keys.unique()
        unknown = [key for key in kinds.iter_rows() if key not in self._known]
        if unknown:
            self._learn(keys, pl.DataFrame(unknown, schema=keys.schema, orient="row"), tell)
        places = pl.Series(PLACE, [self._known[key] for key in kinds.iter_rows()], dtype=pl.UInt32)
        if keys.width == 1:
            found = looked_up(keys.to_series(), kinds.to_series(), places)
        else:
            placed = kinds.with_columns(places)
            found = keys.join(placed, on=keys.columns, how="left", maintain_order="left")[PLACE]
        return self._said[found]

    def _learn(self, keys: pl.DataFrame, unknown: pl.DataFrame, tell: Tell) -> None:
        """Explain the first row of each kind that was not met before."""
        rows = keys.with_row_index(FIRST)
        if self._known:
            rows = rows.join(unknown, on=keys.columns, how="semi")
        first = rows.group_by(keys.columns).agg(pl.col(FIRST).min()).sort(FIRST)
        for key in first.drop(FIRST).iter_rows():
            self._known[key] = len(self._known)
        said = list(tell(first[FIRST]))
        columns = {REASONS: [list(s.reasons) for s in said], MISSING: [list(s.missing) for s in said]}
        self._said = pl.concat([self._said, pl.DataFrame(columns, schema=self._said.schema)], rechunk=True)


def one_by_one(compiled: CompiledMeasure, batch: Batch, decided: pl.DataFrame) -> Tell:
    """Explains rows by deciding each alone."""

    def tell(rows: pl.Series) -> Iterator[Explained]:
        ours = decided.select(ROW, VERDICT, AMOUNT, CEILING, POTENTIAL)[rows]
        batch.prepare(ours[ROW])
        for row, verdict, *figures in ours.iter_rows():
            result = compiled.evaluate(batch.circumstances(row))
            columns = (VERDICTS[verdict], *figures)
            alone = (result.verdict, result.amount, result.ceiling, result.potential)
            if columns != alone:
                raise EnginesDisagree(f"{compiled.measure.id}, row {row}: columns {columns}, alone {alone}")
            yield explained(result)

    return tell


def explained(result: MeasureResult) -> Explained:
    return Explained(codes_of(result.reasons), tuple(map(name_of, result.missing)))


def codes_of(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(reason.point.code for reason in reasons)


def name_of(fact: Missing) -> str:
    """A missing fact as an answer names it: `patents.granted`, `patent_awards[0].amount`."""
    return place_of(fact.name, fact.list_name, fact.position).fact
