"""Rate limits: told with every answer, kept for each credential, and failed authentications counted by address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.applications.desk import Desk
from tests.http.asking import GOOD, PATH, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture
def limited(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Five requests a minute of each credential, three failures of each address."""
    monkeypatch.setenv("DUIXIAN_RATE_LIMIT", "5")
    monkeypatch.setenv("DUIXIAN_FAILED_RATE_LIMIT", "3")
    running = Desk(database_url)
    yield running
    running.close()


def left(answer: httpx.Response) -> int:
    assert answer.headers["ratelimit-policy"] == '"default";q=5;w=60'
    found = re.fullmatch(r'"default";r=([0-9]+);t=([0-9]+)', answer.headers["ratelimit"])
    assert found is not None
    assert 0 < int(found[2]) <= 60
    return int(found[1])


def test_every_answer_tells_what_is_left_and_then_it_is_429(limited: Desk) -> None:
    answers = [
        limited.get("review", "/v1/me"),
        limited.get("review", "/v1/keys"),
        limited.get("review", "/v1/applications/app_0"),
        limited.get("review", "/v1/me?x=1"),
        limited.ask("review", "HEAD", "/v1/me"),
    ]
    assert [answer.status_code for answer in answers] == [200, 403, 404, 422, 200]
    assert [left(answer) for answer in answers] == [4, 3, 2, 1, 0]
    over = limited.get("review", "/v1/me")
    refused(over, 429, "rate-limited")
    assert left(over) == 0
    assert 1 <= int(over.headers["retry-after"]) <= 12
    assert limited.get("approve", "/v1/me").status_code == 200
    assert limited.get("approve", "/v1/me").json()["limits"] == {
        "requests": 5,
        "seconds": 60,
        "remaining": 3,
        "resets_in": pytest.approx(24, abs=1),
    }


def test_what_is_public_is_not_counted(limited: Desk) -> None:
    for _ in range(10):
        assert limited.post(None, PATH, GOOD).status_code == 200
        answer = limited.get("audit", "/v1/policies")
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers
    assert left(limited.get("audit", "/v1/me")) == 4


def test_guessing_is_stopped_and_a_neighbour_who_is_known_is_not(limited: Desk) -> None:
    assert limited.get("finance", "/v1/me").status_code == 200
    for guess in range(3):
        wrong = {"Authorization": f"Bearer dx_live_{guess}"}
        answer = limited.get(None, "/v1/me", headers=wrong)
        refused(answer, 401, "unauthenticated")
        assert "ratelimit" not in answer.headers
    answer = limited.get(None, "/v1/me", headers={"Authorization": "Bearer dx_live_9"})
    refused(answer, 429, "rate-limited")
    assert int(answer.headers["retry-after"]) == 20
    assert answer.headers["ratelimit-policy"] == '"failed-authentication";q=3;w=60'
    assert limited.get("finance", "/v1/me").status_code == 200
    refused(limited.get("admin", "/v1/me"), 429, "rate-limited")
    refused(limited.get(None, "/v1/me"), 401, "unauthenticated")


def test_no_limit_says_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIXIAN_RATE_LIMIT", "0")
    desk = Desk(database_url)
    try:
        answer = desk.get("admin", "/v1/me")
        assert "ratelimit" not in answer.headers
        assert answer.json()["limits"]["requests"] is None
    finally:
        desk.close()
