"""From an HTTP request to an order, and from its answer to a response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from app.routers.bodies import JSON, MOST_BYTES, check_media_type, read_body
from app.routers.query import read_query, switch
from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.schemas.bodies import moment_of
from app.services.orders import Order, carry_out, etag
from app.services.refusals import Forbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from starlette.requests import Request

    from app.routers.query import Parser
    from app.rules.procedure.callers import Caller
    from app.services.office import Office
    from app.services.orders import Plan

NOT_STORED = {"Cache-Control": "no-store"}
_VALIDATE = {"validate_only": switch}
_TEST_TIME = "duixian-test-time"


def office_of(request: Request) -> Office:
    """The service's own means, with the policies that are served now."""
    found: Office = request.app.state.office
    return found.held()


async def answer_order(
    request: Request, caller: Caller, plan: Plan[Any, Any], *, may_validate: bool = False, bare: bool = False
) -> Response:
    """Carry out a plan for a caller who may. `bare`: a body is not needed, nor then a content type."""

    def body() -> bytes:
        if data or not bare:
            check_media_type(request.scope, JSON)
        return data or (b"" if bare else data)

    order = order_of(request, caller, body, may_validate=may_validate)
    data = await read_body(request.receive, None, MOST_BYTES)
    return await answer_to(request, order, plan)


def order_of(
    request: Request,
    caller: Caller,
    body: Callable[[], bytes],
    *,
    may_validate: bool = False,
    parsers: Mapping[str, Parser] | None = None,
) -> Order:
    """The request as an order. `body` is called when its turn has come; `parsers` are of its own query.

    Raises what the query and the headers are refused for.
    """
    query = read_query(request.scope, {**(parsers or {}), **(_VALIDATE if may_validate else {})})
    return Order(
        caller=caller,
        method=request.method,
        route=request.scope["route"].path,
        path=request.scope["path"],
        query=request.scope["query_string"].decode("latin-1"),
        body=body,
        key=request.headers.get("idempotency-key"),
        if_match=request.headers.get("if-match"),
        validate_only=query.get("validate_only", False),
        test_time=_test_time(request, caller),
    )


async def answer_to(request: Request, order: Order, plan: Plan[Any, Any]) -> Response:
    """Carry out the order."""
    sent = await carry_out(office_of(request), order, plan)
    media = {} if not sent.body else {"Content-Type": JSON}
    return Response(sent.body, sent.status, {**NOT_STORED, **media, **sent.headers})


def answer_read(content: dict[str, Any], version: int | None = None) -> Response:
    """What was read, with its ETag where it has a version. Never stored by anyone between."""
    headers = {**NOT_STORED, **({} if version is None else {"ETag": etag(version)})}
    return Response(orjson.dumps(content), 200, {**headers, "Content-Type": JSON})


def _test_time(request: Request, caller: Caller) -> datetime | None:
    """The sandbox's own time. Raises Forbidden with a live key, InputErrors for no instant."""
    given = request.headers.get(_TEST_TIME)
    if given is None:
        return None
    if caller.mode != "test":
        raise Forbidden(Words("Duixian-Test-Time 只用于测试密钥", "Duixian-Test-Time is for test keys only"))
    found = moment_of(given)
    if found is None:
        message = Words(
            "Duixian-Test-Time 应为带时区的时间（RFC 3339）",
            "Duixian-Test-Time must be an instant with an offset (RFC 3339)",
        )
        raise InputErrors((InputError("", "format", message),))
    return found
