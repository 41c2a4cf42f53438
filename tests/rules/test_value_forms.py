"""Tables, steps, cases, sums, products, modifiers, rounding: amounts worked by hand, bounds, both engines alike."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from app.rules.columns.deciding import Columns
from app.rules.columns.rows import Rows
from app.rules.columns.schema import population_schema
from app.rules.evaluation import compile_policy
from app.rules.loading import PackErrors, load_policy
from app.rules.words.answer_values import place

if TYPE_CHECKING:
    from app.rules.policy import Policy

DAY = date(2026, 11, 23)
HEAD = """
id: forms
title: {zh: 测, en: forms}
authority: {zh: 某局, en: some bureau}
division: '140802'
status: in-force
version: '1'
in_force: {from: 2024-01-01}
order: [reward]
choices:
  levels: {high: [高, high], low: [低, low], none: [无, none]}
facts:
  firm:
    level: {choice: [级别, level], of: levels}
    staff: {count: [人数, staff], unit: [人, people]}
    spent: {money: [投入, spent]}
    rate: {percent: [利率, rate], max: 100%}
    score: {number: [得分, score], places: 1, max: 100}
    green: {bool: [绿色, green]}
measures:
  reward:
    clause: 一
    title: {zh: 奖, en: reward}
    require: [firm.staff >= 0 or firm.green or not firm.green]
    award:
"""


def policy_of(award: str) -> Policy:
    lines = "\n".join(f"      {line}" for line in award.strip("\n").splitlines())
    text = HEAD.replace("    require: [firm.staff >= 0 or firm.green or not firm.green]\n", "")
    return load_policy({"policy.yaml": text + lines + "\n"})


STAIRS = """
calculated:
  steps: firm.staff
  from: {10: 1000, 30: 3000, 100: firm.spent}
  below: 5
"""
PASSED = """
fixed:
  steps: firm.score
  above: {60: 100, 80.5: 200}
"""
CASES = """
calculated:
  cases:
    - {when: firm.green and firm.staff >= 100, then: 9000}
    - when: {any: [firm.level == high, firm.staff >= 50]}
      then: {steps: firm.staff, from: {20: 700}}
    - {else: 50% * firm.spent}
"""
SUM = """
calculated:
  sum:
    - {by: firm.level, high: 1000.5, low: 10}
    - firm.rate * firm.spent
    - 33.33
  cap: {by: firm.level, high: 2000, else: 800}
"""
PRODUCT = """
calculated:
  product:
    - firm.spent
    - {cases: [{when: firm.green, then: 12.5%}, {else: 3%}]}
    - {by: firm.level, high: 2, low: 1.5, else: 1}
  less: 100
