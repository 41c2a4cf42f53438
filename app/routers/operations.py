"""What operators and their machines ask: is it alive, is it ready, what has it done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from fastapi import APIRouter, Request, Response

from app.routers.documenting import PUBLIC, problem
from app.routers.problem_kinds import INVALID_REQUEST, NOT_READY
from app.routers.problems import NotReady
from app.routers.query import read_query
from app.schemas.operations import Alive, Ready

if TYPE_CHECKING:
    from app.routers.metrics import Metrics
    from app.services.readiness import Readiness

router = APIRouter(tags=["operations"])

_NO_STORE = {"Cache-Control": "no-store"}


@router.get(
    "/livez",
    operation_id="get_liveness",
    summary="Whether the process answers",
    openapi_extra=PUBLIC,
    responses={200: {"model": Alive}, 422: problem(INVALID_REQUEST)},
)
async def get_liveness(request: Request) -> Response:
    """Asks nothing of the database: a process is not restarted for what it cannot mend."""
    read_query(request.scope, {})
    return Response(b'{"status":"alive"}', media_type="application/json", headers=_NO_STORE)


@router.get(
    "/readyz",
    operation_id="get_readiness",
    summary="Whether the service can do all its work",
    openapi_extra=PUBLIC,
    responses={
        200: {"model": Ready},
        422: problem(INVALID_REQUEST),
        503: problem(NOT_READY, "NotReadyProblem"),
    },
)
async def get_readiness(request: Request) -> Response:
    """The database answers, its migrations are those of this code, the policies are loaded and kept."""
    read_query(request.scope, {})
    readiness: Readiness = request.app.state.readiness
    checks = (await readiness.checks())._asdict()
    if not all(checks.values()):
        raise NotReady(checks)
    return Response(
        orjson.dumps({"status": "ready", **checks}), media_type="application/json", headers=_NO_STORE
    )


@router.get(
    "/metrics",
    operation_id="get_metrics",
    summary="Counters for Prometheus",
    openapi_extra=PUBLIC,
    response_class=Response,
    responses={
        200: {"description": "The text format.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        422: problem(INVALID_REQUEST),
    },
)
async def get_metrics(request: Request) -> Response:
    """Requests by route, evaluations by policy, verdicts by kind, the process itself."""
    read_query(request.scope, {})
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.text(), headers={"Content-Type": metrics.content_type, **_NO_STORE})
