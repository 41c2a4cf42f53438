"""The version that decides a request: by its day, under the notice of its year; and what the catalogue shows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from app.rules.ledger_keys import LedgerKeysMoved
from app.rules.policy import AwardKind
from app.rules.reading import InputErrors
from app.schemas.catalogue import MeasureDetail, PolicyDetail
from app.services.answer_locally import LocalPolicy
from app.services.catalogue import Catalogue
from app.services.evaluate import decide
from app.services.published_policies import PublishedPolicies, PublishedPolicy
from tests.rules.loading.packs import GRANT, HEAD, NOTICE, NOTICED

PUBLISHED = PublishedPolicy.of(NOTICED)
POLICIES = PublishedPolicies([PUBLISHED])
APPLICANT = {
    "name": "某企业",
    "uscc": "91140802MA0GT0018G",
    "kind": "enterprise",
    "credit": {"joint_punishment": False},
}
STAFF = {
    "total": 20,
    "abroad": 0,
    "pay": 10,
    "share": 60,
    "level": "high",
    "green": True,
    "since": "2024-05-01",
}


def body(**top: Any) -> dict[str, Any]:
    """A request that every measure of the pack can be decided by."""
    facts = {"staff": {**STAFF, **top.pop("staff", {})}, "prizes": top.pop("prizes", [])}
    return {"as_of": "2026-03-01", "applicant": APPLICANT, "facts": facts, **top}


def answered(request: dict[str, Any], policies: PublishedPolicies = POLICIES, **how: Any) -> dict[str, Any]:
    """The answer to a request, by measure."""
    answer = json.loads(decide(policies, "small", json.dumps(request).encode(), **how).content)
    return {measure["id"]: measure for measure in answer["measures"]}


def test_a_version_is_read_under_the_notice_of_the_year_once_it_is_published() -> None:
    noticed = PUBLISHED.for_year(2026, date(2026, 3, 1))
    assert noticed.notice is PUBLISHED.policy.notices[0]
    assert noticed.policy is noticed.notice.policy
    assert noticed.files is PUBLISHED.files
    assert PUBLISHED.for_year(2026, date(2026, 12, 31)) is noticed
    assert PUBLISHED.for_year(2026, date(2026, 2, 28)) is PUBLISHED
    assert PUBLISHED.for_year(2025, date(2026, 3, 1)) is PUBLISHED
    assert PUBLISHED.notice is None


@pytest.mark.parametrize(
    ("request_", "noticed"),
    [
        ({"as_of": "2026-03-01"}, True),
        ({"as_of": "2026-02-28"}, False),
        ({"as_of": "2026-03-01", "year": 2026}, True),
        ({"as_of": "2026-03-01", "year": 2025}, False),
        ({"as_of": "2026-03-01", "year": None}, True),
        ({"as_of": None}, True),
        ({}, True),
        # The reader says what is wrong with these.
        ({"as_of": 20260301}, True),
        ({"as_of": "2026-03-01", "year": "2025"}, True),
        ({"as_of": "2026-03-01", "year": True}, True),
        ([], True),
        (None, True),
    ],
)
def test_the_year_of_a_body_is_its_own_or_that_of_its_day(request_: object, noticed: bool) -> None:
    found = PUBLISHED.for_body(request_, date(2026, 6, 1))
    assert (found is not PUBLISHED) == noticed


def test_an_evaluation_is_by_the_notice() -> None:
    before = answered(body(as_of="2026-02-28"))
    after = answered(body(as_of="2026-03-01"))
    assert before["grant"]["award"]["amount"] == "200000.00"
    assert after["grant"]["award"]["amount"] == "150000.00"
    (code,) = [reason["code"] for reason in after["grant"]["reasons"] if reason["code"] == "grant.since"]
    assert code not in [reason["code"] for reason in before["grant"]["reasons"]]
    assert answered(body(as_of="2026-03-01", year=2025))["grant"] == before["grant"]
    eleven = {"total": 11}
    assert answered(body(staff=eleven, as_of="2026-02-28"))["grant"]["verdict"] == "eligible"
    assert answered(body(staff=eleven))["grant"]["verdict"] == "ineligible"
    late = answered(body(staff={"since": "2025-01-02"}))["grant"]
    assert [reason["code"] for reason in late["reasons"]] == ["grant.since"]


@pytest.mark.parametrize("traced", [False, True])
def test_a_closed_measure_is_refused_in_plain_words(traced: bool) -> None:
    prizes = [{"prize_id": "A", "amount": "100.00"}]
    assert answered(body(prizes=prizes, as_of="2026-02-28"))["loans"]["verdict"] == "eligible"
    for request in (body(prizes=prizes), body(prizes=None)):
        found = answered(request, traced=traced)["loans"]
        assert found["verdict"] == "ineligible"
        assert found["award"]["amount"] == found["award"]["potential"] == "0.00"
        assert (found["missing"], found["lines"], found["limits"]) == ([], [], [])
        (reason,) = found["reasons"]
        assert reason == {
            "code": "loans.closed",
            "outcome": "not_met",
            "clause": "三",
            "fact": None,
            "pointer": None,
            "value": False,
            "required": {"operator": "==", "value": True},
            "shortfall": None,
            "message": {
                "zh": "本年度通知未开放该措施",
                "en": "The year's notice does not open this measure",
            },
        }
        if traced:
            assert [part["code"] for part in found["trace"]["of"]] == ["loans.closed"]


def test_what_else_fails_is_said_beside_a_closed_measure() -> None:
    text = NOTICED[NOTICE].replace("closed: [loans, hall]", "closed: [grant]")
    policies = PublishedPolicies([PublishedPolicy.of({**NOTICED, NOTICE: text})])
    found = answered(body(staff={"total": 1, "green": False}), policies)["grant"]
    codes = [reason["code"] for reason in found["reasons"]]
    assert codes[0] == "grant.closed"
    assert "grant.big" in codes


def test_mistakes_in_the_year_are_refused_as_ever() -> None:
    with pytest.raises(InputErrors) as refused:
        answered(body(year="2026"))
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/year", "type")]


def test_a_local_answer_is_the_same_bytes() -> None:
    local = LocalPolicy(NOTICED)
    for day in ("2026-02-28", "2026-03-01"):
        request = body(as_of=day)
        sent = json.dumps(request).encode()
        assert local.answer(request, date(2026, 6, 1)) == decide(POLICIES, "small", sent).content


def test_versions_that_move_a_ledger_key_are_not_served_together() -> None:
    head = NOTICED[HEAD].replace("version: 2024.1", "version: '2025'").replace("2024-01-01", "2025-01-01")
    later = {**NOTICED, HEAD: head}
    assert len(PublishedPolicies([PUBLISHED, PublishedPolicy.of(later)]).versions("small")) == 2
    later[GRANT] = NOTICED[GRANT].replace("small.old-grant", "small.new-grant")
    with pytest.raises(LedgerKeysMoved, match=r"small\.old-grant and is small\.new-grant"):
        PublishedPolicies([PUBLISHED, PublishedPolicy.of(later)])


# The catalogue


def catalogue(today: date) -> Catalogue:
    return Catalogue(POLICIES, lambda: today)


MARCH = catalogue(date(2026, 3, 1))
FEBRUARY = catalogue(date(2026, 2, 28))


def policy_shown(shown: Catalogue, as_of: date | None = None, version: str | None = None) -> Any:
    found = json.loads(shown.policy("small", as_of, version).content)
    assert PolicyDetail.model_validate(found).model_dump(mode="json", by_alias=True) == found
    return found["notices"]


def measure_shown(shown: Catalogue, name: str, as_of: date | None = None) -> Any:
    found = json.loads(shown.measure("small", name, as_of, None).content)
    assert MeasureDetail.model_validate(found).model_dump(mode="json", by_alias=True) == found
    return found


def test_a_policy_shows_the_notices_that_are_published() -> None:
    assert policy_shown(MARCH) == [
        {
            "year": 2026,
            "published": "2026-03-01",
            "window": {"from": "2026-04-01", "to": "2026-05-31"},
            "closed": ["loans", "hall"],
            "materials": [
                {"text": {"zh": "申请表", "en": "Form"}, "measures": []},
                {"text": {"zh": "证书", "en": "Certificate"}, "measures": ["match", "grant"]},
            ],
        }
    ]
    assert policy_shown(FEBRUARY) == []
    # A day that is named counts, not today; what was rendered for another day is not taken for it.
    assert policy_shown(MARCH, date(2026, 2, 28)) == []
    assert len(policy_shown(FEBRUARY, date(2026, 3, 1), "2024.1")) == 1


def test_a_measure_shows_the_text_and_beside_it_what_the_notice_changes() -> None:
    grant = measure_shown(MARCH, "grant")
    assert grant["ledger_key"] == "small.old-grant"
    assert {one["name"]: one["value"] for one in grant["parameters"]}["most"] == 10
    (change,) = grant["notices"]
    assert (change["year"], change["closed"], change["maximum"]) == (2026, False, None)
    assert {one["name"]: one["value"] for one in change["parameters"]} == {
        "most": 12,
        "amount": "150000.00",
        "common": 35,
    }
    assert [one["code"] for one in change["requirements"]] == ["grant.since"]
    assert measure_shown(FEBRUARY, "grant")["notices"] == []
    assert measure_shown(MARCH, "grant", date(2026, 2, 28))["notices"] == []


def test_a_measure_shows_that_it_is_closed_its_maximum_and_what_is_under_review() -> None:
    (closed,) = measure_shown(MARCH, "loans")["notices"]
    assert closed == {"year": 2026, "closed": True, "parameters": [], "requirements": [], "maximum": None}
    hall = measure_shown(MARCH, "hall")
    assert (hall["ledger_key"], hall["kind"]) == (None, AwardKind.SERVICE)
    assert hall["notices"] == [closed]
    (gift,) = measure_shown(MARCH, "gift")["notices"]
    assert gift["maximum"] == "50000.00"
    assert measure_shown(MARCH, "match")["review"] == [
        {"year": 2026, "text": {"zh": "请法务核对", "en": "To be checked by counsel"}}
    ]
    assert measure_shown(FEBRUARY, "match")["review"] == []
