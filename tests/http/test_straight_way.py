"""The short way to an evaluation: nobody can tell it from the way through all the layers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.main import create_app
from app.routers.evaluations import EvaluationEndpoint, StraightToEvaluations
from app.routers.metrics import Metrics
from app.services.published_policies import PublishedPolicies
from app.services.served_policies import ServedPolicies
from app.settings import PACKAGED_POLICIES
from tests.http.asking import GOOD, PATH
from tests.http.test_observing import TRACEPARENT, logged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON = (b"content-type", b"application/json")
BODY = json.dumps(GOOD).encode()
THROUGH_ALL_LAYERS: list[int] = []


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    """The service, which notes what reaches its endpoint."""
    answers = EvaluationEndpoint.__call__

    async def noting(self: EvaluationEndpoint, *arguments: Any) -> None:
        THROUGH_ALL_LAYERS.append(1)
        await answers(self, *arguments)

    THROUGH_ALL_LAYERS.clear()
    monkeypatch.setattr(EvaluationEndpoint, "__call__", noting)
    return create_app()


def ask(
    app: ASGIApp,
    parts: Iterable[bytes],
    *headers: tuple[bytes, bytes],
    query: bytes = b"",
    method: str = "POST",
) -> list[Message]:
    """What the app sends for a request in these parts, after which the client is gone."""
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": PATH, "raw_path": PATH.encode(), "query_string": query, "root_path": "", "headers": list(headers),
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    whole = list(parts)
    coming: list[Message] = [
        {"type": "http.request", "body": part, "more_body": number < len(whole)}
        for number, part in enumerate(whole, 1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def test_both_ways_answer_the_same(app: ASGIApp) -> None:
    named = (b"x-request-id", b"r-1")
    straight = ask(app, [BODY], JSON, named)
    assert not THROUGH_ALL_LAYERS
    through = ask(app, [BODY], JSON, named, query=b"trace=false")
    assert THROUGH_ALL_LAYERS
    assert straight == through
    assert len(straight) == 2


@pytest.mark.parametrize(
    ("parts", "headers"),
    [
        ([BODY[:50], BODY[50:]], [JSON]),
        ([BODY], [(b"content-type", b"application/json; charset=utf-8")]),
        ([BODY], [JSON, (b"content-encoding", b"identity")]),
        ([BODY], [JSON, (b"x-request-id", b"a"), (b"x-request-id", b"b c")]),
        ([BODY[:-1] + b', "history": [{"measure": "patent-grants", "year": 2025, "amount": 10.5}]}'], [JSON]),
    ],
)
def test_what_is_unusual_is_answered_all_the_same(
    app: ASGIApp, parts: list[bytes], headers: list[tuple[bytes, bytes]]
) -> None:
    start, body = ask(app, parts, *headers)
    assert start["status"] == 200
    assert json.loads(body["body"])["measures"][0]["verdict"] == "ineligible"


@pytest.mark.parametrize(
    ("parts", "headers", "status"),
    [
        ([b"{"], [JSON], 400),
        ([b"{}"], [JSON], 422),
        ([BODY.replace(b"{", b'{"year": 2026, "year": 2026, ', 1)], [JSON], 400),
        ([BODY], [], 415),
        ([BODY], [JSON, (b"content-encoding", b"gzip")], 415),
        ([b"[" + b" " * 1024 * 1024 + b"]"], [JSON], 413),
        ([b" " * 1024 * 1024, b" "], [JSON], 413),
    ],
)
def test_what_is_wrong_is_refused_by_the_layers(
    app: ASGIApp, parts: list[bytes], headers: list[tuple[bytes, bytes]], status: int
) -> None:
    start, body = ask(app, parts, *headers)
    assert start["status"] == status
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    assert json.loads(body["body"])["status"] == status


def test_who_leaves_before_the_body_is_answered_nothing(app: ASGIApp) -> None:
    with logged() as lines:
        assert ask(app, [], JSON) == []
    assert [line["status"] for line in lines if line["event"] == "request"] == [499]


def test_what_breaks_goes_through_the_layers_from_the_beginning() -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("told by nobody else")

    (published,) = PublishedPolicies.in_folder(PACKAGED_POLICIES)
    policies = PublishedPolicies([replace(published, render=broken)])  # type: ignore[arg-type]
    reached: list[Message] = []

    async def layers(_: Scope, receive: Receive, __: Send) -> None:
        reached.append(await receive())
        reached.append(await receive())

    assert ask(StraightToEvaluations(layers, ServedPolicies(policies), Metrics()), [BODY], JSON) == []
    assert reached == [
        {"type": "http.request", "body": BODY, "more_body": False},
        {"type": "http.disconnect"},
    ]


def test_it_is_logged_as_any_other(app: ASGIApp) -> None:
    headers = (JSON, (b"x-request-id", b"r-1"), (b"traceparent", TRACEPARENT.encode()))
    with logged() as lines:
        ask(app, [BODY], *headers)
        ask(app, [BODY], *headers, query=b"trace=false")
    straight, through = [line for line in lines if line["event"] == "request"]
    for line in (straight, through):
        assert line.pop("milliseconds") > 0
        assert line.pop("timestamp").endswith("Z")
    assert straight == through
    assert straight["traceparent"] == TRACEPARENT


def test_another_method_is_no_evaluation(app: ASGIApp) -> None:
    start, _ = ask(app, [BODY], JSON, method="PUT")
    assert start["status"] == 405
