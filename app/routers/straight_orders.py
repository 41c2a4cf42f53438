"""A short way to the busiest orders: actions on an application, and making one.

The layers around all routes are the same; what is left out is the framework's way through sixty routes, its
dependencies and what it would read of the request besides. Whatever does not look plain goes that way all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request

from app.routers.access import ADMIT_BY_SCOPE
from app.routers.actions import answer_action
from app.routers.applications import answer_creation
from app.routers.edge import SecurityHeaders
from app.routers.limits import RateLimitHeaders
from app.routers.observing import Observing
from app.routers.problems import HANDLED, answer_problem
from app.rules.procedure.applications import BY_ACTION
from app.rules.procedure.callers import Scope as Right
from app.services.applications.acts import ACTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from app.routers.metrics import Metrics
    from app.rules.procedure.callers import Caller

    Answer = Callable[[Request, Caller, str], Awaitable[Response]]

CREATION = "/v1/applications"
_PATH = re.compile(r"/v1/applications(?:/(app_[0-9a-f]{32})/([a-z-]+))?\Z")


class _Way(NamedTuple):
    """Where an order leads; in the scope it stands for the framework's route."""

    path: str
    """Its template."""
    scope: Right
    answer: Answer


class StraightToOrders:
    """Around everything: answers plain orders, and hands all else on."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._ways = _ways()
        self._short = SecurityHeaders(RateLimitHeaders(Observing(_answer, metrics)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and not scope["query_string"]:
            asked = _PATH.match(scope["path"])
            way = None if asked is None else self._ways.get(asked[2])
            if asked is not None and way is not None:
                scope["route"] = way
                scope["path_params"] = {"application": asked[1] or ""}
                await self._short(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive, send)
    way: _Way = scope["route"]
    try:
        caller = await ADMIT_BY_SCOPE[way.scope](request)
        response = await way.answer(request, caller, scope["path_params"]["application"])
    except HANDLED as error:
        response = await answer_problem(request, error)
    await response(scope, receive, send)


def _ways() -> dict[str | None, _Way]:
    """By the action's name; None: a new application."""
    ways: dict[str | None, _Way] = {None: _Way(CREATION, Right.APPLY, answer_creation)}
    for act in ACTS:
        row = BY_ACTION[act.action]
        path = f"{CREATION}/{{application}}/{act.action.value}"
        ways[act.action.value] = _Way(path, row.scope, answer_action(act))
    return ways
