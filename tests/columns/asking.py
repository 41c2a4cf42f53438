"""What both engines say of a population: the columns' own answer beside that of single evaluations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from app.rules.columns.deciding import Columns
from app.rules.columns.rows import Rows
from app.rules.columns.schema import population_schema
from app.rules.evaluation import Evaluator, compile_policy
from app.rules.words.answer_values import place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from app.rules.columns.deciding import Decided
    from app.rules.policy import Policy
    from app.rules.requests import EvaluationRequest
    from app.rules.results import Evaluation, Line, MeasureResult

FIELDS = ("verdict", "amount", "ceiling", "potential", "reasons", "missing")
TOTALS = ("amount", "discretionary_ceiling", "potential")
OF_LINE = ("item", "verdict", "amount", "counted", "reasons", "flags")

Figures = tuple[Any, ...]


class Difference(NamedTuple):
    """Where the two engines disagree. `row` is the applicant's in the population, from 0."""

    row: int
    measure: str
    found: object
    expected: object


@dataclass(frozen=True, slots=True)
class Both:
    """One policy, ready for either engine."""

    policy: Policy
    year: int
    as_of: date
    evaluator: Evaluator
    rows: Rows
    columns: Columns

    @classmethod
    def of(cls, policy: Policy, year: int, as_of: date) -> Both:
        rows = Rows(policy, year, as_of)
        return cls(policy, year, as_of, compile_policy(policy), rows, Columns(policy, year=year, as_of=as_of))

    def requests(self, population: pl.DataFrame) -> Iterator[EvaluationRequest]:
        return map(self.rows.request, population.iter_rows(named=True))

    def differences(self, population: pl.DataFrame, decided: Decided | None = None) -> list[Difference]:
        """Where an answer of the columns (by default of these) is not that of single evaluations."""
        assert population.schema == population_schema(self.policy)
        if decided is None:
            try:
                decided = self.columns.decide(population, lines=True)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other engine does not raise it
                return [Difference(-1, "all", f"{type(error).__name__}: {error}", "an answer")]
        expected = [self.evaluator.evaluate(request) for request in self.requests(population)]
        assert decided.lines is not None
        return [
            *_of_answers(decided.answers, population, expected),
            *_of_lines(decided.lines, population, expected),
        ]

    def answers_alone(self, population: pl.DataFrame, decided: Decided) -> Decided:
        """What the columns would answer if they said what single evaluations say, in the form of `decided`."""
        expected = [self.evaluator.evaluate(request) for request in self.requests(population)]
        columns: list[pl.Series] = [decided.answers["ref"], decided.answers["uscc"]]
        for place_, measure in enumerate(_measures(expected)):
            said = [dict(zip(FIELDS, answer_of(one.measures[place_]), strict=True)) for one in expected]
            columns.append(pl.Series(measure, said, dtype=decided.answers.schema[measure]))
        totals = [dict(zip(TOTALS, totals_of(one), strict=True)) for one in expected]
        columns.append(pl.Series("totals", totals, dtype=decided.answers.schema["totals"]))
        assert decided.lines is not None
        lines = [
            {
                "ref": population["ref"][row],
                "row": row,
                "measure": measure,
                **dict(zip(OF_LINE, line, strict=True)),
            }
            for row, measure, line in lines_of(expected)
        ]
        return replace(
            decided, answers=pl.DataFrame(columns), lines=pl.DataFrame(lines, schema=decided.lines.schema)
        )


class Telling:
    """Codes and names of single evaluations as texts; many of them share what is said, by identity."""

    def __init__(self, expected: Sequence[Evaluation]) -> None:
        self._expected = expected
        """Held, so that no identity is used twice."""
        self._told: dict[int, str] = {}

    def of(self, place_: int) -> list[Figures]:
        """What is expected of one measure, a row an applicant."""
        return [self._answer(evaluation.measures[place_]) for evaluation in self._expected]

    def _answer(self, result: MeasureResult) -> Figures:
        reasons = self._told.get(id(result.reasons))
        if reasons is None:
            reasons = self._told[id(result.reasons)] = text_of(answer_of(result)[4])
        missing = self._told.get(id(result.missing))
        if missing is None:
            missing = self._told[id(result.missing)] = text_of(answer_of(result)[5])
        return (result.verdict, result.amount, result.ceiling, result.potential, reasons, missing)


