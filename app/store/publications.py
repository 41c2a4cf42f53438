"""What was published while the service runs, and what was taken back: only ever added to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text

from app.store.tables.publications import publications as _publications

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('duixian.publications'))")


@dataclass(frozen=True, slots=True)
class NewPublication:
    """From `active_from` on, the version has this digest; or what `undoes` names is taken back."""

    policy: str
    version: str
    digest: str | None
    undoes: int | None
    active_from: datetime
    published_by: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Publication(NewPublication):
    id: int


_COLUMNS = tuple(_publications.c[field.name] for field in fields(Publication))


async def lock(connection: AsyncConnection) -> None:
    """One at a time publishes, until the transaction ends."""
    await connection.execute(_LOCK)


async def add(connection: AsyncConnection, row: NewPublication) -> Publication:
    found = await connection.execute(insert(_publications).values(asdict(row)).returning(_publications.c.id))
    return Publication(**asdict(row), id=found.scalar_one())


async def every(connection: AsyncConnection) -> Sequence[Publication]:
    """All of them, in their order."""
    found = await connection.execute(select(*_COLUMNS).order_by(_publications.c.id))
    return [Publication(**row) for row in found.mappings()]


async def of_policy(
    connection: AsyncConnection, policy: str, before: int | None, most: int
) -> Sequence[Publication]:
    """Those of a policy, the newest first."""
    rows = select(*_COLUMNS).where(_publications.c.policy == policy).order_by(_publications.c.id.desc())
    if before is not None:
        rows = rows.where(_publications.c.id < before)
    found = await connection.execute(rows.limit(most))
    return [Publication(**row) for row in found.mappings()]


async def newest(connection: AsyncConnection) -> tuple[int, datetime]:
    """The newest id, 0 without any; and the database's own time."""
    found = await connection.execute(
        select(func.coalesce(func.max(_publications.c.id), 0), func.clock_timestamp())
    )
    newest_id, moment = found.one()
    return newest_id, moment
