"""Around every request: its id, one log line, its metrics, and the answer when something breaks."""

from __future__ import annotations

import re
import time
import traceback
from typing import TYPE_CHECKING

import orjson
from starlette.requests import ClientDisconnect
from uuid_utils import uuid7

from app.logs import LineLog, log
from app.routers.metrics import UNMATCHED
from app.routers.problems import MEDIA_TYPE, instance_of, problem_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from app.routers.metrics import Metrics

ASKED_METHOD = "duixian.method"
"""Scope: the method as sent, where a middleware changed it."""
_SAFE_ID = re.compile(rb"[A-Za-z0-9._~:-]{1,128}\Z")
_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z")
_CLIENT_LEFT = 499

_log = log(__name__)
_access = LineLog("app.access")


class AnswerCutOff(RuntimeError):
    """Something broke after the answer had begun: the connection is closed, so that the client sees it."""


class Observing:
    """Gives each request an id (the client's, if it is a safe one) and says afterwards what became of it.

    Nothing of a path, a query, a body or an error's text is logged: they can hold someone's data.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id, traceparent = _identified(scope)
        scope.setdefault("state", {})["request_id"] = request_id.decode("ascii")
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                named = [*message["headers"], (b"x-request-id", request_id)]
                message = {**message, "headers": named}
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except ClientDisconnect:
            status = _CLIENT_LEFT
        except Exception as error:  # noqa: BLE001 - the last place that can answer
            _log_failure(error, request_id)
            if status:
                raise AnswerCutOff from None
            await _answer_failure(scope, send_named, error)
        finally:
            self._say(scope, status or _CLIENT_LEFT, time.perf_counter() - began, request_id, traceparent)

    def _say(
        self, scope: Scope, status: int, seconds: float, request_id: bytes, traceparent: bytes | None
    ) -> None:
        method: str = scope.get(ASKED_METHOD) or scope["method"]
        route: str = getattr(scope.get("route"), "path", UNMATCHED)
        self._metrics.answered(method, route, status, seconds)
        _access.info(
            "request",
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 2),
            request_id=request_id.decode("ascii"),
            **({} if traceparent is None else {"traceparent": traceparent.decode("ascii")}),
        )


def _identified(scope: Scope) -> tuple[bytes, bytes | None]:
    request_id: bytes | None = None
    traceparent: bytes | None = None
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            if _SAFE_ID.match(value):
                request_id = value
        elif name == b"traceparent" and _TRACEPARENT.match(value):
            traceparent = value
    return request_id or str(uuid7()).encode("ascii"), traceparent


def _log_failure(error: Exception, request_id: bytes) -> None:
    """Where it broke, without the error's own text."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    _log.error(
        "request failed",
        error=type(error).__name__,
        at=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        request_id=request_id.decode("ascii"),
    )


async def _answer_failure(scope: Scope, send: Send, error: Exception) -> None:
    problem = problem_of(error)
    content = orjson.dumps(problem.document(instance_of(scope), scope["state"]["request_id"]))
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": int(problem.kind.status), "headers": headers})
    await send({"type": "http.response.body", "body": content})
