"""/v1/webhooks: where a platform wants to be told of its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Anyone, Applicant
from app.routers.documenting_orders import (
    AFTER,
    ETAG,
    LIMIT,
    LOCATION,
    filter_of,
    order_operation,
    read_operation,
)
from app.routers.orders import answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import one_of, read_query
from app.schemas.webhooks import (
    ChangedWebhook,
    DeliveryAnswer,
    DeliveryList,
    NewWebhook,
    NewWebhookAnswer,
    ReplayedWebhook,
    WebhookAnswer,
    WebhookEvent,
    WebhookList,
    WebhookReplayAnswer,
)
from app.services import webhooks

if TYPE_CHECKING:
    from app.services.receivers import Receivers

router = APIRouter(tags=["webhooks"])
sent = APIRouter(tags=["webhooks"])
"""What goes out: the document's own section of webhooks."""

_STATES = ("pending", "delivered", "failed")
WebhookId = Annotated[
    str,
    Path(
        description="The webhook's id.",
        examples=["whk_" + "0" * 32],
        json_schema_extra={"pattern": "^whk_[0-9a-f]{32}$"},
    ),
]
DeliveryId = Annotated[
    str,
    Path(
        description="The delivery's id.",
        examples=["whd_" + "0" * 32],
        json_schema_extra={"pattern": "^whd_[0-9a-f]{32}$"},
    ),
]


def _receivers(request: Request) -> Receivers:
    found: Receivers = request.app.state.receivers
    return found


@router.post(
    "/v1/webhooks",
    operation_id="create_webhook",
    summary="Register a webhook",
    **order_operation(
        NewWebhook,
        NewWebhookAnswer,
        status=201,
        found=False,
        problems=("conflict",),
        headers={**ETAG, **LOCATION},
    ),
)
async def create_webhook(request: Request, caller: Applicant) -> Response:
    """The URL must be https and lead to the open internet. The secret is in this answer and in no other."""
    return await answer_order(request, caller, webhooks.create_plan(_receivers(request)))


@router.get(
    "/v1/webhooks",
    operation_id="list_webhooks",
    summary="Webhooks, oldest first",
    **read_operation(WebhookList, parameters=(AFTER, LIMIT), found=False),
)
async def list_webhooks(request: Request, caller: Anyone) -> Response:
    """A platform sees its own, an officer all."""
    page = read_page(request, f"{caller.owner}|webhooks", {})
    found, position = await webhooks.listed(office_of(request), caller, page.after, page.limit)
    return answer_page(request, page, found, position)


@router.get(
    "/v1/webhooks/{webhook}",
    operation_id="get_webhook",
    summary="One webhook",
    **read_operation(WebhookAnswer, headers=ETAG),
)
async def get_webhook(request: Request, webhook: WebhookId, caller: Anyone) -> Response:
    """Without its secret."""
    read_query(request.scope, {})
    content, version = await webhooks.one(office_of(request), caller, webhook)
    return answer_read(content, version)


@router.patch(
    "/v1/webhooks/{webhook}",
    operation_id="change_webhook",
    summary="Change a webhook, or switch it on or off",
    **order_operation(ChangedWebhook, WebhookAnswer, guarded=True, keyed=False, headers=ETAG),
)
async def change_webhook(request: Request, webhook: WebhookId, caller: Applicant) -> Response:
    """Fields that are absent stay. What is pending while it is off goes out when it is on again."""
    return await answer_order(request, caller, webhooks.change_plan(_receivers(request), webhook))


@router.delete(
    "/v1/webhooks/{webhook}",
    operation_id="remove_webhook",
    summary="Remove a webhook",
    **order_operation(None, None, status=204, guarded=True, keyed=False),
)
async def remove_webhook(request: Request, webhook: WebhookId, caller: Applicant) -> Response:
    """With its log, and with what is still to be delivered."""
    return await answer_order(request, caller, webhooks.remove_plan(webhook), bare=True)


@router.post(
    "/v1/webhooks/{webhook}/rotate-secret",
    operation_id="rotate_webhook_secret",
    summary="Give a webhook a new secret",
    **order_operation(None, NewWebhookAnswer, guarded=True, bare=True, headers=ETAG),
)
async def rotate_webhook_secret(request: Request, webhook: WebhookId, caller: Applicant) -> Response:
    """For 24 hours both secrets sign, the new one first."""
    return await answer_order(request, caller, webhooks.rotate_plan(webhook), bare=True)


@router.post(
    "/v1/webhooks/{webhook}/replay",
    operation_id="replay_webhook",
    summary="Deliver again from a moment or an event on",
    **order_operation(ReplayedWebhook, WebhookReplayAnswer, status=202),
)
async def replay_webhook(request: Request, webhook: WebhookId, caller: Applicant) -> Response:
    """Of the types that the webhook is told of; what is still pending is not doubled."""
    return await answer_order(request, caller, webhooks.replay_plan(webhook))


@router.get(
    "/v1/webhooks/{webhook}/deliveries",
    operation_id="list_webhook_deliveries",
    summary="What was delivered, newest events first",
    **read_operation(
        DeliveryList,
        parameters=(
            filter_of("state", {"$ref": "#/components/schemas/DeliveryState"}, "Only those in this state."),
            AFTER,
            LIMIT,
        ),
    ),
)
async def list_webhook_deliveries(request: Request, webhook: WebhookId, caller: Anyone) -> Response:
    """Kept for 30 days."""
    page = read_page(request, f"{caller.owner}|{webhook}", {"state": one_of(*_STATES)})
    found, position = await webhooks.deliveries(
        office_of(request), caller, webhook, page.filters.get("state"), page.after, page.limit
    )
    return answer_page(request, page, found, position)


@router.post(
    "/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver",
    operation_id="redeliver_webhook_delivery",
    summary="Deliver one event again",
    **order_operation(None, DeliveryAnswer, status=202, bare=True),
)
async def redeliver_webhook_delivery(
    request: Request, webhook: WebhookId, delivery: DeliveryId, caller: Applicant
) -> Response:
    """With all its attempts, under the same `webhook-id`."""
    return await answer_order(request, caller, webhooks.redeliver_plan(webhook, delivery), bare=True)


@sent.post(
    "application-event",
    operation_id="receive_application_event",
    summary="Something happened to an application",
    responses={
        200: {"description": "Any 2xx within 10 seconds: taken."},
        410: {"description": "No more, please: the webhook is switched off."},
    },
)
async def receive_application_event(event: WebhookEvent) -> None:
    """Signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

    In order within one application, at least once: `webhook-id` tells what came before.
    """
    _ = event  # documented here, made by the courier
