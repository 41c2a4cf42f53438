"""`where` and `in_force` of a measure: whom it reaches and when, by hand, and both engines alike."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rules.laws.firms import codes, decide, missing, policy_of, refused, same_in_columns, yuan

PLACES = """
where: {firm.region: [north, south], firm.town: 东镇}
require: [firm.green]
award: {fixed: 500}
"""
DAYS = """
in_force: {from: 2025-07-01, to: 2026-06-30}
award: {fixed: 500}
"""


def test_a_measure_pays_where_it_reaches() -> None:
    policy = policy_of(PLACES)
    assert policy.measures[0].where == (("firm.region", ("north", "south")), ("firm.town", ("东镇",)))
    assert yuan(decide(policy, region="south", town="东镇", green=True)) == (500, 500)


@pytest.mark.parametrize(
    ("firm", "reasons"),
    [
        ({"region": "west", "town": "东镇"}, ["reward.region"]),
        ({"region": "north", "town": "西镇"}, ["reward.town"]),
        ({"region": "west"}, ["reward.region"]),
    ],
)
def test_out_of_reach_is_ineligible_and_asks_for_nothing_more(
    firm: dict[str, object], reasons: list[str]
) -> None:
    found = decide(policy_of(PLACES), **firm)
    assert (found.verdict, codes(found), missing(found)) == ("ineligible", reasons, [])


def test_an_unknown_place_leaves_the_measure_in_play() -> None:
    found = decide(policy_of(PLACES), region="north", green=True)
    assert (found.verdict, missing(found)) == ("undetermined", ["firm.town"])


@pytest.mark.parametrize(
    ("day", "eligible"),
    [
        (date(2025, 6, 30), False),
        (date(2025, 7, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_a_measure_is_in_force_on_its_days_the_first_and_the_last_included(day: date, eligible: bool) -> None:
    found = decide(policy_of(DAYS), day)
    assert (found.verdict == "eligible") is eligible
    if not eligible:
        assert codes(found) == ["reward.in_force"]


def test_the_period_is_told_in_both_languages() -> None:
    says = policy_of(DAYS).measures[0].require[0].says
    assert says is not None
    assert says.zh == "措施自2025-07-01起至2026-06-30止施行"
    assert says.en == "The measure is in force from 2025-07-01 until 2026-06-30"


@pytest.mark.parametrize("measure", [PLACES, DAYS, "in_force: {to: 2025-12-31}\naward: {fixed: 500}"])
def test_columns_say_the_same(measure: str) -> None:
    same_in_columns(policy_of(measure))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("where: {firm.regoin: north}", "no fact 'firm.regoin'"),
        ("where: {firm.region: nroth}", "no code 'nroth'"),
        ("where: {firm.region: [north, south, west]}", "always holds"),
        ("where: {firm.region: [north, north]}", "twice"),
        ("where: {firm.region: []}", "without a value"),
        ("where: {firm.staff: 5}", "a choice or a text"),
        ("where: {}", "names no fact"),
        ("where: north", "keys with values"),
        ("in_force: {from: 2023-12-31}", "outside the days"),
        ("in_force: {to: 2029-01-01}", "outside the days"),
        ("in_force: {from: 2026-01-01, to: 2025-01-01}", "before `from`"),
        ("in_force: {form: 2026-01-01}", "'form'"),
        ("in_force: {}", "`from` or `to` is missing"),
    ],
)
def test_a_mistake_is_told_on_its_line(line: str, says: str) -> None:
    found = refused(f"{line}\naward: {{fixed: 500}}")
    assert found[0][0] == line
    assert says in found[0][1]
