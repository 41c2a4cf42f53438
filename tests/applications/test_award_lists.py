"""Awards over all applications, what they come to, and the public notice of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.services.instants import day_of, now
from tests.applications.desk import FIRM, FIRM_2
from tests.applications.test_revoking import claim_back, money_back
from tests.applications.walking import DAY_AFTER, PRIZES, approved, draft, granted, paid
from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk

MATCH = ["patent-award-match"]
TRADER = {"name": "张三烧烤店", "uscc": "92140802MA0KT00387", "kind": "other"}
TODAY = day_of(now())


def items(desk: Desk, path: str, role: str | None = "audit") -> list[dict[str, Any]]:
    answer = desk.get(role, path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_awards_are_listed_newest_first_with_who_applied(sandbox: Desk) -> None:
    first = approved(sandbox)
    second = approved(sandbox, MATCH, PRIZES)
    found = items(sandbox, "/v1/awards")
    assert [one["application"] for one in found] == [second.id, second.id, first.id]
    assert found[2]["measure"] == "patent-grants"
    assert found[2]["applicant"] == {"name": FIRM["name"], "uscc": FIRM["uscc"]}
    assert (found[2]["policy"], found[2]["year"], found[2]["amount"]) == ("yanhu-ip", 2026, "200000.00")


def test_filters_narrow_and_combine(sandbox: Desk) -> None:
    approved(sandbox)
    approved(sandbox, MATCH, PRIZES, FIRM_2)
    draft(sandbox, None, None, FIRM_2).do("submit")
    for query, count in (
        ("measure=patent-grants", 2),
        ("state=reserved", 3),
        ("year=2026", 4),
        ("year=2025", 0),
        (f"uscc={FIRM_2['uscc']}", 3),
        (f"uscc={FIRM_2['uscc'].lower()}&state=assessed&measure=patent-grants&year=2026", 1),
        ("uscc=N1140802MF0000101R", 0),
    ):
        assert len(items(sandbox, f"/v1/awards?{query}")) == count, query
    refused(sandbox.get("audit", "/v1/awards?status=paid"), 422, "invalid-request")
    refused(sandbox.get("audit", "/v1/awards?state=free"), 422, "invalid-request")


def test_pages_are_stable_while_awards_are_added(sandbox: Desk) -> None:
    approved(sandbox, MATCH, PRIZES)
    approved(sandbox)
    whole = [one["id"] for one in items(sandbox, "/v1/awards")]
    page = sandbox.get("audit", "/v1/awards?limit=2").json()
    approved(sandbox, None, None, FIRM_2)
    rest = sandbox.get("audit", f"/v1/awards?limit=2&after={page['next']}").json()
    assert [one["id"] for one in page["items"] + rest["items"]] == whole
    assert rest["next"] is None
    problem = refused(
        sandbox.get("audit", f"/v1/awards?limit=2&year=2026&after={page['next']}"), 422, "invalid-request"
    )
    assert problem["errors"][0]["code"] == "format"
    refused(sandbox.get("apply", f"/v1/awards?limit=2&after={page['next']}"), 422, "invalid-request")


def test_a_platform_sees_its_own_and_other_officers_none(sandbox: Desk) -> None:
    approved(sandbox)
    assert len(items(sandbox, "/v1/awards", "apply")) == 1
    assert items(sandbox, "/v1/awards", "other") == []
    assert len(items(sandbox, f"/v1/awards?uscc={FIRM['uscc']}", "apply")) == 1
    assert items(sandbox, f"/v1/awards?uscc={FIRM['uscc']}", "other") == []
    assert sandbox.get("other", "/v1/awards/summary?policy=yanhu-ip&year=2026").json()["measures"] == []
    for role in ("review", "approve", "finance", "admin"):
        refused(sandbox.get(role, "/v1/awards"), 403, "forbidden")


def test_the_summary_adds_up_where_the_money_is(sandbox: Desk) -> None:
    two = paid(sandbox, MATCH, PRIZES)
    award = two.seen["awards"][0]["id"]
    two.do("revoke", claim_back((award, "20000.00")))
    two.do("recover", money_back(two, "5000.00", award=award))
    granted(sandbox)
    approved(sandbox, None, None, FIRM_2, DAY_AFTER)
    found = sandbox.get("audit", "/v1/awards/summary?policy=yanhu-ip&year=2026").json()
    nothing = dict.fromkeys(("reserved", "payable", "paid", "owed", "recovered", "written_off"), "0.00")
    match, grants = found["measures"][0], found["measures"][1]
    assert match == {
        **nothing,
        "measure": "patent-award-match",
        "awards": {"owed": 1, "paid": 1},
        "paid": "60000.00",
        "owed": "15000.00",
        "recovered": "5000.00",
        "used": "75000.00",
    }
    assert grants == {
        **nothing,
        "measure": "patent-grants",
        "awards": {"payable": 1, "reserved": 1},
        "reserved": "200000.00",
        "payable": "200000.00",
        "used": "400000.00",
    }
    assert found["totals"]["used"] == "475000.00"
    assert found["totals"]["awards"] == {"owed": 1, "paid": 1, "payable": 1, "reserved": 1}


@pytest.mark.parametrize(("query", "pointers"), [("", ["/policy", "/year"]), ("?year=2026", ["/policy"])])
def test_the_summary_is_of_one_policy_and_year(sandbox: Desk, query: str, pointers: list[str]) -> None:
    problem = refused(sandbox.get("audit", f"/v1/awards/summary{query}"), 422, "invalid-request")
    assert [error["pointer"] for error in problem["errors"]] == pointers


def notice(desk: Desk, applicant: dict[str, Any], first: int, last: int) -> str:
    """A live application under notice from and to so many days from today."""
    application = desk.approved(["patent-grants"], applicant=applicant, year=TODAY.year)
    with psycopg.connect(desk.url) as connection:
        connection.execute(
            "UPDATE applications SET status = 'publicised', public_days = 5, public_from = %s, public_last_day = %s"
            " WHERE id = %s",
            [TODAY + timedelta(days=first), TODAY + timedelta(days=last), application["id"]],
        )
    return str(application["id"])


def test_the_public_sees_who_is_to_be_awarded_what_until_when(desk: Desk) -> None:
    application = notice(desk, FIRM, 0, 4)
    (found,) = items(desk, "/v1/public-notices", None)
    assert found == {
        "application": application,
        "organisation": FIRM["name"],
        "policy": "yanhu-ip",
        "year": TODAY.year,
        "awards": [
            {"measure": "patent-grants", "title": found["awards"][0]["title"], "amount": "200000.00"},
        ],
        "from": TODAY.isoformat(),
        "last_day": (TODAY + timedelta(days=4)).isoformat(),
    }
    assert set(found["awards"][0]["title"]) == {"zh", "en"}
    assert FIRM["uscc"] not in desk.get(None, "/v1/public-notices").text


def test_a_sole_trader_is_masked(desk: Desk) -> None:
    notice(desk, TRADER, 0, 0)
    (found,) = items(desk, "/v1/public-notices", None)
    assert found["organisation"] == "张**"


@pytest.mark.parametrize(("first", "last"), [(1, 5), (-6, -1)])
def test_a_notice_is_shown_on_its_days_only(desk: Desk, first: int, last: int) -> None:
    notice(desk, FIRM, first, last)
    assert items(desk, "/v1/public-notices", None) == []


def test_the_sandbox_is_not_publicised(sandbox: Desk) -> None:
    notice(sandbox, FIRM, 0, 4)
    assert items(sandbox, "/v1/public-notices", None) == []


def test_notices_come_in_pages_the_first_to_end_first(desk: Desk) -> None:
    late = notice(desk, FIRM, 0, 9)
    soon = notice(desk, FIRM_2, -3, 2)
    page = desk.get(None, "/v1/public-notices?limit=1").json()
    rest = desk.get(None, f"/v1/public-notices?limit=1&after={page['next']}").json()
    assert [one["application"] for one in page["items"] + rest["items"]] == [soon, late]
    assert rest["next"] is None
    refused(desk.get(None, "/v1/public-notices?after=x"), 422, "invalid-request")
