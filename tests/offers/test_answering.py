"""Consent makes an application that is accepted already; a refusal ends the offer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from tests.applications.desk import FIRM, PATENTS, decisions, secret_of
from tests.applications.walking import PRIZES
from tests.offers.registering import (
    ONE,
    TEXT,
    YEAR,
    accepted,
    answer,
    consent,
    matched,
    offered,
    offers,
    put,
    rows,
    stated,
    told,
)

if TYPE_CHECKING:
    from tests.applications.desk import Desk


def test_consent_makes_an_application_that_the_approver_is_next_to_see(desk: Desk) -> None:
    offer = offered(desk)
    found = accepted(desk, offer["id"], external_ref="MS-1")
    assert (found["status"], found["external_ref"], found["platform"]) == ("accepted", "MS-1", "portal")
    assert (found["measures"], found["facts"]) == (["patent-grants"], PATENTS)
    assert found["applicant"] == FIRM
    assert [(one["state"], one["assessed"]) for one in found["awards"]] == [("assessed", "200000.00")]
    assert found["policy"]["digest"] == offer["policy"]["digest"]
    path = f"/v1/applications/{found['id']}"
    (assessment,) = desk.get("apply", f"{path}/assessments").json()["items"]
    assert (assessment["occasion"], assessment["verdicts"]) == (
        "offer",
        [{"measure": "patent-grants", "verdict": "eligible"}],
    )
    assert desk.post("audit", f"{path}/assessments/1/replay").json()["identical"] is True
    kinds = [(one["type"], one["to"]) for one in desk.get("apply", f"{path}/events").json()["items"]]
    assert kinds == [("application.created", "accepted"), ("application.assessed", "accepted")]
    assert desk.get("audit", f"{path}/events/verify").json()["valid"] is True
    done = desk.done("approve", found["id"], "approve", {"awards": decisions(found)})
    assert (done["status"], done["awards"][0]["amount"]) == ("approved", "200000.00")
    one = desk.get("apply", f"/v1/offers/{offer['id']}").json()
    assert (one["status"], one["application"], one["platform"]) == ("accepted", found["id"], "portal")
    assert one["consent"]["text_sha256"] == TEXT
    assert one["allowed_actions"] == []
    kind, data = told(desk)[-1]
    assert (kind, data["application"]) == ("offer.accepted", found["id"])
    assert "王某" not in str(data), "the chain holds no personal data"
    assert desk.get("audit", "/v1/ledger/verify").json()["valid"] is True


def test_who_ran_the_match_does_not_approve(desk: Desk) -> None:
    with psycopg.connect(desk.url) as connection:
        connection.execute("UPDATE api_keys SET scopes = '{admin,approve}' WHERE name = 'admin'")
    offer = offered(desk)
    found = accepted(desk, offer["id"])
    refused = desk.act("admin", found["id"], "approve", {"awards": decisions(found)})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/same-person")
    assert rows(desk, "SELECT accepted_by FROM applications") == [(["p-admin"],)]
    desk.done("approve", found["id"], "approve", {"awards": decisions(found)})


def test_consent_fixes_its_documents(desk: Desk) -> None:
    offer = offered(desk)
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + b"\x00" * 50
    sent = desk.ask("apply", "POST", "/v1/documents", files={"file": ("同意书.png", png)})
    assert sent.status_code == 201, sent.text
    unknown = answer(desk, offer["id"], "accept", consent(documents=["doc_" + "0" * 32]))
    assert [one["pointer"] for one in unknown.json()["errors"]] == ["/documents/0"]
    found = accepted(desk, offer["id"], documents=[sent.json()["id"]])
    assert [one["name"] for one in found["documents"]] == ["同意书.png"]
    assert desk.get("apply", f"/v1/documents/{sent.json()['id']}").json()["fixed"] is True


def test_answers_are_safe_to_send_twice_and_only_on_what_was_read(desk: Desk) -> None:
    offer = offered(desk)
    path = f"/v1/offers/{offer['id']}"
    assert desk.post("apply", f"{path}/accept", consent()).status_code == 428
    assert desk.post("apply", f"{path}/accept", consent(), headers={"If-Match": '"9"'}).status_code == 412
    body = consent()
    key = {"Idempotency-Key": "once", "If-Match": '"1"'}
    first = desk.post("apply", f"{path}/accept", body, headers=key)
    again = desk.post("apply", f"{path}/accept", body, headers=key)
    assert first.status_code == 200, first.text
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert rows(desk, "SELECT count(*) FROM applications") == [(1,)]
    over = answer(desk, offer["id"], "decline")
    assert (over.status_code, over.json()["application_status"]) == (409, "accepted")


def test_a_refusal_ends_the_offer_and_leaves_the_way_of_an_application(desk: Desk) -> None:
    offer = offered(desk)
    assert answer(desk, offer["id"], "decline", {}).status_code == 422
    done = answer(desk, offer["id"], "decline", {"reason": "专利已转让"})
    assert (done.json()["status"], done.json()["reason"]) == ("declined", "专利已转让")
    assert told(desk)[-1][0] == "offer.declined"
    assert desk.submitted(["patent-grants"], year=YEAR)["status"] == "submitted"


def test_consent_to_what_is_no_longer_due_withdraws_the_offer(desk: Desk) -> None:
    """Before anybody has looked again: once for the facts, once for the records."""
    offer = offered(desk, PRIZES)
    put(desk, stated({"patent_awards": PRIZES["patent_awards"][:1]}))
    refused = answer(desk, offer["id"], "accept")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/assessment-changed")
    assert desk.get("audit", f"/v1/offers/{offer['id']}").json()["status"] == "withdrawn"
    matched(desk)
    (second,) = offers(desk, status="offered")
    listed = {"uscc": ONE, "list": "court", "listed_on": f"{YEAR}-01-05", "source": "court"}
    assert desk.post("review", "/v1/joint-punishment", listed).status_code == 201
    refused = answer(desk, second["id"], "accept")
    (difference,) = refused.json()["difference"]
    assert (difference["was"]["verdict"], difference["now"]["verdict"]) == ("eligible", "ineligible")
    assert rows(desk, "SELECT count(*) FROM applications") == [(0,)]
    assert [one["status"] for one in offers(desk)] == ["withdrawn", "withdrawn"]


def test_a_kind_that_the_register_changed_is_seen_at_consent(desk: Desk) -> None:
    offer = offered(desk)
    etag = desk.get("audit", f"/v1/organisations/{ONE}").headers["etag"]
    body = {"name": FIRM["name"], "kind": "school"}
    changed = desk.ask("review", "PUT", f"/v1/organisations/{ONE}", json=body, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.text
    assert answer(desk, offer["id"], "accept").status_code == 409


def test_an_offer_that_is_over_can_no_longer_be_taken(desk: Desk) -> None:
    offer = offered(desk)
    rows(desk, "UPDATE offers SET expires_at = now() - interval '1 second'")
    assert desk.get("apply", f"/v1/offers/{offer['id']}").json()["allowed_actions"] == []
    late = answer(desk, offer["id"], "accept")
    assert (late.status_code, late.json()["application_status"]) == (409, "expired")


def test_consent_says_who_when_and_to_which_words(desk: Desk) -> None:
    offer = offered(desk)
    early = {"by": "王某", "given_at": "2020-01-01T00:00:00+08:00", "text_sha256": TEXT}
    for body, pointers in (
        ({}, ["/consent"]),
        ({"consent": {}}, ["/consent/by", "/consent/given_at", "/consent/text_sha256"]),
        ({"consent": {**early, "text_sha256": "x"}}, ["/consent/text_sha256"]),
        ({"consent": early}, ["/consent/given_at"]),
        ({"consent": {**early, "given_at": "2999-01-01T00:00:00+08:00"}}, ["/consent/given_at"]),
    ):
        refused = answer(desk, offer["id"], "accept", body)
        assert refused.status_code == 422, body
        assert [one["pointer"] for one in refused.json()["errors"]] == pointers


def test_a_platform_is_shown_what_it_names_and_what_it_answered(desk: Desk) -> None:
    offer = offered(desk)
    assert offers(desk, "apply") == [], "nobody goes through all that is open"
    assert [one["id"] for one in offers(desk, "other", uscc=ONE)] == [offer["id"]]
    assert desk.get("other", f"/v1/offers/{offer['id']}").json()["allowed_actions"] == ["accept", "decline"]
    assert desk.get("review", f"/v1/offers/{offer['id']}").json()["allowed_actions"] == []
    assert answer(desk, offer["id"], "accept", role="review").status_code == 403
    accepted(desk, offer["id"])
    assert [one["status"] for one in offers(desk, "apply")] == ["accepted"]
    assert offers(desk, "other", uscc=ONE) == []
    assert desk.get("other", f"/v1/offers/{offer['id']}").status_code == 404


def test_row_security_lets_a_platform_answer_and_nothing_else(desk: Desk) -> None:
    offered(desk)
    with psycopg.connect(desk.url) as connection:
        connection.execute(
            "SELECT set_config('role', 'duixian_service', true), set_config('duixian.mode', 'live', true),"
            " set_config('duixian.platform', 'portal', true)"
        )
        for refused in (
            "UPDATE offers SET status = 'withdrawn', answered_at = now()",
            "UPDATE offers SET status = 'declined', answered_at = now(), platform = 'bureau'",
            'INSERT INTO offers SELECT (jsonb_populate_record(o, \'{"id": "off_2"}\')).* FROM offers o',
            "DELETE FROM offers",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(refused)
        for hidden in ("organisation_facts", "matches", "match_marks"):
            assert connection.execute(f"SELECT count(*) FROM {hidden}").fetchone() == (0,)  # noqa: S608 - names above
        declined = "UPDATE offers SET status = 'declined', answered_at = now(), platform = 'portal'"
        assert connection.execute(declined).rowcount == 1


def test_of_two_that_consent_at_once_one_makes_the_application(desk: Desk) -> None:
    offer = offered(desk)

    async def take(client: httpx.AsyncClient, role: str) -> int:
        sent = await client.post(
            f"/v1/offers/{offer['id']}/accept",
            json=consent(),
            headers={
                "Authorization": f"Bearer {secret_of(role, 'live')}",
                "If-Match": '"1"',
                "Idempotency-Key": role,
            },
        )
        return sent.status_code

    async def both() -> list[int]:
        transport = httpx.ASGITransport(app=desk.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await asyncio.gather(take(client, "apply"), take(client, "other"))

    first, second = sorted(desk.run(both()))
    assert first == 200
    assert second in (404, 409, 412)
    assert rows(desk, "SELECT count(*) FROM applications") == [(1,)]
