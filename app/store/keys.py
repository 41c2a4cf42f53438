"""API keys: made, listed, revoked. Whose a secret is: `key_line`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, insert, select, text, update

from app.store.tables.keys import api_keys as _keys

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.procedure.callers import Caller


class Holder(NamedTuple):
    """Who holds a credential."""

    caller: Caller
    expires_at: datetime | None


class KeyRow(NamedTuple):
    """A key, without its secret."""

    mode: str
    id: str
    name: str
    hint: str
    scopes: list[str]
    platform: str | None
    person: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None

    @property
    def version(self) -> int:
        """Only a revocation ever changes a key."""
        return 1 if self.revoked_at is None else 2


_COLUMNS = tuple(_keys.c[name] for name in KeyRow._fields)


async def add(connection: AsyncConnection, row: KeyRow, secret_hash: bytes) -> None:
    """Keep a new key. A key with the same secret is a violation of `api_keys_secret_hash_key`."""
    await connection.execute(insert(_keys).values(**row._asdict(), secret_hash=secret_hash))


async def find(connection: AsyncConnection, key: str, *, lock: bool = False) -> KeyRow | None:
    """The key of this id that the transaction may see."""
    statement = select(*_COLUMNS).where(_keys.c.id == key)
    row = (await connection.execute(statement.with_for_update() if lock else statement)).first()
    return None if row is None else KeyRow(*row)


async def page(connection: AsyncConnection, after: str | None, most: int) -> list[KeyRow]:
    """Keys in the order in which they were made."""
    statement = select(*_COLUMNS).order_by(_keys.c.id).limit(most)
    if after is not None:
        statement = statement.where(_keys.c.id > after)
    return [KeyRow(*row) for row in await connection.execute(statement)]


async def revoke(connection: AsyncConnection, key: str, at: datetime) -> None:
    """From the moment that this is committed the key opens nothing."""
    await connection.execute(update(_keys).where(_keys.c.id == key).values(revoked_at=at))


async def lock_making(connection: AsyncConnection) -> None:
    """Until the transaction ends, no other may make a first key."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('duixian first key'))"))


async def any_kept(connection: AsyncConnection) -> bool:
    """Whether there is a key at all, revoked ones too."""
    return bool(await connection.scalar(select(exists().where(_keys.c.id.is_not(None)))))


async def is_kept(connection: AsyncConnection, secret_hash: bytes) -> bool:
    """Whether there is a key with this secret, revoked or not."""
    return bool(await connection.scalar(select(exists().where(_keys.c.secret_hash == secret_hash))))
