"""Everything that the API asks of its database: each action once, each list with each of its filters."""

from __future__ import annotations

import asyncio
import time
from itertools import combinations
from typing import TYPE_CHECKING, Any

import orjson

from app.services.job_kinds import KINDS
from app.services.job_running import run_job
from tests.applications.desk import FIRM, FIRM_2, PATENTS
from tests.applications.walking import DAY_AFTER, PRIZES, approved, at, draft, paid, publicised
from tests.offers.registering import accepted, answer, looked_again, matched, offers, registered

if TYPE_CHECKING:
    from tests.applications.desk import Desk

REASON = {"reason": "so it is"}
_CODE, _DAY = FIRM["uscc"], "2026-11-20"


def exercise(desk: Desk) -> None:
    """Every operation, in the sandbox."""
    _records(desk)
    _actions(desk)
    _offers(desk)
    _simulations(desk)
    for path, role in _reads(desk):
        answer = desk.get(role, path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        after = answer.json().get("next")
        if after is not None:
            assert desk.get(role, f"{path}{'&' if '?' in path else '?'}after={after}").status_code == 200
    merged = {"uscc": FIRM_2["uscc"], "from": _DAY, **REASON}
    assert desk.post("admin", f"/v1/organisations/{_CODE}/codes", merged).status_code in (200, 201)


def _actions(desk: Desk) -> None:
    """Applications to every end, and a reference taken twice."""
    walk = draft(desk).do("submit").do("return", {**REASON, "items": []}, "review")
    etag = desk.get("apply", f"/v1/applications/{walk.id}").headers["etag"]
    changed = desk.ask(
        "apply",
        "PATCH",
        f"/v1/applications/{walk.id}",
        json={"external_ref": "R-1"},
        headers={"If-Match": etag, **at(walk.day)},
    )
    assert changed.status_code == 200, changed.text
    walk.do("submit").do("accept").do("reject", REASON, "review")
    draft(desk).do("submit").do("withdraw")
    walk = paid(desk, ["patent-award-match"], PRIZES).do("fail", REASON).pay().confirm("V-2")
    award = walk.seen["awards"][0]["id"]
    claimed = {"awards": [{"award": award, "amount": "100.00"}], "restores_entitlement": True}
    walk.do("revoke", {**REASON, **claimed})
    back = {"award": award, "amount": "50.00", "reference": "B-1", "received_on": walk.day}
    walk.do("recover", back).do("write-off", {"award": award, **REASON})
    walk = publicised(desk, None, None, FIRM_2).on("2026-12-01")
    objection = {"by": "a neighbour", "contact": "13800001234", "text": "not so", "received_on": walk.day}
    walk.do("object", objection)
    named = walk.seen["objections"][0]["id"]
    walk.do("resolve", {"objection": named, "outcome": "dismissed", **REASON})
    walk.do("hold", REASON).do("resume", REASON).on(DAY_AFTER).do("grant").do("override", REASON)
    walk.do("reopen", REASON)
    approved(desk).do("revoke", REASON)


def _offers(desk: Desk) -> None:
    """Facts of a third organisation, a match, an offer that is taken and one that falls."""
    firm = {**FIRM, "uscc": "93140802MA0CT00496"}
    registered(desk, {**PATENTS, "brand_plan": {"newly_recognised": True}}, firm)
    matched(desk)
    first, second = offers(desk, uscc=firm["uscc"])
    accepted(desk, first["id"])
    answer(desk, second["id"], "decline")
    registered(desk, PATENTS, firm)
    looked_again(desk)


def _simulations(desk: Desk) -> None:
    """A population sent, a simulation on it that is done, others that are cancelled."""
    person = {"name": FIRM["name"], "uscc": FIRM["uscc"]}
    sent = desk.post(
        "admin",
        "/v1/uploads",
        content=orjson.dumps({"applicant": person}),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert sent.status_code == 201, sent.text
    made = []
    for population in ({"upload": sent.json()["id"]}, *[{"register": True}] * 3):
        ordered = desk.post("admin", "/v1/policies/yanhu-ip/simulations", {"population": population})
        assert ordered.status_code == 202, ordered.text
        made.append(ordered.json()["id"])
    for job in made[1:]:
        assert desk.post("admin", f"/v1/jobs/{job}/cancel").status_code == 200
    desk.run(run_job(desk.app.state.office, made[0], KINDS))
    until = time.monotonic() + 60  # the service's own worker may have taken it first
    while desk.get("audit", f"/v1/jobs/{made[0]}").json()["status"] in ("queued", "running"):
        assert time.monotonic() < until, "the simulation does not end"
        desk.run(asyncio.sleep(0.1))
    assert desk.get("audit", f"/v1/jobs/{made[0]}").json()["status"] == "succeeded"
    assert desk.get("audit", f"/v1/jobs/{made[0]}/files/report.json").status_code == 200


def _records(desk: Desk) -> None:
    """Organisations, lists, funding, a webhook, a key."""
    written: list[tuple[str, str, str, Any]] = [
        ("review", "PUT", f"/v1/organisations/{_CODE}", {"name": FIRM["name"], "kind": "enterprise"}),
        (
            "review",
            "PUT",
            "/v1/joint-punishment/lists/court",
            {"source": "court", "queried_at": f"{_DAY}T09:00:00+08:00"},
        ),
        (
            "review",
            "POST",
            "/v1/joint-punishment",
            {
                "uscc": FIRM_2["uscc"],
                "list": "court",
                "listed_on": "2026-01-05",
                "removed_on": "2026-02-05",
                "source": "court",
            },
        ),
        (
            "review",
            "POST",
            "/v1/funding-records",
            {
                "uscc": _CODE,
                "source": "district",
                "project": "P-1",
                "amount": "1.00",
                "granted_on": _DAY,
                "reference": "F-1",
            },
        ),
    ]
    for role, method, path, body in written:
        answer = desk.ask(role, method, path, json=body)
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"


def lists(desk: Desk) -> list[tuple[str, str]]:
    """Lists and who asks: without filters, with each, and with each two."""
    one = desk.get("audit", "/v1/applications").json()["items"][0]["id"]
    filters_of = {
        "/v1/applications": [
            "status=paid",
            "policy=yanhu-ip",
            "year=2026",
            f"uscc={_CODE}",
            "external_ref=R-1",
        ],
        "/v1/awards": [f"uscc={_CODE}", "measure=patent-grants", "year=2026", "state=reserved"],
        "/v1/events": [f"application={one}", "type=application.submitted"],
        "/v1/organisations": [f"uscc={_CODE}", f"name={FIRM['name']}", "kind=enterprise"],
        "/v1/joint-punishment": [f"uscc={_CODE}", "list=court"],
        "/v1/funding-records": [f"uscc={_CODE}"],
        "/v1/offers": [f"uscc={_CODE}", "measure=patent-grants", "status=offered", "policy=yanhu-ip"],
        "/v1/matches": ["policy=yanhu-ip"],
        "/v1/jobs": ["status=cancelled"],
        "/v1/allocations": ["policy=yanhu-ip", "measure=patent-grants", "year=2026"],
    }
    found = []
    for path, filters in filters_of.items():
        chosen = [(), *((only,) for only in filters), *combinations(filters, 2)]
        shared = path in ("/v1/applications", "/v1/awards", "/v1/events", "/v1/offers")
        for role in ("audit", "apply") if shared else ("audit",):
            found += [(f"{path}?limit=2" + "".join(f"&{f}" for f in some), role) for some in chosen]
    return found


def _reads(desk: Desk) -> list[tuple[str, str]]:
    """Paths and who asks."""
    one = desk.get("audit", "/v1/applications").json()["items"][0]["id"]
    found = lists(desk)
    single = [f"/v1/applications/{one}{rest}" for rest in ("", "/events", "/events/verify", "/assessments")]
    found += [(path, role) for path in single for role in ("audit", "apply")]
    found += [
        (f"/v1/applications/{one}/assessments/1", "audit"),
        ("/v1/awards/summary?policy=yanhu-ip&year=2026", "audit"),
        ("/v1/awards/summary?policy=yanhu-ip&year=2026", "apply"),
        ("/v1/public-notices", "audit"),
        (f"/v1/organisations/{_CODE}", "review"),
        ("/v1/joint-punishment/lists", "review"),
        ("/v1/me", "apply"),
    ]
    return found
