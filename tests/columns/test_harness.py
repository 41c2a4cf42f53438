"""The comparison itself: it finds nothing where nothing is wrong, and whatever one seeds into an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from app.services.sampling.any_policy import random_population
from tests.columns.asking import FIELDS, OF_LINE, TOTALS, Both
from tests.columns.equal import DAYS, YEAR, Tally, told, yanhu

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.columns.deciding import Decided

BOTH = Both.of(yanhu(), YEAR, DAYS[-1])
POPULATION = random_population(yanhu(), 80, 3)
DECIDED = BOTH.columns.decide(POPULATION, lines=True)
SEEDED: dict[str, Callable[[Any], Any]] = {
    "verdict": lambda given: "ineligible" if given != "ineligible" else "eligible",
    "amount": lambda given: 1 if given is None else given + 1,
    "ceiling": lambda given: 1 if given is None else None,
    "potential": lambda given: (given or 0) + 1,
    "discretionary_ceiling": lambda given: given + 1,
    "counted": lambda given: 0 if given is None else None,
    "reasons": lambda given: [*given, "another"],
    "missing": lambda given: [*given, "another"],
    "flags": lambda given: [*given, "another"],
    "item": lambda given: f"{given}x",
}


def alone() -> Decided:
    return BOTH.answers_alone(POPULATION, DECIDED)


def test_single_evaluations_agree_with_themselves() -> None:
    decided = alone()
    assert decided.answers.height == 80
    assert decided.lines is not None
    assert decided.lines.height > 80
    assert BOTH.differences(POPULATION, decided) == []


def with_wrong(column: pl.Series, row: int, field: str) -> pl.Series:
    """A column of structs with one field of one row made wrong."""
    values = column.to_list()
    values[row] = values[row] | {field: SEEDED[field](values[row][field])}
    return pl.Series(column.name, values, dtype=column.dtype)


@pytest.mark.parametrize("measure", ["patent-grants", "pledge-financing", "trusteeship"])
@pytest.mark.parametrize("field", FIELDS)
def test_one_wrong_figure_of_one_measure_is_found_in_its_row(measure: str, field: str) -> None:
    decided = alone()
    wrong = decided.answers.with_columns(with_wrong(decided.answers[measure], 17, field))
    (difference,) = BOTH.differences(POPULATION, replace(decided, answers=wrong))
    assert (difference.row, difference.measure) == (17, measure)


@pytest.mark.parametrize("field", TOTALS)
def test_a_wrong_total_is_found(field: str) -> None:
    decided = alone()
    seeded = with_wrong(decided.answers["totals"], 79, field)
    (difference,) = BOTH.differences(
        POPULATION, replace(decided, answers=decided.answers.with_columns(seeded))
    )
    assert (difference.row, difference.measure) == (79, "totals")


@pytest.mark.parametrize("field", OF_LINE)
def test_a_wrong_line_is_found(field: str) -> None:
    decided = alone()
    assert decided.lines is not None
    rows = decided.lines.to_dicts()
    rows[40] |= {field: SEEDED[field](rows[40][field])}
    lines = pl.DataFrame(rows, schema=decided.lines.schema)
    (difference,) = BOTH.differences(POPULATION, replace(decided, lines=lines))
    assert (difference.row, difference.measure) == (rows[40]["row"], f"{rows[40]['measure']}, lines")


def test_lines_left_out_added_or_in_another_order_are_found() -> None:
    decided = alone()
    assert decided.lines is not None
    lines = decided.lines
    several = lines.filter(pl.len().over("row", "measure") > 1)
    first = several.row(0, named=True)
    same = (pl.col("row") == first["row"]) & (pl.col("measure") == first["measure"])
    for seeded in (
        lines.filter(~same),
        pl.concat([lines, several.head(1)]),
        pl.concat([lines.filter(~same), lines.filter(same).reverse()]),
    ):
        assert len(BOTH.differences(POPULATION, replace(decided, lines=seeded))) == 1


def test_applicants_in_another_order_or_left_out_are_found() -> None:
    decided = alone()
    assert BOTH.differences(POPULATION, replace(decided, answers=decided.answers.reverse()))
    assert BOTH.differences(POPULATION, replace(decided, answers=decided.answers.head(79)))
    assert BOTH.differences(POPULATION, replace(decided, answers=decided.answers.drop("brand-plan")))


def test_a_difference_is_told_with_the_applicant_that_shows_it() -> None:
    decided = alone()
    wrong = decided.answers.with_columns(with_wrong(decided.answers["navigation"], 5, "verdict"))
    (difference,) = BOTH.differences(POPULATION, replace(decided, answers=wrong))
    text = told(difference, POPULATION, "here")
    assert text.startswith("here, row 5, navigation\n  columns: ")
    assert '"ref": "5"' in text


def test_the_tally_adds_blocks_up() -> None:
    done: list[int] = []
    tally = Tally(done.append)
    tally.compare(BOTH, POPULATION, "a")
    tally.compare(BOTH, POPULATION.head(20), "b")
    assert (tally.applicants, tally.measures, tally.differences, done) == (100, 18, 0, [80, 20])
