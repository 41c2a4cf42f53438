"""Events as they are read: the feed of a mode or a platform, and the chain of one application.

The feed is in the order of transactions, and shows only those below which none is still under way: an event that is
committed late is never behind a cursor. Within one transaction events keep their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BigInteger, Text, bindparam, cast, literal, literal_column, select, text, tuple_

from app.store.events import EventRow, Head
from app.store.tables.applications import applications as _applications
from app.store.tables.events import events as _events
from app.store.xid8 import Xid8

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

_OF_ONE = (_events.c.mode == _applications.c.mode) & (_events.c.chain == _applications.c.id)
_COLUMNS = tuple(_events.c[name] for name in EventRow._fields)
_SETTLED = _events.c.txid < literal_column("pg_snapshot_xmin(pg_current_snapshot())", Xid8())
LOOKED_AT = 5_000
"""How many events one page looks at, at most, to find those of a type."""


class Place(NamedTuple):
    """A place in the feed: behind the event at (txid, position)."""

    txid: int
    position: int


class Placed(NamedTuple):
    """An event and its place."""

    event: EventRow
    place: Place


class Page(NamedTuple):
    """A piece of the feed. `end` is where to go on, whether or not there is more now."""

    items: tuple[Placed, ...]
    end: Place
    more: bool


class Wanted(NamedTuple):
    """What of the feed is wanted. `platform` is given where row security hides the rest, for the index."""

    mode: str
    platform: str | None = None
    application: str | None = None
    type: str | None = None


BEGINNING = Place(0, 0)


async def page(connection: AsyncConnection, wanted: Wanted, after: Place, limit: int) -> Page:
    """The events behind a place, oldest first."""
    where = [*_of(wanted), _SETTLED, _behind(after)]
    end = None if wanted.type is None else await _horizon(connection, where)
    if end is not None:
        where.append(tuple_(_events.c.txid, _events.c.position) <= _tuple(end))
    found = (
        _placed(where, limit + 1) if wanted.type is None else _placed_of_type(where, wanted.type, limit + 1)
    )
    rows = (await connection.execute(found)).all()
    items = tuple(
        Placed(EventRow(*row[: len(_COLUMNS)]), Place(int(row.txid_text), row.position))
        for row in rows[:limit]
    )
    if len(rows) > limit:
        return Page(items, items[-1].place, more=True)
    if end is not None:
        return Page(items, end, more=True)
    return Page(items, items[-1].place if items else after, more=False)


def _placed(where: Sequence[ColumnElement[bool]], limit: int) -> Select[Any]:
    return (
        select(*_COLUMNS, _events.c.position, cast(_events.c.txid, Text).label("txid_text"))
        .where(*where)
        .order_by(_events.c.txid, _events.c.position)
        .limit(limit)
    )


def _placed_of_type(where: Sequence[ColumnElement[bool]], type_: str, limit: int) -> Select[Any]:
    """Looked for among the next events only. The inner limit says so to the planner as well.

    It would read the whole table for a type of which it knows few rows.
    """
    looked_at = (
        select(*_COLUMNS, _events.c.position, _events.c.txid)
        .where(*where)
        .order_by(_events.c.txid, _events.c.position)
        .limit(LOOKED_AT)
        .subquery()
    )
    return (
        select(
            *(looked_at.c[column.name] for column in _COLUMNS),
            looked_at.c.position,
            cast(looked_at.c.txid, Text).label("txid_text"),
        )
        .where(looked_at.c.type == type_)
        .order_by(looked_at.c.txid, looked_at.c.position)
        .limit(limit)
    )


async def _horizon(connection: AsyncConnection, where: Sequence[ColumnElement[bool]]) -> Place | None:
    """Where a page that looks for a type stops to look; None: it can look at all there is."""
    row = (
        await connection.execute(
            select(cast(_events.c.txid, Text), _events.c.position)
            .where(*where)
            .order_by(_events.c.txid, _events.c.position)
            .offset(LOOKED_AT - 1)
            .limit(1)
        )
    ).first()
    return None if row is None else Place(int(row[0]), row[1])


def _of(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_events.c.mode == wanted.mode]
    if wanted.application is not None:
        found.append(_events.c.chain == wanted.application)
    if wanted.platform is not None:
        found.append(_events.c.platform == wanted.platform)
    return found


def _behind(place: Place) -> ColumnElement[bool]:
    behind: ColumnElement[bool] = tuple_(_events.c.txid, _events.c.position) > _tuple(place)
    return behind


def _tuple(place: Place) -> Any:  # noqa: ANN401 - SQLAlchemy's tuple_ is generic in what it holds
    return tuple_(cast(str(place.txid), Xid8()), literal(place.position, BigInteger))


async def chain(
    connection: AsyncConnection, mode: str, application: str, *, after: int = 0, limit: int | None = None
) -> tuple[EventRow, ...]:
    """The events of one application behind a `seq`, in order."""
    statement = (
        select(*_COLUMNS)
        .where(_events.c.mode == mode, _events.c.chain == application, _events.c.seq > after)
        .order_by(_events.c.seq)
        .limit(limit)
    )
    return tuple(EventRow(*row) for row in await connection.execute(statement))


async def whole_chain(
    connection: AsyncConnection, mode: str, application: str
) -> tuple[Head, tuple[EventRow, ...]] | None:
    """An application's head and all its events, as of one moment: one statement sees one snapshot."""
    statement = (
        select(_applications.c.event_seq, _applications.c.event_hash, *_COLUMNS)
        .select_from(_applications.outerjoin(_events, _OF_ONE))
        .where(_applications.c.mode == mode, _applications.c.id == application)
        .order_by(_events.c.seq)
    )
    rows = (await connection.execute(statement)).all()
    if not rows:
        return None
    return Head(rows[0][0], rows[0][1]), tuple(EventRow(*row[2:]) for row in rows if row[2] is not None)


_PLACE_OF = text("SELECT txid::text, position FROM events WHERE id = :event AND mode = :mode").bindparams(
    bindparam("event"), bindparam("mode")
)


async def place_of(connection: AsyncConnection, mode: str, event: str) -> Place | None:
    """Where an event is in the feed, if row security shows it."""
    row = (await connection.execute(_PLACE_OF, {"mode": mode, "event": event})).first()
    return None if row is None else Place(int(row[0]), row[1])
