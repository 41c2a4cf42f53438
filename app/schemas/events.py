"""Events as the API shows them: exactly what their hash was made of, and the hash."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from app.schemas.words import NOT_ALWAYS, Shown

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="In hexadecimal.")]


class Actor(Shown):
    """Who acted, by id."""

    kind: Literal["platform", "person", "system"]
    id: str
    role: str
    """The scope in which it was done; `system`: the service by itself."""
    credential: str


class EventAnswer(Shown):
    """`hash` is over the RFC 8785 form of all the rest, by `algorithm`."""

    id: str
    application: str | None
    """Null: an event of the office, which `chain` then names."""
    chain: str = NOT_ALWAYS
    """Such as `keys`, `records` or `organisations`."""
    seq: Annotated[int, Field(ge=1)]
    """From 1, without gaps within an application or chain."""
    type: Annotated[str, Field(examples=["application.submitted"])]
    at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    actor: Actor
    from_: Annotated[str | None, Field(alias="from")]
    """The status before."""
    to: str | None
    """The status after."""
    data: dict[str, Any]
    """What else is told, without personal data."""
    algorithm: Literal["sha256", "sm3"]
    prev_hash: Hash
    """The hash of the event before; 64 zeros for the first."""
    hash: Hash


class EventList(Shown):
    items: list[EventAnswer]
    next: str | None
    """Where the list goes on; null: it ends here."""


class EventFeed(Shown):
    """The feed has no end: `next` is always there to ask again with."""

    items: list[EventAnswer]
    """Oldest first. With a `type` a page may have fewer than asked for, or none, and `has_more` still be true."""
    next: str
    has_more: bool
    """Whether there is more to be had at once."""


class Break(Shown):
    """Where a chain breaks first."""

    seq: int
    what: Literal["altered", "removed", "reordered", "head"]
    """`head`: the chain ends otherwise than the application says."""


class ChainReport(Shown):
    valid: bool
    length: int
    """Events that hold."""
    head: Hash
    """The hash of the last one that holds."""
    first_break: Break | None