def text_of(words: Sequence[str]) -> str:
    """A list as one text that no other list has; compared ten times as fast."""
    return f"{len(words)}: {' | '.join(words)}"


def answer_of(result: MeasureResult) -> Figures:
    """A single evaluation as the columns have it."""
    missing = [place(fact.name, fact.list_name, fact.position).fact for fact in result.missing]
    reasons = [reason.point.code for reason in result.reasons]
    return (result.verdict, result.amount, result.ceiling, result.potential, reasons, missing)


def totals_of(evaluation: Evaluation) -> Figures:
    return evaluation.totals[:3]


def line_of(line: Line) -> Figures:
    reasons = [reason.point.code for reason in line.reasons]
    return (line.item, line.verdict, line.amount, line.counted, reasons, [flag.code for flag in line.flags])


def lines_of(expected: Sequence[Evaluation]) -> Iterator[tuple[int, str, Figures]]:
    """Every line: its applicant's row, its measure, and itself."""
    for row, evaluation in enumerate(expected):
        for result in evaluation.measures:
            for line in result.lines:
                yield row, result.measure.id, line_of(line)


def _measures(expected: Sequence[Evaluation]) -> list[str]:
    return [result.measure.id for result in expected[0].measures] if expected else []


def _of_answers(
    answers: pl.DataFrame, population: pl.DataFrame, expected: Sequence[Evaluation]
) -> Iterator[Difference]:
    names = _measures(expected)
    wanted = ["ref", "uscc", *names, "totals"] if expected else answers.columns
    if answers.columns != wanted or answers.height != population.height:
        yield Difference(-1, "columns", (answers.columns, answers.height), (wanted, population.height))
        return
    uscc = population.select(pl.col("applicant").struct.field("uscc")).to_series()
    for name, given in (("ref", population["ref"]), ("uscc", uscc)):
        yield from _unlike(name, answers[name].to_list(), given.to_list())
    telling = Telling(expected)
    for index, name in enumerate(names):
        yield from _unlike(name, _tuples(answers[name], FIELDS), telling.of(index))
    yield from _unlike("totals", _tuples(answers["totals"], TOTALS), list(map(totals_of, expected)))


def _tuples(column: pl.Series, fields: Sequence[str]) -> list[Figures]:
    """A column of structs, field by field: a struct as a dictionary a row takes three times as long."""
    frame = column.struct.unnest()
    if frame.columns != list(fields):
        return [(frame.columns,)] * len(column)
    texts = [
        pl.format("{}: {}", pl.col(name).list.len(), pl.col(name).list.join(" | ")).alias(name)
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    ]
    frame = frame.with_columns(texts)
    return list(zip(*(frame[field].to_list() for field in fields), strict=True))


def _unlike(name: str, found: Sequence[Any], expected: Sequence[Any]) -> Iterator[Difference]:
    if found != expected:
        for row, (one, other) in enumerate(zip(found, expected, strict=True)):
            if one != other:
                yield Difference(row, name, one, other)


def _of_lines(
    lines: pl.DataFrame, population: pl.DataFrame, expected: Sequence[Evaluation]
) -> Iterator[Difference]:
    wanted = ["ref", "row", "measure", *OF_LINE]
    if lines.columns != wanted:
        yield Difference(-1, "columns of lines", lines.columns, wanted)
        return
    found: dict[tuple[int, str], list[Figures]] = {}
    for ref, row, measure, *line in lines.iter_rows():
        if ref != population["ref"][row]:
            yield Difference(row, f"{measure}, ref of a line", ref, population["ref"][row])
        found.setdefault((row, measure), []).append(tuple(line))
    due: dict[tuple[int, str], list[Figures]] = {}
    for row, measure, one in lines_of(expected):
        due.setdefault((row, measure), []).append(one)
    for row, measure in sorted(found.keys() | due.keys()):
        given, owed = found.get((row, measure), []), due.get((row, measure), [])
        if given != owed:
            yield Difference(row, f"{measure}, lines", given, owed)
