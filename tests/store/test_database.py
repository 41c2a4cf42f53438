"""The engine's limits reach the server, and an unreachable database is an answer, not a crash."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text

from app.store.database import driver_url, is_reachable, open_database, revision
from app.store.migrating import newest_revision

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine

pytestmark = pytest.mark.anyio


async def test_statements_and_locks_wait_no_longer_than_told(database_url: str) -> None:
    engine = open_database(database_url, statement_timeout_seconds=7, lock_timeout_seconds=3)
    try:
        async with engine.connect() as connection:
            shown = {
                name: await connection.scalar(text(f"SHOW {name}"))
                for name in ("statement_timeout", "lock_timeout", "timezone", "application_name")
            }
    finally:
        await engine.dispose()
    assert shown == {
        "statement_timeout": "7s",
        "lock_timeout": "3s",
        "timezone": "UTC",
        "application_name": "duixian",
    }


async def test_connections_that_the_server_ended_are_replaced_before_anybody_notices(
    database_url: str,
) -> None:
    engine = open_database(database_url, pool_size=3)

    async def backend() -> int:
        async with engine.connect() as connection:
            found: int = await connection.scalar(text("SELECT pg_backend_pid()"))
            await connection.execute(text("SELECT pg_sleep(0.05)"))  # so that each has one of its own
            return found

    try:
        before = set(await asyncio.gather(*(backend() for _ in range(3))))
        with psycopg.connect(database_url, autocommit=True) as other:
            for pid in before:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
        await asyncio.sleep(0.2)
        after = set(await asyncio.gather(*(backend() for _ in range(3))))
        assert len(before) == len(after) == 3
        assert not before & after
    finally:
        await engine.dispose()


async def test_a_message_of_the_server_is_no_reason_to_connect_anew(database_url: str) -> None:
    engine = open_database(database_url, pool_size=1)
    try:
        async with engine.begin() as connection:
            first = await connection.scalar(text("SELECT pg_backend_pid()"))
            await connection.execute(text("LISTEN news"))
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute("NOTIFY news")
        await asyncio.sleep(0.1)
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT pg_backend_pid()")) == first
    finally:
        await engine.dispose()


async def test_a_migrated_database_says_where_it_stands(engine: AsyncEngine) -> None:
    assert await is_reachable(engine)
    assert await revision(engine) == newest_revision()


async def test_an_empty_database_stands_nowhere(empty_database: str) -> None:
    engine = open_database(empty_database)
    try:
        assert await is_reachable(engine)
        assert await revision(engine) is None
    finally:
        await engine.dispose()


async def test_a_database_that_is_away_is_not_reachable(tmp_path: Path) -> None:
    engine = open_database(f"postgresql://duixian@/duixian?host={tmp_path}")
    try:
        assert not await is_reachable(engine)
        assert await revision(engine) is None
    finally:
        await engine.dispose()


def test_any_postgresql_address_gets_the_driver_of_the_house() -> None:
    assert driver_url("postgresql://u:p@h:5/d").render_as_string(False) == "postgresql+psycopg://u:p@h:5/d"
