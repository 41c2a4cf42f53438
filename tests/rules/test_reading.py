"""Requests: what is taken and how it is kept, and that everything wrong is told at its place."""

from __future__ import annotations

import copy
import json
import unicodedata
from datetime import date
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.rules.input.strict_json import parse_json
from app.rules.reading import InputErrors, compile_reader
from tests.rules.small_policy import MEASURES, POLICY, READ, TODAY, asked, mistakes
from tests.yanhu.asking import ABSENT, ask, award, loan, past, project
from tests.yanhu.cases_bad import GOOD

EVALUATED = [measure.id for measure in MEASURES[:6]]


def stated(facts: dict[str, Any]) -> dict[str, Any]:
    return ask("patent-grants", facts)


def facts_of(facts: dict[str, Any]) -> Any:
    """What is known under the names of facts, the applicant aside."""
    known = READ(parse_json(json.dumps(stated(facts)).encode()), TODAY).facts
    return {name: value for name, value in known.items() if not name.startswith("applicant.")}


def test_every_type_in_the_engines_units() -> None:
    assert facts_of(
        {
            "patents": {"granted": 10},
            "alliance": {"operating_since": "2024-02-29"},
            "finance": {"rate": "4.35%", "score": 1.5, "balance": "-12.30", "turnover": 1e5, "remark": " x "},
            "service_outlet": {"recognised_level": "none"},
        }
    ) == {
        "patents.granted": 10,
        "alliance.operating_since": date(2024, 2, 29),
        "finance.rate": 4_350_000,
        "finance.score": 15,
        "finance.balance": -1230,
        "finance.turnover": 10_000_000,
        "finance.remark": "x",
        "service_outlet.recognised_level": "none",
    }


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("rate", "4.35", "format"),
        ("rate", "4.3500001%", "format"),
        ("rate", 0.0000001, "format"),
        ("rate", "101%", "range"),
        ("rate", 101, "range"),
        ("rate", -1, "range"),
        ("rate", True, "type"),
        ("rate", [1], "type"),
        ("score", 1.55, "format"),
        ("score", "1.50", "format"),
        ("score", 100.1, "range"),
        ("score", "-1", "range"),
        ("balance", -500.01, "range"),
        ("turnover", "-0", "range"),
        ("turnover", "10000000.01", "range"),
        ("turnover", 10**40, "range"),
        ("turnover", {}, "type"),
        ("remark", "x" * 201, "length"),
        ("remark", "x" * 199 + "  ", "length"),
        ("remark", "\u0958" * 150, "length"),
        ("remark", "a\tb", "text"),
        ("remark", "a\x85b", "text"),
        ("remark", "\u3000", "length"),
    ],
)
def test_what_a_fact_may_not_be(name: str, value: Any, code: str) -> None:
    body = parse_json(json.dumps(stated({"finance": {name: value}})).encode())
    assert mistakes(body) == [(f"/facts/finance/{name}", code)]


@pytest.mark.parametrize(
    ("given", "known"), [(4.35, 4_350_000), (50, 50_000_000), ("0%", 0), ("100.000000%", 10**8)]
)
def test_percent_points_or_text(given: Any, known: int) -> None:
    assert facts_of({"finance": {"rate": given}}) == {"finance.rate": known}


@pytest.mark.parametrize(
    "written", ["2024-2-29", "20240229", "2024-W09-4", "2024-02-29 ", "2024/02/29", "0000-01-01"]
)
def test_days_are_written_one_way(written: str) -> None:
    assert mistakes(asked(as_of=written)) == [("/as_of", "format")]


def test_unknown_is_simply_not_there() -> None:
    body = stated({"patents": {"granted": None}, "alliance": None, "patent_awards": None})
    body["applicant"]["credit"] = {"joint_punishment": None}
    nothing = stated({})
    del nothing["applicant"]["credit"]
    assert READ(body, TODAY) == READ(nothing, TODAY)


def test_an_empty_list_is_known_and_its_items_keep_their_places() -> None:
    assert facts_of({"patent_awards": [], "exhibition_awards": [{}, {"won": None}, {"won": True}]}) == {
        "patent_awards": [],
        "exhibition_awards": [{}, {}, {"won": True}],
    }


def test_items_hold_their_known_fields() -> None:
    assert facts_of({"patent_awards": [award(level=None, project=None), award("A2", project="P 1")]}) == {
        "patent_awards": [
            {"award_id": "A1", "name": "奖", "category": "patent", "first_unit": True, "amount": 5_000_000},
            {"award_id": "A2", "name": "奖", "level": "provincial", "category": "patent"}
            | {"first_unit": True, "amount": 5_000_000, "project": "P 1"},
        ]
    }


def test_two_items_may_share_a_project_but_not_an_id() -> None:
    shared = [award("A1", project="P"), award("A2", project="P")]
    assert mistakes(stated({"patent_awards": shared})) == []


