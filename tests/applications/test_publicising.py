"""Public notice, objections, and the grant that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.services.salting import salted
from tests.applications.walking import (
    APPROVED_ON,
    DAY_AFTER,
    LAST_DAY,
    PRIZES,
    Walk,
    approved,
    at,
    held,
    publicised,
)
from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk

MATCH = ["patent-award-match"]


def objection(received_on: str = LAST_DAY, **more: Any) -> dict[str, Any]:
    return {
        "by": "王某某",
        "contact": "13800001234",
        "text": "不符合条件",
        "received_on": received_on,
        **more,
    }


def objected(walk: Walk, **more: Any) -> Walk:
    """With an objection that reached the office on the last day."""
    return walk.on(LAST_DAY).do("object", objection(**more))


def resolution(walk: Walk, outcome: str = "upheld", **more: Any) -> dict[str, Any]:
    return {
        "objection": walk.seen["objections"][-1]["id"],
        "outcome": outcome,
        "reason": "已核实",
        **more,
    }


def test_the_notice_runs_five_working_days_from_the_next_day(sandbox: Desk) -> None:
    walk = publicised(sandbox)
    assert walk.status == "publicised"
    assert walk.seen["public_notice"] == {"days": 5, "from": "2026-11-26", "last_day": LAST_DAY}


def test_more_days_may_be_asked_for_and_not_fewer(sandbox: Desk) -> None:
    walk = approved(sandbox)
    problem = refused(walk.ask("publicise", {"days": 4}), 422, "invalid-request")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("/days", "range")]
    assert walk.do("publicise", {"days": 7}).seen["public_notice"]["last_day"] == "2026-12-04"


def test_a_year_whose_holidays_are_not_announced_is_refused(sandbox: Desk) -> None:
    walk = approved(sandbox)
    problem = refused(walk.on("2026-12-30").ask("publicise"), 409, "conflict")
    assert problem["year"] == 2027
    assert walk.on(APPROVED_ON).do("publicise").status == "publicised"


def test_grant_waits_for_the_end_of_the_last_day(sandbox: Desk) -> None:
    walk = publicised(sandbox).on(LAST_DAY)
    problem = refused(walk.ask("grant"), 409, "public-notice-open")
    assert problem["last_day"] == LAST_DAY
    walk.on(DAY_AFTER).do("grant")
    assert (walk.status, walk.states()) == ("granted", ["payable"])
    assert held(sandbox)["claims"]


def test_who_approved_does_not_grant(sandbox: Desk) -> None:
    walk = approved(sandbox)
    walk.do("reopen", {"reason": "更正"})
    body = {
        "awards": [
            {"award": walk.award["id"], "decision": "approve", "expected_amount": walk.award["assessed"]}
        ]
    }
    walk.do("approve", body, "all").do("publicise").on(DAY_AFTER)
    refused(walk.ask("grant", role="all"), 409, "same-person")
    assert walk.do("grant").status == "granted"


@pytest.mark.parametrize("received_on", [APPROVED_ON, "2026-12-03"])
def test_an_objection_counts_by_the_day_on_which_it_came(sandbox: Desk, received_on: str) -> None:
    walk = publicised(sandbox).on("2026-12-04")
    problem = refused(walk.ask("object", objection(received_on)), 409, "outside-window")
    assert problem["window"] == {"from": "2026-11-26", "to": LAST_DAY}
    # One that came in time is recorded after the last day all the same, until it is granted.
    walk.do("object", objection(LAST_DAY))
    assert walk.seen["objections"][0]["received_on"] == LAST_DAY


def test_an_objection_does_not_come_from_the_future(sandbox: Desk) -> None:
    walk = publicised(sandbox).on("2026-11-27")
    refused(walk.ask("object", objection("2026-11-28")), 409, "outside-window")


def test_who_objects_is_for_officers_and_not_in_events(sandbox: Desk) -> None:
    walk = objected(publicised(sandbox))
    assert walk.seen["objections"][0]["by"] == "王某某"
    shown = sandbox.get("apply", f"/v1/applications/{walk.id}").json()["objections"][0]
    assert (shown["by"], shown["contact"], shown["text"]) == (None, None, None)
    with psycopg.connect(sandbox.url) as connection:
        (told,) = connection.execute(
            "SELECT string_agg(data::text, ' ') FROM events WHERE application = %s", [walk.id]
        ).fetchone() or ("",)
        salt, digest = connection.execute(
            "SELECT a.salt, e.data ->> 'objector' FROM applications a JOIN events e ON e.application = a.id"
            " WHERE a.id = %s AND e.data ? 'objector'",
            [walk.id],
        ).fetchone() or (b"", "")
    assert "objector" in told
    assert not any(word in told for word in ("王某某", "13800001234", "不符合条件"))
    # Whoever has the salt can tell that it was this objector; nobody once it is gone.
    seen = {name: walk.seen["objections"][0][name] for name in ("by", "contact", "text")}
    assert digest == salted(bytes(salt), seen)


def test_an_open_objection_stops_the_grant_until_it_is_dismissed(sandbox: Desk) -> None:
    walk = objected(publicised(sandbox)).on(DAY_AFTER)
    assert "grant" not in sandbox.get("finance", f"/v1/applications/{walk.id}").json()["allowed_actions"]
    problem = refused(walk.ask("grant"), 409, "objection-open")
    assert problem["objections"] == [walk.seen["objections"][0]["id"]]
    walk.do("resolve", resolution(walk, "dismissed"))
    assert walk.seen["objections"][0]["outcome"] == "dismissed"
    assert walk.do("grant").status == "granted"


def test_who_accepted_does_not_resolve(sandbox: Desk) -> None:
    walk = objected(publicised(sandbox))
    refused(walk.ask("resolve", resolution(walk), "review"), 409, "same-person")


def test_upheld_ends_everything_and_with_it_the_application(sandbox: Desk) -> None:
    walk = objected(publicised(sandbox))
    walk.do("resolve", resolution(walk))
    assert (walk.status, walk.states()) == ("rejected", ["released"])
    assert held(sandbox) == {"claims": [], "used": []}
    assert approved(sandbox).status == "approved"


def test_upheld_against_one_award_leaves_the_other(sandbox: Desk) -> None:
    walk = publicised(sandbox, MATCH, PRIZES)
    first, second = walk.seen["awards"]
    objected(walk, awards=[first["id"]]).do("resolve", resolution(walk))
    assert (walk.status, walk.states()) == ("publicised", ["released", "reserved"])
    assert [key.rsplit("|", 1)[-1] for key in held(sandbox)["claims"]] == ["cn2"]
    walk.do("object", objection(awards=[second["id"]]))
    problem = refused(walk.ask("object", objection(awards=[first["id"]])), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/awards/0"
    walk.do("resolve", resolution(walk))
    assert walk.status == "rejected"


def test_the_awards_that_end_may_be_named(sandbox: Desk) -> None:
    walk = objected(publicised(sandbox, MATCH, PRIZES))
    second = walk.seen["awards"][1]["id"]
    for awards, code in ((["awd_none"], "choice"), ([second, second], "duplicate_id")):
        problem = refused(walk.ask("resolve", resolution(walk, awards=awards)), 422, "invalid-request")
        assert problem["errors"][0]["code"] == code
    assert walk.do("resolve", resolution(walk, awards=[second])).states() == ["reserved", "released"]
    assert walk.on(DAY_AFTER).do("grant").states() == ["payable", "released"]


def test_an_objection_is_resolved_once(sandbox: Desk) -> None:
    walk = objected(publicised(sandbox, MATCH, PRIZES))
    first = resolution(walk, "dismissed")
    walk.do("resolve", first)
    assert walk.ask("resolve", first).json()["type"] == "/problems/not-allowed-now"
    objected(walk)
    refused(walk.ask("resolve", first), 409, "conflict")
    unknown = refused(walk.ask("resolve", {**first, "objection": "obj_none"}), 422, "invalid-request")
    assert unknown["errors"][0]["pointer"] == "/objection"


def test_a_dismissal_names_no_awards(sandbox: Desk) -> None:
    walk = objected(publicised(sandbox))
    body = resolution(walk, "dismissed", awards=[walk.award["id"]])
    problem = refused(walk.ask("resolve", body), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/awards"


def test_on_hold_stops_the_grant(sandbox: Desk) -> None:
    walk = publicised(sandbox).do("hold", {"reason": "等待核实"}).on(DAY_AFTER)
    problem = refused(walk.ask("grant"), 409, "on-hold")
    assert problem["on_hold"]["reason"] == "等待核实"
    assert walk.do("resume", {"reason": "已核实"}).do("grant").status == "granted"


def test_sandbox_time_does_not_run_backwards(sandbox: Desk) -> None:
    walk = publicised(sandbox).on("2026-11-24")
    refused(walk.ask("hold", {"reason": "倒退"}), 409, "conflict")


def test_withdrawing_under_notice_frees_the_award(sandbox: Desk) -> None:
    walk = publicised(sandbox).do("withdraw")
    assert (walk.status, walk.states()) == ("withdrawn", ["released"])
    assert held(sandbox)["claims"] == []


def test_the_fields_of_a_body_are_all_looked_at_at_once(sandbox: Desk) -> None:
    walk = publicised(sandbox)
    answer = sandbox.act(
        "review",
        walk.id,
        "object",
        {"by": "", "received_on": "26-11-2026", "text": 7, "more": 1},
        headers=at(LAST_DAY),
    )
    found = {error["pointer"]: error["code"] for error in refused(answer, 422, "invalid-request")["errors"]}
    assert found == {
        "/by": "length",
        "/contact": "required",
        "/text": "type",
        "/received_on": "format",
        "/more": "unknown_field",
    }
