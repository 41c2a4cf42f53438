"""Matches, each led by whoever holds its row, and the marks of organisations to be looked at again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from app.store.tables.offers import match_marks as _marks
from app.store.tables.offers import matches as _matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """A match: every organisation of the register with facts of the year, against one policy."""

    mode: str
    id: str
    policy: str
    year: int
    as_of: date
    measures: tuple[str, ...] | None
    """None: all that can be offered."""
    occasion: str
    """demand or nightly."""
    status: str
    """queued, running, succeeded or failed."""
    total: int | None = None
    """Organisations, once it has begun."""
    done: int = 0
    position: str | None = None
    """The organisation that was looked at last."""
    tally: dict[str, int]
    failure: str | None = None
    requested_by: str
    requested_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None


class Mark(NamedTuple):
    """An organisation to be looked at again."""

    mode: str
    organisation: str


_NAMES = tuple(field.name for field in fields(MatchRow))
_COLUMNS = tuple(_matches.c[name] for name in _NAMES)
_MARK = text(
    "INSERT INTO match_marks (mode, organisation, cause, marked_at)"
    " SELECT :mode, one, :cause, :at FROM unnest(CAST(:organisations AS text[])) AS one"
)
_CHANGING = ("status", "total", "done", "position", "tally", "failure", "started_at", "ended_at")


async def add(connection: AsyncConnection, row: MatchRow) -> None:
    await connection.execute(insert(_matches), _values(row))


async def add_nightly(connection: AsyncConnection, row: MatchRow) -> bool:
    """Whether it was added: False when the night has one already."""
    made = await connection.execute(
        insert_or(_matches).values(_values(row)).on_conflict_do_nothing().returning(_matches.c.id)
    )
    return made.first() is not None


async def find(connection: AsyncConnection, mode: str, match: str) -> MatchRow | None:
    row = (
        await connection.execute(select(*_COLUMNS).where(_matches.c.mode == mode, _matches.c.id == match))
    ).first()
    return None if row is None else _of(row)


async def take(connection: AsyncConnection, match: str) -> MatchRow | None:
    """The match, locked, if it is under way and nobody else is at it."""
    row = (
        await connection.execute(
            select(*_COLUMNS)
            .where(_matches.c.id == match, _matches.c.status.in_(("queued", "running")))
            .with_for_update(skip_locked=True)
        )
    ).first()
    return None if row is None else _of(row)


async def save(connection: AsyncConnection, row: MatchRow) -> None:
    """Write how far a locked match is."""
    values = {name: getattr(row, name) for name in _CHANGING}
    await connection.execute(update(_matches).where(_matches.c.id == row.id).values(values))


async def under_way(connection: AsyncConnection) -> tuple[MatchRow, ...]:
    """All that are queued or running, the oldest first."""
    rows = await connection.execute(
        select(*_COLUMNS).where(_matches.c.status.in_(("queued", "running"))).order_by(_matches.c.id)
    )
    return tuple(_of(row) for row in rows)


async def page(
    connection: AsyncConnection, mode: str, filters: Mapping[str, Any], after: str | None, limit: int
) -> list[MatchRow]:
    """Matches, newest first, from below the id `after`."""
    statement = select(*_COLUMNS).where(_matches.c.mode == mode)
    for name, value in filters.items():
        statement = statement.where(_matches.c[name] == value)
    if after is not None:
        statement = statement.where(_matches.c.id < after)
    rows = await connection.execute(statement.order_by(_matches.c.id.desc()).limit(limit))
    return [_of(row) for row in rows]


async def mark(
    connection: AsyncConnection, mode: str, organisations: Iterable[str], cause: str, at: datetime
) -> None:
    """Say that these organisations are to be looked at again, once this is committed."""
    await connection.execute(
        _MARK, {"mode": mode, "organisations": list(organisations), "cause": cause, "at": at}
    )


async def marked(connection: AsyncConnection, most: int) -> tuple[Mark, ...]:
    """Organisations that are marked, those that wait longest first, each once. `most`: marks that are read."""
    rows = await connection.execute(
        select(_marks.c.mode, _marks.c.organisation).order_by(_marks.c.n).limit(most)
    )
    return tuple(dict.fromkeys(Mark(*row) for row in rows))


async def marks_of(connection: AsyncConnection, mode: str, organisation: str) -> tuple[int, ...]:
    """The marks that can be seen now: to be read before what they speak of is."""
    found = await connection.scalars(
        select(_marks.c.n).where(_marks.c.mode == mode, _marks.c.organisation == organisation)
    )
    return tuple(found)


async def forget_marks(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    if numbers:
        await connection.execute(delete(_marks).where(_marks.c.n.in_(numbers)))


def _values(row: MatchRow) -> dict[str, Any]:
    measures = None if row.measures is None else list(row.measures)
    return {**asdict(row), "measures": measures}


def _of(row: Any) -> MatchRow:  # noqa: ANN401 - a row of SQLAlchemy
    values = row._asdict()
    measures = None if values["measures"] is None else tuple(values["measures"])
    return MatchRow(**{**values, "measures": measures})
