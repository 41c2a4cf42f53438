"""From rows as they stand in a file to batches: good rows in their normal form, and what is wrong with the others.

Columns find the rows that may be wrong; those alone go through the reader of requests, which knows best. So a row is
bad exactly when the service would refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from app.rules.columns.schema import REF, arrow_schema
from app.rules.reading import InputErrors, compile_reader
from app.services.population.batches import Batch, RowError, column_of_pointer, shown
from app.services.population.bodies import Bodies
from app.services.population.conforming import money_columns
from app.services.population.refs import ref_mistake
from app.services.population.suspects import Suspects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from app.rules.facts import InputError
    from app.rules.policy import Policy
    from app.rules.requests import EvaluationRequest

_AT = "__at"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a file in the form of `population_schema`, not checked."""

    frame: pl.DataFrame
    rows: pl.Series
    """Int64: where in the file they stand."""
    faults: Mapping[int, list[RowError]] = field(default_factory=dict)
    """Position in the frame -> what could not be read of it; nothing stands there in the frame."""
    lost: tuple[RowError, ...] = ()
    """Rows that did not get as far as the frame."""


class Checker:
    """Checks the rows of one policy's populations, for one year and day."""

    def __init__(self, policy: Policy, *, year: int, as_of: date) -> None:
        self.year, self.as_of = year, as_of
        self.measures = frozenset(measure.id for measure in policy.measures if measure.evaluated)
        self._reader = compile_reader(policy)
        self._suspects = Suspects(policy)
        self.bodies = Bodies(policy)
        self.schema = self.bodies.schema
        self.money = money_columns(arrow_schema(policy))

    def plain(self, body: dict[str, Any]) -> EvaluationRequest | None:
        """The request of a body without mistakes, read fast; None for any other."""
        return self._reader.plain(self._dated(body), self.as_of)

    def careful(self, body: dict[str, Any]) -> EvaluationRequest:
        """The request of any body. Raises InputErrors: everything that is wrong with it."""
        return self._reader(self._dated(body), self.as_of)

    def _dated(self, body: dict[str, Any]) -> dict[str, Any]:
        """In the run's year, unless the body says one."""
        return body if body.get("year") is not None else {**body, "year": self.year}

    def check(self, chunk: Chunk) -> Batch:
        """Every row of the chunk is in the batch's frame or has an error."""
        frame = chunk.frame.with_columns(_ref(chunk.rows))
        doubtful = self._suspects.of(frame)
        if chunk.faults:
            faulty = pl.Series(list(chunk.faults), dtype=pl.UInt32)
            numbers = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
            doubtful = doubtful | numbers.is_in(faulty.implode())
        errors = list(chunk.lost)
        if not doubtful.any():
            return Batch(frame, chunk.rows, tuple(errors))
        at, taken = self._look_closer(frame, chunk, doubtful, errors)
        numbered = frame.with_row_index(_AT)
        good = numbered.filter(~doubtful)
        if taken.height:
            read = taken.with_columns(pl.Series(_AT, at, dtype=pl.UInt32)).select(numbered.columns)
            good = pl.concat([good, read]).sort(_AT)
        errors.sort(key=lambda error: error.row)
        return Batch(good.drop(_AT), chunk.rows.gather(good[_AT]), tuple(errors))

    def _look_closer(
        self, frame: pl.DataFrame, chunk: Chunk, doubtful: pl.Series, errors: list[RowError]
    ) -> tuple[list[int], pl.DataFrame]:
        """The doubtful rows that are right after all, with their positions; mistakes of the others are added."""
        positions = doubtful.arg_true()
        refs, rows = frame[REF].gather(positions), chunk.rows.gather(positions)
        at: list[int] = []
        taken: list[dict[str, Any]] = []
        bodies = self.bodies.bodies(frame.filter(doubtful))
        for position, ref, number, body in zip(positions, refs, rows, bodies, strict=True):
            wrong = [*chunk.faults.get(position, ()), *_of_ref(number, ref)]
            row, found = self._one(body, number, ref, wrong)
            errors += found
            if row is not None:
                at.append(position)
                taken.append(row)
        return at, self.bodies.frame(taken)

    def _one(
        self, body: dict[str, Any], number: int, ref: str, wrong: list[RowError]
    ) -> tuple[dict[str, Any] | None, list[RowError]]:
        """One row as it is kept, or everything that is wrong with it."""
        try:
            request = self.careful(body)
        except InputErrors as refused:
            told = {error.column for error in wrong}
            also = (self.error(number, body, error) for error in refused.errors)
            return None, wrong + [error for error in also if error.column not in told]
        return (None, wrong) if wrong else (self.bodies.row(request, ref.strip()), [])

    @staticmethod
    def error(number: int, body: object, error: InputError) -> RowError:
        """What the reader found in the body of a row."""
        value = shown(_value_at(body, error.pointer))
        return RowError(number, column_of_pointer(error.pointer), value, error.code, error.message)


def _ref(rows: pl.Series) -> pl.Expr:
    """What names the row: what the file says, or where it stands."""
    given = pl.when(pl.col(REF).str.strip_chars() != "").then(pl.col(REF))
    return given.otherwise(rows.cast(pl.String)).alias(REF)


def _of_ref(number: int, ref: str) -> Iterable[RowError]:
    mistake = ref_mistake(ref)
    if mistake is not None:
        yield RowError(number, REF, shown(ref), mistake.code, mistake.tell())


def _value_at(body: Any, pointer: str) -> object:  # noqa: ANN401 - JSON
    """What stands in a body at a pointer; None where nothing does."""
    at = body
    for part in pointer.split("/")[1:]:
        if isinstance(at, list):
            at = at[int(part)] if part.isdigit() and int(part) < len(at) else None
        elif isinstance(at, dict):
            at = at.get(part.replace("~1", "/").replace("~0", "~"))
        else:
            return None
    return at
