"""Offers: what they say never changes, where they stand does. The organisation is locked first, then the offer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from app.store.tables.applications import applications as _applications
from app.store.tables.offers import offers as _offers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """An offer as it is kept; money in fen."""

    mode: str
    id: str
    organisation: str
    uscc: str
    """The code that the organisation had."""
    name: str
    policy: str
    policy_version: str
    policy_digest: str
    notice: int | None
    year: int
    measure: str
    kind: str
    items: list[dict[str, Any]]
    """`{item, amount}` in fen, where items are awarded one by one."""
    amount: int
    ground: str
    """Digest over the facts, the name and the kind, as the register had them."""
    facts_on: date
    facts_source: str
    engine_version: str
    as_of: date
    request: str
    """JSON: the request as the policy's reader takes it, of this measure alone."""
    result: str
    """JSON: the answer, to the byte."""
    result_hash: str
    records: dict[str, Any]
    match: str | None
    """The match that made it; None for one that a change of the organisation made."""
    matched_by: str
    """Who ran the match: a person, or the service itself."""
    status: str
    reason: str | None = None
    platform: str | None = None
    """Which platform answered."""
    consent: dict[str, Any] | None = None
    application: str | None = None
    version: int = 1
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None
    """When it ceased to be open, however."""
    updated_at: datetime


_NAMES = tuple(field.name for field in fields(OfferRow))
_COLUMNS = tuple(_offers.c[name] for name in _NAMES)
_CHANGING = (
    "organisation",
    "status",
    "reason",
    "platform",
    "consent",
    "application",
    "version",
    "answered_at",
    "updated_at",
)
_FIND = select(*_COLUMNS).where(_offers.c.mode == bindparam("in_mode"), _offers.c.id == bindparam("in_id"))
_UNDER_WAY = ("submitted", "returned", "accepted")


async def add(connection: AsyncConnection, row: OfferRow) -> None:
    await connection.execute(insert(_offers), asdict(row))


async def find(connection: AsyncConnection, mode: str, offer: str, *, lock: bool = False) -> OfferRow | None:
    """The offer, if row security shows it; with `lock`, nobody else changes it until we end."""
    statement = _FIND.with_for_update() if lock else _FIND
    row = (await connection.execute(statement, {"in_mode": mode, "in_id": offer})).first()
    return None if row is None else _of(row)


async def save(connection: AsyncConnection, row: OfferRow) -> None:
    """Write where a locked offer stands."""
    values = {name: getattr(row, name) for name in _CHANGING}
    await connection.execute(update(_offers).where(_offers.c.id == row.id).values(values))


async def of_year(
    connection: AsyncConnection, mode: str, organisations: Sequence[str], policy: str, year: int
) -> dict[str, list[OfferRow]]:
    """Organisation -> its latest offer of each measure under a policy and year, the open one before others."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(
            _offers.c.mode == mode,
            _offers.c.organisation.in_(organisations),
            _offers.c.policy == policy,
            _offers.c.year == year,
        )
        .ext(distinct_on(_offers.c.organisation, _offers.c.measure))
        .order_by(
            _offers.c.organisation,
            _offers.c.measure,
            (_offers.c.status == "offered").desc(),
            _offers.c.id.desc(),
        )
    )
    found: dict[str, list[OfferRow]] = {one: [] for one in organisations}
    for row in rows:
        offer = _of(row)
        found[offer.organisation].append(offer)
    return found


async def open_of(connection: AsyncConnection, mode: str, organisation: str) -> tuple[OfferRow, ...]:
    """All open offers of one organisation."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(_offers.c.mode == mode, _offers.c.organisation == organisation, _offers.c.status == "offered")
        .order_by(_offers.c.id)
    )
    return tuple(_of(row) for row in rows)


async def overdue(
    connection: AsyncConnection, mode: str, moment: datetime, most: int
) -> tuple[OfferRow, ...]:
    """Open offers whose days are over, the oldest first. Nothing is locked."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(_offers.c.mode == mode, _offers.c.status == "offered", _offers.c.expires_at <= moment)
        .order_by(_offers.c.expires_at, _offers.c.id)
        .limit(most)
    )
    return tuple(_of(row) for row in rows)


async def applied_for(
    connection: AsyncConnection, mode: str, organisations: Sequence[str], policy: str, year: int
) -> dict[str, set[str]]:
    """Organisation -> the measures for which an application of the year is being looked at."""
    rows = await connection.execute(
        select(_applications.c.organisation, _applications.c.measures).where(
            _applications.c.mode == mode,
            _applications.c.organisation.in_(organisations),
            _applications.c.policy == policy,
            _applications.c.year == year,
            _applications.c.status.in_(_UNDER_WAY),
        )
    )
    found: dict[str, set[str]] = {one: set() for one in organisations}
    for organisation, measures in rows:
        found[organisation].update(measures)
    return found


async def page(
    connection: AsyncConnection,
    mode: str,
    platform: str | None,
    filters: Mapping[str, Any],
    after: str | None,
    limit: int,
) -> list[OfferRow]:
    """Offers, newest first, from below the id `after`.

    A platform is shown what it answered; and what is open of the organisation that it names.
    """
    statement = select(*_COLUMNS).where(_offers.c.mode == mode)
    if platform is not None:
        own = _offers.c.platform == platform
        named = "uscc" in filters
        statement = statement.where(or_(own, _offers.c.status == "offered") if named else own)
    for name, value in filters.items():
        statement = statement.where(_offers.c[name] == value)
    if after is not None:
        statement = statement.where(_offers.c.id < after)
    rows = await connection.execute(statement.order_by(_offers.c.id.desc()).limit(limit))
    return [_of(row) for row in rows]


async def take_over(connection: AsyncConnection, mode: str, survivor: str, merged: str) -> None:
    """Two organisations became one: offers that were answered are the survivor's."""
    await connection.execute(
        update(_offers)
        .where(_offers.c.mode == mode, _offers.c.organisation == merged, _offers.c.status != "offered")
        .values(organisation=survivor)
    )


def _of(row: Any) -> OfferRow:  # noqa: ANN401 - a row of SQLAlchemy
    return OfferRow(**row._asdict())
