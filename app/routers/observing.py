"""Around every request: its id, one log line, its metrics, and the answer when something breaks."""

from __future__ import annotations

import re
import time
import traceback
from typing import TYPE_CHECKING, NamedTuple

import orjson
from starlette.requests import ClientDisconnect
from uuid_utils import uuid7

from app.logs import RequestLog, log
from app.routers.metrics import UNMATCHED
from app.routers.problems import MEDIA_TYPE, instance_of, problem_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from app.routers.metrics import Metrics

ASKED_METHOD = "duixian.method"
"""Scope: the method as sent, where a middleware changed it."""
_SAFE_ID = re.compile(rb"[A-Za-z0-9._~:-]{1,128}\Z")
_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z")
_SAFE = {b"x-request-id": _SAFE_ID, b"traceparent": _TRACEPARENT}
_CLIENT_LEFT = 499

_log = log(__name__)
_access = RequestLog("app.access")


class AnswerCutOff(RuntimeError):
    """Something broke after the answer had begun: the connection is closed, so that the client sees it."""


class Observing:
    """Gives each request an id (the client's, if it is a safe one) and says afterwards what became of it.

    Nothing of a path, a query, a body or an error's text is logged: they can hold someone's data.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._told = Told(metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        named = _named(scope)
        scope.setdefault("state", {})["request_id"] = named.request_id
        id_header = (b"x-request-id", named.request_id.encode("ascii"))
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], id_header]}
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except ClientDisconnect:
            status = _CLIENT_LEFT
        except Exception as error:  # noqa: BLE001 - the last place that can answer
            _log_failure(error, named.request_id)
            if status:
                raise AnswerCutOff from None
            await _answer_failure(scope, send_named, error)
        finally:
            method: str = scope.get(ASKED_METHOD) or scope["method"]
            route: str = getattr(scope.get("route"), "path", UNMATCHED)
            self._told(method, route, status or _CLIENT_LEFT, time.perf_counter() - began, named)


class Named(NamedTuple):
    """How a request can be found again; nothing in these needs an escape in JSON."""

    request_id: str
    traceparent: str | None


class Told:
    """What is said of a request that is over: counted by route and status, and one line in the log."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, method: str, route: str, status: int, seconds: float, named: Named) -> None:
        """`route` is its template, or UNMATCHED."""
        self._metrics.answered(method, route, status, seconds)
        _access.answered(method, route, status, seconds, named.request_id, named.traceparent)


def named_by(headers: Mapping[bytes, bytes]) -> Named:
    """By what the client sent, where it is safe, else by an id of our own."""
    request_id, traceparent = headers.get(b"x-request-id"), headers.get(b"traceparent")
    return Named(
        str(uuid7()) if request_id is None or not _SAFE_ID.match(request_id) else request_id.decode("ascii"),
        None if traceparent is None or not _TRACEPARENT.match(traceparent) else traceparent.decode("ascii"),
    )


def _named(scope: Scope) -> Named:
    """By the last safe ones of its headers."""
    sent = {name: value for name, value in scope["headers"] if name in _SAFE and _SAFE[name].match(value)}
    return named_by(sent)


def _log_failure(error: Exception, request_id: str) -> None:
    """Where it broke, without the error's own text."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    _log.error(
        "request failed",
        error=type(error).__name__,
        at=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        request_id=request_id,
    )


async def _answer_failure(scope: Scope, send: Send, error: Exception) -> None:
    problem = problem_of(error)
    content = orjson.dumps(problem.document(instance_of(scope), scope["state"]["request_id"]))
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": int(problem.kind.status), "headers": headers})
    await send({"type": "http.response.body", "body": content})
