"""A policy as columns: every measure for every row of a population, with figures in fen, reasons, missing facts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.allotting.scoring import Scoring
from app.rules.columns import alone
from app.rules.columns.allotting import scores_of
from app.rules.columns.batch import Asked, Batch
from app.rules.columns.ends import NotColumnar
from app.rules.columns.explaining import VERDICTS, Explanations, one_by_one
from app.rules.columns.items import ItemColumns
from app.rules.columns.lines import LineColumns, all_lines
from app.rules.columns.measures import AMOUNT, CEILING, ELIGIBLE, POTENTIAL, VERDICT, MeasureColumns
from app.rules.columns.narrowing import Narrowing
from app.rules.columns.rows import Rows
from app.rules.columns.schema import APPLICANT, REF
from app.rules.columns.signatures import Patterns
from app.rules.deciding.items import CompiledItems
from app.rules.evaluation import compile_policy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from app.rules.deciding.measures import CompiledMeasure
    from app.rules.policy import Policy
    from app.rules.results import MeasureResult

WORTH_THREADS = 5_000
"""Rows from which a batch is worth threads of its own."""
VERDICT_TYPE = pl.Enum(VERDICTS)
TOTALS, DISCRETIONARY = "totals", "discretionary_ceiling"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a batch comes to.

    `answers`: `ref`, `uscc`, a struct for each measure (`verdict`, `amount`, `ceiling`, `potential` in fen, `reasons`,
    `missing`) and `totals` (`amount`, `discretionary_ceiling`, `potential`), one row an applicant in their order.
    `lines`: `ref`, `row` (from 0), `measure`, `item`, `verdict`, `amount`, `counted` in fen, `reasons`, `flags`.
    """

    answers: pl.DataFrame
    lines: pl.DataFrame | None = None
    scores: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """Measure with an allotment -> a column for each of its scores, null where it is open; one row an applicant."""


class _Measured(NamedTuple):
    """The answers of one measure, the tables they were made with, and the single results if there are any."""

    answers: pl.DataFrame
    work: Batch
    results: list[MeasureResult] | None