def test_what_is_left_out_at_the_top_has_its_default() -> None:
    body = {"applicant": {"name": "x", "uscc": "91140802ma0gt0018g"}}
    for sent in (
        body,
        {**body, **dict.fromkeys(("as_of", "year", "measures", "facts", "history", "assume"))},
    ):
        found = READ(sent, TODAY)
        assert (found.as_of, found.year, found.measures) == (TODAY, 2026, frozenset(EVALUATED))
        assert found.facts == {"applicant.name": "x", "applicant.uscc": "91140802MA0GT0018G"}
        assert (found.history, found.other_funding, found.assumptions) == ((), (), ())


def test_a_day_outside_the_years_that_can_be_asked_for() -> None:
    assert mistakes(asked(as_of="2101-01-01", year=ABSENT)) == [("/as_of", "range")]
    assert mistakes(asked(as_of="2100-12-31", year=ABSENT)) == []


def test_today_outside_the_policys_time_is_the_fault_of_the_day() -> None:
    with pytest.raises(InputErrors) as refused:
        READ(asked(as_of=ABSENT), date(2020, 1, 1))
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/as_of", "range")]


def full() -> dict[str, Any]:
    return asked(
        measures=["navigation", "patent-grants"],
        facts={
            "patents": {"granted": 3},
            "alliance": {"operating_since": "2024-02-29"},
            "finance": {"rate": 4, "score": "1.5", "balance": -1, "turnover": "1", "remark": "e\u0301"},
            "patent_awards": [award(amount=5), award("A-2", amount="7.5", project=" P ")],
            "navigation_projects": [project()],
            "pledge_loans": [loan(interest=None)],
            "exhibition_awards": [{}],
        },
        history=[
            past("pledge-financing", "1", items=["L1"], keys={}),
            past("navigation", 2, item="NAV-9", keys={"project": None}),
        ],
        other_funding=[{"source": "district", "amount": 1, "project": None}],
        assume={
            "pledge_loans[0].interest": "3",
            "patents.high_value_granted": 1,
        },
    )


def test_the_normalised_request_is_the_request_in_its_one_form() -> None:
    assert READ(full(), TODAY).normalised == {
        "as_of": "2026-11-23",
        "year": 2026,
        "measures": ["patent-grants", "navigation"],
        "applicant": GOOD["applicant"],
        "facts": {
            "patents": {"granted": 3, "high_value_granted": 1},
            "alliance": {"operating_since": "2024-02-29"},
            "finance": {
                "rate": "4%",
                "score": "1.5",
                "balance": "-1",
                "turnover": "1.00",
                "remark": unicodedata.normalize("NFC", "e\u0301"),
            },
            "patent_awards": [award(amount="5.00"), award("A-2", amount="7.50", project="P")],
            "navigation_projects": [project()],
            "pledge_loans": [loan(interest="3.00", guarantee_fee="0.00", appraisal_fee="0.00")],
            "exhibition_awards": [{}],
        },
        "history": [
            {"measure": "pledge-financing", "year": 2026, "amount": "1.00", "items": ["L1"]},
            {"measure": "navigation", "year": 2026, "amount": "2.00", "item": "NAV-9"},
        ],
        "other_funding": [{"source": "district", "amount": "1.00"}],
    }


def test_the_normalised_request_is_a_request_and_stays_as_it_is() -> None:
    first = READ(full(), TODAY)
    second = READ(copy.deepcopy(first.normalised), date(2030, 1, 1))
    assert second.normalised == first.normalised
    assert second.facts == first.facts
    assert second.history == first.history


@given(st.text(max_size=30), st.text(max_size=30))
def test_its_bytes_are_canonical_json(name: str, key: str) -> None:
    body = full()
    body["applicant"]["name"] = f"x{name}"
    body["history"][1]["keys"] = {"project": f" {key}."}
    body["history"][1]["item"] = f"{key}."
    if mistakes(body):
        assert any(unicodedata.category(character) in ("Cc", "Cs") for character in name + key)
        return
    normalised = READ(body, TODAY).normalised
    assert orjson.dumps(normalised, option=orjson.OPT_SORT_KEYS) == rfc8785.dumps(dict(normalised))


def test_a_body_is_never_changed() -> None:
    body = full()
    before = copy.deepcopy(body)
    READ(body, TODAY)
    assert body == before


def test_readers_of_one_policy_share_nothing() -> None:
    other = compile_reader(POLICY)
    first = other(asked(), TODAY)
    assert first == READ(asked(), TODAY)
    assert first.normalised is not other(asked(), TODAY).normalised


def test_a_day_past_the_years_of_awards_is_read_when_the_year_is_given() -> None:
    assert READ({**full(), "as_of": "2150-01-01"}, TODAY).as_of.year == 2150
    without = {key: value for key, value in full().items() if key != "year"}
    with pytest.raises(InputErrors) as refused:
        READ({**without, "as_of": "2150-01-01"}, TODAY)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/as_of", "range")]
