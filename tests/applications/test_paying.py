"""Holding, ordering, overriding, confirming and failing of payments."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.applications.desk import FIRM, FIRM_2
from tests.applications.walking import DAY_AFTER, PRIZES, Walk, approved, granted, held, paid, publicised
from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk

MATCH = ["patent-award-match"]
PROJECT = "NAV-7"
WITH_PROJECT = {
    "patent_awards": [{**PRIZES["patent_awards"][0], "project": PROJECT}, PRIZES["patent_awards"][1]]
}


def put(desk: Desk, statement: str, values: list[Any]) -> None:
    with psycopg.connect(desk.url) as connection:
        connection.execute(statement, values)


def organisation_of(desk: Desk, walk: Walk) -> str:
    with psycopg.connect(desk.url) as connection:
        row = connection.execute("SELECT organisation FROM applications WHERE id = %s", [walk.id]).fetchone()
    assert row is not None
    return str(row[0])


def put_on_list(desk: Desk, walk: Walk, listed_on: str = "2026-12-01") -> None:
    put(
        desk,
        "INSERT INTO joint_punishment (mode, id, organisation, uscc, list, listed_on, source, recorded_by, recorded_at)"
        " VALUES ('test', %s, %s, %s, 'national', %s, 'court', 'tests', now())",
        [f"jpr_{uuid.uuid4().hex}", organisation_of(desk, walk), FIRM["uscc"], listed_on],
    )


def fund_project(desk: Desk, walk: Walk) -> None:
    put(
        desk,
        "INSERT INTO funding_records (mode, id, organisation, uscc, source, project, project_key, amount, granted_on,"
        " reference, recorded_by, recorded_at)"
        " VALUES ('test', %s, %s, %s, 'district', %s, 'nav7', 100, '2026-12-01', 'F-1', 'tests', now())",
        [f"fnd_{uuid.uuid4().hex}", organisation_of(desk, walk), FIRM["uscc"], PROJECT],
    )


def test_pay_orders_one_payment_for_all_that_is_payable(sandbox: Desk) -> None:
    walk = granted(sandbox, MATCH, PRIZES).pay()
    assert (walk.status, walk.states()) == ("paying", ["paying", "paying"])
    (payment,) = walk.seen["payments"]
    assert payment["amount"] == "80000.00"
    assert payment["payee"] == FIRM["name"]
    assert payment["state"] == "ordered"
    assert payment["instalment"] == 1
    assert payment["awards"] == [award["id"] for award in walk.seen["awards"]]
    assert walk.seen["assessment"] == 3
    kept = sandbox.get("audit", f"/v1/applications/{walk.id}/assessments/3").json()
    assert kept["occasion"] == "pay"


def test_confirm_books_the_money_as_paid(sandbox: Desk) -> None:
    walk = paid(sandbox)
    assert (walk.status, walk.states()) == ("paid", ["paid"])
    (payment,) = walk.seen["payments"]
    assert (payment["state"], payment["reference"], payment["paid_on"]) == ("confirmed", "V-1", DAY_AFTER)
    assert held(sandbox)["claims"]
    with psycopg.connect(sandbox.url) as connection:
        entries = connection.execute(
            "SELECT from_account, to_account, amount FROM ledger_entries ORDER BY n"
        ).fetchall()
    assert entries == [
        ("free", "reserved", 20_000_000),
        ("reserved", "payable", 20_000_000),
        ("payable", "paid", 20_000_000),
    ]


@pytest.mark.parametrize("paid_on", ["2026-12-02", "2026-12-06"])
def test_paid_on_is_between_the_order_and_today(sandbox: Desk, paid_on: str) -> None:
    walk = granted(sandbox).pay().on("2026-12-05")
    problem = refused(walk.ask("confirm", {"reference": "V-1", "paid_on": paid_on}), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/paid_on"


def test_confirm_may_name_the_payment(sandbox: Desk) -> None:
    walk = granted(sandbox).pay()
    body = {"reference": "V-1", "paid_on": DAY_AFTER}
    problem = refused(walk.ask("confirm", {**body, "payment": "pay_none"}), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/payment"
    walk.do("confirm", {**body, "payment": walk.seen["payments"][0]["id"]})
    assert walk.status == "paid"


def test_a_reference_belongs_to_one_payment(sandbox: Desk) -> None:
    paid(sandbox)
    walk = granted(sandbox, None, None, FIRM_2).pay()
    refused(walk.ask("confirm", {"reference": "V-1", "paid_on": DAY_AFTER}), 409, "reference-used")
    assert walk.confirm("V-2").status == "paid"


def test_who_approved_neither_pays_nor_confirms(sandbox: Desk) -> None:
    walk = approved(sandbox).do("reopen", {"reason": "更正"})
    award = walk.award
    decision = {"award": award["id"], "decision": "approve", "expected_amount": award["assessed"]}
    walk.do("approve", {"awards": [decision]}, "all").do("publicise").on(DAY_AFTER).do("grant")
    refused(walk.ask("pay", role="all"), 409, "same-person")
    walk.pay()
    body = {"reference": "V-1", "paid_on": DAY_AFTER}
    refused(walk.ask("confirm", body, role="all"), 409, "same-person")
    assert walk.do("confirm", body).status == "paid"


def test_a_payment_that_failed_is_ordered_anew(sandbox: Desk) -> None:
    walk = granted(sandbox).pay().do("fail", {"reason": "账号有误"})
    assert (walk.status, walk.states()) == ("granted", ["payable"])
    assert walk.seen["payments"][0]["state"] == "failed"
    assert walk.pay().confirm().status == "paid"
    assert [one["state"] for one in walk.seen["payments"]] == ["failed", "confirmed"]
    assert held(sandbox)["claims"]


def test_money_that_bounced_is_payable_again(sandbox: Desk) -> None:
    walk = paid(sandbox).on("2026-12-07").do("fail", {"reason": "退票"})
    assert (walk.status, walk.states()) == ("granted", ["payable"])
    assert held(sandbox)["claims"]
    # It was confirmed with the reference of another payment, which still needs it.
    other = granted(sandbox, None, None, FIRM_2).on("2026-12-07").pay().confirm("V-1")
    assert other.status == "paid"
    assert walk.pay().confirm("V-3").status == "paid"


def test_nothing_fails_once_money_is_claimed_back(sandbox: Desk) -> None:
    walk = paid(sandbox, MATCH, PRIZES)
    body = {
        "reason": "骗取",
        "awards": [{"award": walk.seen["awards"][0]["id"], "amount": "1000.00"}],
        "restores_entitlement": False,
    }
    walk.do("revoke", body)
    assert walk.status == "paid"
    answer = walk.ask("fail", {"reason": "退票"})
    assert answer.status_code == 409
    assert "fail" not in answer.json()["allowed_actions"]


def test_from_an_order_on_only_confirm_and_fail_are_open(sandbox: Desk) -> None:
    walk = granted(sandbox).pay()
    seen = {
        role: sandbox.get(role, f"/v1/applications/{walk.id}").json()["allowed_actions"]
        for role in ("apply", "review", "approve", "finance", "admin")
    }
    assert seen == {"apply": [], "review": [], "approve": [], "finance": ["confirm", "fail"], "admin": []}
    assert walk.ask("withdraw").status_code == 409


def test_on_hold_stops_the_payment(sandbox: Desk) -> None:
    walk = granted(sandbox).do("hold", {"reason": "举报核查"})
    problem = refused(walk.ask("pay"), 409, "on-hold")
    assert problem["on_hold"]["reason"] == "举报核查"
    walk.do("resume", {"reason": "查无实据"})
    assert walk.seen["on_hold"] is None
    assert walk.pay().status == "paying"


def test_an_applicant_that_was_listed_since_is_not_paid_without_an_override(sandbox: Desk) -> None:
    walk = granted(sandbox)
    put_on_list(sandbox, walk)
    problem = refused(walk.ask("pay"), 409, "excluded")
    assert problem["awards"][0]["exclusions"] == ["exclusion.joint-punishment"]
    walk.do("override", {"reason": "经区政府批准"})
    assert walk.pay().status == "paying"
    # Once: after a failure it is asked for again.
    walk.do("fail", {"reason": "账号有误"})
    refused(walk.ask("pay"), 409, "excluded")


def test_a_project_that_the_district_funded_since_is_not_paid(sandbox: Desk) -> None:
    walk = granted(sandbox, MATCH, WITH_PROJECT)
    fund_project(sandbox, walk)
    problem = refused(walk.ask("pay"), 409, "excluded")
    assert [one["item"] for one in problem["awards"]] == ["CN-1"]
    assert problem["awards"][0]["exclusions"] == ["exclusion.same-project"]
    assert walk.do("override", {"reason": "不同内容"}).pay().status == "paying"


def test_lists_must_have_been_read_lately(sandbox: Desk) -> None:
    walk = granted(sandbox).on("2027-02-01").do("override", {"reason": "春节前支付"})
    problem = refused(walk.ask("pay"), 409, "records-stale")
    assert problem["lists"] == ["national"]


def test_a_debt_of_the_organisation_stops_the_payment_of_its_other_applications(sandbox: Desk) -> None:
    first = paid(sandbox)
    second = granted(sandbox, MATCH, PRIZES)
    first.do("revoke", {"reason": "骗取", "restores_entitlement": False})
    problem = refused(second.ask("pay"), 409, "debt-open")
    assert problem["debt"] == "200000.00"
    recovery = {"amount": "150000.00", "reference": "R-1", "received_on": DAY_AFTER}
    first.do("recover", {"award": first.award["id"], **recovery})
    assert refused(second.ask("pay"), 409, "debt-open")["debt"] == "50000.00"
    first.do("write-off", {"award": first.award["id"], "reason": "无法追回"})
    assert second.pay().status == "paying"


def test_an_override_lets_one_payment_past_a_debt_and_its_event_says_so(sandbox: Desk) -> None:
    first = paid(sandbox)
    second = granted(sandbox, MATCH, PRIZES)
    first.do("revoke", {"reason": "骗取", "restores_entitlement": False})
    second.do("override", {"reason": "另案处理"}).pay()
    with psycopg.connect(sandbox.url) as connection:
        row = connection.execute(
            "SELECT data FROM events WHERE application = %s AND type = 'application.payment_ordered'",
            [second.id],
        ).fetchone()
    assert row is not None
    assert row[0]["overridden"] == ["debt"]


def test_only_an_administrator_overrides_and_only_finance_pays(sandbox: Desk) -> None:
    walk = granted(sandbox)
    refused(walk.ask("override", {"reason": "不行"}, "finance"), 403, "forbidden")
    refused(walk.ask("pay", role="admin"), 403, "forbidden")
    refused(publicised(sandbox, MATCH, PRIZES).ask("hold", {"reason": "不行"}, "review"), 403, "forbidden")


def test_another_name_on_record_is_the_payee(sandbox: Desk) -> None:
    walk = granted(sandbox)
    put(
        sandbox,
        "UPDATE organisations SET name = '更名后的企业' WHERE id = %s",
        [organisation_of(sandbox, walk)],
    )
    assert walk.pay().seen["payments"][0]["payee"] == "更名后的企业"
