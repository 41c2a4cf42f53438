"""What is kept for a time only: removed a piece at a time, so that no transaction is long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_KEYS = text(
    "DELETE FROM idempotency_keys WHERE (mode, owner, method, route, key) IN ("
    " SELECT mode, owner, method, route, key FROM idempotency_keys WHERE created_at < :before"
    " ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED)"
)
_DELIVERIES = text(
    "DELETE FROM webhook_deliveries WHERE id IN ("
    " SELECT id FROM webhook_deliveries WHERE state <> 'pending' AND created_at < :before"
    " ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED)"
)


async def forget_keys(connection: AsyncConnection, before: datetime, most: int) -> int:
    """Remove up to `most` idempotency keys with their answers that are older; how many."""
    return int((await connection.execute(_KEYS, {"before": before, "most": most})).rowcount)


async def forget_deliveries(connection: AsyncConnection, before: datetime, most: int) -> int:
    """Remove up to `most` entries of the webhooks' log that are over and older; how many."""
    return int((await connection.execute(_DELIVERIES, {"before": before, "most": most})).rowcount)
