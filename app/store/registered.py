"""Walks through the register, organisation by organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.store.tables.organisations import organisations as _organisations

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def count(connection: AsyncConnection, mode: str) -> int:
    """How many organisations there are, those merged into others aside."""
    wanted = (_organisations.c.mode == mode, _organisations.c.merged_into.is_(None))
    return int(await connection.scalar(select(func.count()).select_from(_organisations).where(*wanted)) or 0)


async def ids_after(connection: AsyncConnection, mode: str, after: str, most: int) -> list[str]:
    """The next ids, in the order in which the organisations were entered; `after` empty: from the first."""
    wanted = (
        _organisations.c.mode == mode,
        _organisations.c.merged_into.is_(None),
        _organisations.c.id > after,
    )
    return list(
        await connection.scalars(
            select(_organisations.c.id).where(*wanted).order_by(_organisations.c.id).limit(most)
        )
    )
