"""The JSON answer: its shape, its values, and the same bytes whatever was rendered before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.rules.evaluation import compile_policy
from app.rules.limits import Limit, LimitKind
from app.rules.policy import Award, AwardKind
from app.rules.rendering import compile_renderer, facts_digest, render
from app.rules.results import Evaluation, LimitUse, MeasureResult, Totals
from app.rules.words import answer_parts
from app.rules.words.answer_values import json_value, place
from tests.rules.speaking import (
    DAY,
    answer,
    both,
    first,
    leaf,
    measure,
    outlet_measure,
    past,
    policy,
    prizes_measure,
    request,
    value,
)

GRANTED = "patents.granted"
PRIZE = {"prize_id": "A-1", "level": "national", "first": True, "amount": 10_000_001, "project": "NAV-7"}
TOP = ["policy", "as_of", "year", "facts_digest", "assumptions", "totals", "measures"]
MEASURE = [
    "id", "clause", "title", "verdict", "award", "reasons", "missing", "lines", "limits", "obligations", "flags",
]  # fmt: skip


def test_the_shape_of_an_answer() -> None:
    of = policy(measure(leaf("patents.granted >= 10")), prizes_measure())
    found = answer(of, {GRANTED: 8, "prizes": [PRIZE]})
    assert list(found) == TOP
    assert found["policy"] == {"id": "small", "version": "1", "status": "draft", "digest": of.digest}
    assert (found["as_of"], found["year"], found["assumptions"]) == ("2026-11-23", 2026, [])
    assert found["totals"] == {
        "amount": "100000.01", "discretionary_ceiling": "0.00", "potential": "100000.01", "unbounded": [],
        "currency": "CNY",
    }  # fmt: skip
    assert [list(each) for each in found["measures"]] == [MEASURE, MEASURE]


def test_a_failed_count() -> None:
    found = first(measure(leaf("patents.granted >= 10")), {GRANTED: 8})
    assert found == {
        "id": "grants",
        "clause": "一（二）",
        "title": {"zh": "授权奖励", "en": "Award for grants"},
        "verdict": "ineligible",
        "award": {"kind": "fixed", "amount": "0.00", "ceiling": None, "potential": "0.00"},
        "reasons": [
            {
                "code": "grants.asked",
                "outcome": "not_met",
                "clause": "一（二）",
                "fact": "patents.granted",
                "pointer": "/facts/patents/granted",
                "value": 8,
                "required": {"operator": ">=", "value": 10},
                "shortfall": 2,
                "message": {
                    "zh": "年度专利授权量 8 件，需 10 件以上，还差 2 件",
                    "en": "Patents granted in the year: 8; at least 10 needed, 2 short",
                },
            }
        ],
        "missing": [],
        "lines": [],
        "limits": [],
        "obligations": [],
        "flags": [],
    }


def test_a_line_with_its_reasons_flags_limits_and_obligation() -> None:
    found = first(
        prizes_measure(),
        {"prizes": [PRIZE, {**PRIZE, "prize_id": 'B "2"'}]},
        history=(past("match", item='b"2"'),),
    )
    good, paid = found["lines"]
    assert {key: good[key] for key in ("item", "verdict", "amount", "counted")} == {
        "item": "A-1", "verdict": "eligible", "amount": "100000.01", "counted": None,
    }  # fmt: skip
    assert [(r["fact"], r["pointer"], r["value"]) for r in good["reasons"]] == [
        ("prizes[0].level", "/facts/prizes/0/level", "national"),
        ("prizes[0].first", "/facts/prizes/0/first", True),
    ]
    assert good["reasons"][0]["required"] == {"operator": "in", "value": ["national", "provincial"]}
    assert good["flags"] == [
        {
            "code": "match.national",
            "message": {"zh": "国家级奖项，请复核", "en": "A national award - please review"},
        }
    ]
    assert (paid["item"], paid["verdict"], paid["amount"]) == ('B "2"', "ineligible", "0.00")
    (reason,) = paid["reasons"]
    assert (reason["code"], reason["fact"], reason["pointer"]) == ("limit.once_per_item", None, None)
    assert (reason["value"], reason["required"]) == (1, {"operator": "<", "value": 1})
    assert found["limits"] == [
        {"kind": "once_per_item", "item": 'B "2"', "cap": 1, "used": 1, "remaining": 0, "reduced_by": 1}
    ]
    assert found["obligations"] == [
        {
            "code": "inventor-share",
            "item": "A-1",
            "at_least": "50000.01",
            "message": {
                "zh": "奖项 A-1 至少 50,000.01 元归发明人",
                "en": "At least 50,000.01 yuan of A-1 to the inventors",
            },
        }
    ]


@pytest.mark.parametrize(
    "item", ['"', "\\", "{at_least}", "\\u0000", "\\u0001", "\\1", "%b", "奖–项", "\x7f", ""]
)
def test_an_obligation_names_any_item(item: str) -> None:
    (duty,) = first(prizes_measure(), {"prizes": [{**PRIZE, "prize_id": item}]})["obligations"]
    assert duty["item"] == item
    assert duty["message"]["en"] == f"At least 50,000.01 yuan of {item} to the inventors"
    assert duty["message"]["zh"] == f"奖项 {item} 至少 50,000.01 元归发明人"


def test_missing_facts_with_type_and_choices() -> None:
    subject = both(
        "all", leaf("applicant.kind == university", "grants.kind"), leaf("applicant.high_tech", "grants.tech")
    )
    missing = first(measure(subject), {})["missing"]
    assert missing[0] == {
        "fact": "applicant.kind",
        "pointer": "/applicant/kind",
        "label": {"zh": "单位类型", "en": "kind of applicant"},
        "type": "choice",
        "choices": [
            {"code": "enterprise", "label": {"zh": "企业", "en": "enterprise"}},
            {"code": "state_owned", "label": {"zh": "国有企业", "en": "state-owned enterprise"}},
            {"code": "university", "label": {"zh": "高等院校", "en": "university"}},
        ],
    }
    assert (missing[1]["type"], missing[1]["choices"]) == ("boolean", None)
    (absent,) = first(prizes_measure(), {})["missing"]
    assert (absent["fact"], absent["pointer"], absent["type"]) == ("prizes", "/facts/prizes", "list")
    (field,) = first(prizes_measure(), {"prizes": [{**PRIZE, "amount": 1}, _without("amount")]})["missing"]
    assert (field["fact"], field["pointer"]) == ("prizes[1].amount", "/facts/prizes/1/amount")
    assert field["type"] == "money"


def _without(name: str) -> dict[str, Any]:
    return {key: each for key, each in PRIZE.items() if key != name}


def test_money_limits_are_text_and_others_numbers() -> None:
    limits = (Limit(LimitKind.ONCE_PER_YEAR, cap=3), Limit(LimitKind.ANNUAL_CAP, cap=20_000_000))
    found = first(
        measure(leaf("patents.granted >= 1"), limits=limits), {GRANTED: 1}, history=(past("grants"),)
    )
    assert found["limits"] == [
        {"kind": "once_per_year", "item": None, "cap": 3, "used": 1, "remaining": 2, "reduced_by": 0},
        {
            "kind": "annual_cap", "item": None, "cap": "200000.00", "used": "150000.00", "remaining": "50000.00",
            "reduced_by": "150000.00",
        },
    ]  # fmt: skip
    level = first(outlet_measure(), {"outlet.level": "national"}, history=(past("outlet", item="national"),))
    assert level["limits"][0]["item"] == "national"


def test_ceilings_and_services() -> None:
    ceiling = measure(leaf("patents.granted >= 1"), award=Award(AwardKind.UP_TO, value("100000")))
    assert first(ceiling, {GRANTED: 1})["award"] == {
        "kind": "up_to", "amount": None, "ceiling": "100000.00", "potential": "100000.00",
    }  # fmt: skip
    service = measure(leaf("patents.granted >= 1"), award=Award(AwardKind.SERVICE))
    assert first(service, {GRANTED: 1})["award"] == {
        "kind": "service", "amount": None, "ceiling": None, "potential": None,
    }  # fmt: skip
    open_ = answer(
        policy(measure(leaf("patents.granted >= 1"), award=Award(AwardKind.UNSPECIFIED))), {GRANTED: 1}
    )
    assert open_["totals"]["unbounded"] == ["grants"]


def test_a_trace_only_when_asked() -> None:
    of = policy(measure(both("any", leaf("patents.granted >= 10"), leaf("loan.rate <= 4%", "grants.rate"))))
    facts: dict[str, object] = {GRANTED: 8, "loan.rate": 3_500_000}
    assert "trace" not in answer(of, facts)["measures"][0]
    trace = answer(of, facts, traced=True)["measures"][0]["trace"]
    assert (trace["code"], trace["outcome"], trace["value"], trace["required"]) == (
        "grants",
        "met",
        None,
        None,
    )
    count, rate = trace["of"][0]["of"]
    assert (count["value"], count["required"]) == (8, {"operator": ">=", "value": 10})
    assert (rate["value"], rate["required"]) == ("3.5%", {"operator": "<=", "value": "4%"})
    assert rate["of"] == []


def test_assumptions_in_the_form_of_a_request() -> None:
    assumed = (
        ("alliance.since", date(2024, 2, 29)),
        ("applicant.credit.joint_punishment", False),
        ("loan.rate", 4_350_000),
        ("prizes[0].amount", 500),
        ("review.score", 755),
    )
    found = answer(policy(measure(leaf("patents.granted >= 10"))), {}, assumptions=assumed)
    assert [(each["fact"], each["value"]) for each in found["assumptions"]] == [
        ("alliance.since", "2024-02-29"),
        ("applicant.credit.joint_punishment", False),
        ("loan.rate", "4.35%"),
        ("prizes[0].amount", "5.00"),
        ("review.score", "75.5"),
    ]


@pytest.mark.parametrize(
    ("name", "list_name", "position", "fact", "pointer"),
    [
        ("applicant.credit.joint_punishment", None, None,
         "applicant.credit.joint_punishment", "/applicant/credit/joint_punishment"),
        ("patents.granted", None, None, "patents.granted", "/facts/patents/granted"),
        ("prizes", None, None, "prizes", "/facts/prizes"),
        ("amount", "prizes", 12, "prizes[12].amount", "/facts/prizes/12/amount"),
    ],
)  # fmt: skip
def test_places(name: str, list_name: str | None, position: int | None, fact: str, pointer: str) -> None:
    assert place(name, list_name, position) == (fact, pointer)


@pytest.mark.parametrize(
    ("known", "kind", "scale", "shown"),
    [
        (None, "count", 1, None), (True, "bool", 1, True), (8, "count", 1, 8), (20_000_000, "money", 1, "200000.00"),
        (5, "money", 1, "0.05"), (250, "money", 2, "1.25"), (1, "money", 2, "0.01"),
        (4_350_000, "percent", 10**8, "4.35%"),
        (755, "number", 10, "75.5"), (800, "number", 10, "80"), (1, "number", 3, "0.333333"),
        (DAY, "date", 1, "2026-11-23"), ("national", "choice", 1, "national"), (("a", "b"), "choice", 1, ["a", "b"]),
    ],
)  # fmt: skip
def test_values(known: object, kind: str, scale: int, shown: object) -> None:
    assert json_value(known, kind, scale) == shown


def test_a_value_of_no_known_type_is_refused() -> None:
    with pytest.raises(TypeError):
        json_value(1.5, "number")


# The same bytes


def _busy() -> tuple[Any, list[tuple[Any, Evaluation]]]:
    of = policy(
        measure(leaf("patents.granted >= 10"), leaf("loan.interest > 100", "grants.interest")),
        outlet_measure(),
        prizes_measure(),
    )
    evaluator = compile_policy(of)
    asked = [
        request(
            of,
            {
                GRANTED: n % 20,
                "loan.interest": 9_000 + n * 7,
                "outlet.level": ("national", "none")[n % 2],
                "prizes": [{**PRIZE, "prize_id": f"A-{n}", "amount": n * 1_000_003}],
            },
        )
        for n in range(60)
    ]
    return of, [(one, evaluator.evaluate(one)) for one in asked]


def test_the_bytes_do_not_depend_on_what_was_rendered_before(monkeypatch: pytest.MonkeyPatch) -> None:
    of, made = _busy()
    fresh = [compile_renderer(of)(evaluation, asked) for asked, evaluation in made]
    kept = compile_renderer(of)
    for _ in range(2):
        assert [kept(evaluation, asked) for asked, evaluation in made] == fresh
    monkeypatch.setattr(answer_parts, "MOST_REASONS", 3)
    monkeypatch.setattr(answer_parts, "MOST_AMOUNTS", 3)
    assert [kept(evaluation, asked) for asked, evaluation in reversed(made)] == fresh[::-1]
    assert [render(evaluation, asked, of) for asked, evaluation in made] == fresh


def test_the_bytes_are_compact_utf8_json() -> None:
    of, made = _busy()
    asked, evaluation = made[0]
    rendered = render(evaluation, asked, of)
    assert rendered == orjson.dumps(orjson.loads(rendered))
    assert "年度专利授权量".encode() in rendered


def test_amounts_that_meet_a_bound_are_each_told_as_they_are() -> None:
    of = measure(leaf("loan.interest >= 100"))
    for fen in (10_000, 10_001, 123_456_789, 10**14):
        (reason,) = first(of, {"loan.interest": fen})["reasons"]
        yuan = f"{fen // 100}.{fen % 100:02d}"
        assert (reason["value"], reason["outcome"]) == (yuan, "met")
        grouped = f"{fen // 100:,}.{fen % 100:02d}"
        assert reason["message"] == {
            "zh": f"贷款利息 {grouped} 元，符合要求（100.00 元以上）",
            "en": f"Interest: CNY {grouped}, as required (at least CNY 100.00)",
        }


def test_policies_alike_but_for_their_words_are_not_confused() -> None:
    one = policy(measure(leaf("patents.granted >= 10")))
    other = replace(one, currency="EUR", version="2")
    asked = request(one, {GRANTED: 8})
    evaluation = compile_policy(one).evaluate(asked)
    assert json.loads(render(evaluation, asked, one))["policy"]["version"] == "1"
    assert json.loads(render(evaluation, asked, other))["policy"]["version"] == "2"
    assert json.loads(render(evaluation, asked, one))["totals"]["currency"] == "CNY"


def test_an_answer_of_values_alone() -> None:
    of = policy(outlet_measure())
    result = MeasureResult(
        of.measures[0], "eligible", AwardKind.FIXED, 5, None, None, (), (), (),
        (LimitUse(LimitKind.ONCE, None, 1, 0, 1, 0),), (), (),
    )  # fmt: skip
    found = json.loads(render(Evaluation((result,), Totals(5, 0, 7, ("outlet",))), request(of, {}), of))
    assert found["measures"][0]["award"] == {
        "kind": "fixed",
        "amount": "0.05",
        "ceiling": None,
        "potential": None,
    }
    assert found["totals"]["potential"] == "0.07"
    assert found["totals"]["unbounded"] == ["outlet"]


# The digest

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
_KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
_NORMALISED = st.dictionaries(
    _KEYS,
    st.recursive(
        _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4)
    ),
    max_size=6,
)


@given(_NORMALISED)
def test_the_digest_is_over_the_canonical_form(normalised: dict[str, Any]) -> None:
    of = policy(outlet_measure())
    digest = facts_digest(request(of, {}, normalised=normalised))
    assert digest == "sha256:" + hashlib.sha256(rfc8785.dumps(normalised)).hexdigest()
    turned = dict(reversed(normalised.items()))
    assert facts_digest(request(of, {}, normalised=turned)) == digest