class Columns:
    """One policy for one year and day, compiled for whole populations. Not to be shared between threads."""

    def __init__(
        self, policy: Policy, *, year: int, as_of: date, measures: Collection[str] | None = None
    ) -> None:
        evaluator = compile_policy(policy)
        self._asked = Asked(policy, evaluator, Rows(policy, year, as_of), Patterns(), year, as_of)
        self._measures = [
            _columns(compiled)
            for compiled in evaluator.measures
            if measures is None or compiled.measure.id in measures
        ]
        """Of each measure: its awards depend on no other applicant's."""
        self._scorings = {
            one.measure.id: Scoring(one.measure, policy)
            for one in self._measures
            if one.measure.allotment is not None
        }
        self._said = {columns.measure.id: Explanations() for columns in self._measures}
        self._narrowings = {columns.measure.id: Narrowing(columns.compiled) for columns in self._measures}
        self._lines = {
            columns.measure.id: LineColumns(columns, order)
            for order, columns in enumerate(self._measures)
            if isinstance(columns, ItemColumns)
        }

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that are decided, in catalogue order."""
        return tuple(columns.measure.id for columns in self._measures)

    def decide(self, population: pl.DataFrame, *, lines: bool = False, scores: bool = False) -> Decided:
        """Decide every row of a population in the form of `population_schema`.

        `lines` and `scores`: with the items, and with what ranks applicants who share a budget or places.

        Raises EnginesDisagree for a defect of an engine.
        """
        batch = Batch(self._asked, population)
        self._of_tied = self._decide_tied(batch)
        found: dict[str, pl.DataFrame] = {}
        of_items: list[pl.DataFrame] = []
        for columns, (answers, work, results) in zip(self._measures, self._side_by_side(batch), strict=True):
            name = columns.measure.id
            found[name] = answers
            if lines and name in self._lines:
                line = self._lines[name]
                of_items.append(line.of(work) if results is None else line.alone(results, batch))
        structs = [
            frame.select(pl.struct(pl.all()).alias(measure_id)).to_series()
            for measure_id, frame in found.items()
        ]
        named = population.select(REF, pl.col(APPLICANT).struct.field("uscc"))
        answers = named.with_columns(*structs, totals_of(list(found.values())))
        scored = {name: scores_of(batch, one) for name, one in self._scorings.items()} if scores else {}
        return Decided(answers, all_lines(batch, of_items, self.measures) if lines else None, scored)

    def _decide_tied(self, batch: Batch) -> dict[str, list[MeasureResult]]:
        """Members of groups and measures that refer to others, row by row: their awards depend on each other."""
        evaluator = self._asked.evaluator
        named = evaluator.tied & set(self.measures)
        if not named:
            return {}
        rows = range(batch.population.height)
        decided = [evaluator.of_tied(batch.circumstances(row), named) for row in rows]
        return {name: [results[name] for results in decided] for name in named}

    def _side_by_side(self, batch: Batch) -> list[_Measured]:
        """Every measure, on as many threads as Polars has: most of its single steps use one."""
        threads = min(len(self._measures), pl.thread_pool_size())
        if threads < 2 or batch.population.height < WORTH_THREADS:
            return [self._measure(batch.alike(), columns) for columns in self._measures]
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(self._measure, [batch.alike() for _ in self._measures], self._measures))

    def _measure(self, batch: Batch, columns: MeasureColumns) -> _Measured:
        """One measure of every row; with the single results where exact columns cannot carry it."""
        compiled, results = columns.compiled, self._of_tied.get(columns.measure.id)
        if results is not None:
            answers = alone.answers(results)
            return _Measured(answers.with_columns(pl.col(VERDICT).cat.to(VERDICT_TYPE)), batch, results)
        try:
            if not batch.columnar:
                raise NotColumnar
            narrowed = self._narrowings[columns.measure.id].of(batch)
            part = batch if narrowed is None else batch.part(narrowed.rows)
            decided = columns.decide(part)
        except NotColumnar:
            results = [compiled.evaluate(batch.circumstances(row)) for row in range(batch.population.height)]
            answers = alone.answers(results)
        else:
            tell = one_by_one(compiled, batch, decided)
            said = self._said[columns.measure.id].of(decided, batch.asked.patterns, tell)
            answers = pl.concat([decided.select(VERDICT, AMOUNT, CEILING, POTENTIAL), said], how="horizontal")
            if narrowed is not None:
                answers = answers[narrowed.places]
        return _Measured(answers.with_columns(pl.col(VERDICT).cat.to(VERDICT_TYPE)), batch, results)


def _columns(compiled: CompiledMeasure) -> MeasureColumns:
    return ItemColumns(compiled) if isinstance(compiled, CompiledItems) else MeasureColumns(compiled)


def totals_of(found: Sequence[pl.DataFrame]) -> pl.Series:
    """Sums over the money measures: certain, at an official's discretion, and what is still possible."""
    columns: dict[str, pl.Series] = {}
    sums: dict[str, list[pl.Expr]] = {AMOUNT: [], DISCRETIONARY: [], POTENTIAL: []}
    for index, frame in enumerate(found):
        names = {name: f"{name}{index}" for name in (VERDICT, AMOUNT, CEILING, POTENTIAL)}
        columns |= {ours: frame[name] for name, ours in names.items()}
        granted = pl.col(names[VERDICT]).to_physical() == ELIGIBLE
        sums[AMOUNT].append(pl.when(granted).then(pl.col(names[AMOUNT])))
        sums[DISCRETIONARY].append(pl.when(granted).then(pl.col(names[CEILING])))
        sums[POTENTIAL].append(pl.col(names[POTENTIAL]))
    totals = pl.struct(pl.sum_horizontal(parts).alias(name) for name, parts in sums.items())
    return pl.DataFrame(columns).select(totals.alias(TOTALS)).to_series()
