"""How an award is paid once granted: instalments, payees, holds (language.md section 11), and conditional limits."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.evaluation import compile_policy
from app.rules.payment_terms import WHOLE, Instalment, Payee, PaymentTerms, parts
from app.rules.policy import Words
from app.rules.rendering import render
from app.rules.requests import EvaluationRequest, HistoryEntry
from app.services.measure_forms import measure_form
from tests.rules.laws import several
from tests.rules.laws.firms import DAY, decide, policy_of, refused, same_in_columns

TERMS = """
award: {calculated: firm.spent}
instalments:
  - {share: 30%}
  - {share: 30%, after: 12 months}
  - {rest: yes, when: firm.green, says: {zh: 凭验收报告, en: with the report of acceptance}}
payee:
  - {to: {zh: 研发团队, en: the team}, name: firm.town, share: 70%}
  - {to: {zh: 单位, en: the firm}, rest: yes}
hold:
  when: firm.level == low
  says: {zh: 评价结束后支付, en: Paid once the review is over}
"""


def payment(measure: str, **firm: object) -> dict[str, object] | None:
    """As an answer shows it."""
    policy = policy_of(measure)
    facts: dict[str, object] = {f"firm.{name}": value for name, value in firm.items() if value is not None}
    facts |= {"applicant.name": "测", "applicant.uscc": "91140802MA0GT0018G"}
    request = EvaluationRequest(DAY, DAY.year, frozenset({"reward"}), facts, ())
    answer = json.loads(render(compile_policy(policy).evaluate(request), request, policy))
    return answer["measures"][0].get("payment")  # type: ignore[no-any-return]


def test_each_instalment_is_divided_among_the_payees_and_nothing_is_lost() -> None:
    found = payment(TERMS, spent=100_01, level="high", town="甲队")
    assert found is not None
    assert [(one["instalment"], one["payee"]["en"], one["payee_name"], one["amount"]) for one in found["parts"]] == [
        (1, "the team", "甲队", "21.00"), (1, "the firm", None, "9.00"),
        (2, "the team", "甲队", "21.00"), (2, "the firm", None, "9.00"),
        (3, "the team", "甲队", "28.00"), (3, "the firm", None, "12.01"),
    ]  # fmt: skip
    assert [one["due"] for one in found["parts"][::2]] == [
        None,
        {"zh": "上期支付后 12 个月", "en": "12 months after the payment before"},
        {"zh": "须：绿色为“是”，凭验收报告", "en": "when: green: yes, with the report of acceptance"},
    ]
    assert found["hold"] == {
        "held": False,
        "message": {"zh": "评价结束后支付", "en": "Paid once the review is over"},
    }


@pytest.mark.parametrize(("level", "held"), [("low", True), ("high", False), (None, None)])
def test_a_hold_is_told_and_changes_no_amount(level: str | None, held: bool | None) -> None:
    found = payment(TERMS, spent=100_00, level=level)
    assert found is not None
    assert found["hold"]["held"] is held  # type: ignore[index]
    policy = policy_of(TERMS)
    assert decide(policy, spent=100_00, level=level).amount == 100_00
    assert decide(policy, spent=100_00, level=level).missing == ()


def test_what_is_not_settled_has_no_amounts_and_what_is_ineligible_no_payment() -> None:
    found = payment(TERMS)
    assert found is not None
    assert {one["amount"] for one in found["parts"]} == {None}
    assert payment(TERMS, spent=0) is None
    assert payment("award: {fixed: 100}") is None


def test_shares_are_rounded_down_and_the_rest_takes_what_is_left() -> None:
    found = payment("award: {fixed: 100}\ninstalments: [{share: 33.333333%}, {rest: yes}]")
    assert found is not None
    assert [one["amount"] for one in found["parts"]] == ["33.33", "66.67"]


def test_items_are_each_paid_in_parts() -> None:
    works = """
  works-grant:
    clause: 三
    title: {zh: 工程补助, en: works grant}
    each: {item: work in works, id: work.no, award: {calculated: work.cost}}
    instalments: [{share: 50%}, {rest: yes}]
