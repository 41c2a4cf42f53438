"""/v1/policies/{policy}/matches and /v1/matches: the register against a policy, on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Administrator, Officer
from app.routers.documenting import PolicyId  # noqa: TC001 - FastAPI reads it
from app.routers.documenting_orders import (
    AFTER,
    LIMIT,
    LOCATION,
    filter_of,
    order_operation,
    read_operation,
)
from app.routers.orders import answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import one_of, read_query, word
from app.schemas.matches import MatchAnswer, MatchBody, MatchList
from app.services.offers import requesting

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["offers"])

MatchId = Annotated[
    str,
    Path(
        description="The match's id.",
        examples=["mat_" + "0" * 32],
        json_schema_extra={"pattern": "^mat_[0-9a-f]{32}$"},
    ),
]
_STATUSES = ("queued", "running", "succeeded", "failed")
_FILTERS: dict[str, Parser] = {"policy": word(100), "status": one_of(*_STATUSES)}
_PARAMETERS = (
    filter_of("policy", {"type": "string", "maxLength": 100}, "Only those against this policy."),
    filter_of("status", {"$ref": "#/components/schemas/MatchStatus"}, "Only those that stand so."),
    AFTER,
    LIMIT,
)


@router.post(
    "/v1/policies/{policy}/matches",
    operation_id="match_register",
    summary="Match the register against a policy",
    **order_operation(
        MatchBody,
        MatchAnswer,
        status=202,
        bare=True,
        timed=True,
        problems=("outside-window", "records-stale"),
        headers=LOCATION,
    ),
)
async def match_register(request: Request, policy: PolicyId, caller: Administrator) -> Response:
    """Every organisation whose facts the register has for the year; what is due is offered to it.

    It is done beside the service: Location says how far it is. Whoever asks has accepted what comes of it, and does
    not approve it.
    """
    return await answer_order(request, caller, requesting.match_plan(policy), bare=True)


@router.get(
    "/v1/matches",
    operation_id="list_matches",
    summary="Matches, newest first",
    **read_operation(MatchList, parameters=_PARAMETERS, found=False),
)
async def list_matches(request: Request, caller: Officer) -> Response:
    """Those of every night too."""
    page = read_page(request, caller.owner, _FILTERS)
    found, position = await requesting.listed(
        office_of(request), caller, page.filters, page.after, page.limit
    )
    return answer_page(request, page, found, position)


@router.get(
    "/v1/matches/{match}",
    operation_id="get_match",
    summary="One match, and how far it is",
    **read_operation(MatchAnswer),
)
async def get_match(request: Request, match: MatchId, caller: Officer) -> Response:
    """`done` of `total` organisations were looked at; `tally` says what came of it."""
    read_query(request.scope, {})
    return answer_read(await requesting.one(office_of(request), caller, match))
