"""Applications whose awards are publicised today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select, tuple_

from app.store.tables.applications import applications as _applications
from app.store.tables.applications import awards as _awards
from app.store.tables.organisations import organisations as _organisations

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection


class NoticeRow(NamedTuple):
    """An application under public notice."""

    id: str
    organisation: str
    """The name on record."""
    uscc: str
    applicant: dict[str, Any]
    policy: str
    policy_digest: str
    year: int
    public_from: date
    public_last_day: date


class PublicAward(NamedTuple):
    """An award that is publicised; fen."""

    application: str
    measure: str
    amount: int


async def page(
    connection: AsyncConnection, mode: str, day: date, after: tuple[date, str] | None, limit: int
) -> list[NoticeRow]:
    """Notices that are open on the day, the first to end first; `after` names the last day and id to go on from."""
    table = _applications.c
    statement = (
        select(
            table.id,
            _organisations.c.name,
            table.uscc,
            table.applicant,
            table.policy,
            table.policy_digest,
            table.year,
            table.public_from,
            table.public_last_day,
        )
        .join(_organisations, _organisations.c.id == table.organisation)
        .where(
            table.mode == mode,
            table.status == "publicised",
            table.public_last_day >= day,
            table.public_from <= day,
        )
    )
    if after is not None:
        statement = statement.where(tuple_(table.public_last_day, table.id) > tuple_(*after))
    rows = await connection.execute(statement.order_by(table.public_last_day, table.id).limit(limit))
    return [NoticeRow(*row) for row in rows]


async def awards_of(connection: AsyncConnection, applications: Iterable[str]) -> list[PublicAward]:
    """What these applications are to be awarded, in the order of their assessments."""
    rows = await connection.execute(
        select(_awards.c.application, _awards.c.measure, _awards.c.amount)
        .where(_awards.c.application.in_(list(applications)), _awards.c.state == "reserved")
        .order_by(_awards.c.application, _awards.c.ordinal)
    )
    return [PublicAward(*row) for row in rows]
