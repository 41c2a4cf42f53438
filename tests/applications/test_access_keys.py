"""API keys: made by an administrator, shown once, looked up at each request, revoked at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg

from tests.applications.desk import ROLES, secret_of
from tests.http.asking import refused

if TYPE_CHECKING:
    import httpx

    from tests.applications.desk import Desk

OFFICER: dict[str, Any] = {"name": "受理岗", "scopes": ["review", "audit"], "person": "p-77"}
PLATFORM: dict[str, Any] = {"name": "门户", "scopes": ["apply"], "platform": "portal-2"}


def made(desk: Desk, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = desk.post("admin", "/v1/keys", body, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def me(desk: Desk, secret: str) -> httpx.Response:
    return desk.get(None, "/v1/me", headers={"Authorization": f"Bearer {secret}"})


def test_a_key_opens_what_it_names_and_is_shown_once(desk: Desk) -> None:
    answer = desk.post("admin", "/v1/keys", OFFICER)
    key = answer.json()
    assert re.fullmatch(r"dx_live_[A-Za-z0-9_-]{43}", key["secret"])
    assert re.fullmatch(r"key_[0-9a-f]{32}", key["id"])
    assert answer.headers["location"] == f"/v1/keys/{key['id']}"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["cache-control"] == "no-store"
    assert {**OFFICER, "platform": None, "mode": "live", "created_by": "p-admin"}.items() <= key.items()
    assert key["hint"] == f"…{key['secret'][-4:]}"
    who = me(desk, key["secret"]).json()
    assert (who["person"], who["platform"], who["scopes"]) == ("p-77", None, ["review", "audit"])
    assert who["credential"] == key["id"]
    read = desk.get("admin", f"/v1/keys/{key['id']}")
    assert read.json() == {name: value for name, value in key.items() if name != "secret"}
    assert key["secret"] not in desk.get("admin", "/v1/keys?limit=200").text


def test_a_replay_shows_no_secret(desk: Desk) -> None:
    first = made(desk, OFFICER, **{"Idempotency-Key": "k-1"})
    again = desk.post("admin", "/v1/keys", OFFICER, headers={"Idempotency-Key": "k-1"})
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == {**first, "secret": None}
    other = desk.post("admin", "/v1/keys", PLATFORM, headers={"Idempotency-Key": "k-1"})
    refused(other, 422, "idempotency-key-reused")


def test_a_revoked_key_opens_nothing_from_then_on(desk: Desk) -> None:
    key = made(desk, PLATFORM)
    assert me(desk, key["secret"]).status_code == 200
    path = f"/v1/keys/{key['id']}"
    refused(desk.ask("admin", "DELETE", path), 428, "precondition-required")
    refused(desk.ask("admin", "DELETE", path, headers={"If-Match": '"2"'}), 412, "precondition-failed")
    answer = desk.ask("admin", "DELETE", path, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.content) == (204, b"")
    refused(me(desk, key["secret"]), 401, "unauthenticated")
    read = desk.get("admin", path)
    assert read.json()["revoked_at"] is not None
    again = desk.ask("admin", "DELETE", path, headers={"If-Match": read.headers["etag"]})
    assert again.status_code == 204
    assert desk.get("admin", path).json() == read.json()


def test_an_expired_key_opens_nothing(desk: Desk) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    key = made(desk, {**OFFICER, "expires_at": soon.isoformat()})
    assert datetime.fromisoformat(me(desk, key["secret"]).json()["expires_at"]) == soon
    with psycopg.connect(desk.url) as connection:
        connection.execute(
            "UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = %s", [key["id"]]
        )
    refused(me(desk, key["secret"]), 401, "unauthenticated")


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {"/name": "required", "/scopes": "required"}),
    ({**OFFICER, "scopes": []}, {"/scopes": "length"}),
    ({**OFFICER, "scopes": ["reviews"]}, {"/scopes/0": "choice"}),
    ({**OFFICER, "scopes": ["review", "review"]}, {"/scopes": "duplicate_id"}),
    ({**OFFICER, "scopes": ["apply", "review"]}, {"/scopes": "relation"}),
    ({**OFFICER, "person": None}, {"/person": "required"}),
    ({**OFFICER, "person": " "}, {"/person": "length"}),
    ({**OFFICER, "platform": "portal"}, {"/platform": "relation"}),
    ({**PLATFORM, "platform": None}, {"/platform": "required"}),
    ({**PLATFORM, "person": "p-1"}, {"/person": "relation"}),
    ({**PLATFORM, "platform": "*"}, {"/platform": "format"}),
    ({**PLATFORM, "platform": "a b"}, {"/platform": "format"}),
    ({**PLATFORM, "platform": "a\n"}, {"/platform": "format"}),
    ({**OFFICER, "mode": "sandbox"}, {"/mode": "choice"}),
    ({**OFFICER, "expires_at": "2020-01-01T00:00:00+08:00"}, {"/expires_at": "range"}),
    ({**OFFICER, "expires_at": "2030-01-01T00:00:00"}, {"/expires_at": "format"}),
    ({**OFFICER, "secret": "dx_live_mine"}, {"/secret": "unknown_field"}),
    ({**OFFICER, "name": "a\x00b"}, {"/name": "text"}),
]


def test_what_a_key_cannot_be(desk: Desk) -> None:
    for body, pointers in WRONG:
        problem = refused(desk.post("admin", "/v1/keys", body), 422, "invalid-request")
        assert {one["pointer"]: one["code"] for one in problem["errors"]} == pointers, body


def test_only_an_administrator_and_only_with_an_idempotency_key(desk: Desk) -> None:
    for role in set(ROLES) - {"admin"}:
        problem = refused(desk.post(role, "/v1/keys", OFFICER), 403, "forbidden")
        assert problem["scopes"] == ["admin"]
    refused(
        desk.post("admin", "/v1/keys", OFFICER, headers={"Idempotency-Key": ""}),
        400,
        "idempotency-key-missing",
    )
    refused(desk.get("admin", "/v1/keys/key_0"), 404, "not-found")


def test_a_live_administrator_makes_both_modes_a_test_one_only_its_own(desk: Desk) -> None:
    test_key = made(desk, {**OFFICER, "mode": "test"})
    assert test_key["secret"].startswith("dx_test_")
    assert me(desk, test_key["secret"]).json()["mode"] == "test"
    admin = {"Authorization": f"Bearer {secret_of('admin', 'test')}"}
    refused(desk.post(None, "/v1/keys", {**OFFICER, "mode": "live"}, headers=admin), 403, "forbidden")
    own = desk.post(None, "/v1/keys", OFFICER, headers=admin)
    assert own.json()["mode"] == "test"
    live = made(desk, OFFICER)
    refused(desk.get(None, f"/v1/keys/{live['id']}", headers=admin), 404, "not-found")
    refused(
        desk.ask(None, "DELETE", f"/v1/keys/{live['id']}", headers={**admin, "If-Match": '"1"'}),
        404,
        "not-found",
    )
    seen = desk.get(None, "/v1/keys?limit=200", headers=admin).json()["items"]
    assert {key["mode"] for key in seen} == {"test"}
    assert {test_key["id"], own.json()["id"]} <= {key["id"] for key in seen}
    seen = desk.get("admin", "/v1/keys?limit=200").json()["items"]
    assert {key["mode"] for key in seen} == {"live", "test"}


def test_the_list_pages_without_loss_while_keys_are_made(desk: Desk) -> None:
    before = [key["id"] for key in desk.get("admin", "/v1/keys?limit=200").json()["items"]]
    seen: list[str] = []
    path = "/v1/keys?limit=7"
    while True:
        page = desk.get("admin", path).json()
        seen += [key["id"] for key in page["items"]]
        if page["next"] is None:
            break
        made(desk, OFFICER)
        path = f"/v1/keys?limit=7&after={page['next']}"
    assert [key for key in seen if key in before] == before
    assert len(set(seen)) == len(seen)


def test_cursors_and_parameters_are_checked(desk: Desk) -> None:
    cursor = desk.get("admin", "/v1/keys?limit=1").json()["next"]
    assert desk.get("admin", f"/v1/keys?after={cursor}").status_code == 200
    changed = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    for query in (f"after={changed}", "after=", "after=%00", "limit=0", "limit=201", "limit=x", "name=x"):
        problem = refused(desk.get("admin", f"/v1/keys?{query}"), 422, "invalid-request")
        assert problem["errors"][0]["parameter"] == query.split("=")[0]
    other = made(desk, {**OFFICER, "scopes": ["admin"]})
    answer = desk.get(
        None, f"/v1/keys?after={cursor}", headers={"Authorization": f"Bearer {other['secret']}"}
    )
    refused(answer, 422, "invalid-request")


def test_every_change_is_in_the_chain_and_tells_no_secret(desk: Desk) -> None:
    key = made(desk, OFFICER)
    desk.ask("admin", "DELETE", f"/v1/keys/{key['id']}", headers={"If-Match": '"1"'})
    with psycopg.connect(desk.url) as connection:
        events = connection.execute(
            "SELECT type, actor, data FROM events WHERE chain = 'keys' AND mode = 'live' ORDER BY seq"
        ).fetchall()
    assert [kind for kind, _, _ in events] == ["key.created", "key.revoked"]
    assert all(actor["id"] == "p-admin" and actor["role"] == "admin" for _, actor, _ in events)
    assert all(data["key"] == key["id"] for _, _, data in events)
    assert "受理岗" not in str(events)


NOBODY: list[Any] = [
    None,
    "",
    "Bearer",
    "Bearer ",
    "Basic ZHg6eA==",
    "Bearer dx_live_wrong",
    "Bearer a.b.c",
    "dx_live_admin",
    "Bearer \u00e9".encode("latin-1"),
]


def test_without_a_credential_that_holds_nobody_comes_in(desk: Desk) -> None:
    for authorization in NOBODY:
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = desk.get(None, "/v1/me", headers=headers)
        refused(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith('Bearer realm="duixian"')


def test_two_credentials_are_none(desk: Desk) -> None:
    secret = secret_of("admin", "live")
    headers = [("Authorization", f"Bearer {secret}"), ("Authorization", f"Bearer {secret}")]
    answer = desk.run(desk._client.get("/v1/me", headers=headers))  # noqa: SLF001 - httpx.Headers would join them
    refused(answer, 401, "unauthenticated")
