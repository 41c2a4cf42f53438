"""Events: appended with the change they speak of, chained, and put into the outbox of every webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class Head(NamedTuple):
    """Where a chain stands."""

    seq: int
    hash: str


class EventRow(NamedTuple):
    """An event as it is kept."""

    mode: str
    chain: str
    seq: int
    id: str
    application: str | None
    platform: str | None
    type: str
    at: datetime
    actor: dict[str, Any]
    from_status: str | None
    to_status: str | None
    data: dict[str, Any]
    algorithm: str
    prev_hash: str
    hash: str


_NAMES = EventRow._fields
_APPEND = text(
    f"WITH event AS (INSERT INTO events ({', '.join(_NAMES)}) VALUES ({', '.join(':' + name for name in _NAMES)}))"  # noqa: S608 - our own column names
    " INSERT INTO webhook_deliveries"
    " (mode, id, endpoint, platform, event, application, seq, next_attempt_at, created_at)"
    # Time-ordered as the event's id is, and unlike for each endpoint. No RETURNING: a platform may not see what it
    # writes into a chain of the office.
    " SELECT w.mode, 'whd_' || substr(CAST(:id AS text), 5, 20)"
    " || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), w.id, w.platform, :id, :application, :seq, :at, :at"
    " FROM webhook_endpoints w WHERE w.mode = :mode AND w.platform = CAST(:platform AS text)"
    " AND w.enabled AND (w.event_types = '{}' OR CAST(:type AS text) = ANY (w.event_types))"
).bindparams(bindparam("actor", type_=JSONB), bindparam("data", type_=JSONB))


async def append(connection: AsyncConnection, event: EventRow) -> None:
    """Keep an event and, in the same statement, its deliveries to the webhooks that want it."""
    await connection.execute(_APPEND, event._asdict())


async def lock_head(connection: AsyncConnection, mode: str, chain: str) -> Head:
    """The head of a chain that belongs to no application, locked until the transaction ends."""
    row = (
        await connection.execute(text("SELECT seq, hash FROM chain_head(:m, :c)"), {"m": mode, "c": chain})
    ).one()
    return Head(*row)


async def move_head(connection: AsyncConnection, mode: str, chain: str, head: Head) -> None:
    """The chain's new head, one further."""
    await connection.execute(
        text("SELECT move_chain_head(:m, :c, :s, :h)"),
        {"m": mode, "c": chain, "s": head.seq, "h": head.hash},
    )
