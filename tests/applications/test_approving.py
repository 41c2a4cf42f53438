"""What approval decides, takes and refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.applications.desk import FIRM, FIRM_2, decisions
from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk

PLEDGER = {**FIRM, "technology_innovative": True}
UNIVERSITY = {"name": "盐湖大学", "uscc": "121408024060000511", "kind": "university"}
TRANSFERS = {"open_licensing": {"transfers_to_district_smes": 12}}


def loan(name: str, interest: str) -> dict[str, Any]:
    return {
        "loan_id": name,
        "collateral": "patent",
        "lender": "bank",
        "interest": interest,
        "guarantee_fee": "0",
        "appraisal_fee": "0",
        "repaid_on_time": True,
    }


def pledge(*loans: dict[str, Any]) -> dict[str, Any]:
    return {"pledge_financing": {"provincial_subsidy_received": False}, "pledge_loans": list(loans)}


def match(award_id: str, amount: str = "50000", project: str | None = None) -> dict[str, Any]:
    return {
        "award_id": award_id,
        "name": "奖",
        "level": "provincial",
        "category": "patent",
        "first_unit": True,
        "amount": amount,
        "project": project,
    }


def approve(desk: Desk, application: dict[str, Any], **changes: Any) -> Any:
    body = {"awards": [{**one, **changes} for one in decisions(application)]}
    return desk.act("approve", application["id"], "approve", body)


def test_a_ceiling_is_for_the_official_to_use_and_never_to_pass(desk: Desk) -> None:
    accepted = desk.accepted(["open-licensing"], TRANSFERS, UNIVERSITY)
    award = accepted["awards"][0]
    assert (award["kind"], award["assessed"], award["ceiling"]) == ("up_to", None, "100000.00")
    problem = refused(approve(desk, accepted, amount="100000.01"), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/awards/0/amount"
    problem = refused(approve(desk, accepted, reason=None), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/awards/0/reason"
    approved = approve(desk, accepted, amount="60000")
    assert approved.status_code == 200, approved.text
    assert approved.json()["awards"][0]["amount"] == "60000.00"


def test_a_stated_amount_is_not_for_the_official_to_change(desk: Desk) -> None:
    accepted = desk.accepted(["patent-grants"])
    problem = refused(approve(desk, accepted, amount="1"), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/awards/0/amount"
    problem = refused(approve(desk, accepted, expected_amount="199999"), 409, "assessment-changed")
    assert problem["difference"] == [{"award": accepted["awards"][0]["id"], "assessed": "200000.00"}]


def test_the_annual_cap_cuts_the_second_award_and_ends_the_third(desk: Desk) -> None:
    desk.approved(["pledge-financing"], pledge(loan("L-1", "300000")), PLEDGER)
    second = desk.approved(["pledge-financing"], pledge(loan("L-2", "300000")), PLEDGER)
    assert second["awards"][0]["amount"] == "50000.00"
    third = desk.draft(["pledge-financing"], pledge(loan("L-3", "300000")), PLEDGER)
    problem = refused(desk.act("apply", third["id"], "submit"), 409, "not-eligible")
    assert problem["measures"][0]["reasons"][0]["code"] == "limit.annual_cap"


def test_a_loan_counts_once_a_year(desk: Desk) -> None:
    desk.approved(["pledge-financing"], pledge(loan("L-1", "20000")), PLEDGER)
    again = desk.draft(["pledge-financing"], pledge(loan("l 1", "20000")), PLEDGER)
    refused(desk.act("apply", again["id"], "submit"), 409, "not-eligible")
    both = desk.approved(["pledge-financing"], pledge(loan("L1", "20000"), loan("L-2", "8000")), PLEDGER)
    assert both["awards"][0]["amount"] == "4000.00"


def test_an_object_is_paid_once_whoever_asks(desk: Desk) -> None:
    desk.approved(["patent-award-match"], {"patent_awards": [match("P-1")]})
    other = desk.draft(["patent-award-match"], {"patent_awards": [match("p1"), match("P-2")]}, FIRM_2)
    submitted = desk.done("apply", other["id"], "submit")
    assert [(a["item"], a["state"]) for a in submitted["awards"]] == [
        ("p1", "ineligible"),
        ("P-2", "assessed"),
    ]


def test_what_was_approved_meanwhile_changes_the_assessment(desk: Desk) -> None:
    first = desk.accepted(["patent-award-match"], {"patent_awards": [match("P-1")]})
    second = desk.accepted(["patent-award-match"], {"patent_awards": [match("P-1"), match("P-2")]}, FIRM_2)
    assert approve(desk, first).status_code == 200
    problem = refused(approve(desk, second), 409, "assessment-changed")
    assert problem["difference"][0]["item"] == "P-1"
    assert problem["difference"][0]["now"]["state"] == "ineligible"
    read = desk.get("approve", f"/v1/applications/{second['id']}").json()
    assert read["assessment"] == problem["assessment"] == 2
    done = approve(desk, read)
    assert done.status_code == 200, done.text
    assert [a["state"] for a in done.json()["awards"]] == ["ineligible", "reserved"]


def test_two_items_of_one_project_cannot_both_be_taken(desk: Desk) -> None:
    facts = {"patent_awards": [match("P-1", project="NAV-7"), match("P-2", project="nav 7")]}
    accepted = desk.accepted(["patent-award-match"], facts)
    assert "patent-award-match.same_project" in str(accepted["flags"]) or "same_project" in str(
        accepted["flags"]
    )
    problem = refused(approve(desk, accepted), 409, "already-awarded")
    assert problem["item"] == "P-2"
    body = {"awards": decisions(accepted)}
    body["awards"][1] = {"award": accepted["awards"][1]["id"], "decision": "decline", "reason": "同一项目"}
    approved = desk.done("approve", accepted["id"], "approve", body)
    assert [a["state"] for a in approved["awards"]] == ["reserved", "declined"]


def test_declining_everything_is_a_rejection(desk: Desk) -> None:
    accepted = desk.accepted(["patent-grants"])
    body = {"awards": [{"award": accepted["awards"][0]["id"], "decision": "decline"}]}
    assert desk.done("approve", accepted["id"], "approve", body)["status"] == "rejected"


def test_every_eligible_award_must_be_decided(desk: Desk) -> None:
    accepted = desk.accepted(["patent-award-match"], {"patent_awards": [match("P-1"), match("P-2")]})
    body = {"awards": decisions(accepted)[:1]}
    problem = refused(desk.act("approve", accepted["id"], "approve", body), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/awards"


def test_nobody_can_be_approved_on_a_list_that_was_not_read(desk: Desk) -> None:
    accepted = desk.accepted(["patent-grants"])
    with psycopg.connect(desk.url) as connection:
        connection.execute("ALTER TABLE list_readings DISABLE TRIGGER USER")
        connection.execute("UPDATE list_readings SET queried_at = now() - interval '31 days'")
        connection.execute("ALTER TABLE list_readings ENABLE ALWAYS TRIGGER list_readings_kept")
    problem = refused(approve(desk, accepted), 409, "records-stale")
    assert problem["lists"] == ["national"]
    submitted = desk.submitted(["patent-grants"], applicant=FIRM_2)
    assert "records.stale" in [flag["code"] for flag in submitted["flags"]]


def test_nobody_grants_what_has_no_maximum(desk: Desk) -> None:
    station = {"name": "品牌站", "uscc": "51140802500000074H", "kind": "brand_station"}
    accepted = desk.accepted(["brand-station"], {"brand_station": {"outstanding": True}}, station)
    decision = {
        "award": accepted["awards"][0]["id"],
        "decision": "approve",
        "amount": "10000",
        "reason": "优秀",
    }
    answer = desk.act("approve", accepted["id"], "approve", {"awards": [decision]})
    problem = refused(answer, 422, "invalid-request")
    assert "maximum" in problem["errors"][0]["message"]["en"]


def test_validate_only_says_what_would_be_and_keeps_nothing(desk: Desk) -> None:
    accepted = desk.accepted(["patent-grants"])
    path = f"/v1/applications/{accepted['id']}/approve?validate_only=true"
    etag = desk.get("approve", f"/v1/applications/{accepted['id']}").headers["etag"]
    answer = desk.ask(
        "approve",
        "POST",
        path,
        headers={"If-Match": etag, "Idempotency-Key": "x"},
        json={"awards": decisions(accepted)},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "approved"
    assert desk.get("approve", f"/v1/applications/{accepted['id']}").json()["status"] == "accepted"


def test_insisting_takes_a_refusal_along(desk: Desk) -> None:
    draft = desk.draft(
        ["patent-grants"], {"patents": {"granted": 1, "invention_granted": 0, "high_value_granted": 0}}
    )
    refused(desk.act("apply", draft["id"], "submit"), 409, "not-eligible")
    submitted = desk.done("apply", draft["id"], "submit", {"insist": True})
    assert submitted["awards"][0]["state"] == "ineligible"
    rejected = desk.done("review", draft["id"], "reject", {"reason": "不符合条件"})
    assert rejected["status"] == "rejected"


def test_a_return_is_answered_with_a_change(desk: Desk) -> None:
    submitted = desk.submitted(["patent-grants"])
    items = [{"pointer": "/facts/patents/granted", "message": "请核对"}]
    returned = desk.done("review", submitted["id"], "return", {"reason": "数量不清", "items": items})
    assert returned["status"] == "returned"
    assert returned["answer_by"] is not None
    assert returned["returned"]["items"] == items
    etag = desk.get("apply", f"/v1/applications/{submitted['id']}").headers["etag"]
    facts = {"patents": {"granted": 15, "invention_granted": 0, "high_value_granted": 0}}
    changed = desk.ask(
        "apply",
        "PATCH",
        f"/v1/applications/{submitted['id']}",
        headers={"If-Match": etag},
        json={"facts": facts},
    )
    assert changed.status_code == 200, changed.text
    again = desk.done("apply", submitted["id"], "submit")
    assert (again["status"], again["assessment"], again["answer_by"]) == ("submitted", 2, None)
    assert "return" not in desk.get("review", f"/v1/applications/{submitted['id']}").json()["allowed_actions"]


def test_after_the_first_submit_measures_stay(desk: Desk) -> None:
    submitted = desk.submitted(["patent-grants"])
    desk.done("review", submitted["id"], "return", {"reason": "x"})
    etag = desk.get("apply", f"/v1/applications/{submitted['id']}").headers["etag"]
    answer = desk.ask(
        "apply",
        "PATCH",
        f"/v1/applications/{submitted['id']}",
        headers={"If-Match": etag},
        json={"measures": ["brand-plan"], "applicant": FIRM_2},
    )
    problem = refused(answer, 422, "invalid-request")
    assert [one["pointer"] for one in problem["errors"]] == ["/applicant/uscc", "/measures"]


def test_credit_is_not_for_the_applicant_to_say(desk: Desk) -> None:
    body = {
        "policy": "yanhu-ip",
        "year": 2026,
        "measures": ["patent-grants", "talent"],
        "applicant": {**FIRM, "credit": {"joint_punishment": False}},
        "facts": {},
    }
    problem = refused(desk.post("apply", "/v1/applications", body), 422, "invalid-request")
    assert {one["pointer"] for one in problem["errors"]} == {"/applicant/credit", "/measures/1"}


def test_a_year_that_is_not_open_is_refused(desk: Desk) -> None:
    body = {"policy": "yanhu-ip", "year": 2025, "measures": ["patent-grants"], "applicant": FIRM, "facts": {}}
    assert refused(desk.post("apply", "/v1/applications", body), 409, "outside-window")["year"] == 2026


def test_a_reference_names_one_application(desk: Desk) -> None:
    first = desk.draft(["patent-grants"], external_ref="N-1")
    body = {
        "policy": "yanhu-ip",
        "year": 2026,
        "measures": ["patent-grants"],
        "applicant": FIRM,
        "external_ref": "N-1",
    }
    problem = refused(desk.post("apply", "/v1/applications", body), 409, "duplicate-ref")
    assert problem["application"] == first["id"]
    assert desk.post("other", "/v1/applications", body).status_code == 201
    desk.done("apply", first["id"], "withdraw")
    assert desk.post("apply", "/v1/applications", body).status_code == 201


def test_pages_go_on_where_they_stopped(desk: Desk) -> None:
    made = [desk.draft(["patent-grants"])["id"] for _ in range(5)]
    first = desk.get("apply", "/v1/applications?limit=2").json()
    desk.draft(["patent-grants"])
    second = desk.get("apply", f"/v1/applications?limit=2&after={first['next']}").json()
    third = desk.get("apply", f"/v1/applications?limit=2&after={second['next']}").json()
    found = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert found == made[::-1]
    assert third["next"] is None
    foreign = desk.get("review", f"/v1/applications?limit=2&after={first['next']}")
    refused(foreign, 422, "invalid-request")
    refused(desk.get("apply", "/v1/applications?colour=red"), 422, "invalid-request")


@pytest.mark.parametrize("known", [True, False])
def test_who_holds_an_object_is_seen_whether_or_not_the_row_names_its_claims(desk: Desk, known: bool) -> None:
    """A row names the claims by the version of its last change; by another version they may be others."""
    desk.approved(["patent-award-match"], {"patent_awards": [match("P-1")]})
    draft = desk.draft(["patent-award-match"], {"patent_awards": [match("P-1"), match("P-2")]}, FIRM_2)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        named = connection.execute(
            "SELECT cardinality(object_claims) FROM applications WHERE id = %s", [draft["id"]]
        ).fetchone()
        assert named == (2,)
        if not known:
            connection.execute("UPDATE applications SET object_claims = '{}' WHERE id = %s", [draft["id"]])
    done = desk.done("apply", draft["id"], "submit")
    assert [(award["item"], award["state"]) for award in done["awards"]] == [
        ("P-1", "ineligible"),
        ("P-2", "assessed"),
    ]
    kept = desk.get("audit", f"/v1/applications/{draft['id']}/assessments/1").json()
    assert [entry["item"] for entry in kept["records"]["history"]] == ["P-1"]


def test_a_change_of_facts_changes_the_claims_that_the_row_names(desk: Desk) -> None:
    draft = desk.draft(["patent-award-match"], {"patent_awards": [match("P-1", project="甲")]})
    changed = {"facts": {"patent_awards": [match("P-2", project="乙")]}}
    answer = desk.ask(
        "apply", "PATCH", f"/v1/applications/{draft['id']}", json=changed, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200, answer.text
    with psycopg.connect(desk.url) as connection:
        row = connection.execute(
            "SELECT array_to_string(object_claims, ' '), projects FROM applications WHERE id = %s",
            [draft["id"]],
        ).fetchone()
    assert row is not None
    assert "p2" in row[0]
    assert "p1" not in row[0]
    assert row[1] == ["乙"]
