"""A line of its own for the hottest query there is: whose key is this.

One plain connection of the driver, outside the pool: a look-up takes a quarter of what it takes there, and it never
waits for a connection while the pool is busy. The statement calls nothing but the function that finds one key by the
hash of its secret, so that it needs no role and no sight.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors

from app.rules.procedure.callers import Caller, Scope
from app.store.keys import Holder

if TYPE_CHECKING:
    from datetime import datetime

_FIND = (
    "SELECT id, mode, scopes, platform, person, expires_at FROM find_api_key(%s)"
    " WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %s)"
)
_SECONDS = 5


class DatabaseGone(Exception):
    """The database does not answer, or is not migrated yet."""


class KeyLine:
    """Connects when it is first used, and anew when the connection was lost."""

    def __init__(self, url: str) -> None:
        """`url` as libpq reads it."""
        self._url = url
        self._connection: psycopg.AsyncConnection | None = None
        self._turn = asyncio.Lock()

    async def holder_of(self, secret_hash: bytes, now: datetime) -> Holder | None:
        """Who holds the key, if it is neither revoked nor past its time. Raises DatabaseGone."""
        row = await self._row((secret_hash, now))
        if row is None:
            return None
        credential, mode, scopes, platform, person, expires_at = row
        caller = Caller(
            mode=mode,
            scopes=frozenset(Scope(scope) for scope in scopes),
            credential=credential,
            platform=platform,
            person=person,
        )
        return Holder(caller, expires_at)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _row(self, values: tuple[bytes, datetime]) -> tuple[Any, ...] | None:
        try:
            connection = await self._open()
            try:
                return await (await connection.execute(_FIND, values)).fetchone()
            except psycopg.OperationalError:
                if not connection.broken:
                    raise
            # It was lost since the last use: a new one may do.
            connection = await self._open()
            return await (await connection.execute(_FIND, values)).fetchone()
        except (psycopg.OperationalError, errors.UndefinedFunction, OSError) as error:
            raise DatabaseGone from error

    async def _open(self) -> psycopg.AsyncConnection:
        async with self._turn:
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(
                    self._url,
                    autocommit=True,
                    application_name="duixian keys",
                    connect_timeout=_SECONDS,
                    options=f"-c statement_timeout={_SECONDS}s -c timezone=UTC",
                    # Server-side prepared statements do not survive PgBouncer's transaction mode.
                    prepare_threshold=None,
                )
            return self._connection
