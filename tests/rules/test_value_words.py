"""Every form of a value and an award is told in words, in Chinese and English, as a person would write it."""

from __future__ import annotations

import pytest

from app.rules.policy import AwardKind
from app.rules.words.value_words import award_words
from tests.rules.test_value_forms import policy_of

SAID = {
    "fixed: 1000": ("1,000.00 元", "CNY 1,000.00"),
    "fixed: {by: firm.level, high: 100, low: 50}": (
        "按级别：高 100.00 元；低 50.00 元；其余无",
        "By level: high CNY 100.00; low CNY 50.00; otherwise nothing",
    ),
    "fixed: {by: firm.level, high: 100, low: 50, none: 10}": (
        "按级别：高 100.00 元；低 50.00 元；无 10.00 元",
        "By level: high CNY 100.00; low CNY 50.00; none CNY 10.00",
    ),
    "calculated: {steps: firm.staff, from: {10: 1000, 30: firm.spent}}": (
        "按人数分档：10 人以上：1,000.00 元；30 人以上：投入；其余无",
        "In steps of staff: from 10: CNY 1,000.00; from 30: spent; otherwise nothing",
    ),
    "fixed: {steps: firm.spent, above: {1000: 10, 3000: 20}, below: 5}": (
        "按投入分档：不超过 1,000.00 元：5.00 元；超过 1,000.00 元：10.00 元；超过 3,000.00 元：20.00 元",
        (
            "In steps of spent: up to CNY 1,000.00: CNY 5.00; above CNY 1,000.00: CNY 10.00; "
            "above CNY 3,000.00: CNY 20.00"
        ),
    ),
    "fixed: {cases: [{when: firm.staff >= 3, then: 20}, {else: 10}]}": (
        "按首个符合的情形：人数 3 人以上的：20.00 元；其余 10.00 元",
        "By the first case that holds: if staff: at least 3: CNY 20.00; otherwise CNY 10.00",
    ),
    "up_to: {product: [firm.spent, {steps: firm.score, from: {60: 10%, 80.5: 20%}}]}": (
        "上限为（投入 × （按得分分档：60 以上：10%；80.5 以上：20%；其余无）），由主管部门核定",
        (
            "At most (spent × (in steps of score: from 60: 10%; from 80.5: 20%; otherwise nothing)), "
            "decided by an official"
        ),
    ),
    "up_to: 500": ("最高 500.00 元，由主管部门核定", "At most CNY 500.00, decided by an official"),
    "calculated: {sum: [firm.spent * 50%, 100 * firm.staff]}": (
        "（投入 × 50%）与（100.00 元 × 人数）之和",
        "The sum of (spent × 50%) and (CNY 100.00 × staff)",
    ),
    "calculated: firm.spent\nfloor: 20\ncap: 90\nless: firm.spent * 10%\nround: down to 100": (
        "投入，有金额时至少 20.00 元，最高 90.00 元，再减去投入 × 10%（不低于零），向下取整到 100.00 元",
        (
            "Spent, at least CNY 20.00 where anything is due, at most CNY 90.00, less spent × 10% "
            "(not below zero), rounded down to CNY 100.00"
        ),
    ),
}


@pytest.mark.parametrize(("award", "zh", "en"), [(award, *said) for award, said in SAID.items()])
def test_an_award_reads_as_a_person_would_write_it(award: str, zh: str, en: str) -> None:
    policy = policy_of(award)
    words = award_words(policy.measures[0].award, policy.facts)
    assert (words.zh, words.en) == (zh, en)


def test_an_award_of_each_item_says_so() -> None:
    policy = policy_of("fixed: 1000")
    award = policy.measures[0].award
    assert award.kind is AwardKind.FIXED
    words = award_words(award, policy.facts, per="item")
    assert (words.zh, words.en) == ("每项 1,000.00 元", "For each item: CNY 1,000.00")
