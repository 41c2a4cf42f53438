"""A line of its own for the hottest query there is: whose key is this.

One plain connection of the driver, outside the pool, so that it never waits while the pool is busy. What is asked
while the line is busy goes together in one round trip as soon as it is free: each look-up begins after it was asked
for, so that a revocation holds from the moment it is committed, and many at once cost little more than one. The
statement calls nothing but the function that finds one key by the hash of its secret, so that it needs no role and no
sight.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors

from app.rules.procedure.callers import Caller, Scope
from app.store.keys import Holder
from app.store.pipelining import send_on, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.store.pipelining import Row, Statement

    Found = Row | None

_FIND = (
    b"SELECT id, mode, array_to_string(scopes, ' '), platform, person, expires_at FROM find_api_key($1)"
    b" WHERE revoked_at IS NULL"
)
_SECONDS = 5


class DatabaseGone(Exception):
    """The database does not answer, or is not migrated yet."""


class KeyLine:
    """Connects when it is first used, and anew when the connection was lost."""

    def __init__(self, url: str) -> None:
        """`url` as libpq reads it."""
        self._url = url
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._asked: dict[bytes, asyncio.Future[Found]] = {}
        """By the hash of the secret: look-ups that have not been sent."""
        self._answering: asyncio.Task[None] | None = None

    async def holder_of(self, secret_hash: bytes, now: datetime) -> Holder | None:
        """Who holds the key, if it is neither revoked nor past its time. Raises DatabaseGone."""
        row = await self._row(secret_hash)
        if row is None:
            return None
        credential, mode, scopes, platform, person, expires = (None if v is None else v.decode() for v in row)
        expires_at = None if expires is None else datetime.fromisoformat(expires)
        if expires_at is not None and expires_at <= now:
            return None
        assert credential is not None
        assert mode is not None
        caller = Caller(
            mode=mode,  # type: ignore[arg-type]  # the table's own check
            scopes=frozenset(map(Scope, (scopes or "").split())),
            credential=credential,
            platform=platform,
            person=person,
        )
        return Holder(caller, expires_at)

    async def close(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
        if self._connection is not None:
            await self._connection.close()

    async def _row(self, secret_hash: bytes) -> Found:
        asked = self._asked.get(secret_hash)
        if asked is None:
            asked = self._asked[secret_hash] = asyncio.get_running_loop().create_future()
            if self._answering is None:
                self._answering = asyncio.create_task(self._answer())
        # One who leaves takes nobody else's answer away.
        return await asyncio.shield(asked)

    async def _answer(self) -> None:
        """Ask for all that is waiting, until nobody is."""
        batch: dict[bytes, asyncio.Future[Found]] = {}
        try:
            while self._asked:
                batch, self._asked = self._asked, {}
                try:
                    rows = await self._rows(tuple(batch))
                except Exception as error:  # noqa: BLE001 - theirs, who asked
                    _fail(batch, error)
                else:
                    for asked, row in zip(batch.values(), rows, strict=True):
                        if not asked.done():
                            asked.set_result(row)
        finally:
            # Only where this itself was cancelled is anybody still waiting.
            _fail({**batch, **self._asked}, DatabaseGone())
            self._answering = None

    async def _rows(self, hashes: Sequence[bytes]) -> list[Found]:
        statements = [statement(_FIND, one) for one in hashes]
        try:
            connection = await self._open()
            try:
                found = await _sent(connection, statements)
            except psycopg.OperationalError:
                if not connection.closed:
                    raise
                # It was lost since the last use: a new one may do.
                found = await _sent(await self._open(), statements)
        except (psycopg.OperationalError, errors.UndefinedFunction, OSError) as error:
            raise DatabaseGone from error
        return found

    async def _open(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                application_name="duixian keys",
                connect_timeout=_SECONDS,
                options=f"-c statement_timeout={_SECONDS}s -c timezone=UTC -c datestyle=ISO",
            )
        return self._connection


async def _sent(connection: psycopg.AsyncConnection[Any], statements: Sequence[Statement]) -> list[Found]:
    """A server that is silently gone must not hold up everybody: raises TimeoutError."""
    async with asyncio.timeout(2 * _SECONDS):
        return await send_on(connection, statements)


def _fail(batch: dict[bytes, asyncio.Future[Found]], error: Exception) -> None:
    for asked in batch.values():
        if not asked.done():
            asked.set_exception(error)
