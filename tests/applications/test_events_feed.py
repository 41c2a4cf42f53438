"""The change feed has no gaps, shows each caller what is its own, and goes on from any cursor."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.store import feed

if TYPE_CHECKING:
    from tests.applications.desk import Desk


def feed_of(desk: Desk, role: str, **query: Any) -> list[dict[str, Any]]:
    """All of the feed, page by page, until there is no more at once."""
    found: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while True:
        answer = desk.get(role, "/v1/events", params={**query, **after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert set(page) == {"items", "next", "has_more"}
        found += page["items"]
        after = {"after": page["next"]}
        if not page["has_more"]:
            return found


def settled(desk: Desk, role: str, least: int, **query: Any) -> list[dict[str, Any]]:
    """The feed once it has so many: other transactions of the server may hold it back for a moment."""
    deadline = time.monotonic() + 20
    while len(found := feed_of(desk, role, **query)) < least:
        assert time.monotonic() < deadline, f"{len(found)} of {least}"
        time.sleep(0.05)
    return found


def test_every_event_once_and_in_order_of_its_chain(desk: Desk) -> None:
    one = desk.submitted(["patent-grants"])
    other = desk.draft(["patent-grants"])
    desk.done("review", one["id"], "accept")
    found = settled(desk, "apply", 4, limit=1)
    assert [(event["application"], event["seq"], event["type"]) for event in found] == [
        (one["id"], 1, "application.created"),
        (one["id"], 2, "application.submitted"),
        (other["id"], 1, "application.created"),
        (one["id"], 3, "application.accepted"),
    ]
    assert found[1]["from"] == "draft"
    assert found[1]["to"] == "submitted"
    assert found == settled(desk, "apply", 4, limit=200)


def test_a_feed_has_no_end(desk: Desk) -> None:
    empty = desk.get("apply", "/v1/events").json()
    assert empty["items"] == []
    assert empty["has_more"] is False
    draft = desk.draft(["patent-grants"])
    settled(desk, "apply", 1)
    page = desk.get("apply", "/v1/events", params={"after": empty["next"]}).json()
    assert [event["application"] for event in page["items"]] == [draft["id"]]
    again = desk.get("apply", "/v1/events", params={"after": page["next"]}).json()
    assert again["items"] == []


def test_a_platform_sees_its_own_and_an_officer_all(desk: Desk) -> None:
    desk.draft(["patent-grants"])
    body = {"name": "ci", "scopes": ["audit"], "person": "p-1"}
    assert desk.post("admin", "/v1/keys", body).status_code == 201
    officers = {event["type"] for event in settled(desk, "audit", 2)}
    assert {"application.created", "key.created"} <= officers
    assert {event["type"] for event in settled(desk, "apply", 1)} == {"application.created"}
    assert feed_of(desk, "other") == []


def test_the_sandbox_has_a_feed_of_its_own(desk: Desk) -> None:
    desk.draft(["patent-grants"])
    settled(desk, "apply", 1)
    desk.mode = "test"
    assert feed_of(desk, "audit") == []


def test_filters(desk: Desk) -> None:
    one, other = desk.submitted(["patent-grants"]), desk.draft(["patent-grants"])
    settled(desk, "apply", 3)
    assert [e["seq"] for e in feed_of(desk, "apply", application=one["id"])] == [1, 2]
    created = feed_of(desk, "apply", type="application.created", limit=1)
    assert [event["application"] for event in created] == [one["id"], other["id"]]
    assert feed_of(desk, "apply", type="application.paid") == []


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"},
        {"limit": "0"},
        {"limit": "201"},
        {"since": "1"},
        {"type": ""},
        {"application": "a\x00b"},
    ],
)
def test_what_is_no_query_of_the_feed_is_refused(desk: Desk, query: dict[str, str]) -> None:
    assert desk.get("apply", "/v1/events", params=query).status_code == 422


def test_a_cursor_is_for_its_caller_and_its_filters(desk: Desk) -> None:
    cursor = desk.get("apply", "/v1/events").json()["next"]
    assert desk.get("other", "/v1/events", params={"after": cursor}).status_code == 422
    again = {"after": cursor, "type": "application.created"}
    assert desk.get("apply", "/v1/events", params=again).status_code == 422


def test_an_event_that_is_committed_late_is_not_lost(desk: Desk) -> None:
    """A slow transaction holds the feed back rather than fall behind a cursor that went on."""
    first = desk.draft(["patent-grants"])
    settled(desk, "audit", 1)
    cursor = desk.get("audit", "/v1/events").json()["next"]
    with psycopg.connect(desk.url) as slow:
        slow.execute(_LATE, [first["id"]])
        second = desk.draft(["patent-grants"])
        page = desk.get("audit", "/v1/events", params={"after": cursor}).json()
        assert page["items"] == []
        slow.commit()
    deadline = time.monotonic() + 20
    while len(page["items"]) < 2:
        assert time.monotonic() < deadline
        page = desk.get("audit", "/v1/events", params={"after": cursor}).json()
    late, after = page["items"]
    assert late["id"] == "evt_late"
    assert after["application"] == second["id"]


_LATE = (
    "INSERT INTO events (mode, chain, seq, id, application, platform, type, at, actor, data, algorithm, prev_hash,"
    " hash) SELECT mode, chain, 99, 'evt_late', application, platform, 'application.changed', now(), actor, data,"
    " algorithm, prev_hash, hash FROM events WHERE chain = %s"
)


def test_readers_beside_writers_miss_nothing(desk: Desk) -> None:
    """Many connections write while the feed is followed; in the end what was seen is what there is, each once."""
    draft = desk.draft(["patent-grants"])
    settled(desk, "audit", 1)
    cursor = desk.get("audit", "/v1/events").json()["next"]
    writers = [threading.Thread(target=_write, args=(desk.url, draft["id"], n)) for n in range(8)]
    for writer in writers:
        writer.start()
    seen: list[str] = []
    deadline = time.monotonic() + 60
    while len(seen) < 8 * 25:
        assert time.monotonic() < deadline, len(seen)
        page = desk.get("audit", "/v1/events", params={"after": cursor, "limit": 7}).json()
        seen += [event["id"] for event in page["items"]]
        cursor = page["next"]
    for writer in writers:
        writer.join()
    assert sorted(seen) == sorted({f"evt_{n}_{i}" for n in range(8) for i in range(25)})


def _write(url: str, application: str, n: int) -> None:
    with psycopg.connect(url) as connection:
        for i in range(25):
            connection.execute(
                "INSERT INTO events (mode, chain, seq, id, application, platform, type, at, actor, data, algorithm,"
                " prev_hash, hash) SELECT mode, chain, %s, %s, application, platform, 'application.changed', now(),"
                " actor, data, algorithm, prev_hash, hash FROM events WHERE chain = %s AND seq = 1",
                [1_000 * (n + 1) + i, f"evt_{n}_{i}", application],
            )
            time.sleep(0.004 * (n % 3))  # some hold their transaction longer than others
            connection.commit()


def test_a_rare_type_is_found_in_pages_of_bounded_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LOOKED_AT", 3)
    for _ in range(4):
        desk.draft(["patent-grants"])
    late = desk.submitted(["patent-grants"])
    settled(desk, "apply", 6)
    page = desk.get("apply", "/v1/events", params={"type": "application.submitted"}).json()
    assert page["items"] == []
    assert page["has_more"] is True
    found = feed_of(desk, "apply", type="application.submitted")
    assert [event["application"] for event in found] == [late["id"]]


def test_every_question_to_the_feed_uses_an_index(database_url: str) -> None:
    """With many events, no read of the feed or of a chain looks through the table."""
    with psycopg.connect(database_url) as connection:
        connection.execute(_MANY)
        connection.execute("ANALYZE events")
        connection.execute("SET ROLE duixian_service")
        connection.execute(
            "SELECT set_config('duixian.mode', 'live', true), set_config('duixian.platform', 'p7', true)"
        )
        for where in (
            "mode = 'live' AND platform = 'p7' AND (txid, position) > ('0'::xid8, 0)",
            "mode = 'live' AND (txid, position) > ('0'::xid8, 0)",
            "mode = 'live' AND chain = 'c5' AND platform = 'p7' AND (txid, position) > ('0'::xid8, 0)",
        ):
            plan = connection.execute(
                f"EXPLAIN SELECT * FROM events WHERE {where}"  # noqa: S608 - the words above
                " AND txid < pg_snapshot_xmin(pg_current_snapshot())"
                " ORDER BY txid, position LIMIT 51"
            ).fetchall()
            text = "\n".join(row[0] for row in plan)
            assert "Index" in text, text
            assert "Seq Scan" not in text, text


_MANY = (
    "INSERT INTO events (mode, chain, seq, id, type, at, actor, data, algorithm, prev_hash, hash)"
    " SELECT 'live', 'c' || n % 500, n, 'evt_' || n, 'x.y', now(), '{}', '{}', 'sha256', repeat('0', 64),"
    " repeat('0', 64) FROM generate_series(1, 50000) n"
)
