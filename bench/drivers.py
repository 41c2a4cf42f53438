"""psycopg 3 beside asyncpg: the same three inserts a transaction, 16 clients.

Bare and through SQLAlchemy Core, with pgbench for what the server can take.
Run with `make bench ARGS=drivers`. The server syncs every commit (fsync on), as in production.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.embedded import EmbeddedPostgres, server_programs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

CLIENTS = 16
SECONDS = 2.0
ROUNDS = 3
TABLES = "CREATE TABLE entry (id bigserial PRIMARY KEY, kind text NOT NULL, body jsonb NOT NULL)"
KINDS = ("application", "assessment", "event")
BODY = '{"measure": "patent-grants", "amount": "50000.00"}'
BODIES = (BODY,) * len(KINDS)


async def rate(transactions: list[Callable[[], Awaitable[None]]]) -> float:
    """Transactions a second, each client one after the other for SECONDS."""
    done = 0
    end = time.perf_counter() + SECONDS

    async def client(transaction: Callable[[], Awaitable[None]]) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await transaction()
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(client(transaction) for transaction in transactions))
    return done / (time.perf_counter() - started)


async def bare_asyncpg(url: str, bodies: Sequence[str] = BODIES) -> float:
    address = make_url(url)
    open_ones = [
        await asyncpg.connect(
            host=str(address.query["host"]), user=address.username, database=address.database
        )
        for _ in range(CLIENTS)
    ]

    def of(connection: asyncpg.Connection) -> Callable[[], Awaitable[None]]:
        async def transaction() -> None:
            async with connection.transaction():
                for kind, body in zip(KINDS, bodies, strict=True):
                    await connection.execute("INSERT INTO entry (kind, body) VALUES ($1, $2)", kind, body)

        return transaction

    try:
        return await rate([of(connection) for connection in open_ones])
    finally:
        for connection in open_ones:
            await connection.close()


async def bare_psycopg(url: str, pipeline: bool = False, bodies: Sequence[str] = BODIES) -> float:
    open_ones = [await psycopg.AsyncConnection.connect(url) for _ in range(CLIENTS)]

    def of(connection: psycopg.AsyncConnection) -> Callable[[], Awaitable[None]]:
        async def inserts() -> None:
            for kind, body in zip(KINDS, bodies, strict=True):
                await connection.execute("INSERT INTO entry (kind, body) VALUES (%s, %s)", [kind, body])

        async def transaction() -> None:
            if pipeline:
                async with connection.pipeline(), connection.transaction():
                    await inserts()
            else:
                async with connection.transaction():
                    await inserts()

        return transaction

    try:
        return await rate([of(connection) for connection in open_ones])
    finally:
        for connection in open_ones:
            await connection.close()


async def core(url: str, driver: str) -> float:
    """Through SQLAlchemy Core on the driver."""
    engine: AsyncEngine = create_async_engine(
        make_url(url).set(drivername=f"postgresql+{driver}"), pool_size=CLIENTS, max_overflow=0
    )
    statement = text("INSERT INTO entry (kind, body) VALUES (:kind, CAST(:body AS jsonb))")

    async def transaction() -> None:
        async with engine.begin() as connection:
            for kind in KINDS:
                await connection.execute(statement, {"kind": kind, "body": BODY})

    try:
        return await rate([transaction] * CLIENTS)
    finally:
        await engine.dispose()


def pgbench(server: EmbeddedPostgres, folder: Path, bodies: Sequence[str] = BODIES) -> float:
    """PostgreSQL's own client in C: what the server can take."""
    script = folder / "three.sql"
    inserts = [
        f"INSERT INTO entry (kind, body) VALUES ('{kind}', '{body}');"  # noqa: S608
        for kind, body in zip(KINDS, bodies, strict=True)
    ]
    script.write_text("\n".join(["BEGIN;", *inserts, "COMMIT;"]) + "\n")
    told = subprocess.run(
        [
            str(server_programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS),
            "-T", str(int(SECONDS)), "-f", str(script), "-h", str(server.sockets), "-U", "duixian", "duixian",
        ],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    line = next(line for line in told.splitlines() if line.startswith("tps ="))
    return float(line.split()[2])


def measure() -> dict[str, float]:
    """Median transactions a second of each way, in one run, interleaved."""
    with tempfile.TemporaryDirectory() as name:
        server = EmbeddedPostgres(Path(name))
        url = server.start()
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(TABLES)
            found: dict[str, list[float]] = {}
            for _ in range(ROUNDS):
                found.setdefault("pgbench", []).append(pgbench(server, Path(name)))
                for way, figure in (
                    ("bare asyncpg", lambda: bare_asyncpg(url)),
                    ("bare psycopg", lambda: bare_psycopg(url)),
                    ("bare psycopg, pipelined", lambda: bare_psycopg(url, pipeline=True)),
                    ("SQLAlchemy Core on asyncpg", lambda: core(url, "asyncpg")),
                    ("SQLAlchemy Core on psycopg", lambda: core(url, "psycopg")),
                ):
                    found.setdefault(way, []).append(asyncio.run(figure()))
        finally:
            server.stop()
    return {way: round(statistics.median(figures), 1) for way, figures in found.items()}


if __name__ == "__main__":
    for way, figure in measure().items():
        print(f"{way:32} {figure:8.0f} transactions/s")
