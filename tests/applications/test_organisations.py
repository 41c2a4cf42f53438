"""Organisations keep their identity whatever code they have."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.applications.desk import FIRM, FIRM_2
from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk

ONE, TWO, NEW = FIRM["uscc"], FIRM_2["uscc"], "92140802MA0KT00387"
BODY = {"name": "示例企业", "kind": "enterprise"}
REASON = {"from": "2026-01-05", "reason": "换发营业执照"}


def put(desk: Desk, uscc: str, body: Any = None, role: str = "review") -> Any:
    return desk.ask(role, "PUT", f"/v1/organisations/{uscc}", json=body or BODY)


def code(desk: Desk, uscc: str, new: str, role: str = "admin", **more: Any) -> Any:
    return desk.post(role, f"/v1/organisations/{uscc}/codes", {"uscc": new, **REASON, **more})


def rows(desk: Desk, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(desk.url) as connection:
        return connection.execute(statement, values).fetchall()


def events(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    return rows(desk, "SELECT type, data FROM events WHERE chain = 'organisations' ORDER BY seq")


def test_an_organisation_is_entered_then_corrected(desk: Desk) -> None:
    made = put(desk, ONE)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/v1/organisations/{ONE}"
    assert made.headers["etag"] == '"1"'
    form = made.json()
    assert form["uscc"] == ONE
    assert form["codes"] == [{"uscc": ONE, "from": None, "reason": None}]
    again = put(desk, ONE)
    assert (again.status_code, again.headers["etag"]) == (200, '"1"')
    changed = put(desk, ONE, {"name": "示例企业有限公司", "kind": "enterprise"})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json()["id"] == form["id"]
    read = desk.get("audit", f"/v1/organisations/{ONE}")
    assert read.json() == changed.json()
    assert events(desk) == [
        ("organisation.recorded", {"organisation": form["id"]}),
        ("organisation.changed", {"organisation": form["id"], "changed": ["name"]}),
    ]


def test_a_code_is_found_however_it_is_written(desk: Desk) -> None:
    put(desk, ONE.lower())
    assert desk.get("review", f"/v1/organisations/{ONE.lower()}").json()["uscc"] == ONE
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in ONE)
    assert desk.get("review", f"/v1/organisations/{full_width}").json()["uscc"] == ONE


@pytest.mark.parametrize(
    ("uscc", "body", "pointer", "mistake"),
    [
        ("91140802MA0GT0018H", BODY, "", "check_character"),
        ("9114", BODY, "", "format"),
        (ONE, {"kind": "enterprise"}, "/name", "required"),
        (ONE, {"name": ""}, "/name", "length"),
        (ONE, {"name": "a\u0000b"}, "/name", "text"),
        (ONE, {"name": "x", "kind": "Big Firm"}, "/kind", "format"),
        (ONE, {"name": "x", "size": "small"}, "/size", "unknown_field"),
    ],
)
def test_what_is_wrong_with_an_entry(desk: Desk, uscc: str, body: Any, pointer: str, mistake: str) -> None:
    problem = refused(put(desk, uscc, body), 422, "invalid-request")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(pointer, mistake)]
    assert rows(desk, "SELECT count(*) FROM organisations") == [(0,)]


def test_an_application_makes_its_organisation_and_a_record_lends_it_no_name(desk: Desk) -> None:
    record = {"uscc": ONE, "list": "court", "listed_on": "2020-01-01", "source": "court.example"}
    desk.post("review", "/v1/joint-punishment", record)
    assert desk.get("review", f"/v1/organisations/{ONE}").json()["name"] == ONE
    assert desk.draft(["patent-grants"])["flags"] == []
    assert desk.get("review", f"/v1/organisations/{ONE}").json()["name"] == FIRM["name"]
    assert desk.draft(["patent-grants"], applicant={**FIRM, "name": "别的名字"})["flags"] != []


def test_a_changed_code_resets_nothing(desk: Desk) -> None:
    approved = desk.approved(["patent-grants"])
    answer = code(desk, ONE, NEW)
    assert answer.status_code == 201, answer.text
    assert answer.json()["uscc"] == NEW
    assert [one["uscc"] for one in answer.json()["codes"]] == [ONE, NEW]
    assert desk.get("review", f"/v1/organisations/{NEW}").json()["id"] == answer.json()["id"]
    again = desk.draft(["patent-grants"], applicant={**FIRM, "uscc": NEW})
    problem = refused(desk.act("apply", again["id"], "submit"), 409, "not-eligible")
    assert problem["measures"][0]["reasons"][0]["code"] == "limit.once_per_year"
    assert approved["applicant"]["uscc"] == ONE


def test_a_code_that_it_has_already_is_a_conflict(desk: Desk) -> None:
    put(desk, ONE)
    refused(code(desk, ONE, ONE), 409, "conflict")
    assert len(events(desk)) == 1


def test_codes_hold_from_a_day_that_has_come(desk: Desk) -> None:
    put(desk, ONE)
    answer = code(desk, ONE, NEW, **{"from": "2999-01-01"})
    assert refused(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/from"
    refused(code(desk, TWO, NEW), 404, "not-found")


def test_a_merge_moves_all_and_pays_nothing_twice(desk: Desk) -> None:
    first = desk.approved(["patent-grants"])
    second = desk.accepted(["patent-grants"], applicant=FIRM_2)
    desk.post(
        "review",
        "/v1/joint-punishment",
        {"uscc": TWO, "list": "tax", "listed_on": "2021-03-04", "removed_on": "2022-03-04", "source": "tax"},
    )
    money = {
        "uscc": TWO,
        "source": "district",
        "amount": "1.00",
        "granted_on": "2022-01-01",
        "reference": "F",
    }
    funding = desk.post("review", "/v1/funding-records", {**money, "project": "NAV-9"}).json()
    answer = code(desk, ONE, TWO)
    assert answer.status_code == 201, answer.text
    survivor = answer.json()["id"]
    assert {one["uscc"] for one in answer.json()["codes"]} == {ONE, TWO}
    assert desk.get("review", f"/v1/organisations/{TWO}").json()["id"] == survivor
    assert [one["id"] for one in desk.get("audit", "/v1/organisations").json()["items"]] == [survivor]
    kept = desk.get("review", f"/v1/funding-records?uscc={ONE}&counting=true").json()["items"]
    assert [(one["supersedes"], one["uscc"], one["organisation"]) for one in kept] == [
        (funding["id"], TWO, survivor)
    ]
    assert desk.get("review", f"/v1/joint-punishment?uscc={ONE}").json()["items"][0]["list"] == "tax"
    award = {"award": second["awards"][0]["id"], "decision": "approve", "expected_amount": "200000.00"}
    assert desk.act("approve", second["id"], "approve", {"awards": [award]}).status_code == 409
    assert rows(desk, "SELECT DISTINCT organisation FROM applications") == [(survivor,)]
    assert rows(desk, "SELECT DISTINCT organisation FROM awards") == [(survivor,)]
    kind, data = events(desk)[-1]
    assert kind == "organisation.merged"
    assert data["organisation"] == survivor
    assert (data["moved"]["applications"], data["moved"]["awards"]) == (1, 1)
    assert (data["moved"]["joint_punishment"], data["moved"]["funding"]) == (1, 1)
    assert first["status"] == "approved"


def test_a_merge_adds_uses_up_and_keeps_both_claims(desk: Desk) -> None:
    """Put in by hand: what two organisations hold before they turn out to be one."""
    mine, other = desk.approved(["patent-grants"]), desk.approved(["patent-grants"], applicant=FIRM_2)
    [(one,)] = rows(desk, "SELECT organisation FROM applications WHERE id = %s", mine["id"])
    [(two,)] = rows(desk, "SELECT organisation FROM applications WHERE id = %s", other["id"])
    with psycopg.connect(desk.url) as connection:
        for organisation, used in ((one, 15_000), (two, 9_000)):
            connection.execute(
                "INSERT INTO limit_usage (mode, limit_key, organisation, used, cap)"
                " VALUES ('live', 'annual|pledge|' || %s || '|2026', %s, %s, 20000)",
                [organisation, organisation, used],
            )
        connection.execute(
            "INSERT INTO limit_usage (mode, limit_key, organisation, used, cap)"
            " VALUES ('live', 'annual|pledge|' || %s || '|2025', %s, 7, 20000)",
            [two, two],
        )
        connection.execute(
            "UPDATE awards SET limit_keys = ARRAY['annual|pledge|' || organisation || '|2026']"
        )
    assert code(desk, ONE, TWO).status_code == 201
    assert rows(desk, "SELECT limit_key, organisation, used, cap FROM limit_usage ORDER BY 1") == [
        (f"annual|pledge|{one}|2025", one, 7, 20_000),
        (f"annual|pledge|{one}|2026", one, 24_000, 24_000),
    ]
    assert rows(desk, "SELECT DISTINCT limit_keys FROM awards") == [([f"annual|pledge|{one}|2026"],)]
    claims = rows(desk, "SELECT claim_key, organisation, award FROM claims ORDER BY claimed_at")
    assert [organisation for _, organisation, _ in claims] == [one, one]
    assert [one in key for key, _, _ in claims] == [True, False]
    assert [two in key for key, _, _ in claims] == [False, True]
    moved = events(desk)[-1][1]["moved"]
    assert (moved["claims"], moved["claims_kept"]) == (1, 1)
    assert moved["raised"] == [
        {"limit": f"annual|pledge|{one}|2026", "cap": "200.00", "used": "240.00"},
    ]


def test_the_ledger_verifies_after_a_merge_of_two_with_the_same_award(desk: Desk) -> None:
    desk.approved(["patent-grants"])
    second = desk.approved(["patent-grants"], applicant=FIRM_2)
    assert code(desk, ONE, TWO).status_code == 201
    assert desk.get("audit", "/v1/ledger/verify").json() == {"valid": True, "awards": 2, "differences": []}
    reopened = desk.act("approve2", second["id"], "reopen", {"reason": "同一单位已获奖励"})
    assert reopened.status_code == 200, reopened.text
    assert desk.get("audit", "/v1/ledger/verify").json()["valid"] is True
    assert len(rows(desk, "SELECT claim_key FROM claims")) == 1


def test_a_merged_organisation_is_merged_on(desk: Desk) -> None:
    for uscc in (ONE, TWO, NEW):
        put(desk, uscc)
    ids = {uscc: desk.get("review", f"/v1/organisations/{uscc}").json()["id"] for uscc in (ONE, TWO, NEW)}
    code(desk, TWO, NEW)
    code(desk, ONE, TWO)
    assert desk.get("review", f"/v1/organisations/{NEW}").json()["id"] == ids[ONE]
    assert set(rows(desk, "SELECT id, merged_into FROM organisations")) == {
        (ids[ONE], None),
        (ids[TWO], ids[ONE]),
        (ids[NEW], ids[ONE]),
    }


def test_whoever_holds_on_to_a_merged_organisation_must_look_again(desk: Desk) -> None:
    put(desk, ONE)
    put(desk, TWO)
    [(gone,)] = rows(desk, "SELECT organisation FROM organisation_codes WHERE uscc = %s", TWO)
    code(desk, ONE, TWO)
    with psycopg.connect(desk.url) as connection, pytest.raises(psycopg.errors.SerializationFailure):
        connection.execute("SELECT lock_organisation('live', %s)", [gone])


def test_an_application_made_during_a_merge_is_the_survivors(desk: Desk) -> None:
    put(desk, ONE)
    put(desk, TWO)
    ids = dict(rows(desk, "SELECT uscc, organisation FROM organisation_codes"))
    with psycopg.connect(desk.url) as merger:
        merger.execute("SELECT id FROM organisations ORDER BY id FOR UPDATE")
        merger.execute("UPDATE organisation_codes SET organisation = %s WHERE uscc = %s", [ids[ONE], TWO])
        merger.execute("UPDATE organisations SET merged_into = %s WHERE id = %s", [ids[ONE], ids[TWO]])
        threading.Timer(0.5, merger.commit).start()
        draft = desk.draft(["patent-grants"], applicant=FIRM_2)
    assert rows(desk, "SELECT organisation FROM applications WHERE id = %s", draft["id"]) == [(ids[ONE],)]


def test_lists_page_and_filter(desk: Desk) -> None:
    for uscc, name in ((ONE, "甲"), (TWO, "乙"), (NEW, "丙")):
        put(desk, uscc, {"name": name})
    first = desk.get("audit", "/v1/organisations?limit=2").json()
    assert [one["name"] for one in first["items"]] == ["丙", "乙"]
    rest = desk.get("audit", f"/v1/organisations?limit=2&after={first['next']}").json()
    assert ([one["name"] for one in rest["items"]], rest["next"]) == (["甲"], None)
    assert [o["uscc"] for o in desk.get("audit", "/v1/organisations?name=乙").json()["items"]] == [TWO]
    assert [o["uscc"] for o in desk.get("audit", f"/v1/organisations?uscc={NEW}").json()["items"]] == [NEW]
    refused(desk.get("audit", f"/v1/organisations?after={first['next']}&name=乙"), 422, "invalid-request")
    refused(desk.get("audit", "/v1/organisations?colour=red"), 422, "invalid-request")


def test_test_rows_never_meet_live_ones(desk: Desk) -> None:
    put(desk, ONE)
    desk.mode = "test"
    refused(desk.get("review", f"/v1/organisations/{ONE}"), 404, "not-found")
    assert put(desk, ONE).status_code == 201
    assert rows(desk, "SELECT mode FROM organisation_codes WHERE uscc = %s ORDER BY 1", ONE) == [
        ("live",),
        ("test",),
    ]


def test_no_event_names_anybody(desk: Desk) -> None:
    put(desk, ONE)
    put(desk, TWO, {"name": "张三餐馆"})
    code(desk, ONE, TWO, reason="与张三餐馆合并")
    told = str(rows(desk, "SELECT data, actor FROM events"))
    for text in (ONE, TWO, "张三", "示例企业"):
        assert text not in told
