"""One transaction for one caller: the role that owns nothing, and the rows that the caller may see."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from app.store.pipelining import Statement, statement

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

EVERYTHING = "*"

ENTER = text(
    "SELECT set_config('role', 'duixian_service', true), set_config('duixian.mode', :mode, true),"
    " set_config('duixian.platform', :platform, true)"
)
_ENTER = (
    b"SELECT set_config('role', 'duixian_service', true), set_config('duixian.mode', $1, true),"
    b" set_config('duixian.platform', $2, true)"
)


class Sight(NamedTuple):
    """What row security lets a transaction see; `*` is everything."""

    mode: str
    """live, test, or * for jobs and audits."""
    platform: str
    """A platform's id, or * for the office."""


EVERYWHERE = Sight(EVERYTHING, EVERYTHING)
"""For duties and audits."""


@asynccontextmanager
async def acting(engine: AsyncEngine, sight: Sight) -> AsyncIterator[AsyncConnection]:
    """A transaction under the serving role, committed at the end, rolled back on an error.

    Role and settings end with the transaction, so that a pooled connection, PgBouncer's too, carries nothing over.
    """
    async with engine.begin() as connection:
        await enter(connection, sight)
        yield connection


async def enter(connection: AsyncConnection, sight: Sight) -> None:
    """Take role and sight for the rest of the transaction."""
    await connection.execute(ENTER, sight._asdict())


def entering(sight: Sight) -> Statement:
    """The same as a statement, to be sent with others."""
    return statement(_ENTER, *sight)
