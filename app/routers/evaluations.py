"""POST /v1/policies/{policy}/evaluations: one applicant, decided at once.

A plain ASGI endpoint: the body is read and checked by the policy's own compiled reader, and the answer is bytes
already, so a framework's parsing and serialising would only be paid for twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.routers.bodies import JSON, check_media_type, read_body
from app.routers.query import read_query, switch
from app.services.evaluate import decide

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from app.routers.metrics import Metrics
    from app.services.published_policies import PublishedPolicies

PATH = "/v1/policies/{policy}/evaluations"
_QUERY = {"trace": switch}


class EvaluationEndpoint:
    """Answers evaluations of every policy; the policy is in the path."""

    def __init__(self, policies: PublishedPolicies, metrics: Metrics) -> None:
        self._policies = policies
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        policy_id: str = scope["path_params"]["policy"]
        self._policies.versions(policy_id)
        query = read_query(scope, _QUERY)
        announced = check_media_type(scope, JSON)
        data = await read_body(receive, announced)
        decided = decide(self._policies, policy_id, data, traced=query.get("trace", False))
        self._metrics.decided(policy_id, decided.evaluation)
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"content-length", b"%d" % len(decided.content)),
                    (b"cache-control", b"no-store"),
                ],
            }
        )
        await send({"type": "http.response.body", "body": decided.content})
