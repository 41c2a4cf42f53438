"""Obligations by an amount and by words and a time: figures by hand, sentences, mistakes."""

from __future__ import annotations

import pytest

from app.rules.evaluation import compile_policy
from app.rules.reading import compile_reader
from app.rules.rendering import compile_renderer
from app.services.measure_forms import measure_form
from tests.rules.laws.firms import DAY, decide, policy_of, refused

BY_AMOUNT = """
award: {calculated: 10% * firm.spent}
obligations:
  share:
    at_least: 70% * granted
    round: up to 100
    to: {zh: 发明人, en: the inventors}
    says: {zh: "至少 {at_least} 归发明人", en: "at least {at_least} to the inventors"}
"""
BY_TIME = """
award: {fixed: 500}
obligations:
  stay:
    for: 10 years
    words: {zh: 不迁出本区, en: Stays in the district}
    clawback: 100%
  report: {words: {zh: 报送年报, en: Reports every year}}
"""


@pytest.mark.parametrize(("spent", "least"), [(10000_00, 70_000), (10001_00, 80_000), (1_00, 10_000)])
def test_an_amount_is_rounded_as_the_pack_says(spent: int, least: int) -> None:
    # 70 % of a tenth, up to whole hundreds of yuan: 700 stays, 700.07 and 0.07 go up
    found = decide(policy_of(BY_AMOUNT), spent=spent)
    assert [due.at_least for due in found.obligations] == [least]


def test_words_and_a_time_come_with_the_award_and_have_no_amount() -> None:
    found = decide(policy_of(BY_TIME))
    assert [(due.obligation.code, due.at_least) for due in found.obligations] == [
        ("stay", None),
        ("report", None),
    ]
    assert found.obligations[0].obligation.says.zh == "不迁出本区（期限 10 年）；违反的追回 100%"
    says = "Stays in the district (for 10 years); otherwise 100% is clawed back"
    assert found.obligations[0].obligation.says.en == says


def test_the_answer_and_the_catalogue_have_them() -> None:
    policy = policy_of(BY_TIME)
    request = compile_reader(policy)({"applicant": {"name": "测", "uscc": "91140802MA0GT0018G"}}, DAY)
    answer = compile_renderer(policy)(compile_policy(policy).evaluate(request), request)
    assert b'{"code":"report","item":null,"at_least":null,"message":{"zh":"' in answer
    form = measure_form(policy.measures[0], policy)["obligations"]
    assert [(one["code"], one["at_least"], one["to"]) for one in form] == [
        ("stay", None, None),
        ("report", None, None),
    ]
    policy = policy_of(BY_AMOUNT)
    assert measure_form(policy.measures[0], policy)["obligations"][0]["to"]["en"] == "the inventors"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("stay: {for: ten years, words: {zh: 留, en: Stay}}", "30 days, 6 months or 10 years"),
        ("stay: {for: 0 years, words: {zh: 留, en: Stay}}", "30 days, 6 months or 10 years"),
        ("stay: {words: {zh: 留, en: Stay}, clawback: 110%}", "at most 100%"),
        ("stay: {words: {zh: 留, en: Stay}, clawback: half}", "at most 100%"),
        ("stay: {words: {zh: 留}}", "both languages"),
        ("stay: {words: {zh: 留, en: Stay}, forr: 1 year}", "unknown key 'forr'"),
        ("stay: {for: 1 year}", "exactly one of at_least, words"),
        ("stay: {at_least: 5, says: {zh: 留, en: Stay}, round: upp}", "one of half up"),
    ],
)
def test_a_mistake_is_told_on_its_line(line: str, says: str) -> None:
    found = refused(f"award: {{fixed: 5}}\nobligations:\n  {line}")
    assert any(where == line and says in words for where, words in found), found
