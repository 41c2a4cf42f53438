"""Populations that were sent: what is kept of each beside its files."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from app.store.tables.jobs import uploads as _uploads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A population; its files are in the folder of its id."""

    mode: str
    id: str
    name: str
    """Of the main file in that folder."""
    policy: str
    version: str
    """Of the policy that it was checked against."""
    sha256: str
    size: int
    rows: int
    """That can be read."""
    bad_rows: int
    created_by: str
    created_at: datetime
    expires_at: datetime


_COLUMNS = tuple(_uploads.c[field.name] for field in fields(UploadRow))


async def add(connection: AsyncConnection, row: UploadRow) -> None:
    await connection.execute(insert(_uploads), asdict(row))


async def find(connection: AsyncConnection, mode: str, upload: str) -> UploadRow | None:
    """One upload."""
    found = await connection.execute(
        select(*_COLUMNS).where(_uploads.c.mode == mode, _uploads.c.id == upload)
    )
    row = found.one_or_none()
    return None if row is None else UploadRow(*row)


async def keep_until(connection: AsyncConnection, upload: str, moment: datetime) -> None:
    """Keep an upload at least so long."""
    await connection.execute(
        update(_uploads)
        .where(_uploads.c.id == upload)
        .values(expires_at=func.greatest(_uploads.c.expires_at, moment))
    )


async def remove_expired(connection: AsyncConnection, before: datetime, limit: int) -> list[str]:
    """Forget uploads whose time is over; their ids."""
    over = (
        select(_uploads.c.id)
        .where(_uploads.c.expires_at < before)
        .order_by(_uploads.c.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(await connection.scalars(over))
    await connection.execute(delete(_uploads).where(_uploads.c.id.in_(ids)))
    return ids


async def known(connection: AsyncConnection, ids: Sequence[str]) -> set[str]:
    """Those of the ids that have a row."""
    return set(await connection.scalars(select(_uploads.c.id).where(_uploads.c.id.in_(list(ids)))))
