"""Answers kept by idempotency key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.store.pipelining import Call, Statement, call, send, statement

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


class Claim(NamedTuple):
    """A key that is to be taken, and what for."""

    key: KeyOf
    fingerprint: bytes


class Kept(NamedTuple):
    """The first answer."""

    fingerprint: bytes
    status: int
    headers: dict[str, str]
    body: bytes


_FORGET = (
    b"DELETE FROM idempotency_keys WHERE mode = $1 AND owner = $2 AND method = $3 AND route = $4 AND key = $5"
)


def taking(claim: Claim, now: datetime) -> Call:
    """Takes the key for this transaction: gives `t`, else `f`. Waits for a transaction that holds the key."""
    return call(b"take_key", *claim.key, claim.fingerprint, now)


async def kept(connection: AsyncConnection, key: KeyOf) -> Kept | None:
    """The first answer under a key that was not to be had; None: it went, too old or rolled back, meanwhile."""
    [row] = await send(connection, [call(b"kept_answer", *key)])
    assert row is not None
    if row[0] is None:
        return None
    found: dict[str, Any] = orjson.loads(row[0])
    fingerprint = bytes.fromhex(found["fingerprint"])
    return Kept(fingerprint, found["status"], found["headers"], found["body"].encode())


def keeping(key: KeyOf, status: int, headers: dict[str, Any], body: bytes) -> Call:
    """Keeps the answer under a key that this transaction took. `body` is JSON, or empty."""
    return call(b"keep_answer", *key, status, orjson.dumps(headers).decode(), body.decode())


def forgetting(key: KeyOf) -> Statement:
    """Gives back a key that this transaction took: only effects are kept for replay."""
    return statement(_FORGET, *key)
