"""Webhooks: what a platform registers, and what it is sent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from app.rules.procedure.delivering import EVENT_TYPES
from app.schemas.bodies import Moment, Name, Sent
from app.schemas.words import NOT_ALWAYS, Mode, Shown


def _known(kind: str) -> str:
    if kind not in EVENT_TYPES:
        raise PydanticCustomError("enum", "type", {"expected": ", ".join(EVENT_TYPES)})
    return kind


EventType = TypeAliasType(
    "EventType",
    Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(EVENT_TYPES)})],
)
EventTypes = Annotated[
    list[EventType],
    Field(max_length=len(EVENT_TYPES), description="The types to be told of; empty: all of them."),
]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        examples=["https://platform.example/duixian"],
        description="Where to send events: https, a name or address of the open internet.",
    ),
]
DeliveryState = TypeAliasType("DeliveryState", Literal["pending", "delivered", "failed"])
_Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class NewWebhook(Sent):
    url: Url
    event_types: EventTypes = Field(default_factory=list)


class ChangedWebhook(Sent):
    """Fields that are absent stay as they are."""

    url: Url | None = None
    event_types: EventTypes | None = None
    enabled: bool | None = None
    """True switches on again what was switched off, also by an answer 410."""


class ReplayedWebhook(Sent):
    """From where on to deliver again: one of the two."""

    after: Moment | None = None
    """Events of this instant and later."""
    from_event: Name | None = None
    """The id of an event: this one and those behind it in the feed."""


class WebhookAnswer(Shown):
    id: str
    mode: Mode
    platform: str
    url: str
    event_types: list[EventType]
    """Empty: all of them."""
    enabled: bool
    disabled_reason: str | None
    """`gone`: the receiver answered 410."""
    both_secrets_until: str | None
    """Until then the secret before signs as well."""
    created_at: _Instant
    updated_at: _Instant


class NewWebhookAnswer(WebhookAnswer):
    secret: str | None
    """`whsec_` and base64, shown once: null when the answer is replayed."""


class WebhookList(Shown):
    items: list[WebhookAnswer]
    next: str | None
    """Where the list goes on; null: it ends here."""


class DeliveryAnswer(Shown):
    id: str
    event: str
    type: str
    application: str
    seq: int
    state: DeliveryState
    """`failed`: given up."""
    attempts: int
    last_status: int | None
    """The status of the last answer; null: there was none."""
    last_error: str | None
    """Why the last attempt failed: `status`, `redirect`, `gone`, `timeout`, `connection`, `tls`, `name`, `address`."""
    next_attempt_at: str | None
    created_at: _Instant
    delivered_at: str | None


class DeliveryList(Shown):
    items: list[DeliveryAnswer]
    next: str | None
    """Where the list goes on; null: it ends here."""


class WebhookReplayAnswer(Shown):
    deliveries: int
    """How many events are to be delivered again."""


class ToldOf(Shown):
    """What happened, thin: read the application or the feed for more."""

    application: str
    seq: int
    status: str = NOT_ALWAYS
    """The application's new status, where the event changed it."""


class WebhookEvent(Shown):
    """What a receiver is sent: the fields of CloudEvents 1.0."""

    specversion: Literal["1.0"]
    id: str
    """The event's, also in `webhook-id`: the same on every attempt."""
    source: str
    type: str
    time: _Instant
    subject: str
    """The application."""
    datacontenttype: Literal["application/json"]
    data: ToldOf
