"""A change is looked at again where it touches: facts, records, awards, and objects that others hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.applications.desk import FIRM, FIRM_2, PATENTS, decisions
from tests.applications.walking import PRIZES
from tests.offers.registering import YEAR, looked_again, matched, offers, put, registered, rows, stated

if TYPE_CHECKING:
    from tests.applications.desk import Desk


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Two firms with an offer for their patents each, and nothing to look at again."""
    for firm in (FIRM, FIRM_2):
        registered(desk, firm=firm)
    assert looked_again(desk) == 2
    assert len(offers(desk, status="offered")) == 2
    assert looked_again(desk) == 0
    return desk


def standing(desk: Desk) -> dict[str, str]:
    """Code -> where its last offer stands."""
    return dict(rows(desk, "SELECT uscc, status FROM offers ORDER BY id"))


def test_facts_that_change_touch_their_organisation_alone(two: Desk) -> None:
    put(two, stated({"patents": {"granted": 0, "invention_granted": 0, "high_value_granted": 0}}))
    assert looked_again(two) == 1
    assert standing(two) == {FIRM["uscc"]: "withdrawn", FIRM_2["uscc"]: "offered"}
    put(two, stated())
    looked_again(two)
    assert standing(two)[FIRM["uscc"]] == "offered", "what is granted again is offered again"
    put(two, None)
    looked_again(two)
    assert offers(two, uscc=FIRM["uscc"])[0]["reason"] == "no-facts"


def test_a_listing_touches_its_organisation_and_its_end_does(two: Desk) -> None:
    listed = {"uscc": FIRM["uscc"], "list": "court", "listed_on": f"{YEAR}-01-05", "source": "court"}
    record = two.post("review", "/v1/joint-punishment", listed).json()["id"]
    assert looked_again(two) == 1
    assert standing(two) == {FIRM["uscc"]: "withdrawn", FIRM_2["uscc"]: "offered"}
    two.post("review", "/v1/joint-punishment", {**listed, "supersedes": record, "void": True})
    assert looked_again(two) == 1
    assert standing(two)[FIRM["uscc"]] == "offered"


def test_an_award_and_its_release_touch_their_organisation(two: Desk) -> None:
    done = two.approved(["patent-grants"], year=YEAR)
    assert looked_again(two) == 1
    assert standing(two) == {FIRM["uscc"]: "withdrawn", FIRM_2["uscc"]: "offered"}
    two.done("apply", done["id"], "withdraw", {"reason": "误报"})
    assert looked_again(two) == 1
    assert standing(two)[FIRM["uscc"]] == "offered"


def test_an_object_that_somebody_else_was_given_touches_whoever_names_it(desk: Desk) -> None:
    for firm in (FIRM, FIRM_2):
        registered(desk, PRIZES, firm)
    matched(desk)
    looked_again(desk)
    assert {one["measure"] for one in offers(desk, status="offered")} == {"patent-award-match"}
    application = desk.accepted(["patent-award-match"], PRIZES, year=YEAR)
    desk.done("approve", application["id"], "approve", {"awards": decisions(application)})
    assert looked_again(desk) == 2, "the claimant, and the other that names the same prizes"
    assert standing(desk) == {FIRM["uscc"]: "withdrawn", FIRM_2["uscc"]: "withdrawn"}


def test_funding_of_a_project_touches_whoever_names_it(desk: Desk) -> None:
    prizes = {"patent_awards": [{**PRIZES["patent_awards"][0], "project": "P-7"}]}
    registered(desk, prizes)
    registered(desk, PATENTS, FIRM_2)
    assert looked_again(desk) == 2
    funding = {"uscc": FIRM_2["uscc"], "source": "district", "project": "p 7", "amount": "1.00"}
    made = desk.post(
        "review", "/v1/funding-records", {**funding, "granted_on": f"{YEAR}-01-05", "reference": "F-1"}
    )
    assert made.status_code == 201, made.text
    assert looked_again(desk) == 2, "whose money it was, and who names the project"
    assert standing(desk) == {FIRM["uscc"]: "withdrawn", FIRM_2["uscc"]: "offered"}


def test_a_changed_code_makes_another_offer_and_a_merger_ends_those_of_the_merged(two: Desk) -> None:
    third = {"uscc": "93140802MA0CT00496", "from": f"{YEAR}-01-05", "reason": "换证"}
    path = f"/v1/organisations/{FIRM['uscc']}/codes"
    assert two.post("admin", path, third).status_code == 201
    looked_again(two)
    assert standing(two) == {
        FIRM["uscc"]: "withdrawn",
        FIRM_2["uscc"]: "offered",
        third["uscc"]: "offered",
    }
    merged = two.post("admin", path, {**third, "uscc": FIRM_2["uscc"]})
    assert merged.status_code == 201, merged.text
    looked_again(two)
    opened = [row[0] for row in rows(two, "SELECT organisation FROM offers WHERE status = 'offered'")]
    assert opened == [merged.json()["id"]]


def test_a_mark_is_only_ever_added_so_that_nobody_waits_for_another(two: Desk) -> None:
    """Two that hold different firms mark the same third one at the same time."""
    with psycopg.connect(two.url) as one, psycopg.connect(two.url) as other:
        for connection in (one, other):
            connection.execute("SET LOCAL lock_timeout = '1s'")
            connection.execute(
                "INSERT INTO funding_records (mode, id, organisation, uscc, source, amount, granted_on, reference,"
                " recorded_by, recorded_at) SELECT 'live', 'fnd-' || pg_backend_pid(), organisation, uscc, 'municipal',"
                " 1, '2026-01-05', 'x', 'tests', now() FROM organisation_codes WHERE uscc = %s",
                [FIRM["uscc"]],
            )
        one.commit()
        other.commit()
    assert looked_again(two) == 1


def test_what_others_hold_keeps_its_mark(two: Desk) -> None:
    put(two, stated({"patents": {"granted": 0, "invention_granted": 0, "high_value_granted": 0}}))
    with psycopg.connect(two.url) as holder:
        holder.execute("SELECT id FROM organisations FOR UPDATE")
        assert looked_again(two) == 0, "after the second that a lock is waited for"
    assert looked_again(two) == 1
    assert standing(two)[FIRM["uscc"]] == "withdrawn"
