"""`history`, `other_funding`, `assume` and relations: what they must and may hold, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest

from app.rules.requests import Funding, HistoryEntry
from tests.rules.small_policy import READ, TODAY, mistakes
from tests.yanhu.asking import ask, award, loan, past, project


def paid(*entries: Any) -> dict[str, Any]:
    return ask("patent-grants", {}, history=list(entries))


def funded(*entries: Any) -> dict[str, Any]:
    return ask("patent-grants", {}, other_funding=list(entries))


def assuming(assume: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return ask("patent-grants", facts, assume=assume)


@pytest.mark.parametrize(
    ("entry", "read"),
    [
        (past("patent-grants", "200000"), HistoryEntry("patent-grants", 2026, 20_000_000)),
        (
            past("navigation", item=" NAV-1 "),
            HistoryEntry("navigation", 2026, 100_000, "NAV-1", (), {"project": "NAV-1"}),
        ),
        (
            past("navigation", item="NAV-1", keys={"project": "nav1"}),
            HistoryEntry("navigation", 2026, 100_000, "NAV-1", (), {"project": "nav1"}),
        ),
        (past("service-outlet", item="national"), HistoryEntry("service-outlet", 2026, 100_000, "national")),
        (
            past("patent-award-match", item="A1", keys={"project": "P"}),
            HistoryEntry("patent-award-match", 2026, 100_000, "A1", (), {"project": "P"}),
        ),
        (
            past("pledge-financing", items=["L1", "L2"]),
            HistoryEntry("pledge-financing", 2026, 100_000, None, ("L1", "L2")),
        ),
        (past("pledge-financing", item="L1"), HistoryEntry("pledge-financing", 2026, 100_000, "L1")),
        (
            past("gi-trademark", item="T", items=None, keys={"project": None}),
            HistoryEntry("gi-trademark", 2026, 100_000, "T"),
        ),
    ],
)
def test_an_entry_is_read(entry: dict[str, Any], read: HistoryEntry) -> None:
    assert READ(paid(entry), TODAY).history == (read,)


@pytest.mark.parametrize(
    ("entry", "at", "code"),
    [
        (past("patent-grants", year=1999), "/year", "range"),
        (past("patent-grants", "-1.00"), "/amount", "range"),
        (past("patent-grants", None), "/amount", "required"),
        (past("navigation", item=""), "/item", "length"),
        (past("navigation", item=7), "/item", "type"),
        (past("navigation", item="a\0"), "/item", "text"),
        (past("navigation", item="A", keys={"project": "B"}), "/keys/project", "relation"),
        (past("navigation", item="A", keys={"projekt": "B"}), "/keys/projekt", "unknown_field"),
        (past("navigation", item="A", keys={"project": 1}), "/keys/project", "type"),
        (past("navigation", item="A", keys=[]), "/keys", "type"),
        (past("navigation", item="A", items=["A"]), "/items", "unknown_field"),
        (past("patent-grants", items=["A"]), "/items", "unknown_field"),
        (past("pledge-financing", items="L1"), "/items", "type"),
        (past("pledge-financing", items=["L1", 2]), "/items/1", "type"),
        (past("pledge-financing", items=["L1", "l 1"]), "/items/1", "duplicate_id"),
        (past("pledge-financing", items=["x"] * 1001), "/items", "length"),
        (past("service-outlet", item="National"), "/item", "choice"),
        (past("inventor-rewards"), "/measure", "choice"),
        (past(["patent-grants"]), "/measure", "type"),  # type: ignore[arg-type]
        ("paid", "", "type"),
        (None, "", "type"),
    ],
)
def test_an_entry_is_refused(entry: Any, at: str, code: str) -> None:
    assert mistakes(paid(past("patent-grants"), entry)) == [(f"/history/1{at}", code)]


def test_a_thousand_entries_and_no_more() -> None:
    assert mistakes(paid(*[past("patent-grants")] * 1000)) == []
    assert mistakes(paid(*[past("patent-grants")] * 1001)) == [("/history", "length")]
    assert mistakes({**paid(), "history": {}}) == [("/history", "type")]


def test_funding_is_read() -> None:
    body = funded(
        {"source": "district", "amount": 0, "project": " P "},
        {"source": "other", "amount": "1.5", "project": None},
    )
    assert READ(body, TODAY).other_funding == (Funding("district", 0, "P"), Funding("other", 150))


@pytest.mark.parametrize(
    ("entry", "at", "code"),
    [
        ({"source": "district", "amount": "-1"}, "/amount", "range"),
        ({"source": "district", "amount": "1", "project": ""}, "/project", "length"),
        ({"source": "district", "amount": "1", "year": 2026}, "/year", "unknown_field"),
        ([], "", "type"),
    ],
)
def test_funding_is_refused(entry: Any, at: str, code: str) -> None:
    assert mistakes(funded(entry)) == [(f"/other_funding/0{at}", code)]


def test_assumptions_fill_what_is_unknown_and_only_that() -> None:
    body = assuming(
        {
            "pledge_loans[1].interest": "7",
            "patents.granted": 99,
            "applicant.credit.joint_punishment": True,
            "patents.invention_granted": 2,
            "alliance.operating_since": "2020-01-01",
        },
        patents={"granted": 5},
        pledge_loans=[loan(), loan("L2", interest=None)],
        patent_awards=[award()],
    )
    del body["applicant"]["credit"]
    found = READ(body, TODAY)
    assert [(name, str(value)) for name, value in found.assumptions] == [
        ("alliance.operating_since", "2020-01-01"),
        ("applicant.credit.joint_punishment", "True"),
        ("patents.invention_granted", "2"),
        ("pledge_loans[1].interest", "700"),
    ]
    facts: Any = found.facts
    assert facts["patents.granted"] == 5
    assert facts["patents.invention_granted"] == 2
    assert facts["pledge_loans"][1]["interest"] == 700
    shown: Any = found.normalised
    assert shown["applicant"]["credit"] == {"joint_punishment": True}
    assert shown["facts"]["alliance"] == {"operating_since": "2020-01-01"}
    assert shown["facts"]["pledge_loans"][1]["interest"] == "7.00"


def test_what_is_assumed_gives_the_same_request_as_what_is_stated() -> None:
    assumed = READ(assuming({"patents.granted": 5, "finance.rate": 4}), TODAY)
    stated = READ(ask("patent-grants", {"patents": {"granted": 5}, "finance": {"rate": "4%"}}), TODAY)
    assert (assumed.facts, assumed.normalised) == (stated.facts, stated.normalised)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("patent_awards[0]", {}, "type"),
        ("patent_awards[1].amount", "1", "unknown_field"),
        ("patent_awards[00].amount", "1", "unknown_field"),
        ("patent_awards[0].amuont", "1", "unknown_field"),
        ("patent_awards[0].amount", "x", "format"),
        ("patent_awards[0].amount", None, "type"),
        ("pledge_loans[0].interest", "1", "unknown_field"),
        ("patents[0].granted", 1, "unknown_field"),
        ("/facts/patents/granted", 1, "unknown_field"),
        ("applicant", {}, "type"),
        ("applicant.credit", {}, "type"),
        ("applicant.kind", "company", "choice"),
        ("patents.granted", -1, "range"),
        ("", 1, "unknown_field"),
    ],
)
def test_what_cannot_be_assumed(name: str, value: Any, code: str) -> None:
    pointer = "/assume/" + name.replace("/", "~1")
    assert mistakes(assuming({name: value}, patent_awards=[award()])) == [(pointer, code)]


def test_assume_itself_is_an_object() -> None:
    assert mistakes(ask("patent-grants", {}, assume=[])) == [("/assume", "type")]


def test_an_item_of_a_list_that_is_wrong_itself_is_not_reported_again() -> None:
    body = assuming({"patent_awards[0].amount": "1"}, patent_awards=[award(level="x")])
    assert mistakes(body) == [("/facts/patent_awards/0/level", "choice")]


def test_a_relation_is_reported_where_it_was_assumed() -> None:
    known = {"granted": 3}
    assert mistakes(assuming({"patents.invention_granted": 4}, patents=known)) == [
        ("/assume/patents.invention_granted", "relation")
    ]
    assert mistakes(assuming({"patents.granted": 3}, patents={"invention_granted": 4})) == [
        ("/assume/patents.granted", "relation")
    ]


def test_a_relation_holds_between_known_facts_only() -> None:
    assert mistakes(ask("patent-grants", {"patents": {"invention_granted": 4}})) == []
    assert mistakes(ask("patent-grants", {"patents": {"invention_granted": 4, "granted": 4}})) == []
    both = {"granted": 3, "invention_granted": 4, "high_value_granted": 5}
    assert mistakes(ask("patent-grants", {"patents": both})) == [
        ("/facts/patents/invention_granted", "relation"),
        ("/facts/patents/high_value_granted", "relation"),
    ]


def test_a_relation_with_a_constant() -> None:
    assert mistakes(ask("patent-grants", {"patents": {"granted": 900_000_001}})) == [
        ("/facts/patents/granted", "relation")
    ]


def test_an_item_may_be_named_in_history_and_stated_again() -> None:
    body = ask(
        "patent-grants", {"navigation_projects": [project("P1")]}, history=[past("navigation", item="P1")]
    )
    assert mistakes(body) == []
