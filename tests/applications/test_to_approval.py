"""From draft to approval over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from app.services.orders import _plain
from tests.applications.desk import FIRM, FIRM_2, PATENTS, decisions
from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk


def test_a_draft_comes_back_as_it_was_read(desk: Desk) -> None:
    draft = desk.draft(["patent-grants"], external_ref="A-1")
    assert draft["status"] == "draft"
    assert draft["facts"] == PATENTS
    assert draft["applicant"]["uscc"] == FIRM["uscc"]
    assert draft["allowed_actions"] == ["submit", "withdraw"]
    read = desk.get("apply", f"/v1/applications/{draft['id']}")
    assert read.json() == draft
    assert read.headers["etag"] == '"1"'
    assert read.headers["cache-control"] == "no-store"


def test_submit_assesses_and_binds_the_version(desk: Desk) -> None:
    submitted = desk.submitted(["patent-grants"])
    assert submitted["status"] == "submitted"
    assert submitted["policy"]["version"] == "2023-draft"
    assert submitted["assessment"] == 1
    assert [(a["measure"], a["assessed"], a["state"]) for a in submitted["awards"]] == [
        ("patent-grants", "200000.00", "assessed")
    ]
    kept = desk.get("audit", f"/v1/applications/{submitted['id']}/assessments/1").json()
    assert kept["result"]["measures"][0]["verdict"] == "eligible"
    replay = desk.post("audit", f"/v1/applications/{submitted['id']}/assessments/1/replay").json()
    assert replay["identical"], replay


def test_approve_reserves_and_holds_once_a_year(desk: Desk) -> None:
    approved = desk.approved(["patent-grants"])
    assert approved["status"] == "approved"
    assert approved["awards"][0]["state"] == "reserved"
    assert approved["awards"][0]["amount"] == "200000.00"
    again = desk.draft(["patent-grants"])
    problem = refused(desk.act("apply", again["id"], "submit"), 409, "not-eligible")
    assert problem["measures"][0]["reasons"][0]["code"] == "limit.once_per_year"
    other = desk.approved(["patent-grants"], applicant=FIRM_2)
    assert other["status"] == "approved"


def test_missing_facts_are_named_in_the_application(desk: Desk) -> None:
    draft = desk.draft(["patent-grants"], {"patents": {"granted": 3}})
    problem = refused(desk.act("apply", draft["id"], "submit"), 409, "incomplete")
    assert [error["pointer"] for error in problem["errors"]] == [
        "/facts/patents/invention_granted",
        "/facts/patents/high_value_granted",
    ]


def test_who_accepted_does_not_approve(desk: Desk) -> None:
    submitted = desk.submitted(["patent-grants"])
    accepted = desk.done("all", submitted["id"], "accept")
    body = {"awards": decisions(accepted)}
    refused(desk.act("all", submitted["id"], "approve", body), 409, "same-person")
    assert desk.done("approve", submitted["id"], "approve", body)["status"] == "approved"


def test_withdrawing_an_approved_application_frees_its_award(desk: Desk) -> None:
    approved = desk.approved(["patent-grants"])
    withdrawn = desk.done("apply", approved["id"], "withdraw")
    assert withdrawn["status"] == "withdrawn"
    assert withdrawn["awards"][0]["state"] == "released"
    assert desk.approved(["patent-grants"])["status"] == "approved"


def test_another_platform_sees_nothing(desk: Desk) -> None:
    draft = desk.draft(["patent-grants"])
    refused(desk.get("other", f"/v1/applications/{draft['id']}"), 404, "not-found")
    assert desk.get("other", "/v1/applications").json() == {"items": [], "next": None}
    listed = desk.get("apply", "/v1/applications").json()["items"]
    assert [one["id"] for one in listed] == [draft["id"]]
    assert listed[0]["applicant"]["uscc"] == "911408********018G"


def test_the_same_key_gives_the_first_answer(desk: Desk) -> None:
    body = {
        "policy": "yanhu-ip",
        "year": 2026,
        "measures": ["patent-grants"],
        "applicant": FIRM,
        "facts": PATENTS,
    }
    key = {"Idempotency-Key": "k-1"}
    first = desk.post("apply", "/v1/applications", body, headers=key)
    second = desk.post("apply", "/v1/applications", body, headers=key)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"
    refused(
        desk.post("apply", "/v1/applications", {**body, "year": 2027}, headers=key),
        422,
        "idempotency-key-reused",
    )
    refused(
        desk.post("apply", "/v1/applications", body, headers={"Idempotency-Key": ""}),
        400,
        "idempotency-key-missing",
    )


def test_if_match_is_needed_and_must_be_current(desk: Desk) -> None:
    draft = desk.draft(["patent-grants"])
    path = f"/v1/applications/{draft['id']}/submit"
    refused(desk.post("apply", path), 428, "precondition-required")
    stale = desk.post("apply", path, headers={"If-Match": '"9"'})
    refused(stale, 412, "precondition-failed")
    assert stale.headers["etag"] == '"1"'


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "1e99999999", "1e-99999999", "9" * 4000])
def test_a_number_beyond_all_bounds_is_the_senders_mistake(desk: Desk, number: str) -> None:
    json_body = {"headers": {"Content-Type": "application/json"}}
    facts = f'{{"patent_awards": [{{"award_id": "P", "amount": {number}}}]}}'
    applicant = '{"name": "x", "uscc": "91140802MA0GT0018G"}'
    sent = (
        '{"policy": "yanhu-ip", "year": 2026, "measures": ["patent-award-match"],'
        f' "applicant": {applicant}, "facts": {facts}}}'
    )
    problem = refused(
        desk.post("apply", "/v1/applications", content=sent, **json_body), 422, "invalid-request"
    )
    assert problem["errors"][0]["pointer"] == "/facts/patent_awards/0/amount"
    funding = (
        '{"uscc": "91140802MA0GT0018G", "source": "district", "granted_on": "2026-01-01", "reference": "r",'
        f' "amount": {number}}}'
    )
    refused(desk.post("review", "/v1/funding-records", content=funding, **json_body), 422, "invalid-request")


def test_equal_numbers_make_one_request_and_others_another() -> None:
    def plain(text: str) -> object:
        return _plain(Decimal(text))

    assert plain("10.50") == plain("10.5") == plain("1.05e1")
    assert plain("0.00") == plain("0e5") == plain("-0.0")
    digits = "1." + "0" * 40
    assert plain(f"{digits}1") != plain(f"{digits}2")
    assert plain("1") != plain("-1")
