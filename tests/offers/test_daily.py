"""Every night the register is matched once, and offers that nobody answered run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.services.duties import duties
from app.services.instants import SHANGHAI, now
from app.services.offers.daily import expire_offers, plan_tonight
from app.services.offers.running import run_matches
from tests.applications.desk import PATENTS, decisions
from tests.offers.registering import (
    accepted,
    answer,
    matched,
    offered,
    offers,
    put,
    registered,
    rows,
    stated,
    told,
)

if TYPE_CHECKING:
    from tests.applications.desk import Desk


def tonight(hour: int) -> datetime:
    return now().astimezone(SHANGHAI).replace(hour=hour, minute=30)


def test_from_its_hour_on_a_night_has_one_match_that_nobody_ran(desk: Desk) -> None:
    office = desk.app.state.office
    registered(desk)
    assert desk.run(plan_tonight(office, tonight(1))) == 0
    assert desk.run(plan_tonight(office, tonight(2))) == 1
    assert desk.run(plan_tonight(office, tonight(9))) == 0, "once, and late rather than never"
    assert desk.run(plan_tonight(office, tonight(9) + timedelta(days=1))) == 1
    desk.run(run_matches(office, now()))
    (offer,) = offers(desk)
    found = accepted(desk, offer["id"])
    assert rows(desk, "SELECT accepted_by FROM applications") == [(["duixian"],)]
    desk.done("approve", found["id"], "approve", {"awards": decisions(found)})
    listed = desk.get("audit", "/v1/matches").json()["items"]
    assert {(one["occasion"], one["requested_by"]) for one in listed} == {("nightly", "duixian")}


def test_an_empty_register_has_no_nights(desk: Desk) -> None:
    assert desk.run(plan_tonight(desk.app.state.office, tonight(9))) == 0


def test_what_nobody_answers_runs_out_and_does_not_come_back(desk: Desk) -> None:
    offer = offered(desk)
    office = desk.app.state.office
    assert desk.run(expire_offers(office, now() + timedelta(days=30))) == 0
    assert desk.run(expire_offers(office, now() + timedelta(days=32))) == 1
    assert [(one["id"], one["status"]) for one in offers(desk)] == [(offer["id"], "expired")]
    assert told(desk)[-1][0] == "offer.expired"
    assert answer(desk, offer["id"], "accept").status_code == 404, "a platform is shown what is open"
    matched(desk)
    assert offers(desk, status="offered") == []
    put(desk, stated({"patents": {**PATENTS["patents"], "granted": 40, "invention_granted": 4}}))
    matched(desk)
    assert [one["status"] for one in offers(desk)][-1] == "expired"


def test_the_duties_of_offers_are_among_those_of_the_service() -> None:
    found = {duty.name: duty.every for duty in duties(None)}
    assert found["run-matches"] == found["look-again"] == "* * * * * */10"
    assert {"plan-tonight", "expire-offers"} <= found.keys()
