"""A budget or places in a single answer, the catalogue, the pages and the differences: named, and nothing taken off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from app.rules.allotment import AllotBy, Last, Ties
from app.rules.evaluation import compile_policy
from app.rules.loading import load_policy
from app.rules.rendering import render
from app.rules.words.required_facts import required_facts
from app.schemas.answers import EvaluationAnswer
from app.schemas.catalogue import AllotmentForm
from app.services.measure_forms import measure_form
from app.services.policy_diff import differences
from app.services.policy_pages import policy_page
from tests.rules.limits.works import HEAD, ONE, REWARD, paid, request, work

if TYPE_CHECKING:
    from app.rules.allotment import Allotment
    from app.rules.policy import Policy

BUDGET = "allot: {budget: 5000, per: year, by: scale}"
RANKED = (
    "allot:\n      places: 3\n      by: firm.spent\n      then:\n        - count(w in works where w.good)"
)
ARRIVAL = "allot: {budget: 5000.5, by: arrival, last: partial}"
DATED = """
    parameters: {all: {2024: 100, 2026: 300}}
    award: {calculated: firm.spent}
    allot: {budget: all, per: year, by: firm.spent, ties: refuse, last: refuse}
"""
NOTICE = """
notices:
  2026: {year: 2026, published: 2026-01-05, parameters: {reward.all: 450}}
