"""Publishing: a pack archive is checked, tried and put into effect; the last publication is taken back."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request, Response

from app.routers.access import Administrator
from app.routers.bodies import media_type_of, read_body
from app.routers.documenting import PolicyId, problem
from app.routers.documenting_orders import AFTER, LIMIT, order_operation, read_operation
from app.routers.orders import answer_order, answer_to, office_of, order_of
from app.routers.paging import answer_page, read_page
from app.routers.problem_kinds import INVALID_POLICY
from app.schemas.publications import PolicyPublication, PolicyPublicationList
from app.services.instants import day_of, now
from app.services.publishing.archives import MOST_BYTES
from app.services.publishing.examining import examine
from app.services.publishing.listing import list_publications
from app.services.publishing.orders import (
    Published,
    fingerprint,
    publication_form,
    publish_plan,
    rollback_plan,
)

router = APIRouter(tags=["policies"])

TYPES = ("application/octet-stream", "application/zip", "application/gzip")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_PUBLISH = order_operation(None, PolicyPublication, status=201, found=False, problems=("ledger-keys-moved",))
_PUBLISH["responses"][200] = {
    **_PUBLISH["responses"][201],
    "description": "This very pack is in effect already; nothing changed.",
}
_PUBLISH["responses"][422] = problem(INVALID_POLICY)
# What it is, its first bytes say: generators of clients know no media types of archives.
_PUBLISH["openapi_extra"]["requestBody"] = {"required": True, "content": {TYPES[0]: _BINARY}}
_AFTER_EFFECT_SECONDS = 0.05
"""Until then a request that this client sends elsewhere meets a process that has switched too."""


@router.post("/v1/policies", operation_id="publish_policy", summary="Publish a policy pack", **_PUBLISH)
async def publish_policy(request: Request, caller: Administrator) -> Response:
    """The pack's folder as zip or tar.gz, also sent as `application/zip` or `application/gzip`; at most 4 MiB.

    It is checked as `duixian policy check` does, its cases are tried, and it is kept by its digest; one mistake refuses
    it whole, and what is in effect stays.

    The answer comes when it is in effect, in every process at the moment `active_from`. The version it names is
    added, or gets these rules in place of those it had; other versions go on, and decisions made by former rules
    keep citing them.
    """
    media_type_of(request.scope, TYPES)
    data = await read_body(request.receive, None, MOST_BYTES)
    office = office_of(request)
    examined = await asyncio.to_thread(examine, data, day_of(now()))
    published = Published()
    order = order_of(request, caller, lambda: fingerprint(examined))
    answer = await answer_to(request, order, publish_plan(examined, published, office.publish_lead))
    await _in_effect(published)
    return answer


@router.post(
    "/v1/policies/{policy}/rollback",
    operation_id="roll_back_policy",
    summary="Take the last publication back",
    **order_operation(
        None, PolicyPublication, status=201, problems=("nothing-to-roll-back", "ledger-keys-moved")
    ),
)
async def roll_back_policy(request: Request, policy: PolicyId, caller: Administrator) -> Response:
    """What was there before it is in effect again: the publication before, or the pack that the service came with.
    Once more takes back the one before. The answer comes when it is in effect."""
    published = Published()
    plan = rollback_plan(policy, published, office_of(request).publish_lead)
    answer = await answer_order(request, caller, plan, bare=True)
    await _in_effect(published)
    return answer


@router.get(
    "/v1/policies/{policy}/publications",
    operation_id="list_publications",
    summary="What was published of a policy",
    **read_operation(PolicyPublicationList, parameters=(AFTER, LIMIT)),
)
async def list_of_publications(request: Request, policy: PolicyId, caller: Administrator) -> Response:
    """The newest first, those that were taken back too. The packs that the service came with are not among them."""
    page = read_page(request, caller.owner, {})
    before = None if page.after is None else int(page.after)
    rows = await list_publications(office_of(request), policy, before, page.limit + 1)
    shown = rows[: page.limit]
    position = str(shown[-1].id) if len(rows) > page.limit else None
    return answer_page(request, page, [publication_form(row) for row in shown], position)


async def _in_effect(published: Published) -> None:
    """Wait until it is: the next request of this client is answered by it."""
    if published.due is not None:
        await asyncio.sleep(max(0.0, published.due - time.monotonic()) + _AFTER_EFFECT_SECONDS)
