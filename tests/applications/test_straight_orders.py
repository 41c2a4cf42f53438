"""The short way to orders: nobody can tell it from the way through the framework."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from app.routers.straight_orders import StraightToOrders
from tests.applications.desk import FIRM, PATENTS, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

DRAFT = {
    "policy": "yanhu-ip",
    "year": 2026,
    "measures": ["patent-grants"],
    "applicant": FIRM,
    "facts": PATENTS,
}
UNLIKE = re.compile(
    r"(app|evt|awd)_[0-9a-f]{32}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+\+08:00|r=[0-9]+;t=[0-9]+"
)
NOBODYS = "app_" + "0" * 32


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("DUIXIAN_RATE_LIMIT", "600")
    running = Desk(database_url, "test")
    yield running
    running.close()


async def hand_on(self: StraightToOrders, *arguments: Any) -> None:
    """As if there were no short way."""
    await self._app(*arguments)


def told(answer: httpx.Response) -> Any:
    """An answer without what differs from one to the next."""
    headers = {name: UNLIKE.sub("*", value) for name, value in answer.headers.items()}
    request_id = headers.pop("x-request-id")
    assert str(uuid.UUID(request_id)) == request_id
    headers.pop("content-length", None)
    body = answer.content.decode().replace(request_id, "*")
    return answer.status_code, headers, UNLIKE.sub("*", body)


def test_both_ways_answer_alike(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    short = heard(desk)
    with monkeypatch.context() as changed:
        changed.setattr(StraightToOrders, "__call__", hand_on)
        long = heard(desk)
    assert short["submitted"][0] == 200
    assert short["replayed"][1]["idempotency-replayed"] == "true"
    assert "ratelimit" in short["created"][1]
    assert "content-security-policy" in short["created"][1]
    assert json.dumps(short, indent=1, sort_keys=True) == json.dumps(long, indent=1, sort_keys=True)


def counted(desk: Desk) -> Counter[str]:
    """How many requests of each kind were answered so far."""
    lines = desk.get(None, "/metrics").text.splitlines()
    kinds = (line.rpartition(" ") for line in lines if line.startswith("duixian_http_requests_total"))
    return Counter({kind: int(float(number)) for kind, _, number in kinds if "/metrics" not in kind})


def heard(desk: Desk) -> dict[str, Any]:
    """What is answered to all sorts of orders."""
    found: dict[str, Any] = {}
    before = counted(desk)

    def ask(name: str, role: str | None, path: str, **more: Any) -> httpx.Response:
        answer = desk.ask(role, "POST", path, **more)
        found[name] = told(answer)
        return answer

    ask("created", "apply", "/v1/applications", json=DRAFT)
    ask("created with a slash", "apply", "/v1/applications/", json=DRAFT)
    ask("not for officers", "review", "/v1/applications", json=DRAFT)
    ask("no credential", None, "/v1/applications", json=DRAFT)
    ask(
        "a bad credential",
        None,
        "/v1/applications",
        json=DRAFT,
        headers={"Authorization": "Bearer dx_test_x"},
    )
    ask("mistakes", "apply", "/v1/applications", json={**DRAFT, "year": "2026", "more": 1})
    ask("no JSON", "apply", "/v1/applications", content=b"{", headers={"Content-Type": "application/json"})
    ask("another type", "apply", "/v1/applications", content=b"{}", headers={"Content-Type": "text/plain"})
    ask("too large", "apply", "/v1/applications", content=b" " * (1024 * 1024 + 1))
    ask("no key", "apply", "/v1/applications", json=DRAFT, headers={"Idempotency-Key": ""})
    draft = desk.draft(["patent-grants"])
    path = f"/v1/applications/{draft['id']}"
    ask("nobody's", "apply", f"/v1/applications/{NOBODYS}/submit", headers={"If-Match": '"1"'})
    ask("no id", "apply", "/v1/applications/app_1/submit", headers={"If-Match": '"1"'})
    ask("another platform's", "other", f"{path}/submit", headers={"If-Match": '"1"'})
    ask("no such action", "apply", f"{path}/bless", headers={"If-Match": '"1"'})
    ask("no If-Match", "apply", f"{path}/submit")
    ask("stale", "apply", f"{path}/submit", headers={"If-Match": '"9"'})
    ask("a field too many", "apply", f"{path}/submit", json={"x": 1}, headers={"If-Match": '"1"'})
    ask("not now", "review", f"{path}/accept", headers={"If-Match": '"1"'})
    ask("a query nobody knows", "apply", f"{path}/submit?x=1", headers={"If-Match": '"1"'})
    ask("only validated", "apply", f"{path}/submit?validate_only=true", headers={"If-Match": '"1"'})
    ask("another time", "apply", f"{path}/submit", headers={"If-Match": '"1"', "Duixian-Test-Time": "soon"})
    key = {"If-Match": '"1"', "Idempotency-Key": uuid.uuid4().hex, "X-Request-Id": str(uuid.uuid4())}
    ask("submitted", "apply", f"{path}/submit", headers=key)
    ask("replayed", "apply", f"{path}/submit", headers=key)
    ask("the key reused", "apply", f"{path}/submit", json={"insist": True}, headers=key)
    ask("accepted", "review", f"{path}/accept", headers={"If-Match": '"2"'})
    found["counted"] = sorted((counted(desk) - before).items())
    return found


def test_a_failure_is_logged_and_answered_as_any_other(desk: Desk) -> None:
    """The database refuses what no refusal stands for: the id of a version that it does not hold."""
    draft = desk.draft(["patent-grants"])
    desk.app.state.office = None  # whatever breaks
    answer = desk.post("apply", f"/v1/applications/{draft['id']}/submit", headers={"If-Match": '"1"'})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
