"""Readings: the chosen one decides; an undecided one leaves bounds and is what is missing; notices choose anew."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rules.laws.firms import DAY, decide, missing, policy_of, refused, same_in_columns, yuan

UPLIFT = """
readings:
  uplift:
    clause: 三
    question: {zh: 上浮是百分点还是倍数, en: Is the uplift points or a multiple}
    options:
      points: [百分点, percentage points]
      times: [倍数, a multiple]
    chosen: CHOSEN
"""
AWARD = """
require: [firm.staff >= 5]
award:
  calculated: {cases: [{when: reading.uplift == points, then: 10% * firm.spent}, {else: 5% * firm.spent}]}
"""
NOTICE = """
notices:
  '2026':
    year: 2026
    published: 2026-03-01
    readings: {uplift: times}
"""


@pytest.mark.parametrize(("chosen", "amount"), [("points", 100), ("times", 50)])
def test_the_chosen_reading_decides(chosen: str, amount: int) -> None:
    found = decide(policy_of(AWARD, UPLIFT.replace("CHOSEN", chosen)), staff=5, spent=1000_00)
    assert yuan(found) == (amount, amount)


def test_an_undecided_reading_spans_its_options_and_is_what_is_missing() -> None:
    found = decide(policy_of(AWARD, UPLIFT.replace("CHOSEN", "undecided")), staff=5, spent=1000_00)
    assert found.verdict == "undetermined"
    assert found.potential == 100_00
    assert missing(found) == ["reading.uplift"]


def test_where_it_makes_no_difference_an_undecided_reading_is_not_missing() -> None:
    policy = policy_of(AWARD, UPLIFT.replace("CHOSEN", "undecided"))
    assert missing(decide(policy, staff=4, spent=1000_00)) == []
    assert decide(policy, staff=5, spent=0).verdict == "ineligible"


def test_a_notice_chooses_another() -> None:
    policy = policy_of(AWARD, UPLIFT.replace("CHOSEN", "points") + NOTICE)
    firm = {"staff": 5, "spent": 1000_00}
    assert yuan(decide(policy.as_read(2026, DAY), **firm))[0] == 50
    assert yuan(decide(policy.as_read(2026, date(2026, 2, 1)), **firm))[0] == 100


@pytest.mark.parametrize("chosen", ["points", "times", "undecided"])
def test_columns_say_the_same(chosen: str) -> None:
    same_in_columns(policy_of(AWARD, UPLIFT.replace("CHOSEN", chosen)))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("chosen: points", "chosen: pionts", "no option 'pionts'"),
        ("chosen: points", "choosen: points", "unknown key 'choosen'"),
        ("      times: [倍数, a multiple]\n", "", "two options"),
        ("a multiple]\n", "a multiple]\n      sums: [求和, a sum]\n", "never used"),
        ("    clause: 三\n", "", "'clause' is missing"),
    ],
)
def test_a_mistake_is_told(old: str, new: str, says: str) -> None:
    text = UPLIFT.replace("CHOSEN", "points")
    assert old in text
    assert any(says in words for _, words in refused(AWARD, text.replace(old, new)))


def test_a_reading_that_nothing_turns_on_is_refused() -> None:
    found = refused("award: {fixed: 5}", UPLIFT.replace("CHOSEN", "points"))
    assert "never used" in found[0][1]


def test_a_misspelt_reading_is_told_with_the_nearest() -> None:
    found = refused(AWARD.replace("reading.uplift", "reading.uplfit"), UPLIFT.replace("CHOSEN", "points"))
    assert any("uplfit" in words for _, words in found)


def test_a_notice_chooses_among_the_options() -> None:
    text = UPLIFT.replace("CHOSEN", "points") + NOTICE.replace("times}", "twice}")
    assert "no option 'twice'" in refused(AWARD, text)[0][1]
