"""/v1/organisations: who applicants are, whatever code they have at the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Administrator, Officer, Reviewer
from app.routers.documenting import problem
from app.routers.documenting_orders import (
    AFTER,
    ETAG,
    IF_MATCH,
    LIMIT,
    LOCATION,
    filter_of,
    order_operation,
    read_operation,
)
from app.routers.orders import answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.problem_kinds import PRECONDITION_FAILED, PRECONDITION_REQUIRED
from app.routers.query import code, read_query, word
from app.schemas.organisations import NewCode, OrganisationBody, OrganisationList, OrganisationWithFacts
from app.services import organisations

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["organisations"])

UsccPath = Annotated[
    str,
    Path(
        description="A unified social credit code that the organisation has or had.",
        examples=["91140802MA0GT0018G"],
        json_schema_extra={"maxLength": 100},
    ),
]
_FILTERS: dict[str, Parser] = {"uscc": code, "name": word(), "kind": word(64)}
_PARAMETERS = (
    filter_of("uscc", {"type": "string"}, "Only the one that has or had this code."),
    filter_of("name", {"type": "string", "maxLength": 200}, "Only those of exactly this name."),
    filter_of("kind", {"type": "string", "maxLength": 64}, "Only those of this kind."),
    AFTER,
    LIMIT,
)

_PUT = order_operation(
    OrganisationBody, OrganisationWithFacts, keyed=False, found=False, timed=True, headers=ETAG
)
_PUT["openapi_extra"]["parameters"].append({**IF_MATCH, "required": False})
_PUT["responses"][412] = {**problem(PRECONDITION_FAILED), "headers": ETAG}
_PUT["responses"][428] = problem(PRECONDITION_REQUIRED)
_PUT["responses"][201] = {
    **_PUT["responses"][200],
    "description": "It was not on record, and is now.",
    "headers": {**_PUT["responses"][200]["headers"], **LOCATION},
}


@router.put(
    "/v1/organisations/{uscc}",
    operation_id="put_organisation",
    summary="Enter an organisation, or correct its name, kind and facts",
    **_PUT,
)
async def put_organisation(request: Request, uscc: UsccPath, caller: Reviewer) -> Response:
    """The code of the path is one that it has or had; a new one makes a new organisation.

    If-Match is needed once the register has facts of the organisation, and compared whenever it is sent.
    """
    return await answer_order(request, caller, organisations.put_plan(uscc, request.headers.get("if-match")))


@router.get(
    "/v1/organisations",
    operation_id="list_organisations",
    summary="Organisations, the latest first",
    **read_operation(OrganisationList, parameters=_PARAMETERS, found=False),
)
async def list_organisations(request: Request, caller: Officer) -> Response:
    """Those that were merged into others are theirs, and not listed."""
    page = read_page(request, caller.owner, _FILTERS)
    found, position = await organisations.page(
        office_of(request), caller, page.filters, after=page.after, limit=page.limit
    )
    return answer_page(request, page, found, position)


@router.get(
    "/v1/organisations/{uscc}",
    operation_id="get_organisation",
    summary="One organisation",
    **read_operation(OrganisationWithFacts, headers=ETAG),
)
async def get_organisation(request: Request, uscc: UsccPath, caller: Officer) -> Response:
    """By any code that it has or had."""
    read_query(request.scope, {})
    content, version = await organisations.one(office_of(request), caller, uscc)
    return answer_read(content, version)


@router.post(
    "/v1/organisations/{uscc}/codes",
    operation_id="add_organisation_code",
    summary="Record a changed code, or make two organisations one",
    **order_operation(
        NewCode, OrganisationWithFacts, status=201, problems=("conflict",), headers={**ETAG, **LOCATION}
    ),
)
async def add_organisation_code(request: Request, uscc: UsccPath, caller: Administrator) -> Response:
    """A code that another organisation has makes both one.

    What the other had, its applications, awards, claims, uses of caps, debts and records, is the path's from then on,
    and nothing that was paid is paid again.
    """
    return await answer_order(request, caller, organisations.code_plan(uscc))
