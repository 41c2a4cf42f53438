"""Applicants at every boundary of yanhu-ip, with what each measure must say worked out by hand from the law."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from app.rules.columns.deciding import Columns
from tests.columns.equal import yanhu
from tests.columns.planted import ALLIANCES, GRANTS, OTHERS, SHOWN
from tests.columns.planted_items import LOANS, NAVIGATION, PRIZES
from tests.columns.planting import (
    ELIGIBLE,
    INELIGIBLE,
    Planted,
    loan,
    loans,
    paid,
    patents,
    population_of,
    projects,
)

if TYPE_CHECKING:
    from datetime import date

EVERY = [*GRANTS, *NAVIGATION, *PRIZES, *LOANS, *ALLIANCES, *OTHERS]


@pytest.mark.parametrize("as_of", sorted({one.as_of for one in EVERY}))
def test_the_columns_say_what_the_law_says_at_every_boundary(as_of: date) -> None:
    planted = [one for one in EVERY if one.as_of == as_of]
    answers = Columns(yanhu(), year=as_of.year, as_of=as_of).decide(population_of(planted, yanhu())).answers
    for one, answer in zip(planted, answers.iter_rows(named=True), strict=True):
        assert answer["ref"] == one.name
        assert answer[one.measure] == one.expected, one.name


def test_every_planted_applicant_is_its_own() -> None:
    assert len({one.name for one in EVERY}) == len(EVERY) >= 40
    assert {name for name, _ in groupby(sorted(one.measure for one in EVERY))} >= {
        "patent-grants", "navigation", "patent-award-match", "pledge-financing", "alliance-founding",
    }  # fmt: skip


def test_totals_add_what_is_certain_what_is_possible_and_what_an_official_decides() -> None:
    """Grants 200,000; a project 200,000 of at most 500,000; an expo up to 50,000; loans perhaps 50."""
    facts = patents(10, 0, 0) | projects("provincial", None) | loans(loan("100", repaid_on_time=None))
    facts |= {"exhibition_awards": [SHOWN], "patent_awards": [], "gi_trademarks": []}
    facts |= {"brand_plan": {"newly_recognised": False}, "service_outlet": {"recognised_level": "none"}}
    one = Planted("all together", "patent-grants", facts, ELIGIBLE)
    answers = Columns(yanhu(), year=2026, as_of=one.as_of).decide(population_of([one], yanhu())).answers
    assert answers["totals"].to_list() == [
        {"amount": 400_000_00, "discretionary_ceiling": 50_000_00, "potential": 750_050_00}
    ]


def test_lines_say_why_each_item_counts_or_not() -> None:
    one = Planted(
        "three projects", "navigation", projects("national", "none", "provincial"), ELIGIBLE,
        history=[paid("navigation", 2019, "1", item="p3")],
    )  # fmt: skip
    columns = Columns(yanhu(), year=2026, as_of=one.as_of, measures=["navigation"])
    lines = columns.decide(population_of([one], yanhu()), lines=True).lines
    assert lines is not None
    assert lines.select("item", "verdict", "amount", "reasons", "flags").rows() == [
        ("P1", ELIGIBLE, 300_000_00, ["navigation.excellence"], []),
        ("P2", INELIGIBLE, 0, ["navigation.excellence"], []),
        ("P3", INELIGIBLE, 0, ["exclusion.same-project", "limit.once_per_item"], ["navigation.level_raised"]),
    ]
