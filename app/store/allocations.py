"""Runs that share a budget or places: added with all their lines, then only read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert, select

from app.store.applications import COLUMNS, of_row
from app.store.tables.allocations import allocation_lines as _lines
from app.store.tables.allocations import allocation_runs as _runs
from app.store.tables.applications import applications as _applications
from app.store.tables.applications import awards as _awards

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.store.applications import ApplicationRow


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run as it is kept."""

    mode: str
    id: str
    policy: str
    policy_version: str
    policy_digest: str
    notice: int | None
    year: int
    measure: str
    ledger_key: str
    limit_key: str
    as_of: date
    engine_version: str
    cap: int
    """All there is by the text: fen, or places."""
    used: int
    """What earlier awards had taken of it."""
    demand: int
    spent: int
    outcomes: dict[str, int]
    factor: str | None
    """`numerator/denominator`."""
    cut_off: list[int] | None
    precedence: list[str]
    reason: str | None
    input_digest: str
    result_digest: str
    run_by: str
    run_at: datetime


@dataclass(frozen=True, slots=True)
class LineRow:
    """What a run says of one application."""

    mode: str
    run: str
    position: int
    application: str
    award: str
    arrival: int
    amount: int
    scores: list[int] | None
    rank: int | None
    outcome: str
    granted: int


class Ready(NamedTuple):
    """An application that may be approved now, with its award of the measure."""

    row: ApplicationRow
    award: str
    assessed: int | None


_RUN_COLUMNS = tuple(_runs.c[field.name] for field in fields(RunRow))
_LINE_COLUMNS = tuple(_lines.c[field.name] for field in fields(LineRow))
_AT_ONCE = 5_000


async def ready(
    connection: AsyncConnection, mode: str, policy: str, year: int, measure: str
) -> Sequence[Ready]:
    """The accepted applications of a policy and year in whose last assessment the measure is eligible.

    In the order in which they were submitted.
    """
    found = await connection.execute(
        select(_awards.c.id, _awards.c.assessed, *COLUMNS)
        .join(_applications, _applications.c.id == _awards.c.application)
        .where(
            _applications.c.mode == mode,
            _applications.c.policy == policy,
            _applications.c.year == year,
            _applications.c.status == "accepted",
            _awards.c.measure == measure,
            _awards.c.state == "assessed",
        )
        .order_by(_applications.c.submitted_at, _applications.c.id)
    )
    return [Ready(of_row(row[2:]), row[0], row[1]) for row in found]


async def add(connection: AsyncConnection, run: RunRow, lines: Sequence[LineRow]) -> None:
    await connection.execute(insert(_runs), asdict(run))
    for start in range(0, len(lines), _AT_ONCE):
        await connection.execute(insert(_lines), [asdict(one) for one in lines[start : start + _AT_ONCE]])


async def find(connection: AsyncConnection, mode: str, run: str) -> RunRow | None:
    row = (
        await connection.execute(select(*_RUN_COLUMNS).where(_runs.c.mode == mode, _runs.c.id == run))
    ).first()
    return None if row is None else RunRow(*row)


async def page(
    connection: AsyncConnection, mode: str, filters: Mapping[str, object], before: str | None, most: int
) -> Sequence[RunRow]:
    """Runs, the latest first. `filters` are by column."""
    wanted = select(*_RUN_COLUMNS).where(
        _runs.c.mode == mode, *(_runs.c[name] == value for name, value in filters.items())
    )
    if before is not None:
        wanted = wanted.where(_runs.c.id < before)
    found = await connection.execute(wanted.order_by(_runs.c.id.desc()).limit(most))
    return [RunRow(*row) for row in found]


async def lines(
    connection: AsyncConnection, run: str, filters: Mapping[str, object], after: int, most: int | None
) -> Sequence[LineRow]:
    """What a run says, in its order, from after a position on."""
    wanted = select(*_LINE_COLUMNS).where(
        _lines.c.run == run,
        _lines.c.position > after,
        *(_lines.c[name] == value for name, value in filters.items()),
    )
    found = await connection.execute(wanted.order_by(_lines.c.position).limit(most))
    return [LineRow(*row) for row in found]


async def latest(connection: AsyncConnection, mode: str, ledger_key: str, year: int) -> str | None:
    """The run that counts: the last of the measure and year."""
    found = await connection.scalar(
        select(_runs.c.id)
        .where(_runs.c.mode == mode, _runs.c.ledger_key == ledger_key, _runs.c.year == year)
        .order_by(_runs.c.id.desc())
        .limit(1)
    )
    return None if found is None else str(found)


async def line_of(connection: AsyncConnection, run: str, application: str) -> LineRow | None:
    """What a run says of an application."""
    row = (
        await connection.execute(
            select(*_LINE_COLUMNS).where(_lines.c.run == run, _lines.c.application == application)
        )
    ).first()
    return None if row is None else LineRow(*row)
