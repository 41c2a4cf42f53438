"""The events of one application: its chain, and whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from app.rules.procedure.chaining import FIRST, hash_of

if TYPE_CHECKING:
    from tests.applications.desk import Desk


def alter(url: str, statement: str, *values: object) -> None:
    """As the superuser who switches the triggers off."""
    with psycopg.connect(url) as connection:
        for table in ("events", "assessments"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        connection.execute(statement, values)
        for table in ("events", "assessments"):
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_kept")


def test_the_chain_is_what_it_is_hashed_from(desk: Desk) -> None:
    application = desk.approved(["patent-grants"])["id"]
    answer = desk.get("apply", f"/v1/applications/{application}/events", params={"limit": 3})
    first = answer.json()
    assert len(first["items"]) == 3
    rest = desk.get(
        "apply", f"/v1/applications/{application}/events", params={"limit": 3, "after": first["next"]}
    ).json()
    assert rest["next"] is None
    events = [*first["items"], *rest["items"]]
    assert [event["seq"] for event in events] == [1, 2, 3, 4]
    previous = FIRST
    for event in events:
        assert event["prev_hash"] == previous
        assert event["hash"] == hash_of(event)
        previous = event["hash"]
    report = desk.get("audit", f"/v1/applications/{application}/events/verify").json()
    assert report == {"valid": True, "length": 4, "head": previous, "first_break": None}


def test_another_platforms_chain_is_not_there(desk: Desk) -> None:
    application = desk.draft(["patent-grants"])["id"]
    for path in ("events", "events/verify"):
        assert desk.get("other", f"/v1/applications/{application}/{path}").status_code == 404
        assert desk.get("review", f"/v1/applications/{application}/{path}").status_code == 200
        assert desk.get("apply", f"/v1/applications/app_{'0' * 32}/{path}").status_code == 404
        assert desk.get(None, f"/v1/applications/{application}/{path}").status_code == 401


@pytest.mark.parametrize(
    ("statement", "seq", "what"),
    [
        ('UPDATE events SET data = \'{"reason": "x"}\' WHERE chain = %s AND seq = 2', 2, "altered"),
        ("UPDATE events SET at = at + interval '1 second' WHERE chain = %s AND seq = 3", 3, "altered"),
        (
            "UPDATE events SET data = '{\"n\": 123456789012345678901}' WHERE chain = %s AND seq = 2",
            2,
            "altered",
        ),
        ("DELETE FROM events WHERE chain = %s AND seq = 2", 2, "removed"),
        ("DELETE FROM events WHERE chain = %s AND seq = 3", 3, "removed"),
        ("DELETE FROM events WHERE chain = %s", 1, "removed"),
        ("UPDATE applications SET event_seq = 2 WHERE id = %s", 2, "head"),
        ("UPDATE applications SET event_hash = repeat('a', 64) WHERE id = %s", 3, "head"),
    ],
)
def test_verify_names_the_first_break(desk: Desk, statement: str, seq: int, what: str) -> None:
    application = desk.accepted(["patent-grants"])["id"]
    alter(desk.url, statement, application)
    report = desk.get("apply", f"/v1/applications/{application}/events/verify").json()
    assert report["valid"] is False
    assert report["first_break"] == {"seq": seq, "what": what}


def test_a_reordered_pair_is_found(desk: Desk) -> None:
    application = desk.accepted(["patent-grants"])["id"]
    alter(
        desk.url,
        "WITH two AS (SELECT data, type, hash FROM events WHERE chain = %s AND seq = 2)"
        " UPDATE events e SET data = two.data, type = two.type, hash = two.hash FROM two"
        " WHERE e.chain = %s AND e.seq = 3",
        application,
        application,
    )
    report = desk.get("apply", f"/v1/applications/{application}/events/verify").json()
    assert report["first_break"] == {"seq": 3, "what": "altered"}
