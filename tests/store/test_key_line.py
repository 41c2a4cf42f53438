"""Whose key it is: asked anew each time, together when many ask at once."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from app.rules.procedure.callers import Scope
from app.store.key_line import DatabaseGone, KeyLine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def make(url: str, *secrets: str, expires_at: datetime | None = None) -> None:
    with psycopg.connect(url) as connection:
        for secret in secrets:
            connection.execute(
                "INSERT INTO api_keys (mode, id, name, secret_hash, hint, scopes, person, created_by, created_at,"
                " expires_at) VALUES ('live', %s, 'a', %s, '0000', '{review,finance}', 'p-1', 'tests', now(), %s)",
                [f"key_{secret}", digest(secret), expires_at],
            )


@pytest.fixture
async def line(database_url: str) -> AsyncIterator[KeyLine]:
    made = KeyLine(database_url)
    yield made
    await made.close()


async def test_a_holder_is_found_with_all_that_the_key_gives(line: KeyLine, database_url: str) -> None:
    make(database_url, "a", expires_at=NOW)
    found = await line.holder_of(digest("a"), NOW - timedelta(seconds=1))
    assert found is not None
    assert found.caller.credential == "key_a"
    assert (found.caller.mode, found.caller.platform, found.caller.person) == ("live", None, "p-1")
    assert found.caller.scopes == {Scope.REVIEW, Scope.FINANCE}
    assert found.expires_at == NOW
    assert await line.holder_of(digest("a"), NOW) is None
    assert await line.holder_of(digest("other"), NOW) is None


async def test_many_at_once_share_round_trips_and_each_gets_its_own(line: KeyLine, database_url: str) -> None:
    names = [f"k{number}" for number in range(40)]
    make(database_url, *names)
    await line.holder_of(digest("k0"), NOW)

    def statements() -> int:
        with psycopg.connect(database_url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        assert row is not None
        return int(row[0])

    await asyncio.sleep(1.2)  # for the counters
    before = statements()
    asked = [*names * 5, "nobody"]
    found = await asyncio.gather(*(line.holder_of(digest(name), NOW) for name in asked))
    assert [None if one is None else one.caller.credential for one in found] == [
        *(f"key_{name}" for name in names * 5),
        None,
    ]
    await asyncio.sleep(1.2)
    assert statements() - before < 20


async def test_a_revocation_holds_from_its_commit(line: KeyLine, database_url: str) -> None:
    make(database_url, "a")
    with psycopg.connect(database_url, autocommit=True) as connection:
        busy = [asyncio.create_task(line.holder_of(digest("a"), NOW)) for _ in range(5)]
        await asyncio.sleep(0)  # they are under way
        connection.execute("UPDATE api_keys SET revoked_at = now()")
        assert await line.holder_of(digest("a"), NOW) is None
        await asyncio.gather(*busy)


async def test_one_who_leaves_takes_nobody_elses_answer_away(line: KeyLine, database_url: str) -> None:
    make(database_url, "a")
    leaving, staying = (asyncio.create_task(line.holder_of(digest("a"), NOW)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    found = await staying
    assert found is not None
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_lost_connection_is_made_anew(line: KeyLine, database_url: str) -> None:
    make(database_url, "a")
    assert await line.holder_of(digest("a"), NOW) is not None
    with psycopg.connect(database_url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'duixian keys'"
            " AND datname = current_database()"
        ).fetchall()
    assert ended == [(True,)]
    await asyncio.sleep(0.1)
    assert await line.holder_of(digest("a"), NOW) is not None


async def test_a_database_that_is_away_is_said_to_be_gone_each_time(tmp_path: Path) -> None:
    line = KeyLine(f"postgresql://duixian@/duixian?host={tmp_path}")
    for _ in range(2):
        with pytest.raises(DatabaseGone):
            await line.holder_of(digest("a"), NOW)
