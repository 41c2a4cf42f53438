"""The outbox as couriers work on it: take what is due, in order, and write down what became of it.

An attempt is a lease: taking a delivery moves its next attempt into the future, so that no other courier takes it and
a courier that dies merely lets the lease pass. No transaction is open while a receiver answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from app.store.webhooks import EndpointRow, find

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class Taken(NamedTuple):
    """A delivery under way. `attempts` counts this one and tells leases apart."""

    id: str
    endpoint: str
    event: str
    application: str
    attempts: int


class Outcome(NamedTuple):
    """What became of an attempt. `state` stays pending when it is to be tried again at `next_attempt_at`."""

    state: str
    status: int | None
    error: str | None
    next_attempt_at: datetime


_WAITING = text(
    "SELECT w.mode, w.id FROM webhook_endpoints w WHERE w.enabled AND EXISTS ("
    " SELECT FROM webhook_deliveries d"
    " WHERE d.endpoint = w.id AND d.state = 'pending' AND d.next_attempt_at <= :now)"
)

# Only the first pending delivery of an application goes out. Those behind it are set aside until it is tried again, so
# that a receiver that is down for long does not make every look at the outbox a look at all of its backlog.
_TAKE = text(
    "WITH due AS ("
    " SELECT id, application FROM webhook_deliveries"
    " WHERE endpoint = :endpoint AND state = 'pending' AND next_attempt_at <= :now"
    " ORDER BY next_attempt_at LIMIT :look FOR UPDATE SKIP LOCKED"
    "), placed AS ("
    " SELECT due.id, first.id AS first, first.next_attempt_at FROM due CROSS JOIN LATERAL ("
    "  SELECT id, next_attempt_at FROM webhook_deliveries d WHERE d.endpoint = :endpoint"
    "  AND d.application = due.application AND d.state = 'pending' ORDER BY d.seq, d.id LIMIT 1) first"
    "), set_aside AS ("
    " UPDATE webhook_deliveries d SET next_attempt_at = placed.next_attempt_at FROM placed"
    " WHERE d.id = placed.id AND placed.id <> placed.first AND placed.next_attempt_at > :now"
    ")"
    " UPDATE webhook_deliveries d SET attempts = d.attempts + 1, next_attempt_at = :until"
    " WHERE d.id IN (SELECT id FROM placed WHERE id = first LIMIT :most)"
    " RETURNING d.id, d.endpoint, d.event, d.application, d.attempts"
)
_LOOK = 64

_SETTLE = text(
    "UPDATE webhook_deliveries SET state = :state, last_status = :status, last_error = :error,"
    " next_attempt_at = :next, delivered_at = :delivered"
    " WHERE id = :id AND attempts = :attempts AND state = 'pending'"
)
_WAKE = text(
    "UPDATE webhook_deliveries SET next_attempt_at = :now WHERE next_attempt_at > :now AND id = ("
    " SELECT id FROM webhook_deliveries WHERE endpoint = :endpoint AND application = :application"
    " AND state = 'pending' ORDER BY seq, id LIMIT 1) AND attempts = 0"
)
_DISABLE = text(
    "UPDATE webhook_endpoints SET enabled = false, disabled_reason = :reason, version = version + 1,"
    " updated_at = :now WHERE id = :endpoint AND enabled"
)
_EVENT = text("SELECT id, application, seq, type, at, to_status FROM events WHERE id = :event")


class SentEvent(NamedTuple):
    """What of an event is delivered."""

    id: str
    application: str
    seq: int
    type: str
    at: datetime
    to_status: str | None


async def waiting(connection: AsyncConnection, now: datetime) -> tuple[tuple[str, str], ...]:
    """Mode and id of the endpoints with something due."""
    return tuple((row.mode, row.id) for row in await connection.execute(_WAITING, {"now": now}))


async def take(
    connection: AsyncConnection, endpoint: str, *, now: datetime, until: datetime, most: int
) -> tuple[Taken, ...]:
    """Lease up to `most` due deliveries of an endpoint, of as many applications."""
    rows = await connection.execute(
        _TAKE, {"endpoint": endpoint, "now": now, "until": until, "most": most, "look": _LOOK}
    )
    return tuple(Taken(*row) for row in rows)


async def load(connection: AsyncConnection, mode: str, taken: Taken) -> tuple[EndpointRow, SentEvent] | None:
    """What is to be sent where; None once the endpoint is gone or switched off."""
    endpoint = await find(connection, mode, taken.endpoint)
    if endpoint is None or not endpoint.enabled:
        return None
    row = (await connection.execute(_EVENT, {"event": taken.event})).one()
    return endpoint, SentEvent(*row)


async def settle(connection: AsyncConnection, taken: Taken, outcome: Outcome, now: datetime) -> bool:
    """Write an outcome; False when another courier has the delivery since. What waited behind it may go."""
    done = await connection.execute(
        _SETTLE,
        {
            "id": taken.id,
            "attempts": taken.attempts,
            "state": outcome.state,
            "status": outcome.status,
            "error": outcome.error,
            "next": outcome.next_attempt_at,
            "delivered": now if outcome.state == "delivered" else None,
        },
    )
    if not done.rowcount:
        return False
    if outcome.state != "pending":
        await connection.execute(
            _WAKE, {"endpoint": taken.endpoint, "application": taken.application, "now": now}
        )
    return True


async def disable(connection: AsyncConnection, endpoint: str, reason: str, now: datetime) -> bool:
    """Switch an endpoint off; what is pending waits until it is switched on again."""
    done = await connection.execute(_DISABLE, {"endpoint": endpoint, "reason": reason, "now": now})
    return bool(done.rowcount)