"""
    policy = several.policy_of(works, "works-grant")
    found = several.decide(policy, works=[{"no": "A", "cost": 3}, {"no": "B", "cost": 5}])["works-grant"]
    assert found.plan is not None
    # Half of 3 fen and of 5 fen, each rounded down.
    assert [part.amount for part in found.plan.parts] == [1 + 2, 2 + 3]


shares = st.lists(st.integers(1, WHOLE // 6), min_size=1, max_size=4)


@given(st.integers(1, 10**14), shares, shares)
def test_parts_sum_to_the_award(amount: int, by_time: list[int], by_payee: list[int]) -> None:
    terms = PaymentTerms(
        (Instalment(None), *map(Instalment, by_time)),
        (*(Payee(Words("", ""), share) for share in by_payee), Payee(Words("", ""))),
    )
    found = parts(terms, amount)
    assert sum(part.amount for part in found) == amount
    assert all(part.amount > 0 for part in found)
    assert [(part.instalment, part.payee) for part in found] == sorted((p.instalment, p.payee) for p in found)
    for number, share in enumerate(by_time, 1):
        assert sum(part.amount for part in found if part.instalment == number) == amount * share // WHOLE


def test_the_catalogue_says_it_in_words() -> None:
    policy = policy_of(
        TERMS + "review: {zh: 待法制审核, en: For legal review}\nsays: {zh: 一句话, en: In a word}\n"
    )
    form = measure_form(policy.measures[0], policy)
    assert [one["en"] for one in form["payment"]] == [
        "Instalment 1: 30%",
        "Instalment 2: 30% (12 months after the payment before)",
        "Instalment 3: the rest (when: green: yes, with the report of acceptance)",
        "Of it 70% to the team (town)",
        "Of it the rest to the firm",
        "Not paid while: level is low (Paid once the review is over)",
    ]
    assert form["payment"][0]["zh"] == "第 1 期支付 30%"
    assert (form["legal_review"]["en"], form["says"]["zh"]) == ("For legal review", "一句话")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("instalments: [{rest: yes}]", "instalments are two or more"),
        ("instalments: [{share: 30%}, {share: 70%}]", "one of them takes the rest: `rest: yes`"),
        ("instalments: [{rest: yes}, {rest: yes}]", "only one takes the rest"),
        ("instalments: [{share: 100%}, {rest: yes}]", "a share is above 0 and below 100%"),
        ("instalments: [{share: 60%}, {share: 40%}, {rest: yes}]", "the shares come to 100% or more: nothing is left"),
        ("instalments: [{share: 30}, {rest: yes}]", "expected a constant of type percent"),
        ("instalments: [{share: 30%}, {rest: no}]", "`rest` is always yes"),
        ("instalments: [{after: 3 months}, {rest: yes}]", "either `share` or `rest: yes`"),
        ("instalments: [{share: 30%}, {rest: yes, after: soon}]", "a time is written as 30 days, 6 months or 10 years"),
        ("instalments: [{share: 30%}, {rest: yes, wen: firm.green}]", "unknown key 'wen'"),
        ("payee: [{to: {zh: 甲, en: a}, rest: yes}]", "one payee alone is no list"),
        ("payee: {to: {zh: 甲, en: a}, share: 30%}", "unknown key 'share'"),
        ("payee: {to: {zh: 甲, en: a}, name: firm.staff}", "`name` is the name of a fact that is a text"),
        ("hold: {when: firm.green}", "'says' is missing"),
        ("limits: [{limit: once, when: firm.green}]", "`when` of a limit reads readings and parameters only"),
        ("limits: [{limit: once}]", "a limit with a condition has `limit` and `when`"),
    ],
)  # fmt: skip
def test_what_is_written_wrongly_is_told_at_its_line(said: str, why: str) -> None:
    ((found, told),) = refused(f"award: {{calculated: firm.spent}}\n{said}\n")
    assert told == why
    assert found == said


# A limit that hangs on a reading


READING = """
readings:
  step_up:
    clause: 三
    question: {zh: 升级后如何计, en: How is a step up counted}
    options: {difference: [补差, the difference], once: [只给一次, once for all]}
    chosen: CHOSEN
"""
LIMITED = """
award: {calculated: firm.spent}
limits:
  - {limit: once topped up, when: reading.step_up == difference}
  - {limit: once, when: reading.step_up == once}
"""


@pytest.mark.parametrize(("chosen", "amount"), [("difference", 60_00), ("once", 0)])
def test_a_limit_that_hangs_on_a_reading(chosen: str, amount: int) -> None:
    policy = policy_of(LIMITED, READING.replace("CHOSEN", chosen))
    facts = {"firm.spent": 100_00, "applicant.name": "测", "applicant.uscc": "91140802MA0GT0018G"}
    history = (HistoryEntry("reward", 2025, 40_00),)
    request = EvaluationRequest(DAY, 2026, frozenset({"reward"}), facts, history)
    assert compile_policy(policy).evaluate(request).measures[0].amount == amount
    same_in_columns(policy)


def test_an_undecided_reading_decides_no_limit() -> None:
    ((line, told), _) = refused(LIMITED, READING.replace("CHOSEN", "undecided"))
    assert told == "a limit cannot hang on a reading that nobody decided: choose one"
    assert line.startswith("- {limit: once topped up")


def test_a_notice_that_chooses_anew_changes_the_limit() -> None:
    notice = """
notices:
  '2026':
    year: 2026
    published: 2026-03-01
    readings: {step_up: once}
"""
    policy = policy_of(LIMITED, READING.replace("CHOSEN", "difference") + notice)
    before, after = policy.as_read(2026, date(2026, 2, 1)), policy.as_read(2026, DAY)
    assert [limit.text for limit in before.measures[0].limits] == ["once topped up"]
    assert [str(limit.kind) for limit in after.measures[0].limits] == ["once"]
