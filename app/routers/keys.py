"""/v1/keys: an administrator makes, lists and revokes API keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Administrator
from app.routers.documenting_orders import AFTER, ETAG, LIMIT, LOCATION, order_operation, read_operation
from app.routers.orders import answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import read_query
from app.schemas.keys import ApiKey, ApiKeyList, IssuedKey, NewKey
from app.services.keys import create_plan, key_form, list_keys, read_key, revoke_plan

router = APIRouter(tags=["keys"])

KeyId = Annotated[
    str,
    Path(
        description="The key's id.",
        examples=["key_" + "0" * 32],
        json_schema_extra={"pattern": "^key_[0-9a-f]{32}$"},
    ),
]


@router.post(
    "/v1/keys",
    operation_id="create_key",
    summary="Make an API key",
    **order_operation(
        NewKey,
        IssuedKey,
        status=201,
        found=False,
        headers={**ETAG, **LOCATION},
    ),
)
async def create_key(request: Request, caller: Administrator) -> Response:
    """The secret is shown once: keep it. A replay of the request answers `secret: null`."""
    return await answer_order(request, caller, create_plan())


@router.get(
    "/v1/keys",
    operation_id="list_keys",
    summary="The API keys",
    **read_operation(ApiKeyList, parameters=(AFTER, LIMIT), found=False),
)
async def list_of_keys(request: Request, caller: Administrator) -> Response:
    """In the order in which they were made, revoked ones too; a test key sees those of the sandbox."""
    page = read_page(request, caller.owner, {})
    rows = await list_keys(office_of(request).engine, caller, page.after, page.limit + 1)
    shown = rows[: page.limit]
    position = shown[-1].id if len(rows) > page.limit else None
    return answer_page(request, page, [key_form(row) for row in shown], position)


@router.get(
    "/v1/keys/{key}",
    operation_id="get_key",
    summary="One API key",
    **read_operation(ApiKey, headers=ETAG),
)
async def get_key(request: Request, key: KeyId, caller: Administrator) -> Response:
    """What it may do, whose it is, and until when. Its secret is not kept and cannot be shown."""
    read_query(request.scope, {})
    row = await read_key(office_of(request).engine, caller, key)
    return answer_read(key_form(row), row.version)


@router.delete(
    "/v1/keys/{key}",
    operation_id="revoke_key",
    summary="Revoke an API key",
    **order_operation(None, None, status=204, guarded=True, keyed=False),
)
async def revoke_key(request: Request, key: KeyId, caller: Administrator) -> Response:
    """For good, and at once: the next request with it is a 401. The key stays in the list."""
    return await answer_order(request, caller, revoke_plan(key), bare=True)
