"""Events: appended with the change they speak of, chained, and put into the outbox of every webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import text

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


_APPEND = text("SELECT append_event(CAST(:event AS jsonb))")


async def append(connection: AsyncConnection, event: EventRow) -> None:
    """Keep an event and, in the same statement, its deliveries to the webhooks that want it."""
    await connection.execute(_APPEND, {"event": orjson.dumps(event._asdict()).decode()})


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
