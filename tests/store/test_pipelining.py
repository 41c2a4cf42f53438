"""Statements sent together: in order, up to the first that fails, on connections whose state is known."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from app.store.pipelining import BEGIN, COMMIT, call, driver_of, send, statement

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

pytestmark = pytest.mark.anyio

MOMENT = datetime(2026, 11, 25, 4, 5, 6, 700_000, tzinfo=UTC)


async def test_every_kind_of_value_arrives_as_it_is(engine: AsyncEngine) -> None:
    hard = ["plain", 'a "quoted" one', "back\\slash", "{braces, commas}", "NULL", "", "盐湖"]
    sql = b"SELECT $1::text, $2::bytea, $3::bigint, $4::timestamptz, $5::date, $6::text, to_jsonb($7::text[])"
    async with engine.connect() as connection:
        [row] = await send(
            connection, [statement(sql, "it's", b"\x00\xff", 2**60, MOMENT, date(2026, 2, 28), None, hard)]
        )
    assert row is not None
    assert row[:3] == (b"it's", b"\\x00ff", str(2**60).encode())
    assert datetime.fromisoformat((row[3] or b"").decode()) == MOMENT
    assert row[4:6] == (b"2026-02-28", None)
    assert json.loads(row[6] or b"") == hard


def test_a_text_with_a_nul_is_not_cut_off_but_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        statement(b"SELECT $1", "a\0b")
    with pytest.raises(ValueError, match="NUL"):
        call(b"f", ["a\0b"])


async def test_calls_and_statements_answer_in_their_order(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        found = await send(
            connection,
            [
                call(b"upper", "a"),
                call(b"lower", "B"),
                statement(b"SELECT 1 WHERE false"),
                call(b"length", "four"),
                statement(b"SELECT 2, 3"),
            ],
        )
    assert found == [(b"A",), (b"b",), None, (b"4",), (b"2", b"3")]


async def test_more_than_a_socket_takes_at_once(engine: AsyncEngine) -> None:
    much = "x" * 20_000_000
    async with engine.connect() as connection:
        assert await send(connection, [call(b"length", much)]) == [(b"20000000",)]


async def test_nothing_after_the_first_failure_is_carried_out(engine: AsyncEngine, database_url: str) -> None:
    put = b"INSERT INTO list_readings (mode, id, list, source, queried_at, recorded_by, recorded_at) VALUES"
    good = put + b" ('test', 'one', 'l', 's', now(), 'x', now())"
    async with engine.connect() as connection:
        with pytest.raises(errors.UniqueViolation) as refused:
            await send(connection, [BEGIN, statement(good), statement(good), COMMIT])
        assert refused.value.diag.constraint_name == "list_readings_pkey"
    with psycopg.connect(database_url) as looking:
        assert looking.execute("SELECT count(*) FROM list_readings").fetchone() == (0,)
    async with engine.connect() as connection:  # the same one, which the pool has rolled back
        await send(connection, [BEGIN, statement(good), COMMIT])
    with psycopg.connect(database_url) as looking:
        assert looking.execute("SELECT count(*) FROM list_readings").fetchone() == (1,)


async def test_sqlalchemy_goes_on_in_the_transaction_that_was_begun(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await send(connection, [BEGIN, statement(b"SELECT set_config('duixian.mode', 'test', true)")])
        assert await connection.scalar(text("SELECT current_setting('duixian.mode')")) == "test"
        await send(connection, [COMMIT])
        assert await connection.scalar(text("SELECT current_setting('duixian.mode', true)")) == ""


async def test_whoever_is_cancelled_leaves_no_connection_in_the_middle_of_things(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        sleeping = asyncio.create_task(send(connection, [BEGIN, statement(b"SELECT pg_sleep(20)")]))
        await asyncio.sleep(0.2)
        sleeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeping
        assert connection.invalidated
    async with engine.connect() as connection:
        assert await send(connection, [call(b"upper", "a")]) == [(b"A",)]


async def test_a_server_that_ends_the_connection_is_an_error_and_the_pool_connects_anew(
    engine: AsyncEngine, database_url: str
) -> None:
    async with engine.connect() as connection:
        pid = driver_of(connection).info.backend_pid
        sleeping = asyncio.create_task(send(connection, [BEGIN, statement(b"SELECT pg_sleep(20)")]))
        await asyncio.sleep(0.2)
        with psycopg.connect(database_url) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        with pytest.raises(psycopg.OperationalError):
            await sleeping
    async with engine.connect() as connection:
        assert driver_of(connection).info.backend_pid != pid
        assert await send(connection, [call(b"upper", "a")]) == [(b"A",)]
