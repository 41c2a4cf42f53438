"""Organisations in the register, matches over it and answers to offers, in few words."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import psycopg

from app.services.instants import day_of, now, say
from app.services.offers.running import run_matches
from app.services.offers.touched import look_again
from tests.applications.desk import FIRM, PATENTS

if TYPE_CHECKING:
    import httpx

    from tests.applications.desk import Desk

ONE = FIRM["uscc"]
YEAR = day_of(now()).year
TEXT = hashlib.sha256("同意享受".encode()).hexdigest()


def stated(facts: Any = None, applicant: Any = None, **more: Any) -> dict[str, Any]:
    """Facts for yanhu-ip, of today."""
    return {
        "stated_on": day_of(now()).isoformat(),
        "source": "市场监管",
        "facts": PATENTS if facts is None else facts,
        "applicant": {"size": "small"} if applicant is None else applicant,
        **more,
    }


def put(
    desk: Desk, facts: Any = None, firm: dict[str, Any] = FIRM, role: str = "review", **headers: str
) -> httpx.Response:
    """Enter an organisation with these facts for yanhu-ip; the current ETag is sent where it has facts."""
    path = f"/v1/organisations/{firm['uscc']}"
    known = desk.get("audit", path)
    if known.status_code == 200 and "If-Match" not in headers:
        headers = {"If-Match": known.headers["etag"], **headers}
    body = {"name": firm["name"], "kind": firm["kind"], "facts": {"yanhu-ip": facts}}
    return desk.ask(role, "PUT", path, json=body, headers=headers)


def registered(desk: Desk, facts: Any = None, firm: dict[str, Any] = FIRM) -> dict[str, Any]:
    """An organisation whose facts are in the register."""
    answer = put(desk, stated(facts), firm)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def matched(desk: Desk, body: Any = None, **more: Any) -> dict[str, Any]:
    """A match on demand, led to its end."""
    answer = desk.post("admin", "/v1/policies/yanhu-ip/matches", body or {}, **more)
    assert answer.status_code == 202, answer.text
    desk.run(run_matches(desk.app.state.office, now()))
    found: dict[str, Any] = desk.get("audit", answer.headers["location"]).json()
    assert found["status"] == "succeeded", found
    return found


def looked_again(desk: Desk) -> int:
    """How many organisations were marked."""
    done: int = desk.run(look_again(desk.app.state.office, now()))
    return done


def offers(desk: Desk, role: str = "audit", **filters: Any) -> list[dict[str, Any]]:
    """The offers that a caller is shown, newest first."""
    answer = desk.get(role, "/v1/offers", params=filters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def offered(desk: Desk, facts: Any = None, firm: dict[str, Any] = FIRM) -> dict[str, Any]:
    """The only open offer, once the register is matched."""
    registered(desk, facts, firm)
    matched(desk)
    (found,) = offers(desk, status="offered")
    return found


def consent(**more: Any) -> dict[str, Any]:
    return {"consent": {"by": "王某", "given_at": say(now()), "text_sha256": TEXT}, **more}


def answer(
    desk: Desk, offer: str, action: str, body: Any = None, role: str = "apply", **headers: str
) -> httpx.Response:
    """Accept or decline with the current ETag."""
    path = f"/v1/offers/{offer}"
    if "If-Match" not in headers:
        headers = {"If-Match": desk.get("audit", path).headers["etag"], **headers}
    usual = consent() if action == "accept" else {"reason": "不需要"}
    return desk.post(role, f"{path}/{action}", usual if body is None else body, headers=headers)


def accepted(desk: Desk, offer: str, **more: Any) -> dict[str, Any]:
    """The application that consent makes."""
    taken = answer(desk, offer, "accept", consent(**more))
    assert taken.status_code == 200, taken.text
    found: dict[str, Any] = desk.get("apply", f"/v1/applications/{taken.json()['application']}").json()
    return found


def rows(desk: Desk, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(desk.url) as connection:
        found = connection.execute(statement, values)
        return [] if found.description is None else found.fetchall()


def told(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    """The events of the chain of offers, in order."""
    return rows(desk, "SELECT type, data FROM events WHERE chain = 'offers' ORDER BY seq")
