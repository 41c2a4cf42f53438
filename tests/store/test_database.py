"""The engine's limits reach the server, and an unreachable database is an answer, not a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
