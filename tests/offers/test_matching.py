"""The register matched against a policy: what is offered, what is not, and what becomes of offers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.services.instants import now
from app.services.offers import running
from app.store import matches
from app.store.acting import EVERYTHING, Sight, acting
from tests.applications.desk import FIRM, FIRM_2, PATENTS
from tests.applications.importing import code_of
from tests.applications.walking import PRIZES
from tests.offers.registering import (
    YEAR,
    answer,
    consent,
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

NAVIGATION = {"navigation_projects": [{"project": "NAV-7", "excellence": "provincial"}]}
EVERYTHING_AT_ONCE = {
    **PATENTS,
    **PRIZES,
    **NAVIGATION,
    "exhibition_awards": [{"event": "international_expo", "own_brand": True, "won": True}],
    "brand_plan": {"newly_recognised": True},
    "brand_station": {"outstanding": True},
    "service_outlet": {"recognised_level": "provincial"},
}


def test_what_the_text_gives_is_offered_and_what_an_official_sets_is_not(desk: Desk) -> None:
    registered(desk, EVERYTHING_AT_ONCE)
    tally = matched(desk)["tally"]
    found = {one["measure"]: one for one in offers(desk)}
    assert {name: (one["kind"], one["amount"]) for name, one in found.items()} == {
        "patent-grants": ("fixed", "200000.00"),
        "patent-award-match": ("calculated", found["patent-award-match"]["amount"]),
        "brand-plan": ("fixed", "50000.00"),
        "service-outlet": ("fixed", "50000.00"),
    }
    items = found["patent-award-match"]["items"]
    assert [one["item"] for one in items] == ["CN-1", "CN-2"]
    assert tally["made"] == 4
    assert tally["flagged"] == 1, (
        "a navigation project of a firm that is not known to be high-tech is for a reviewer"
    )
    one = desk.get("audit", f"/v1/offers/{found['patent-grants']['id']}").json()
    basis = one["basis"]
    assert basis["request"]["measures"] == ["patent-grants"]
    assert basis["result"]["measures"][0]["award"]["amount"] == "200000.00"
    assert (basis["matched_by"], basis["facts"]["source"]) == ("p-admin", "市场监管")
    assert desk.get("apply", f"/v1/offers/{one['id']}").json()["basis"] is None


def test_a_flag_that_is_answered_makes_room_for_an_offer(desk: Desk) -> None:
    answer = put(desk, stated(NAVIGATION, {"size": "small", "high_tech": True}))
    assert answer.status_code == 201, answer.text
    matched(desk, {"measures": ["navigation"]})
    (found,) = offers(desk)
    assert (found["measure"], [one["item"] for one in found["items"]]) == ("navigation", ["NAV-7"])


def test_a_second_match_keeps_what_stands_and_offers_nothing_twice(desk: Desk) -> None:
    first = offered(desk)
    assert matched(desk)["tally"]["kept"] == 1
    assert [one["id"] for one in offers(desk)] == [first["id"]]
    with psycopg.connect(desk.url) as connection, pytest.raises(psycopg.errors.UniqueViolation) as refused:
        connection.execute(
            'INSERT INTO offers SELECT (jsonb_populate_record(o, \'{"id": "off_2"}\')).* FROM offers o'
        )
    assert refused.value.diag.constraint_name == "offers_open_key"
    with psycopg.connect(desk.url) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("UPDATE offers SET amount = amount + 1")


def test_what_is_no_longer_granted_is_withdrawn_and_another_amount_is_another_offer(desk: Desk) -> None:
    first = offered(desk, PRIZES)
    one_prize = {"patent_awards": PRIZES["patent_awards"][:1]}
    put(desk, stated(one_prize))
    matched(desk)
    second, before = offers(desk)
    assert (before["id"], before["status"], before["reason"]) == (first["id"], "withdrawn", "changed")
    assert [one["item"] for one in second["items"]] == ["CN-1"]
    put(desk, stated({"patent_awards": []}))
    matched(desk)
    assert [(one["status"], one["reason"]) for one in offers(desk)] == [
        ("withdrawn", "ineligible"),
        ("withdrawn", "changed"),
    ]
    assert [kind for kind, _ in told(desk) if kind != "match.requested"] == [
        "offer.made",
        "offer.withdrawn",
        "offer.made",
        "offer.withdrawn",
    ]


def test_nothing_is_offered_while_lists_are_stale_and_what_is_open_stays(desk: Desk) -> None:
    first = offered(desk)
    registered(desk, firm=FIRM_2)
    matched_before = desk.post("admin", "/v1/policies/yanhu-ip/matches")
    assert matched_before.status_code == 202
    rows(desk, "ALTER TABLE list_readings DISABLE TRIGGER ALL")
    rows(desk, "UPDATE list_readings SET queried_at = now() - interval '40 days'")
    desk.run(running.run_matches(desk.app.state.office, now()))
    done = desk.get("audit", matched_before.headers["location"]).json()
    assert (done["tally"]["kept"], done["tally"]["stale"]) == (1, 1)
    assert [one["id"] for one in offers(desk, status="offered")] == [first["id"]]
    refused = desk.post("admin", "/v1/policies/yanhu-ip/matches")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/records-stale")
    assert refused.json()["lists"] == ["national"]


def test_what_is_applied_for_is_not_offered(desk: Desk) -> None:
    registered(desk)
    desk.submitted(["patent-grants"], year=YEAR)
    assert matched(desk)["tally"]["applied"] == 1
    assert offers(desk) == []


def test_what_was_declined_is_not_offered_again_unless_it_is_another_thing(desk: Desk) -> None:
    first = offered(desk, PRIZES)
    assert answer(desk, first["id"], "decline").status_code == 200
    assert matched(desk)["tally"]["answered"] == 1
    put(desk, stated({"patent_awards": PRIZES["patent_awards"][:1]}))
    matched(desk)
    assert [one["status"] for one in offers(desk)] == ["offered", "declined"]


def test_facts_of_another_year_are_not_matched(desk: Desk) -> None:
    put(desk, {**stated(), "year": YEAR - 1})
    done = matched(desk)
    assert (done["total"], offers(desk)) == (0, [])


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"measures": []}, "/measures", "required"),
        ({"measures": ["exhibition-award"]}, "/measures/0", "choice"),
        ({"measures": ["overseas-filing"]}, "/measures/0", "choice"),
        ({"measures": ["patent-grants", "patent-grants"]}, "/measures/1", "duplicate_id"),
        ({"as_of": "2999-01-01"}, "/as_of", "range"),
        ({"years": 1}, "/years", "unknown_field"),
    ],
)
def test_what_cannot_be_matched_is_told(shared: Desk, body: Any, pointer: str, code: str) -> None:
    answer = shared.post("admin", "/v1/policies/yanhu-ip/matches", body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


def test_a_match_is_of_a_year_that_can_be_applied_for(shared: Desk) -> None:
    answer = shared.post("admin", "/v1/policies/yanhu-ip/matches", {"year": YEAR - 1})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/outside-window")
    assert shared.post("admin", "/v1/policies/none/matches").status_code == 404
    assert shared.post("review", "/v1/policies/yanhu-ip/matches").status_code == 403


def test_a_match_goes_on_where_it_stopped_and_shows_how_far_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 1)
    registered(desk)
    registered(desk, firm=FIRM_2)
    place = desk.post("admin", "/v1/policies/yanhu-ip/matches").headers["location"]
    office = desk.app.state.office

    class Killed(Exception):
        pass

    def die(_row: Any) -> None:
        raise Killed

    async def first_piece_only() -> None:
        async with acting(office.engine, Sight("live", EVERYTHING)) as connection:
            (row,) = await matches.under_way(connection)
        with pytest.raises(Killed):
            await running.run(office, row, die)

    desk.run(first_piece_only())
    half = desk.get("audit", place).json()
    assert (half["status"], half["done"], half["total"], half["tally"]["made"]) == ("running", 1, 2, 1)
    desk.run(running.run_matches(office, now()))
    whole = desk.get("audit", place).json()
    assert (whole["status"], whole["done"], whole["tally"]["made"]) == ("succeeded", 2, 2)
    assert len(offers(desk, status="offered")) == 2
    assert desk.get("audit", "/v1/matches", params={"status": "succeeded"}).json()["items"] == [whole]


def test_of_several_that_lead_one_match_each_looks_at_other_organisations(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 1)
    firms = [{**FIRM, "uscc": code_of(number)} for number in range(12)]
    for firm in firms:
        registered(desk, firm=firm)
    place = desk.post("admin", "/v1/policies/yanhu-ip/matches").headers["location"]
    office = desk.app.state.office

    async def at_once() -> None:
        await asyncio.gather(*(running.run_matches(office, now()) for _ in range(4)))

    while (
        desk.get("audit", place).json()["ended_at"] is None
    ):  # who finds another at it leaves it to the other
        desk.run(at_once())
    done = desk.get("audit", place).json()
    assert (done["done"], done["tally"]["made"]) == (12, 12)
    assert rows(desk, "SELECT count(*), count(DISTINCT organisation) FROM offers") == [(12, 12)]


def test_a_match_of_one_measure_leaves_other_offers_alone(desk: Desk) -> None:
    registered(desk, {**PATENTS, "brand_plan": {"newly_recognised": True}})
    matched(desk)
    put(desk, stated({"patents": {**PATENTS["patents"], "granted": 0, "invention_granted": 0}}))
    matched(desk, {"measures": ["brand-plan"]})
    assert {one["measure"]: one["status"] for one in offers(desk)} == {
        "patent-grants": "offered",
        "brand-plan": "withdrawn",
    }


def test_the_sandbox_is_matched_by_itself_and_in_its_own_time(sandbox: Desk) -> None:
    facts = {**stated(), "stated_on": f"{YEAR - 1}-03-01"}
    assert put(sandbox, facts).status_code == 201
    at = {"Duixian-Test-Time": f"{YEAR - 1}-11-25T10:00:00+08:00"}
    # A list is read by the real clock: what was read later than the sandbox's day holds all the more.
    done = matched(sandbox, headers=at)
    assert (done["as_of"], done["year"], done["tally"]["made"]) == (f"{YEAR - 1}-11-25", YEAR - 1, 1)
    (found,) = offers(sandbox)
    assert found["expires_at"].startswith(f"{YEAR - 1}-12-26T00:00:00")
    taken = answer(sandbox, found["id"], "accept", consent(), **at)
    assert taken.status_code == 200, taken.text
    late = {"Duixian-Test-Time": f"{YEAR}-01-02T10:00:00+08:00"}
    assert answer(sandbox, found["id"], "decline", None, **late).status_code == 409
    sandbox.mode = "live"
    assert offers(sandbox) == []
    assert sandbox.get("audit", f"/v1/offers/{found['id']}").status_code == 404


def test_offers_are_listed_by_what_they_are_of(desk: Desk) -> None:
    registered(desk, {**PATENTS, "brand_plan": {"newly_recognised": True}})
    registered(desk, firm=FIRM_2)
    matched(desk)
    assert len(offers(desk)) == 3
    assert len(offers(desk, uscc=FIRM["uscc"])) == 2
    assert len(offers(desk, measure="brand-plan")) == 1
    assert len(offers(desk, policy="yanhu-ip", year=YEAR)) == 3
    assert offers(desk, status="accepted") == []
    first = desk.get("audit", "/v1/offers", params={"limit": 2}).json()
    rest = desk.get("audit", "/v1/offers", params={"limit": 2, "after": first["next"]}).json()
    assert len(first["items"]) == 2
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert first["items"][0]["uscc"] == "911408********026B", "names and codes are masked in lists"
