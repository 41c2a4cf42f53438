"""One organisation taken into another: what hangs on its id moves, and nothing that was given is given back.

Both organisations are locked by the caller. Records are never changed: those that count are recorded again under the
survivor, each in place of the old one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, case, delete, or_, select, update

from app.store.records import FUNDING, PUNISHMENT
from app.store.tables.applications import applications as _applications
from app.store.tables.applications import awards as _awards
from app.store.tables.ledger import claims as _claims
from app.store.tables.ledger import limit_usage as _usage
from app.store.tables.organisations import organisation_codes as _codes
from app.store.tables.organisations import organisations as _organisations

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class Merge(NamedTuple):
    """Who is taken into whom."""

    mode: str
    survivor: str
    merged: str
    uscc: str
    """The code by which they were found to be one."""
    from_date: date
    reason: str
    recorded_by: str
    at: datetime

    def rekeyed(self, key: str) -> str:
        """The key of a claim or cap, with the survivor where it had the merged organisation."""
        parts = (self.survivor if part == self.merged else part for part in key.split("|"))
        return "|".join(parts)


class RaisedCap(NamedTuple):
    """A cap that both together exceed: what was paid stays paid, so the cap is what they have used. Fen."""

    limit_key: str
    cap: int
    used: int


class Moved(NamedTuple):
    """What a merge moved."""

    applications: int
    awards: int
    claims: int
    claims_kept: int
    """Claims that the survivor held as well: they stay under the key that they had."""
    joint_punishment: int
    funding: int
    raised: tuple[RaisedCap, ...]


async def merge(connection: AsyncConnection, one: Merge, new_id: Callable[[str], str]) -> Moved:
    """Move all that hangs on the merged organisation to the survivor. `new_id` makes ids of a kind."""
    applications = await _move_applications(connection, one)
    awards = await _move_awards(connection, one)
    raised = await _move_usage(connection, one)
    claims, kept = await _move_claims(connection, one)
    punishment, funding = await _record_again(connection, one, new_id)
    await _move_codes(connection, one)
    await connection.execute(
        update(_organisations)
        .where(
            _organisations.c.mode == one.mode,
            or_(
                _organisations.c.id.in_([one.survivor, one.merged]),
                _organisations.c.merged_into == one.merged,
            ),
        )
        .values(
            merged_into=case(
                (_organisations.c.id == one.survivor, _organisations.c.merged_into), else_=one.survivor
            ),
            version=_organisations.c.version + 1,
            updated_at=one.at,
        )
    )
    return Moved(applications, awards, claims, kept, punishment, funding, raised)


async def _move_applications(connection: AsyncConnection, one: Merge) -> int:
    mine = (_applications.c.mode == one.mode, _applications.c.organisation == one.merged)
    locked = select(_applications.c.id).where(*mine).order_by(_applications.c.id).with_for_update()
    found = list(await connection.scalars(locked))
    if found:
        await connection.execute(update(_applications).where(*mine).values(organisation=one.survivor))
    return len(found)


async def _move_awards(connection: AsyncConnection, one: Merge) -> int:
    mine = (_awards.c.mode == one.mode, _awards.c.organisation == one.merged)
    found = (await connection.execute(select(_awards.c.id, _awards.c.limit_keys).where(*mine))).all()
    if found:
        await connection.execute(
            update(_awards)
            .where(_awards.c.id == bindparam("this"))
            .values(organisation=one.survivor, limit_keys=bindparam("keys")),
            [{"this": row.id, "keys": [one.rekeyed(key) for key in row.limit_keys]} for row in found],
        )
    return len(found)


async def _move_usage(connection: AsyncConnection, one: Merge) -> tuple[RaisedCap, ...]:
    """Uses of the same cap are added up; the caps that this raises."""
    found = await connection.execute(
        select(_usage.c.limit_key, _usage.c.organisation, _usage.c.used, _usage.c.cap)
        .where(_usage.c.mode == one.mode, _usage.c.organisation.in_([one.survivor, one.merged]))
        .order_by(_usage.c.limit_key)
        .with_for_update()
    )
    rows = {row.limit_key: row for row in found}
    raised: list[RaisedCap] = []
    for row in rows.values():
        if row.organisation != one.merged:
            continue
        this = (_usage.c.mode == one.mode, _usage.c.limit_key == row.limit_key)
        key = one.rekeyed(row.limit_key)
        kept = rows.get(key)
        if kept is None or kept is row:
            await connection.execute(
                update(_usage).where(*this).values(organisation=one.survivor, limit_key=key)
            )
            continue
        used = kept.used + row.used
        await connection.execute(delete(_usage).where(*this))
        await connection.execute(
            update(_usage)
            .where(_usage.c.mode == one.mode, _usage.c.limit_key == key)
            .values(used=used, cap=max(kept.cap, used))
        )
        if used > kept.cap:
            raised.append(RaisedCap(key, kept.cap, used))
    return tuple(raised)


async def _move_claims(connection: AsyncConnection, one: Merge) -> tuple[int, int]:
    """How many claims moved, and how many of them kept their key."""
    found = await connection.execute(
        select(_claims.c.claim_key, _claims.c.organisation)
        .where(_claims.c.mode == one.mode, _claims.c.organisation.in_([one.survivor, one.merged]))
        .order_by(_claims.c.claim_key)
        .with_for_update()
    )
    rows = found.all()
    taken = {row.claim_key for row in rows}
    moved = kept = 0
    for row in rows:
        if row.organisation != one.merged:
            continue
        key = one.rekeyed(row.claim_key)
        if key in taken and key != row.claim_key:
            key = row.claim_key
            kept += 1
        moved += 1
        await connection.execute(
            update(_claims)
            .where(_claims.c.mode == one.mode, _claims.c.claim_key == row.claim_key)
            .values(organisation=one.survivor, claim_key=key)
        )
    return moved, kept


async def _record_again(
    connection: AsyncConnection, one: Merge, new_id: Callable[[str], str]
) -> tuple[int, int]:
    """The records that count, once more under the survivor: of punishment, of funding."""
    punishment = await PUNISHMENT.counting_of(connection, one.mode, [one.merged])
    for row in punishment:
        again = replace(row, id=new_id("jpr"), organisation=one.survivor, supersedes=row.id)
        await PUNISHMENT.add(connection, replace(again, recorded_by=one.recorded_by, recorded_at=one.at))
    funding = await FUNDING.counting_of(connection, one.mode, [one.merged])
    for money in funding:
        once_more = replace(money, id=new_id("fnd"), organisation=one.survivor, supersedes=money.id)
        await FUNDING.add(connection, replace(once_more, recorded_by=one.recorded_by, recorded_at=one.at))
    return len(punishment), len(funding)


async def _move_codes(connection: AsyncConnection, one: Merge) -> None:
    named = _codes.c.uscc == one.uscc
    await connection.execute(
        update(_codes)
        .where(_codes.c.mode == one.mode, _codes.c.organisation == one.merged)
        .values(
            organisation=one.survivor,
            from_date=case((named, one.from_date), else_=_codes.c.from_date),
            reason=case((named, one.reason), else_=_codes.c.reason),
        )
    )
