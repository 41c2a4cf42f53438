"""Awards over all applications: pages, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select, union

from app.store.awards import AWARD_COLUMNS, AwardRow, award_of
from app.store.tables.applications import applications as _applications
from app.store.tables.applications import awards as _awards
from app.store.tables.organisations import organisation_codes as _codes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection


class ListedAward(NamedTuple):
    """An award, and who applied."""

    award: AwardRow
    applicant: dict[str, Any]


class Sum(NamedTuple):
    """The awards of one measure in one state; fen."""

    measure: str
    state: str
    awards: int
    amount: int
    clawed_back: int
    recovered: int
    written_off: int


async def organisations_of(connection: AsyncConnection, mode: str, uscc: str) -> tuple[str, ...]:
    """Who has or had the code, as far as it may be seen: a platform knows it from its own applications."""
    on_record = select(_codes.c.organisation).where(_codes.c.mode == mode, _codes.c.uscc == uscc)
    stated = select(_applications.c.organisation).where(
        _applications.c.mode == mode, _applications.c.uscc == uscc
    )
    return tuple(await connection.scalars(union(on_record, stated)))


async def page(
    connection: AsyncConnection,
    mode: str,
    platform: str | None,
    filters: Mapping[str, Any],
    organisations: Collection[str] | None,
    after: str | None,
    limit: int,
) -> list[ListedAward]:
    """Awards, newest first, from below the id `after`. `filters`: measure, year and state, by equality."""
    statement = (
        select(*AWARD_COLUMNS, _applications.c.applicant)
        .join(_applications, _applications.c.id == _awards.c.application)
        .where(_awards.c.mode == mode)
    )
    if platform is not None:
        statement = statement.where(_awards.c.platform == platform)
    if organisations is not None:
        statement = statement.where(_awards.c.organisation.in_(organisations))
    for name, value in filters.items():
        statement = statement.where(_awards.c[name] == value)
    if after is not None:
        statement = statement.where(_awards.c.id < after)
    rows = await connection.execute(statement.order_by(_awards.c.id.desc()).limit(limit))
    return [ListedAward(award_of(row[:-1]), row[-1]) for row in rows]


async def sums(
    connection: AsyncConnection, mode: str, platform: str | None, policy: str, year: int
) -> list[Sum]:
    """What the awards of a policy and year come to, by measure and state."""
    money = (_awards.c.amount, _awards.c.clawed_back, _awards.c.recovered, _awards.c.written_off)
    statement = select(
        _awards.c.measure,
        _awards.c.state,
        func.count(),
        *(func.coalesce(func.sum(column), 0) for column in money),
    ).where(_awards.c.mode == mode, _awards.c.policy == policy, _awards.c.year == year)
    if platform is not None:
        statement = statement.where(_awards.c.platform == platform)
    rows = await connection.execute(
        statement.group_by(_awards.c.measure, _awards.c.state).order_by(_awards.c.measure, _awards.c.state)
    )
    return [Sum(row[0], row[1], *(int(value) for value in row[2:])) for row in rows]
