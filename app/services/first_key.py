"""The administrator's key that opens a new office: made once, or given by the operator."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from app.logs import log
from app.rules.procedure.callers import SYSTEM
from app.services.access import hash_of
from app.services.instants import now
from app.services.keys import admin_row, keep_key, new_secret
from app.store import keys
from app.store.acting import EVERYTHING, Sight, acting

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_ALL = Sight(EVERYTHING, EVERYTHING)
_RETRY_SECONDS = 2.0

_log = log(__name__)


async def ensure_admin_key(engine: AsyncEngine, secret: str) -> bool:
    """See that the operator's key is there; whether it was made now. One that was revoked stays so.

    Safe when many processes start at once.
    """
    async with acting(engine, _ALL) as connection:
        await keys.lock_making(connection)
        if await keys.is_kept(connection, hash_of(secret)):
            return False
        row = admin_row(name="DUIXIAN_ADMIN_KEY", secret=secret, at=now())
        await keep_key(connection, row, secret, SYSTEM)
    return True


async def ensure_admin_key_at_last(engine: AsyncEngine, secret: str) -> None:
    """Try until it is done: the service may start before its database."""
    while True:
        try:
            await ensure_admin_key(engine, secret)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("administrator's key not kept yet", reason=type(error).__name__)
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            return


async def first_admin_key(engine: AsyncEngine, keep: Callable[[str], None]) -> str | None:
    """Make a live administrator's key where there is no key at all; its secret, or None.

    `keep` is called with the secret before it is committed, so that a key that opens anything is known to somebody.
    """
    async with acting(engine, _ALL) as connection:
        await keys.lock_making(connection)
        if await keys.any_kept(connection):
            return None
        return await _make(connection, "first start", keep)


async def another_admin_key(engine: AsyncEngine) -> str:
    """Make a live administrator's key whatever keys there are; its secret."""
    async with acting(engine, _ALL) as connection:
        return await _make(connection, "duixian keys create-admin", lambda _: None)


async def _make(connection: AsyncConnection, name: str, keep: Callable[[str], None]) -> str:
    secret = new_secret("live")
    await keep_key(connection, admin_row(name=name, secret=secret, at=now()), secret, SYSTEM)
    keep(secret)
    return secret
