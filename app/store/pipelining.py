"""Several statements in one round trip, by the pipeline of the driver's own library.

The busiest path takes this way: a statement costs a tenth of what it costs through SQLAlchemy, and those that are
sent together wait for the server once. It works on the connection of a running transaction, which SQLAlchemy may use
before and after: both go by what the connection itself says of its transaction.

Values are sent as text, and the server knows their types from the function that they are given to. No statement is
prepared by name: that does not survive PgBouncer's transaction mode.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from functools import lru_cache
from itertools import count, groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import pq

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.pq.abc import PGconn, PGresult
    from sqlalchemy.ext.asyncio import AsyncConnection

_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Statement(NamedTuple):
    """One statement; its values stand for $1, $2 and so on."""

    sql: bytes
    values: tuple[bytes | None, ...] = ()


class Call(NamedTuple):
    """A call of a function that gives one value. Calls that follow each other are sent as one statement."""

    function: bytes
    values: tuple[bytes | None, ...] = ()


Row = tuple[bytes | None, ...]


BEGIN = Statement(b"BEGIN")
COMMIT = Statement(b"COMMIT")


def statement(sql: bytes, *values: object) -> Statement:
    """A statement with its values. Raises ValueError for a text that holds a NUL, which no column takes."""
    return Statement(sql, tuple(map(_encoded, values)))


def call(function: bytes, *values: object) -> Call:
    """The same for a function."""
    return Call(function, tuple(map(_encoded, values)))


def _encoded(value: object) -> bytes | None:
    match value:
        case None:
            return None
        case str():
            data = value.encode()
            if b"\0" in data:
                raise ValueError("a text with a NUL")
            return data
        case bytes():
            return b"\\x" + value.hex().encode()
        case datetime() | date():
            return value.isoformat().encode()
        case int():
            return b"%d" % value
        case list():
            return _array(value)
    raise TypeError(type(value).__name__)


def _array(texts: list[str]) -> bytes | None:
    """An array of texts, each in quotes."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return _encoded("{" + ",".join(f'"{text}"' for text in quoted) + "}")


async def send(connection: AsyncConnection, wanted: Sequence[Statement | Call]) -> list[Row | None]:
    """The first row that each gave; None where it gave none.

    Raises the driver's error for the first that failed; those after it were not carried out.
    """
    driver = driver_of(connection)
    try:
        return await send_on(driver, wanted)
    except BaseException:
        if driver.closed and not connection.invalidated:
            # The pool must not give it to anybody again.
            await connection.invalidate()
        raise


def driver_of(connection: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """The driver's own connection under SQLAlchemy's."""
    under = connection.sync_connection
    assert under is not None
    found: psycopg.AsyncConnection[Any] = under.connection.driver_connection  # type: ignore[assignment]
    return found


async def send_on(
    driver: psycopg.AsyncConnection[Any], wanted: Sequence[Statement | Call]
) -> list[Row | None]:
    """The same on a connection of the driver that nobody else uses meanwhile.

    When it does not end in order (cancelled, cut off), the connection is closed: nobody knows where it stands.
    """
    link = driver.pgconn
    sizes: list[int] = []
    try:
        link.enter_pipeline_mode()
        for is_call, group in groupby(wanted, _is_call):
            if is_call:
                calls = tuple(group)
                sizes.append(len(calls))
                sql = _calling(tuple((one[0], len(one.values)) for one in calls))
                link.send_query_params(sql, [value for one in calls for value in one.values])
            else:
                for sql, values in group:
                    sizes.append(0)
                    link.send_query_params(sql, values or None)
        link.pipeline_sync()
        results = await _answers(link)
        link.exit_pipeline_mode()
    except BaseException:
        link.finish()
        raise
    found: list[Row | None] = []
    for size, result in zip(sizes, results, strict=True):
        if result.status not in _GOOD:
            raise psycopg.errors.error_from_result(result)
        found += _rows(result, size)
    return found


def _is_call(wanted: Statement | Call) -> bool:
    return type(wanted) is Call


@lru_cache(maxsize=256)
def _calling(calls: tuple[tuple[bytes, int], ...]) -> bytes:
    """One statement for these functions with so many values each."""
    number = count(1)
    return b"SELECT " + b", ".join(
        name + b"(" + b", ".join(b"$%d" % next(number) for _ in range(values)) + b")"
        for name, values in calls
    )


def _rows(result: PGresult, size: int) -> list[Row | None]:
    """The first row; of `size` calls the value of each as a row of its own."""
    row = tuple(result.get_value(0, column) for column in range(result.nfields)) if result.ntuples else None
    return [row] if not size else [(value,) for value in row or ()]


async def _answers(link: PGconn) -> list[PGresult]:
    """The results up to the end of the pipeline, in order. Raises OperationalError when the server is gone."""
    while link.flush():
        await _ready(link.socket, to_write=True)
        link.consume_input()
    found: list[PGresult] = []
    while True:
        while link.is_busy():
            await _ready(link.socket)
            link.consume_input()
        result = link.get_result()
        if result is None:  # the end of one statement
            if link.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the server closed the connection")
        elif result.status == pq.ExecStatus.PIPELINE_SYNC:
            return found
        else:
            found.append(result)


async def _ready(socket: int, *, to_write: bool = False) -> None:
    """Returns when the server has sent something, or (with `to_write`) takes more."""
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not waiter.done():
            waiter.set_result(None)

    loop.add_reader(socket, wake)
    if to_write:
        loop.add_writer(socket, wake)
    try:
        await waiter
    finally:
        loop.remove_reader(socket)
        if to_write:
            loop.remove_writer(socket)