"""
GROUPED = "\ngroups:\n  all_of_it: {measures: all, limits: [at most 175 per year]}\n"


def scarce(allot: str, form: str = ONE, after: str = "") -> Policy:
    """The pack of one measure with an allotment."""
    text = HEAD.replace("ORDER", "reward") + "measures:\n" + REWARD.strip("\n") + "\n" + form.strip("\n")
    return load_policy({"policy.yaml": f"{text}\n    {allot}\n{after}"})


def allotment_of(policy: Policy) -> Allotment:
    found = policy.measures[0].allotment
    assert found is not None
    return found


def answer(policy: Policy, **facts: object) -> EvaluationAnswer:
    """As clients get it, checked by its schema."""
    asked = request(**facts)  # type: ignore[arg-type]
    body = render(compile_policy(policy).evaluate(asked), asked, policy)
    return EvaluationAnswer.model_validate_json(body)


def test_an_allotment_is_read_with_its_defaults() -> None:
    ranked = allotment_of(scarce(RANKED))
    assert (ranked.by, ranked.budget, ranked.places, ranked.per_year) == (AllotBy.RANK, None, 3, False)
    assert (ranked.ties, ranked.last, len(ranked.scores), ranked.whole) == (Ties.DECIDE, Last.REFUSE, 2, 3)
    arrival = allotment_of(scarce(ARRIVAL))
    assert (arrival.by, arrival.whole, arrival.last, arrival.in_money) == (
        AllotBy.ARRIVAL,
        5000_50,
        Last.PARTIAL,
        True,
    )
    assert allotment_of(scarce(BUDGET)).per_year


@pytest.mark.parametrize(
    ("allot", "limit"),
    [
        (BUDGET, ("budget", None, "5000.00", None, "5000.00", "0.00")),
        (RANKED, ("quota", None, 3, None, 3, 0)),
    ],
)
def test_a_single_answer_names_it_as_pending_and_takes_nothing_off(
    allot: str, limit: tuple[object, ...]
) -> None:
    found = answer(scarce(allot), spent=900_00)
    (measure,) = found.measures
    assert (measure.verdict, measure.award.amount, measure.award.potential) == (
        "eligible",
        "900.00",
        "900.00",
    )
    assert [tuple(json.loads(one.model_dump_json()).values()) for one in measure.limits] in (
        [limit],
        [(*limit[1:], limit[0])],
    )
    assert (found.totals.amount, found.totals.potential) == ("900.00", "900.00")


def test_it_is_pending_while_undetermined_and_no_matter_to_who_is_not_eligible() -> None:
    policy = scarce(BUDGET)
    assert [one.kind for one in answer(policy).measures[0].limits] == ["budget"]
    out = answer(policy, spent=0).measures[0]
    assert (out.verdict, out.limits) == ("ineligible", [])


def test_a_budget_by_years_and_the_notice_of_a_year() -> None:
    policy = scarce("", DATED)
    assert [policy.on(year, policy.in_force_from).measures[0].allotment.budget for year in (2025, 2026)] == [  # type: ignore[union-attr]
        100_00,
        300_00,
    ]
    noticed = scarce("", DATED, NOTICE)
    assert allotment_of(noticed.notice_of(2026).policy).budget == 450_00


SCALED = "所有申请人每年共有预算 5,000.00 元；合计超出预算时各户按同一比例缩减，向下取整到分，余数不发"
SCALED_EN = (
    "a budget of CNY 5,000.00 a year for all applicants; where all come to more, each is scaled by the same factor,"
    " rounded down to the fen, the remainder unspent"
)
FIRST = "所有申请人共有预算 5,000.50 元；先到先得；跨过预算的一户得余额"
FIRST_EN = (
    "a budget of CNY 5,000.50 for all applicants; first come, first served;"
    " whoever crosses the budget gets what is left of it"
)


@pytest.mark.parametrize(("allot", "zh", "en"), [(BUDGET, SCALED, SCALED_EN), (ARRIVAL, FIRST, FIRST_EN)])
def test_it_is_told_in_both_languages(allot: str, zh: str, en: str) -> None:
    policy = scarce(allot)
    form = AllotmentForm.model_validate(measure_form(policy.measures[0], policy)["allotment"])
    assert (form.text.zh, form.text.en) == (zh, en)
    page = policy_page(policy).sections[1]
    lines = {block.title.en: block.lines for block in page.blocks}
    assert [line.words.en for line in lines["Budget and places"]] == [en]
    assert lines["Flow"][-1].words.zh == "在所有申请人之间分配"


def test_scores_are_told_and_are_facts_that_a_platform_asks_for() -> None:
    policy = scarce(RANKED)
    form = AllotmentForm.model_validate(measure_form(policy.measures[0], policy)["allotment"])
    assert (form.by, form.ties, form.last, form.places, form.budget) == ("rank", "decide", None, 3, None)
    assert len(form.scores) == 2
    assert form.scores[0].en == "spent"
    assert "ranked by spent, then " in form.text.en
    assert {"firm.spent", "works"} <= set(required_facts(policy.measures[0]))


@pytest.mark.parametrize(
    "after",
    [
        "allot: {budget: 6000, per: year, by: scale}",
        "allot: {budget: 5000, by: scale}",
        "allot: {budget: 5000, per: year, by: arrival, last: refuse}",
        "allot: {places: 5000, per: year, by: arrival}",
        "",
    ],
)
def test_a_difference_of_it_is_told_in_words(after: str) -> None:
    before = scarce(BUDGET)
    found = differences(before, scarce(after))
    assert [(one.measure, one.part, one.key) for one in found.changes] == [("reward", "allot", "allot")]
    assert found.changes[0].before is not None
    assert not found.same_content


def test_the_order_of_its_keys_is_no_difference() -> None:
    before, after = scarce(BUDGET), scarce("allot: {by: scale, per: year, budget: 5000}")
    assert before.digest == after.digest
    assert differences(before, after).changes == ()


def test_a_cap_of_a_group_is_money_in_the_answer() -> None:
    policy = scarce(BUDGET, after=GROUPED)
    limits = {
        one.kind: json.loads(one.model_dump_json()) for one in answer(policy, spent=200_00).measures[0].limits
    }
    assert (limits["group_cap"]["cap"], limits["group_cap"]["reduced_by"]) == ("175.00", "25.00")
    assert limits["budget"]["remaining"] == "5000.00"


def test_limits_by_history_stand_beside_it() -> None:
    form = ONE + "    limits: [at most 100 per year]\n"
    policy = scarce(BUDGET, form)
    asked = request([work("1", 5)], [paid(40)], spent=90_00)
    (found,) = compile_policy(policy).evaluate(asked).measures
    assert (found.amount, [str(one.kind) for one in found.limits]) == (60_00, ["annual_cap", "budget"])
