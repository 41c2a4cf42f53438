"""Reasons and missing facts of a population: for each kind of row one is decided as a single applicant, for all alike.

What a row's explanation depends on is its key (`signatures`). The first row with a key is decided by the scalar
measure, whose codes and names then stand for every row with that key; so both engines say the same by construction.
The verdict of that row is compared with the columns': two engines that disagree stop the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.columns.measures import AMOUNT, CEILING, KEY, POTENTIAL, VERDICT
from app.rules.words.answer_values import place as place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.columns.batch import Batch
    from app.rules.deciding.measures import CompiledMeasure
    from app.rules.results import MeasureResult, Missing, Reason

VERDICTS = ("eligible", "ineligible", "undetermined")
REASONS, MISSING = "reasons", "missing"
FIRST = "first"
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
        self._known: dict[tuple[object, ...], int] = {}
        self._said: list[Explained] = []

    def of(self, decided: pl.DataFrame, tell: Callable[[int], Explained]) -> pl.DataFrame:
        """`reasons` and `missing` of every row of `decided` by its key columns; `tell` explains one row."""
        keys = [name for name in decided.columns if name.startswith(KEY)]
        if len(self._said) > MOST_KEPT:
            self._known.clear()
            self._said.clear()
        rows = decided.lazy().select(keys).with_row_index(FIRST)
        kinds = rows.group_by(keys).agg(pl.col(FIRST).min()).collect()
        places = []
        for *key, row in kinds.iter_rows():
            place = self._known.get(tuple(key))
            if place is None:
                place = self._known[tuple(key)] = len(self._said)
                self._said.append(tell(row))
            places.append(place)
        used = sorted(set(places))
        at = {place: index for index, place in enumerate(used)}
        kinds = kinds.select(keys).with_columns(
            pl.Series("place", [at[place] for place in places], dtype=pl.UInt32)
        )
        found = decided.select(keys).join(kinds, on=keys, how="left", nulls_equal=True, maintain_order="left")
        said = pl.DataFrame(
            [
                pl.Series(REASONS, [list(self._said[place].reasons) for place in used], pl.List(pl.String)),
                pl.Series(MISSING, [list(self._said[place].missing) for place in used], pl.List(pl.String)),
            ]
        )
        return said[found["place"]]


def one_by_one(compiled: CompiledMeasure, batch: Batch, decided: pl.DataFrame) -> Callable[[int], Explained]:
    """Explains a row by deciding it alone."""

    def tell(row: int) -> Explained:
        result = compiled.evaluate(batch.circumstances(row))
        ours = decided.row(row, named=True)
        theirs = (result.verdict, result.amount, result.ceiling, result.potential)
        columns = (VERDICTS[ours[VERDICT]], ours[AMOUNT], ours[CEILING], ours[POTENTIAL])
        if columns != theirs:
            raise EnginesDisagree(f"{compiled.measure.id}, row {row}: columns {columns}, alone {theirs}")
        return explained(result)

    return tell


def explained(result: MeasureResult) -> Explained:
    return Explained(codes_of(result.reasons), tuple(map(name_of, result.missing)))


def codes_of(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(reason.point.code for reason in reasons)


def name_of(fact: Missing) -> str:
    """A missing fact as an answer names it: `patents.granted`, `patent_awards[0].amount`."""
    return place_of(fact.name, fact.list_name, fact.position).fact
