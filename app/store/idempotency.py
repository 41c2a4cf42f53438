"""Answers kept by idempotency key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import JSONB

from app.store.tables.idempotency import idempotency_keys as _keys

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class KeyOf(NamedTuple):
    """What makes a key unique: the client, the method, the route and the key itself."""

    mode: str
    owner: str
    method: str
    route: str
    key: str


class Kept(NamedTuple):
    """The first answer."""

    fingerprint: bytes
    status: int
    headers: dict[str, str]
    body: bytes


_TAKE = text(
    "INSERT INTO idempotency_keys (mode, owner, method, route, key, fingerprint, created_at)"
    " VALUES (:mode, :owner, :method, :route, :key, :fingerprint, :created_at) ON CONFLICT DO NOTHING RETURNING key"
)
_KEEP = text(
    "UPDATE idempotency_keys SET status = :status, headers = :headers, body = :body"
    " WHERE mode = :mode AND owner = :owner AND method = :method AND route = :route AND key = :key"
).bindparams(bindparam("headers", type_=JSONB))


async def take(connection: AsyncConnection, key: KeyOf, fingerprint: bytes, now: datetime) -> bool:
    """Take the key for this transaction; False if it is taken. Waits for a transaction that holds it."""
    taken = await connection.execute(_TAKE, {**key._asdict(), "fingerprint": fingerprint, "created_at": now})
    return taken.first() is not None


async def find(connection: AsyncConnection, key: KeyOf) -> Kept | None:
    """The answer kept under the key."""
    row = (
        await connection.execute(
            select(_keys.c.fingerprint, _keys.c.status, _keys.c.headers, _keys.c.body).filter_by(
                **key._asdict()
            )
        )
    ).first()
    return None if row is None else Kept(*row)


async def keep(
    connection: AsyncConnection, key: KeyOf, status: int, headers: dict[str, Any], body: bytes
) -> None:
    """Keep the answer under a key that this transaction took."""
    await connection.execute(_KEEP, {**key._asdict(), "status": status, "headers": headers, "body": body})


async def forget(connection: AsyncConnection, key: KeyOf) -> None:
    """Give back a key that this transaction took: only effects are kept for replay."""
    await connection.execute(delete(_keys).filter_by(**key._asdict()))