round: down to 100
"""
FLOORED = """
up_to: firm.rate * firm.spent
floor: 200
cap: {value: 10 * firm.staff, cap: 500}
round: up to 0.1
"""
FORMS = {
    "stairs": STAIRS, "passed": PASSED, "cases": CASES, "sum": SUM, "product": PRODUCT, "floored": FLOORED,
}  # fmt: skip


def decide(policy: Policy, **firm: object) -> Any:
    facts = {f"firm.{name}": value for name, value in firm.items()}
    facts |= {"applicant.name": "测", "applicant.uscc": "91140802MA0GT0018G"}
    rows = Rows(policy, 2026, DAY)
    request = rows.request(
        {"applicant": None, "facts": {"firm": firm}, "history": None, "other_funding": None}
    )
    return compile_policy(policy).evaluate(request).measures[0]


@pytest.mark.parametrize(
    ("form", "firm", "fen"),
    [
        ("stairs", {"staff": 9}, 5_00),
        ("stairs", {"staff": 10}, 1000_00),
        ("stairs", {"staff": 99}, 3000_00),
        ("stairs", {"staff": 100, "spent": 7}, 7),
        ("passed", {"score": 600}, 0),
        ("passed", {"score": 601}, 100_00),
        ("passed", {"score": 805}, 100_00),
        ("passed", {"score": 806}, 200_00),
        ("cases", {"green": True, "staff": 100, "level": "low", "spent": 1}, 9000_00),
        ("cases", {"green": False, "staff": 60, "level": "low", "spent": 1}, 700_00),
        ("cases", {"green": False, "staff": 19, "level": "high", "spent": 1}, 0),
        ("cases", {"green": False, "staff": 19, "level": "low", "spent": 3}, 2),  # 1.5 fen, half up
        # 10 + 0.125 * 99.99 + 33.33 = 55.82875
        ("sum", {"level": "low", "rate": 12_500_000, "spent": 9999}, 55_83),
        # 1000.50 + 50 % of 1999.34 + 33.33 = 2033.50, capped
        ("sum", {"level": "high", "rate": 50_000_000, "spent": 199934}, 2000_00),
        ("sum", {"level": "none", "rate": 0, "spent": 0}, 33_33),
        # 123456.78 * 0.125 * 2 - 100 = 30764.195, down to whole hundreds
        ("product", {"spent": 12345678, "green": True, "level": "high"}, 30700_00),
        # 100000 * 0.03 * 1.5 - 100 = 4400
        ("product", {"spent": 100000_00, "green": False, "level": "low"}, 4400_00),
        (
            "floored",
            {"rate": 10_000_000, "spent": 1000_00, "staff": 70},
            200_00,
        ),  # floor, below the cap of 500
        ("floored", {"rate": 10_000_000, "spent": 1000_00, "staff": 5}, 50_00),
        ("floored", {"rate": 33_333_333, "spent": 1000_01, "staff": 60}, 333_40),  # 333.36..., up to a jiao
    ],
)
def test_an_amount_worked_by_hand(form: str, firm: dict[str, object], fen: int) -> None:
    found = decide(policy_of(FORMS[form]), **firm)
    assert (found.amount if found.ceiling is None else found.ceiling) == fen


@pytest.mark.parametrize(
    ("form", "firm", "bounds", "missing"),
    [
        ("stairs", {}, (None, None), ["firm.staff", "firm.spent"]),
        ("stairs", {"staff": 50}, (3000_00, 3000_00), []),
        ("stairs", {"staff": 500}, (None, None), ["firm.spent"]),
        ("passed", {}, (None, 200_00), ["firm.score"]),
        ("cases", {"green": False, "level": "low", "staff": 5}, (None, None), ["firm.spent"]),
        ("cases", {"green": True, "staff": 200}, (9000_00, 9000_00), []),
        ("cases", {"staff": 200}, (None, 9000_00), ["firm.green"]),
        ("sum", {"rate": 0}, (None, 1033_83), ["firm.level"]),
        ("sum", {}, (None, 2000_00), ["firm.level", "firm.rate", "firm.spent"]),
    ],
)
def test_what_is_unknown_leaves_bounds_and_only_what_matters_is_missing(
    form: str, firm: dict[str, object], bounds: tuple[int | None, int | None], missing: list[str]
) -> None:
    found = decide(policy_of(FORMS[form]), **firm)
    assert [fact.name for fact in found.missing] == missing
    assert found.amount == bounds[0]
    if bounds[1] is not None:
        assert found.potential == bounds[1]


@pytest.mark.parametrize("form", FORMS)
def test_columns_say_what_single_decisions_say(form: str) -> None:
    policy = policy_of(FORMS[form])
    chance = random.Random(form)  # noqa: S311 - a population, the same every time
    choices: dict[str, list[object]] = {
        "level": ["high", "low", "none", None],
        "staff": [0, 9, 10, 19, 20, 30, 49, 50, 99, 100, None, None],
        "spent": [0, 1, 3, 9999, 12345678, None],
        "rate": [0, 1, 12_500_000, 100_000_000, None],
        "score": [0, 599, 600, 601, 805, 806, 1000, None],
        "green": [True, False, None],
    }
    named = {"name": "测", "uscc": "91140802MA0GT0018G", "division": None, "credit": None}
    rows = [
        {
            "ref": str(i), "applicant": named, "history": None, "other_funding": None,
            "facts": {"firm": {name: chance.choice(values) for name, values in choices.items()}},
        }
        for i in range(400)
    ]  # fmt: skip
    population = pl.DataFrame(rows, schema=population_schema(policy))
    answers = Columns(policy, year=2026, as_of=DAY).decide(population).answers
    alone, read = compile_policy(policy), Rows(policy, 2026, DAY)
    for row, answer in zip(population.iter_rows(named=True), answers.iter_rows(named=True), strict=True):
        one = alone.evaluate(read.request(row)).measures[0]
        assert answer["reward"] == {
            "verdict": one.verdict, "amount": one.amount, "ceiling": one.ceiling, "potential": one.potential,
            "reasons": [reason.point.code for reason in one.reasons],
            "missing": [place(m.name, m.list_name, m.position).fact for m in one.missing],
        }  # fmt: skip


@pytest.mark.parametrize(
    ("award", "says"),
    [
        ("calculated: {steps: firm.staff, from: {30: 1, 10: 2}}", "ascend"),
        ("calculated: {steps: firm.staff, from: {10: 1, firm.staff: 2}}", "a constant"),
        ("calculated: {steps: firm.level, from: {10: 1}}", "takes a number"),
        ("calculated: {steps: firm.staff, form: {10: 1}}", "'form'"),
        ("calculated: {cases: [{else: 1}, {when: firm.green, then: 2}]}", "never reached"),
        ("calculated: {cases: [{when: firm.staff >= 0, then: 2}]}", "always holds"),
        ("calculated: {cases: [{when: firm.green, them: 2}]}", "'them'"),
        ("calculated: {sum: [firm.spent]}", "2 to"),
        ("calculated: {sum: [firm.spent, firm.rate]}", "expected money"),
        ("calculated: {product: [firm.spent, firm.spent]}", "money * money"),
        ("calculated: {product: [firm.rate, 3%]}", "no part of the product is money"),
        ("{calculated: firm.spent, round: hlaf up}", "one of half up"),
        ("calculated: {steps: firm.staff, from: {10: 5 - firm.spent}}", "below 0"),
    ],
)
def test_a_mistake_is_refused_with_what_was_expected(award: str, says: str) -> None:
    with pytest.raises(PackErrors) as refused:
        policy_of(award)
    assert any(says in error.message.en for error in refused.value.errors), refused.value.errors
    assert all(error.line > 1 for error in refused.value.errors)
