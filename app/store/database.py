"""The one way to the database: an async engine on psycopg, with limits on what a statement may wait for."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import MetaData, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlalchemy.pool import PoolProxiedConnection

METADATA = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)
"""Every table's definition; the migrations are held against it."""

_CONNECT_SECONDS = 5
_SILENT_MILLISECONDS = 20_000


def driver_url(url: str) -> URL:
    """A plain `postgresql://` address with the driver that this house uses."""
    return make_url(url).set(drivername="postgresql+psycopg")


def open_database(
    url: str,
    *,
    pool_size: int = 10,
    statement_timeout_seconds: int = 15,
    lock_timeout_seconds: int = 5,
) -> AsyncEngine:
    """An engine; nothing connects before the first statement. `await engine.dispose()` ends it."""
    options = " ".join(
        (
            f"-c statement_timeout={statement_timeout_seconds}s",
            f"-c lock_timeout={lock_timeout_seconds}s",
            "-c idle_in_transaction_session_timeout=60s",
            "-c timezone=UTC",
        )
    )
    engine = create_async_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_CONNECT_SECONDS,
        pool_recycle=1800,
        # No statement text with its values in an error: they may be someone's data.
        hide_parameters=True,
        connect_args={
            "application_name": "duixian",
            "connect_timeout": _CONNECT_SECONDS,
            # A server that is silently gone is noticed in seconds, not when the system gives up after minutes.
            "tcp_user_timeout": _SILENT_MILLISECONDS,
            "keepalives_idle": 30,
            "options": options,
            # Server-side prepared statements do not survive PgBouncer's transaction mode.
            "prepare_threshold": None,
        },
    )
    event.listen(engine.sync_engine, "checkout", _check_alive)
    return engine


def _check_alive(connection: PoolProxiedConnection, _record: object, _proxy: object) -> None:
    """Have the pool connect anew where the server closed the connection since it was last used.

    A server that ends a connection, or ends itself, says so on the socket: looking there costs nothing, where asking
    the server would cost a round trip each time. A server that is silently gone would not answer that one either.
    """
    link: psycopg.pq.abc.PGconn = connection.driver_connection.pgconn  # type: ignore[union-attr]
    try:
        looked = select.poll()
        looked.register(link.socket, select.POLLIN)
        while looked.poll(0):
            link.consume_input()
    except psycopg.OperationalError as error:
        # All of them: what ended one ended the others.
        raise InvalidatePoolError from error


async def revision(engine: AsyncEngine) -> str | None:
    """The migration that the database stands at; None when it cannot be reached or was never migrated."""
    try:
        async with engine.connect() as connection:
            found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except (SQLAlchemyError, OSError):
        return None
    return found


async def is_reachable(engine: AsyncEngine) -> bool:
    """Whether the database answers now."""
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True
