"""POST /v1/policies/{policy}/evaluations: one applicant, decided at once.

A plain ASGI endpoint: the body is read and checked by the policy's own compiled reader, and the answer is bytes
already, so a framework's parsing and serialising would only be paid for twice.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.routers.bodies import JSON, MOST_BYTES, check_media_type, read_body
from app.routers.edge import SECURITY_HEADERS
from app.routers.observing import Told, named_by
from app.routers.query import read_query, switch
from app.services.evaluate import decide, decide_plain

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from app.routers.metrics import Metrics
    from app.services.evaluate import Decided
    from app.services.published_policies import PublishedPolicies
    from app.services.served_policies import ServedPolicies

PATH = "/v1/policies/{policy}/evaluations"
_QUERY = {"trace": switch}
_TYPE = (b"content-type", JSON.encode())
_NOT_KEPT = (b"cache-control", b"no-store")


class EvaluationEndpoint:
    """Answers evaluations of every policy; the policy is in the path."""

    def __init__(self, served: ServedPolicies, metrics: Metrics) -> None:
        self._served = served
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        policy_id: str = scope["path_params"]["policy"]
        policies = self._served.now
        policies.versions(policy_id)
        query = read_query(scope, _QUERY)
        announced = check_media_type(scope, JSON)
        data = await read_body(receive, announced)
        decided = decide(policies, policy_id, data, traced=query.get("trace", False))
        self._metrics.decided(policy_id, decided.evaluation)
        length = (b"content-length", b"%d" % len(decided.content))
        headers = [_TYPE, length, _NOT_KEPT]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": decided.content})


class StraightToEvaluations:
    """Around everything: a plain evaluation without mistakes is answered here, with all that the layers add.

    Any other request, and any that this stumbles over, goes through the layers from its beginning, as if nobody had
    looked at it: whatever there is to refuse or to report is refused and reported there.
    """

    def __init__(self, app: ASGIApp, served: ServedPolicies, metrics: Metrics) -> None:
        self._app = app
        self._served = served
        self._policy_at: dict[str, str] = {}
        self._of: PublishedPolicies | None = None
        self._metrics = metrics
        self._told = Told(metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        policies = self._served.now
        if policies is not self._of:
            self._policy_at = {PATH.replace("{policy}", policy_id): policy_id for policy_id in policies.ids}
            self._of = policies
        policy_id = self._policy_at.get(scope["path"]) if scope["type"] == "http" else None
        if policy_id is None or scope["method"] != "POST" or scope["query_string"]:
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = dict(scope["headers"])
        if not _is_plain(headers, scope):
            await self._app(scope, receive, send)
            return
        message = await receive()
        decided = self._decided(self._served.now, policy_id, message)
        if decided is None:
            await self._app(scope, _again(message, receive), send)
            return
        self._metrics.decided(policy_id, decided.evaluation)
        named = named_by(headers)
        length = (b"content-length", b"%d" % len(decided.content))
        id_header = (b"x-request-id", named.request_id.encode("ascii"))
        sent = [_TYPE, length, _NOT_KEPT, id_header, *SECURITY_HEADERS]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": sent})
            await send({"type": "http.response.body", "body": decided.content})
        finally:
            self._told("POST", PATH, 200, time.perf_counter() - began, named)

    def _decided(self, policies: PublishedPolicies, policy_id: str, message: Message) -> Decided | None:
        """None for a body that is not whole, not plain, or breaks something."""
        if message["type"] != "http.request" or message.get("more_body", False):
            return None
        data: bytes = message.get("body", b"")
        if len(data) > MOST_BYTES:
            return None
        try:
            return decide_plain(policies, policy_id, data)
        except Exception:  # noqa: BLE001 - it breaks again on the way through the layers, which report it
            return None


def _is_plain(headers: dict[bytes, bytes], scope: Scope) -> bool:
    """JSON as most clients send it, and no header twice."""
    return (
        headers.get(b"content-type") == _TYPE[1]
        and b"content-encoding" not in headers
        and len(headers) == len(scope["headers"])
    )


def _again(message: Message, receive: Receive) -> Receive:
    """`receive` from before this message."""
    held = [message]

    async def received() -> Message:
        return held.pop() if held else await receive()

    return received
