"""GET /v1/policies and below: the public catalogue."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from app.routers.cached import conditional
from app.routers.documenting import (
    AS_OF,
    CACHED,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    PUBLIC,
    VERSION,
    MeasureId,
    PolicyId,
    problem,
)
from app.routers.problem_kinds import INVALID_REQUEST, NOT_FOUND
from app.routers.query import day, one_of, read_query, version
from app.schemas.catalogue import MeasureDetail, MeasureList, PolicyDetail, PolicyList
from app.services.catalogue import Catalogue
from app.services.legal_day import legal_day

if TYPE_CHECKING:
    from app.services.served_policies import ServedPolicies

router = APIRouter(tags=["policies"])

_OF_LIST = {"as_of": day}
_OF_ONE = {"as_of": day, "version": version}
_OF_SCHEMA = {**_OF_ONE, "format": one_of("json", "arrow")}
_ARROW_STREAM = "application/vnd.apache.arrow.stream"


def _answers(of: type | None, *also: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """The statuses of one read."""
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "The representation.", "headers": CACHED},
        304: NOT_MODIFIED,
        422: problem(INVALID_REQUEST),
    }
    if of is not None:
        found[200]["model"] = of
    for one in also:
        found |= one
    return found


_OR_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: problem(NOT_FOUND)}
_LIST_PARAMETERS = {"parameters": [AS_OF, IF_NONE_MATCH], **PUBLIC}
_PARAMETERS: dict[str, Any] = {"parameters": [AS_OF, VERSION, IF_NONE_MATCH], **PUBLIC}
_SCHEMA_CONTENT = {
    "application/schema+json": {
        "schema": {
            "type": "object",
            "additionalProperties": True,
            "description": "A JSON Schema, 2020-12.",
        }
    },
    _ARROW_STREAM: {
        "schema": {
            "type": "string",
            "format": "binary",
            "description": "The columns of a population as an Arrow IPC stream without rows.",
        }
    },
}
_FORMAT = {
    "name": "format",
    "in": "query",
    "description": "`arrow`: the columns of a population of this policy, instead of the JSON Schema of its facts.",
    "schema": {"type": "string", "enum": ["json", "arrow"], "default": "json"},
}


def _catalogue(request: Request) -> Catalogue:
    """Of the policies that are served now."""
    state = request.app.state
    served: ServedPolicies = state.served
    found: Catalogue = state.catalogue
    if found.serves is not served.now:
        found = state.catalogue = Catalogue(served.now, legal_day)
    return found


@router.get(
    "/v1/policies",
    operation_id="list_policies",
    summary="The policies in force",
    responses=_answers(PolicyList),
    openapi_extra=_LIST_PARAMETERS,
)
async def list_policies(request: Request) -> Response:
    """Every policy in the version that is in force on the day; one without such a version is left out."""
    query = read_query(request.scope, _OF_LIST)
    return conditional(request, _catalogue(request).policies(query.get("as_of")))


@router.get(
    "/v1/policies/{policy}",
    operation_id="get_policy",
    summary="One policy",
    responses=_answers(PolicyDetail, _OR_NOT_FOUND),
    openapi_extra=_PARAMETERS,
)
async def get_policy(request: Request, policy: PolicyId) -> Response:
    """Title, authority, versions with the days they are in force, general provisions, bars and obligations."""
    query = read_query(request.scope, _OF_ONE)
    found = _catalogue(request).policy(policy, query.get("as_of"), query.get("version"))
    return conditional(request, found)


@router.get(
    "/v1/policies/{policy}/measures",
    operation_id="list_measures",
    summary="The measures and services of a policy",
    responses=_answers(MeasureList, _OR_NOT_FOUND),
    openapi_extra=_PARAMETERS,
)
async def list_measures(request: Request, policy: PolicyId) -> Response:
    """Measures with money and services without, in the order of answers."""
    query = read_query(request.scope, _OF_ONE)
    found = _catalogue(request).measures(policy, query.get("as_of"), query.get("version"))
    return conditional(request, found)


@router.get(
    "/v1/policies/{policy}/measures/{measure}",
    operation_id="get_measure",
    summary="One measure",
    responses=_answers(MeasureDetail, _OR_NOT_FOUND),
    openapi_extra=_PARAMETERS,
)
async def get_measure(request: Request, policy: PolicyId, measure: MeasureId) -> Response:
    """Clause, subject, requirements in words, parameters with values, form of the award, limits, facts it reads."""
    query = read_query(request.scope, _OF_ONE)
    found = _catalogue(request).measure(policy, measure, query.get("as_of"), query.get("version"))
    return conditional(request, found)


@router.get(
    "/v1/policies/{policy}/schema",
    operation_id="get_fact_schema",
    summary="The JSON Schema of a policy's facts",
    responses=_answers(None, {200: {"headers": CACHED, "content": _SCHEMA_CONTENT}}, _OR_NOT_FOUND),
    openapi_extra={**_PARAMETERS, "parameters": [*_PARAMETERS["parameters"], _FORMAT]},
    response_class=Response,
)
async def get_fact_schema(request: Request, policy: PolicyId) -> Response:
    """What `facts` may hold, with labels, units and the codes of choices; or the columns of a population."""
    query = read_query(request.scope, _OF_SCHEMA)
    if query.get("format") == "arrow":
        # In a thread: Arrow is slow to import.
        made = await asyncio.to_thread(
            _catalogue(request).arrow_schema, policy, query.get("as_of"), query.get("version")
        )
        return conditional(request, made, _ARROW_STREAM)
    found = _catalogue(request).fact_schema(policy, query.get("as_of"), query.get("version"))
    return conditional(request, found, "application/schema+json")
