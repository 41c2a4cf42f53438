"""Pages of lists: how many, from where, and the cursor to go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.routers.orders import answer_read, office_of
from app.routers.query import read_query, whole, word
from app.services.cursors import open_cursor, seal_cursor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from app.routers.query import Parser

MOST, USUAL = 200, 50
_PAGING: dict[str, Parser] = {"after": word(1_000), "limit": whole(1, MOST)}
NOBODY = "public"
"""Whose cursors those of public lists are."""


class Page(NamedTuple):
    """What of a list is asked for."""

    owner: str
    filters: dict[str, Any]
    after: str | None
    """The position in the cursor."""
    limit: int


def read_page(request: Request, owner: str, filters: Mapping[str, Parser]) -> Page:
    """The page that the query asks for. Raises QueryRefused, and InputErrors for a foreign cursor."""
    query = read_query(request.scope, {**filters, **_PAGING})
    cursor, limit = query.pop("after", None), query.pop("limit", USUAL)
    after = None if cursor is None else open_cursor(office_of(request).secret, owner, query, cursor)
    return Page(owner, query, after, limit)


def answer_page(request: Request, page: Page, items: list[dict[str, Any]], position: str | None) -> Response:
    """The page, with a cursor of the position to go on from; None on the last page."""
    secret = office_of(request).secret
    following = None if position is None else seal_cursor(secret, page.owner, page.filters, position)
    return answer_read({"items": items, "next": following})
