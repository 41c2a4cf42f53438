"""Records of punishment and funding: appended, never changed, and what assessments make of them."""

from __future__ import annotations

import asyncio
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.applications.desk import FIRM, FIRM_2, decisions, secret_of
from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk

ONE, TWO = FIRM["uscc"], FIRM_2["uscc"]
LISTED = {"uscc": ONE, "list": "court", "listed_on": "2024-05-06", "source": "court.example"}
MONEY = {
    "uscc": ONE,
    "source": "district",
    "project": "NAV-7",
    "amount": "100000.00",
    "granted_on": "2024-05-06",
    "reference": "盐财〔2024〕7号",
}


def listed(desk: Desk, **more: Any) -> Any:
    return desk.post("review", "/v1/joint-punishment", {**LISTED, **more})


def funded(desk: Desk, **more: Any) -> Any:
    return desk.post("review", "/v1/funding-records", {**MONEY, **more})


def mistakes(answer: Any) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in refused(answer, 422, "invalid-request")["errors"]]


def test_a_listing_is_recorded_and_read_back(desk: Desk) -> None:
    made = listed(desk, removed_on="2025-05-06", reference="（2024）晋执1号")
    assert made.status_code == 201, made.text
    form = made.json()
    assert made.headers["location"] == f"/v1/joint-punishment/{form['id']}"
    assert form["removed_on"] == "2025-05-06"
    assert (form["supersedes"], form["superseded_by"], form["void"]) == (None, None, False)
    assert form["recorded_by"] == "p-review"
    assert desk.get("finance", made.headers["location"]).json() == form
    refused(desk.get("finance", "/v1/joint-punishment/jpr_0"), 404, "not-found")


def test_a_funding_record_is_recorded_and_read_back(desk: Desk) -> None:
    made = funded(desk, measure="navigation", amount=12.5)
    assert made.status_code == 201, made.text
    form = made.json()
    assert (form["amount"], form["project"], form["measure"]) == ("12.50", "NAV-7", "navigation")
    assert desk.get("audit", made.headers["location"]).json() == form


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"uscc": "91140802MA0GT0018H"}, [("/uscc", "check_character")]),
        ({"list": "The Court"}, [("/list", "format")]),
        ({"listed_on": "2999-01-01"}, [("/listed_on", "range")]),
        ({"listed_on": "2024-02-30"}, [("/listed_on", "format")]),
        ({"removed_on": "2024-05-05"}, [("/removed_on", "relation")]),
        ({"void": True}, [("/void", "relation")]),
        ({"void": "true", "colour": 1}, [("/void", "type"), ("/colour", "unknown_field")]),
        ({"source": None}, [("/source", "type")]),
        ({"supersedes": "jpr_unknown"}, [("/supersedes", "choice")]),
    ],
)
def test_what_is_wrong_with_a_listing(desk: Desk, more: dict[str, Any], found: Any) -> None:
    assert mistakes(listed(desk, **more)) == found
    assert desk.get("audit", "/v1/joint-punishment").json() == {"items": [], "next": None}
    assert desk.get("audit", "/v1/organisations").json()["items"] == []


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"source": "village"}, [("/source", "choice")]),
        ({"amount": "-1.00"}, [("/amount", "range")]),
        ({"amount": "1.001"}, [("/amount", "format")]),
        ({"amount": True}, [("/amount", "type")]),
        ({"granted_on": "2999-01-01"}, [("/granted_on", "range")]),
        ({"project": " - "}, [("/project", "format")]),
        ({"void": True}, [("/void", "relation")]),
    ],
)
def test_what_is_wrong_with_a_funding_record(desk: Desk, more: dict[str, Any], found: Any) -> None:
    assert mistakes(funded(desk, **more)) == found


def test_a_record_is_replaced_once_and_by_its_own_organisation(desk: Desk) -> None:
    first = listed(desk).json()["id"]
    assert mistakes(listed(desk, uscc=TWO, supersedes=first)) == [("/supersedes", "choice")]
    second = listed(desk, removed_on="2024-06-06", supersedes=first)
    assert second.status_code == 201, second.text
    problem = refused(listed(desk, supersedes=first), 409, "conflict")
    assert problem["superseded_by"] == second.json()["id"]
    items = desk.get("audit", f"/v1/joint-punishment?uscc={ONE}").json()["items"]
    assert [(one["id"], one["superseded_by"]) for one in items] == [
        (second.json()["id"], None),
        (first, second.json()["id"]),
    ]
    counting = desk.get("audit", f"/v1/joint-punishment?uscc={ONE}&counting=true").json()["items"]
    assert [one["id"] for one in counting] == [second.json()["id"]]
    assert listed(desk, supersedes=second.json()["id"], void=True).status_code == 201
    assert desk.get("audit", "/v1/joint-punishment?counting=true").json()["items"] == []


def test_only_one_of_those_who_replace_a_record_at_once(desk: Desk) -> None:
    """Over two connections: the second waits for the organisation, then sees the first."""
    first = listed(desk).json()["id"]
    with psycopg.connect(desk.url) as holder:
        holder.execute("SELECT id FROM organisations FOR UPDATE")
        threading.Timer(0.5, holder.commit).start()
        answers = desk.run(_both(desk, {**LISTED, "supersedes": first}))
    assert sorted(one.status_code for one in answers) == [201, 409]


