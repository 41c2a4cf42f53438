"""Webhooks over HTTP: registered, signed, delivered in order, and told again."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.applications.receiving import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.applications.desk import Desk

HOOKS = "/v1/webhooks"


@pytest.fixture(autouse=True)
def _inner_receivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIXIAN_WEBHOOKS_ALLOW_PRIVATE", "true")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def register(desk: Desk, receiver: Receiver, **more: Any) -> dict[str, Any]:
    answer = desk.post("apply", HOOKS, {"url": receiver.url, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def wait(desk: Desk, receiver: Receiver, count: int, seconds: float = 30) -> list[Any]:
    """Let the service run until the receiver got so much, and its outcome is written down."""
    deadline = time.monotonic() + seconds
    while len(receiver.got) < count or pending(desk):
        assert time.monotonic() < deadline, f"{len(receiver.got)} of {count}"
        desk.get(None, "/livez")
        desk.run(asyncio.sleep(0.02))
    return list(receiver.got)


def pending(desk: Desk) -> int:
    with psycopg.connect(desk.url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM webhook_deliveries"
            " WHERE state = 'pending' AND next_attempt_at < now() + interval '1 min'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_delivery_is_thin_signed_and_checked_by_the_library(desk: Desk, receiver: Receiver) -> None:
    webhook = register(desk, receiver)
    application = desk.submitted(["patent-grants"])["id"]
    got = wait(desk, receiver, 2)
    assert [one.place for one in got] == [(application, 1), (application, 2)]
    events = desk.get("apply", f"/v1/applications/{application}/events").json()["items"]
    for one, event in zip(got, events, strict=True):
        assert one.path == "/hook?key=1"
        assert Webhook(webhook["secret"]).verify(one.body, one.headers) == one.event
        assert one.headers["webhook-id"] == event["id"]
        assert one.headers["content-type"] == "application/json"
        assert one.headers["host"] == f"127.0.0.1:{receiver.port}"
        data = {"application": application, "seq": event["seq"], "status": event["to"]}
        assert one.event == {
            "specversion": "1.0",
            "id": event["id"],
            "source": "/v1/events",
            "type": event["type"],
            "time": event["at"],
            "subject": application,
            "datacontenttype": "application/json",
            "data": data,
        }
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(got[0].body + b" ", got[0].headers)


def test_the_secret_is_shown_once(desk: Desk, receiver: Receiver) -> None:
    key = {"Idempotency-Key": "the-same"}
    first = desk.post("apply", HOOKS, {"url": receiver.url}, headers=key).json()
    assert len(base64.b64decode(first["secret"].removeprefix("whsec_"))) == 32
    again = desk.post("apply", HOOKS, {"url": receiver.url}, headers=key)
    assert again.status_code == 201
    assert again.json() == {**first, "secret": None}
    one = desk.get("apply", f"{HOOKS}/{first['id']}")
    assert "secret" not in one.json()
    assert one.headers["etag"] == '"1"'
    assert [w["id"] for w in desk.get("apply", HOOKS).json()["items"]] == [first["id"]]


def test_of_another_platform_nothing_is_seen_or_sent(desk: Desk, receiver: Receiver) -> None:
    webhook = register(desk, receiver)
    assert desk.get("other", f"{HOOKS}/{webhook['id']}").status_code == 404
    assert desk.get("other", f"{HOOKS}/{webhook['id']}/deliveries").status_code == 404
    assert desk.get("other", HOOKS).json()["items"] == []
    assert desk.get("audit", f"{HOOKS}/{webhook['id']}").status_code == 200
    etag = {"If-Match": '"1"'}
    assert desk.ask("other", "DELETE", f"{HOOKS}/{webhook['id']}", headers=etag).status_code == 404
    assert desk.post("review", HOOKS, {"url": receiver.url}).status_code == 403
    body = {"policy": "yanhu-ip", "year": 2026, "measures": ["patent-grants"], "facts": {}}
    firm = {"name": "示例企业", "uscc": "91140802MA0GT0018G", "kind": "enterprise"}
    assert desk.post("other", "/v1/applications", {**body, "applicant": firm}).status_code == 201
    mine = desk.draft(["patent-grants"])["id"]
    assert [one.place for one in wait(desk, receiver, 1)] == [(mine, 1)]


def test_only_the_types_that_were_asked_for(desk: Desk, receiver: Receiver) -> None:
    register(desk, receiver, event_types=["application.accepted"])
    application = desk.accepted(["patent-grants"])["id"]
    assert [one.place for one in wait(desk, receiver, 1)] == [(application, 3)]
    wrong = desk.post("apply", HOOKS, {"url": receiver.url, "event_types": ["application.acepted"]})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/event_types/0"


def test_changed_switched_off_and_on_and_removed(desk: Desk, receiver: Receiver) -> None:
    webhook = register(desk, receiver)
    path = f"{HOOKS}/{webhook['id']}"
    assert desk.ask("apply", "PATCH", path, json={"enabled": False}).status_code == 428
    stale = desk.ask("apply", "PATCH", path, json={"enabled": False}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    off = desk.ask("apply", "PATCH", path, json={"enabled": False}, headers={"If-Match": '"1"'})
    assert off.status_code == 200
    assert off.json()["enabled"] is False
    desk.draft(["patent-grants"])
    on = desk.ask("apply", "PATCH", path, json={"enabled": True}, headers={"If-Match": off.headers["etag"]})
    mine = desk.draft(["patent-grants"])["id"]
    assert [one.place for one in wait(desk, receiver, 1)] == [(mine, 1)]
    gone = desk.ask("apply", "DELETE", path, headers={"If-Match": on.headers["etag"]})
    assert gone.status_code == 204
    assert desk.get("apply", path).status_code == 404
    desk.draft(["patent-grants"])
    assert len(receiver.got) == 1
    kinds = [e["type"] for e in chain_of(desk, "webhooks")]
    assert kinds == ["webhook.created", "webhook.changed", "webhook.changed", "webhook.removed"]


def chain_of(desk: Desk, chain: str) -> list[dict[str, Any]]:
    with psycopg.connect(desk.url) as connection:
        rows = connection.execute(
            "SELECT type, data, actor FROM events WHERE chain = %s ORDER BY seq", [chain]
        ).fetchall()
    return [{"type": kind, "data": data, "actor": actor} for kind, data, actor in rows]


def test_for_a_day_both_secrets_sign(desk: Desk, receiver: Receiver) -> None:
    old = register(desk, receiver)
    path = f"{HOOKS}/{old['id']}"
    answer = desk.post("apply", f"{path}/rotate-secret", headers={"If-Match": '"1"'})
    new = answer.json()
    assert answer.status_code == 200
    assert new["secret"] != old["secret"]
    desk.draft(["patent-grants"])
    both = wait(desk, receiver, 1)[0]
    assert Webhook(old["secret"]).verify(both.body, both.headers)
    assert Webhook(new["secret"]).verify(both.body, both.headers)
    with psycopg.connect(desk.url) as connection:
        connection.execute("UPDATE webhook_endpoints SET previous_until = now()")
    desk.draft(["patent-grants"])
    one = wait(desk, receiver, 2)[1]
    assert Webhook(new["secret"]).verify(one.body, one.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old["secret"]).verify(one.body, one.headers)


def test_the_log_says_what_became_of_each(desk: Desk) -> None:
    with receiving(Receiver(lambda _got, n: 500 if n == 1 else 204)) as receiver:
        webhook = register(desk, receiver)
        application = desk.draft(["patent-grants"])["id"]
        receiver_first = wait(desk, receiver, 1, 60)
        path = f"{HOOKS}/{webhook['id']}/deliveries"
        got = wait(desk, receiver, 2, 60)
        assert got[1].headers["webhook-id"] == receiver_first[0].headers["webhook-id"]
        (entry,) = desk.get("apply", path).json()["items"]
        assert (entry["state"], entry["attempts"], entry["last_status"]) == ("delivered", 2, 204)
        assert (entry["application"], entry["seq"]) == (application, 1)
        assert desk.get("apply", path, params={"state": "failed"}).json()["items"] == []
        again = desk.post("apply", f"{path}/{entry['id']}/redeliver")
        assert again.status_code == 202
        assert again.json()["state"] == "pending"
        assert wait(desk, receiver, 3)[2].event == got[0].event
        assert desk.post("apply", f"{path}/whd_{'0' * 32}/redeliver").status_code == 404


def test_a_webhook_is_told_again_from_a_moment_or_an_event_on(desk: Desk) -> None:
    one, other = desk.submitted(["patent-grants"])["id"], desk.draft(["patent-grants"])["id"]
    with receiving() as receiver:
        webhook = register(desk, receiver)
        path = f"{HOOKS}/{webhook['id']}/replay"
        all_of_it = desk.post("apply", path, {"after": "2026-01-01T00:00:00+08:00"})
        assert all_of_it.status_code == 202
        assert all_of_it.json() == {"deliveries": 3}
        assert {got.place for got in wait(desk, receiver, 3)} == {(one, 1), (one, 2), (other, 1)}
        second = desk.get("apply", f"/v1/applications/{one}/events").json()["items"][1]["id"]
        assert desk.post("apply", path, {"from_event": second}).json() == {"deliveries": 2}
        assert {got.place for got in wait(desk, receiver, 5)[3:]} == {(one, 2), (other, 1)}
        later = desk.post("apply", path, {"after": "2999-01-01T00:00:00+08:00"})
        assert later.json() == {"deliveries": 0}
        assert desk.post("apply", path, {}).status_code == 422
        assert desk.post("apply", path, {"from_event": "evt_none"}).status_code == 422
        page = desk.get("apply", f"{HOOKS}/{webhook['id']}/deliveries", params={"limit": 2}).json()
        rest = desk.get(
            "apply", f"{HOOKS}/{webhook['id']}/deliveries", params={"limit": 200, "after": page["next"]}
        ).json()
        assert len({entry["id"] for entry in [*page["items"], *rest["items"]]}) == 5


def test_a_platform_has_so_many_webhooks_and_no_more(desk: Desk, receiver: Receiver) -> None:
    for _ in range(20):
        register(desk, receiver)
    assert desk.post("apply", HOOKS, {"url": receiver.url}).status_code == 409
