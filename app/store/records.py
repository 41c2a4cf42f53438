"""Records of punishment and funding: appended, never changed; of a chain of rows the last one counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson
from sqlalchemy import Table, bindparam, cast, column, func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from app.store.tables.records import funding_records, joint_punishment, list_readings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class PunishmentRow:
    """An organisation's place on a list of joint punishment: listed while listed_on <= day < removed_on."""

    mode: str
    id: str
    organisation: str
    uscc: str
    list: str
    listed_on: date
    removed_on: date | None
    source: str
    reference: str | None
    supersedes: str | None
    void: bool
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FundingRow:
    """Money that an organisation had from elsewhere; fen."""

    mode: str
    id: str
    organisation: str
    uscc: str
    source: str
    project: str | None
    project_key: str | None
    measure: str | None
    amount: int
    granted_on: date
    reference: str
    supersedes: str | None
    void: bool
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A list was read at its source."""

    mode: str
    id: str
    list: str
    source: str
    queried_at: datetime
    recorded_by: str
    recorded_at: datetime


Row = TypeVar("Row", PunishmentRow, FundingRow)


@dataclass(frozen=True, slots=True)
class Seen(Generic[Row]):
    """A record, and the one that counts in its place, if any."""

    row: Row
    superseded_by: str | None


class Book(Generic[Row]):
    """One kind of record."""

    def __init__(self, table: Table, row: type[Row]) -> None:
        self._table = table
        self._row: type[Row] = row
        self._names = tuple(field.name for field in fields(row))
        later = table.alias("later")
        self._seen = select(*(table.c[name] for name in self._names), later.c.id).select_from(
            table.outerjoin(later, later.c.supersedes == table.c.id)
        )
        self._later = later
        self._insert = insert(table)
        # One statement for thousands of rows, which the server takes apart: a statement each takes ten times as long.
        taken = func.jsonb_to_recordset(cast(bindparam("rows"), JSONB)).table_valued(
            *(column(name, table.c[name].type) for name in self._names)
        )
        self._insert_all = insert(table).from_select(
            list(self._names), select(taken.render_derived(with_types=True))
        )

    async def add(self, connection: AsyncConnection, row: Row) -> None:
        """Keep one; its organisation is locked by the caller."""
        await connection.execute(self._insert, asdict(row))

    async def add_all(self, connection: AsyncConnection, rows: Sequence[Row]) -> None:
        """Keep many; their organisations are locked by the caller."""
        values = orjson.dumps(list(rows)).decode()  # dataclasses, as JSON objects
        await connection.execute(self._insert_all, {"rows": values})

    async def find(self, connection: AsyncConnection, mode: str, record: str) -> Seen[Row] | None:
        """One record, whether it counts or not."""
        found = await connection.execute(
            self._seen.where(self._table.c.mode == mode, self._table.c.id == record)
        )
        row = found.first()
        return None if row is None else self._of(row)

    async def page(
        self,
        connection: AsyncConnection,
        mode: str,
        *,
        after: str | None,
        limit: int,
        where: Mapping[str, object],
        counting: bool = False,
    ) -> tuple[Seen[Row], ...]:
        """Records, the latest first; `where`: columns and their values; `counting`: only those that count."""
        wanted = self._seen.where(self._table.c.mode == mode)
        for name, value in where.items():
            wanted = wanted.where(self._table.c[name] == value)
        if counting:
            wanted = wanted.where(~self._table.c.void, self._later.c.id.is_(None))
        if after is not None:
            wanted = wanted.where(self._table.c.id < after)
        found = await connection.execute(wanted.order_by(self._table.c.id.desc()).limit(limit))
        return tuple(self._of(row) for row in found)

    async def counting_of(
        self, connection: AsyncConnection, mode: str, organisations: Sequence[str]
    ) -> tuple[Row, ...]:
        """The records of these organisations that count."""
        found = await connection.execute(
            self._seen.where(
                self._table.c.mode == mode,
                self._table.c.organisation == text("ANY (CAST(:organisations AS text[]))"),
                ~self._table.c.void,
                self._later.c.id.is_(None),
            ),
            {"organisations": list(organisations)},
        )
        return tuple(self._of(row).row for row in found)

    def _of(self, row: Any) -> Seen[Row]:  # noqa: ANN401 - a row of the columns above
        *values, superseded_by = row
        return Seen(self._row(**dict(zip(self._names, values, strict=True))), superseded_by)


PUNISHMENT: Book[PunishmentRow] = Book(joint_punishment, PunishmentRow)
FUNDING: Book[FundingRow] = Book(funding_records, FundingRow)

_READING_NAMES = tuple(field.name for field in fields(ReadingRow))
_LATEST = (
    select(*(list_readings.c[name] for name in _READING_NAMES))
    .ext(distinct_on(list_readings.c.list))
    .order_by(list_readings.c.list, list_readings.c.queried_at.desc(), list_readings.c.id.desc())
)


async def add_reading(connection: AsyncConnection, row: ReadingRow) -> None:
    """Keep that a list was read."""
    await connection.execute(insert(list_readings), asdict(row))


async def latest_readings(
    connection: AsyncConnection, mode: str, list_name: str | None = None
) -> tuple[ReadingRow, ...]:
    """The last reading of each list, or of one."""
    wanted = _LATEST.where(list_readings.c.mode == mode)
    if list_name is not None:
        wanted = wanted.where(list_readings.c.list == list_name)
    return tuple(ReadingRow(*row) for row in await connection.execute(wanted))
