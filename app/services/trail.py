"""The audit trail: every change writes its event in its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.procedure.chaining import FIRST, SHA256, seal
from app.services.instants import new_id, say
from app.store.events import EventRow, Head, append, lock_head, move_head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

START = Head(0, FIRST)


def chained(
    head: Head,
    *,
    mode: str,
    chain: str,
    kind: str,
    at: datetime,
    actor: Mapping[str, str],
    data: Mapping[str, Any],
    application: str | None = None,
    platform: str | None = None,
    origin: str | None = None,
    target: str | None = None,
) -> EventRow:
    """The next event of a chain, sealed. `data` holds JSON values only, whole numbers, no personal data."""
    event = seal(
        {
            "id": new_id("evt"),
            "application": application,
            **({} if application is not None else {"chain": chain}),
            "seq": head.seq + 1,
            "type": kind,
            "at": say(at),
            "actor": dict(actor),
            "from": origin,
            "to": target,
            "data": dict(data),
            "algorithm": SHA256,
            "prev_hash": head.hash,
        }
    )
    return EventRow(
        mode=mode,
        chain=chain,
        seq=event["seq"],
        id=event["id"],
        application=application,
        platform=platform,
        type=kind,
        at=at,
        actor=event["actor"],
        from_status=origin,
        to_status=target,
        data=event["data"],
        algorithm=event["algorithm"],
        prev_hash=event["prev_hash"],
        hash=event["hash"],
    )


def public_form(event: EventRow) -> dict[str, Any]:
    """The event as the API shows it and as its hash was made."""
    return {
        "id": event.id,
        "application": event.application,
        **({} if event.application is not None else {"chain": event.chain}),
        "seq": event.seq,
        "type": event.type,
        "at": say(event.at),
        "actor": event.actor,
        "from": event.from_status,
        "to": event.to_status,
        "data": event.data,
        "algorithm": event.algorithm,
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }


async def record(
    connection: AsyncConnection,
    *,
    mode: str,
    chain: str,
    kind: str,
    at: datetime,
    actor: Mapping[str, str],
    data: Mapping[str, Any],
) -> EventRow:
    """An event of a chain of the office: keys, records, organisations, policies, settings, webhooks."""
    head = await lock_head(connection, mode, chain)
    event = chained(head, mode=mode, chain=chain, kind=kind, at=at, actor=actor, data=data)
    await append(connection, event)
    await move_head(connection, mode, chain, Head(event.seq, event.hash))
    return event