async def _both(desk: Desk, body: dict[str, Any]) -> list[Any]:
    async def send() -> Any:
        headers = {
            "Authorization": f"Bearer {secret_of('review', desk.mode)}",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        return await desk._client.post("/v1/joint-punishment", json=body, headers=headers)  # noqa: SLF001 - two at once

    return list(await asyncio.gather(send(), send()))


def test_lists_filter_and_page(desk: Desk) -> None:
    for number in range(3):
        funded(desk, reference=f"F-{number}", uscc=TWO if number == 2 else ONE)
    page = desk.get("audit", "/v1/funding-records?limit=2").json()
    assert [one["reference"] for one in page["items"]] == ["F-2", "F-1"]
    funded(desk, reference="F-3")
    rest = desk.get("audit", f"/v1/funding-records?limit=2&after={page['next']}").json()
    assert ([one["reference"] for one in rest["items"]], rest["next"]) == (["F-0"], None)

    def found(query: str) -> list[str]:
        items = desk.get("audit", f"/v1/funding-records?{query}").json()["items"]
        return [one["reference"] for one in items]

    assert found(f"uscc={TWO.lower()}") == ["F-2"]
    assert found("project=nav 7&reference=F-1") == ["F-1"]
    assert found("source=national") == []
    assert found("uscc=92140802MA0KT00387") == []
    refused(desk.get("audit", "/v1/funding-records?uscc=9114"), 422, "invalid-request")
    listed(desk)
    for query, count in (("list=court", 1), ("list=tax", 0), ("listed_on=2024-05-06", 1)):
        assert len(desk.get("audit", f"/v1/joint-punishment?{query}").json()["items"]) == count


def test_listed_means_barred_from_its_day_to_the_day_of_removal(desk: Desk) -> None:
    first = listed(desk).json()["id"]
    draft = desk.draft(["patent-grants"])
    problem = refused(desk.act("apply", draft["id"], "submit"), 409, "not-eligible")
    assert problem["measures"][0]["reasons"][0]["code"] == "exclusion.joint-punishment"
    listed(desk, removed_on="2024-06-01", supersedes=first)
    assert desk.act("apply", draft["id"], "submit").status_code == 200


def test_who_is_listed_after_acceptance_is_not_approved(desk: Desk) -> None:
    accepted = desk.accepted(["patent-grants"])
    listed(desk)
    body = {"awards": decisions(accepted)}
    refused(desk.act("approve", accepted["id"], "approve", body), 409, "assessment-changed")


def test_the_lists_say_when_they_were_read(desk: Desk) -> None:
    path = "/v1/joint-punishment/lists"
    items = desk.get("audit", path).json()["items"]
    assert [(one["list"], one["required"], one["stale"]) for one in items] == [("national", True, False)]
    long_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    answer = desk.ask("review", "PUT", f"{path}/court", json={"source": "court", "queried_at": long_ago})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["required"], answer.json()["stale"]) == (False, True)
    now = datetime.now(UTC).isoformat()
    for _ in range(2):
        answer = desk.ask("review", "PUT", f"{path}/court", json={"source": "court", "queried_at": now})
        assert answer.json()["stale"] is False
    with psycopg.connect(desk.url) as connection:
        kept = connection.execute("SELECT count(*) FROM list_readings WHERE list = 'court'").fetchone()
    assert kept == (2,)
    assert [one["list"] for one in desk.get("audit", path).json()["items"]] == ["court", "national"]


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("court", {"source": "x", "queried_at": "2999-01-01T00:00:00Z"}, "/queried_at"),
        ("court", {"source": "x", "queried_at": "2026-01-01"}, "/queried_at"),
        ("The%20Court", {"source": "x", "queried_at": "2026-01-01T00:00:00Z"}, ""),
    ],
)
def test_what_is_wrong_with_a_reading(desk: Desk, name: str, body: dict[str, str], pointer: str) -> None:
    answer = desk.ask("review", "PUT", f"/v1/joint-punishment/lists/{name}", json=body)
    assert [one[0] for one in mistakes(answer)] == [pointer]


def test_the_same_key_gives_the_first_answer(desk: Desk) -> None:
    key = {"Idempotency-Key": "one"}
    first = desk.post("review", "/v1/funding-records", MONEY, headers=key)
    again = desk.post("review", "/v1/funding-records", MONEY, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = desk.post("review", "/v1/funding-records", {**MONEY, "amount": "1.00"}, headers=key)
    refused(other, 422, "idempotency-key-reused")
    assert len(desk.get("audit", "/v1/funding-records").json()["items"]) == 1


def test_every_record_has_its_event_without_names_or_codes(desk: Desk) -> None:
    record, money = listed(desk).json(), funded(desk).json()
    with psycopg.connect(desk.url) as connection:
        events = connection.execute(
            "SELECT type, data, actor FROM events WHERE chain = 'records' ORDER BY seq"
        ).fetchall()
    assert [(kind, data["record"]) for kind, data, _ in events] == [
        ("joint_punishment.recorded", record["id"]),
        ("funding.recorded", money["id"]),
    ]
    assert events[0][2]["id"] == "p-review"
    assert ONE not in str(events)


@pytest.mark.parametrize("table", ["joint_punishment", "funding_records", "list_readings"])
@pytest.mark.parametrize("change", ["UPDATE {} SET recorded_by = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_not_even_the_owner_changes_a_record(desk: Desk, table: str, change: str) -> None:
    listed(desk)
    funded(desk)
    with psycopg.connect(desk.url) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute(change.format(table))
