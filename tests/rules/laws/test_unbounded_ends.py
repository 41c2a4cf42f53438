"""`min` and `max` of what nobody knows: the end that is known holds, however wide, in both engines alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.rules.expression import Aggregate, Expression
from app.rules.language.ranges import range_of
from app.rules.loading import load_policy
from app.rules.reaching import every_node
from tests.rules.laws.firms import decide, missing, pack, policy_of, refused, same_in_columns

if TYPE_CHECKING:
    from app.rules.policy import Policy

RATES = """
tables:
  allowance: {by: levels, gives: money, rows: {low: 1, middle: 2}}
derived:
  points: {type: count, label: [分, points], value: {by: firm.level, high: 5, low: 1}}
  pieces: {type: count, label: [件, pieces], value: count(work in works)}
"""
WORKS = "  works: {list: [作品, works], item: {score: {count: [分, score], max: 5}}}\n"


def test_the_least_of_an_amount_and_of_what_a_table_has_not() -> None:
    """No row for `high` yet: what it will be has no end, and the amount alone is wider than any row."""
    policy = policy_of(
        "award: {calculated: 'min(3.00000001 * (1.00000001 * firm.spent), allowance(firm.level))'}",
        WORKS + RATES,
    )
    found = decide(policy, spent=100_000_00, level="high")
    assert (found.verdict, found.amount, found.potential) == ("undetermined", None, 300_000_00)
    same_in_columns(policy)


@pytest.mark.parametrize(
    "value",
    [
        "500 - allowance(firm.level)",  # there may be no row yet, and then it may be any
        "firm.spent - allowance(firm.level) + 500",
        "2 * (500 - allowance(firm.level))",
        "1 * (4000000 - days(firm.founded, as_of))",
        "1 * (1000 - count(work in works))",
        "1 * (1000 - pieces)",
        "1 * sum(5 - pieces for work in works)",
        "1 * max(4 - pieces for work in works)",
    ],
)
def test_what_is_taken_off_without_an_end_may_fall_below_nothing(value: str) -> None:
    """Though no row, day or list that is known is so great; what stands in for the unknown has no least end."""
    (told, *_) = refused(f"award:\n  calculated: {value}", WORKS + RATES)
    assert "below 0" in told[1]


@pytest.mark.parametrize(
    "value",
    ["firm.spent - 100 + 100", "1 * (5 - points)", "10 - min(10, allowance(firm.level))"],
)
def test_what_has_an_end_may_be_taken_off(value: str) -> None:
    policy = policy_of(f"award:\n  calculated: {value}", WORKS + RATES)
    same_in_columns(policy)


def test_what_may_have_no_end_lends_none_to_the_least() -> None:
    """The range holds for every bound that an engine can carry."""
    policy = policy_of("award: {calculated: 'min(100 * firm.spent, 2 * firm.spent)'}")
    known = policy_of("award: {calculated: 'min(100 * firm.spent, 500)'}")
    assert _range(policy) == (0, 100 * 10**14)
    assert _range(known) == (0, 500_00)


def test_an_else_counts_in_the_range_of_what_is_over_a_list() -> None:
    lists = "\n  works: {list: [作品, works], item: {score: {count: [分, score], max: 5}}}\n"
    before = lists.strip("\n")
    value = "award: {calculated: 100 * max(work.score for work in works else firm.staff)}"
    policy = load_policy({"policy.yaml": pack(value, before)})
    (aggregate,) = (one for one in every_node(policy.measures[0]) if isinstance(one, Aggregate))
    assert range_of(aggregate) == (0, 10**9)


def test_an_else_that_nobody_knows_may_be_below_nothing() -> None:
    """The least of none is what a table has not: either engine goes without a least end."""
    tables = "tables:\n  grades: {by: levels, gives: number, rows: {low: 1.5}}\n"
    lists = "  works: {list: [作品, works], item: {score: {number: [分, score], places: 1}}}\n"
    value = "require: min(work.score for work in works else -grades(firm.level)) <= 3.5\naward: {fixed: 5}"
    policy = load_policy({"policy.yaml": pack(value, lists + tables)})
    found = decide(policy, level="high")
    assert (found.verdict, sorted(missing(found))) == ("undetermined", ["grades", "works"])
    same_in_columns(policy)


def test_a_product_of_a_least_that_could_pass_127_bits_is_refused() -> None:
    value = "min(1.00000001 * firm.spent * firm.staff, firm.spent) * firm.staff"
    (told, *_) = refused(f"award: {{calculated: '{value}'}}")
    assert "pass 2^127" in told[1]


def _range(policy: Policy) -> tuple[int, int]:
    award = policy.measures[0].award.value
    assert isinstance(award, Expression)
    return range_of(award)


def test_whether_a_condition_can_be_met_goes_by_the_bounds_of_this_pack_alone() -> None:
    always = "require: [firm.rate <= 100%]\naward: {fixed: 1}"
    wider = pack(always).replace(
        "rate: {percent: [利率, rate], max: 100%}", "rate: {percent: [利率, rate], max: 200%}"
    )
    for _ in range(2):
        ((_, told),) = refused(always)
        assert told == "a condition that always holds"
        assert load_policy({"policy.yaml": wider}).measures[0].require
