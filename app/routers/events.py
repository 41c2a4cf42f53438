"""/v1/events, the change feed, and the events of one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from app.routers.access import Anyone
from app.routers.applications import ApplicationId
from app.routers.documenting_orders import AFTER, LIMIT, filter_of, read_operation
from app.routers.orders import answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import read_query, word
from app.schemas.events import ChainReport, EventFeed, EventList
from app.services import feed
from app.services.cursors import seal_cursor

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["events"])

_FILTERS: dict[str, Parser] = {"application": word(), "type": word()}
_FEED_AFTER = {**AFTER, "description": "The `next` of the answer before; left out: from the beginning."}
_PARAMETERS = (
    filter_of("application", {"type": "string", "maxLength": 200}, "Only those of this application."),
    filter_of("type", {"type": "string", "maxLength": 200}, "Only those of this type."),
    _FEED_AFTER,
    LIMIT,
)


@router.get(
    "/v1/events",
    operation_id="list_events",
    summary="The change feed",
    **read_operation(EventFeed, parameters=_PARAMETERS, found=False),
)
async def list_events(request: Request, caller: Anyone) -> Response:
    """Every event once and none left out, however long a change took to be committed: keep `next` and ask again.

    A platform sees those of its own applications, an officer all, the office's own included. Two changes that raced
    may come in either order; within an application `seq` tells.
    """
    page = read_page(request, caller.owner, _FILTERS)
    found = await feed.feed_page(office_of(request), caller, page.filters, page.after, page.limit)
    following = seal_cursor(office_of(request).secret, page.owner, page.filters, found.position)
    return answer_read({"items": found.items, "next": following, "has_more": found.has_more})


@router.get(
    "/v1/applications/{application}/events",
    operation_id="list_application_events",
    summary="What happened to an application",
    **read_operation(EventList, parameters=(AFTER, LIMIT)),
)
async def list_application_events(request: Request, application: ApplicationId, caller: Anyone) -> Response:
    """Its chain from the first event on."""
    page = read_page(request, f"{caller.owner}|{application}", {})
    found, position = await feed.chain_page(office_of(request), caller, application, page.after, page.limit)
    return answer_page(request, page, found, position)


@router.get(
    "/v1/applications/{application}/events/verify",
    operation_id="verify_application_events",
    summary="Whether the chain of an application holds",
    **read_operation(ChainReport),
)
async def verify_application_events(request: Request, application: ApplicationId, caller: Anyone) -> Response:
    """Every event is hashed anew, and the last one held against the head that the application keeps."""
    read_query(request.scope, {})
    return answer_read(await feed.chain_report(office_of(request), caller, application))
