"""Derived facts: numbers, yes or no, and codes worked out of other facts; by hand, and both engines alike."""

from __future__ import annotations

import pytest

from tests.rules.laws.firms import codes, decide, missing, policy_of, refused, same_in_columns, yuan

SIZE = """
derived:
  score:
    type: number
    label: [得分, score]
    value:
      sum:
        - {by: firm.level, high: 30, middle: 20, low: 5}
        - {steps: firm.staff, from: {10: 10, 100: 25}, below: 0}
  grade:
    type: choice
    of: levels
    label: [等级, grade]
    value: {steps: score, from: {20: middle, 50: high}, below: low}
  strong:
    type: bool
    label: [强企, strong]
    value: {any: [grade == high, {all: [grade == middle, firm.green]}]}
"""
AWARD = """
require: [strong]
award: {calculated: {by: grade, high: 1000, middle: 400}}
"""


@pytest.mark.parametrize(
    ("firm", "verdict", "amount"),
    [
        ({"level": "high", "staff": 100, "green": False}, "eligible", 1000),  # 30 + 25 = 55: high
        ({"level": "high", "staff": 99, "green": True}, "eligible", 400),  # 30 + 10 = 40: middle
        ({"level": "high", "staff": 99, "green": False}, "ineligible", 0),
        ({"level": "low", "staff": 10, "green": True}, "ineligible", 0),  # 15: low
        ({"level": "middle", "staff": 9, "green": True}, "eligible", 400),  # 20: middle, just
    ],
)
def test_worked_by_hand(firm: dict[str, object], verdict: str, amount: int) -> None:
    found = decide(policy_of(AWARD, SIZE), **firm)
    assert found.verdict == verdict
    assert yuan(found)[0] == amount


@pytest.mark.parametrize(
    ("firm", "facts"),
    [
        ({}, ["firm.level", "firm.staff", "firm.green"]),
        ({"level": "high", "staff": 9}, ["firm.green"]),  # 30: middle, whatever else
        ({"level": "high", "green": True}, ["firm.staff"]),  # middle or high: strong, how much is open
    ],
)
def test_what_is_missing_are_the_facts_that_it_is_worked_out_of(
    firm: dict[str, object], facts: list[str]
) -> None:
    found = decide(policy_of(AWARD, SIZE), **firm)
    assert (found.verdict, sorted(missing(found))) == ("undetermined", sorted(facts))


def test_facts_that_no_longer_matter_are_not_asked_for() -> None:
    found = decide(policy_of(AWARD, SIZE), level="low", staff=5)  # 5: low, green or not
    assert (found.verdict, missing(found), codes(found)) == ("ineligible", [], ["reward.strong"])


def test_columns_say_the_same() -> None:
    same_in_columns(policy_of(AWARD, SIZE))


def test_a_derived_fact_is_not_taken_from_a_request() -> None:
    schema = policy_of(AWARD, SIZE).facts
    assert "score" not in schema.facts
    assert not schema.derived["score"].stated


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("steps: score", "steps: scoer", "scoer"),
        ("by: firm.level, high: 30", "by: grade, high: 30", "score → grade → score"),
        ("value: {any: [grade == high", "value: {any: [strong", "strong → strong"),
        ("from: {20: middle", "from: {20: midle", "no code 'midle'"),
        ("below: low}", "}", "`below` is missing"),
        ("of: levels\n", "of: level\n", "names the choice"),
        ("type: number", "type: nmuber", "is one of"),
        ("    label: [得分, score]\n", "", "label"),
        ("  score:\n", "  firm:\n", "already"),
        ("middle: 20, low: 5", "middle: 20 - 30, low: 5", "below 0"),
        ("    type: number", "    typ: number", "'typ'"),
    ],
)
def test_a_mistake_is_told(old: str, new: str, says: str) -> None:
    assert old in SIZE
    found = refused(AWARD, SIZE.replace(old, new))
    assert any(says in words for _, words in found), found
    assert len(found) <= 2, found
