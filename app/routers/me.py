"""GET /v1/me: who the caller is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from app.routers.access import Known, admission_of
from app.routers.documenting_orders import read_operation
from app.routers.orders import answer_read
from app.routers.query import read_query
from app.rules.procedure.callers import Scope
from app.schemas.keys import Me
from app.services.instants import say
from app.services.limiting import SECONDS

if TYPE_CHECKING:
    from app.services.limiting import Allowance

router = APIRouter(tags=["keys"])


@router.get(
    "/v1/me",
    operation_id="get_me",
    summary="Who the caller is",
    **read_operation(Me, found=False),
)
async def get_me(request: Request, caller: Known) -> Response:
    """Mode, platform or person, scopes, and how often this credential may ask."""
    read_query(request.scope, {})
    admission = admission_of(request)
    return answer_read(
        {
            "mode": caller.mode,
            "platform": caller.platform,
            "person": caller.person,
            "scopes": [str(scope) for scope in Scope if scope in caller.scopes],
            "credential": caller.credential,
            "expires_at": None if admission.expires_at is None else say(admission.expires_at),
            "limits": _limits(admission.allowance),
        }
    )


def _limits(left: Allowance) -> dict[str, Any]:
    limited = left.quota.requests > 0
    return {
        "requests": left.quota.requests if limited else None,
        "seconds": SECONDS,
        "remaining": left.remaining if limited else None,
        "resets_in": left.resets,
    }
