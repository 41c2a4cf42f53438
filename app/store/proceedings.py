"""What happens to an application beside its own row: objections, payments, recoveries."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from app.store.tables.applications import objections as _objections
from app.store.tables.applications import payments as _payments
from app.store.tables.applications import recoveries as _recoveries

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection to a public notice."""

    mode: str
    id: str
    application: str
    platform: str
    objector: dict[str, Any] | None
    """`{by, contact, text}`: personal data, for officers only."""
    received_on: date
    awards: tuple[str, ...] | None
    """None: against all of them."""
    outcome: str | None
    reason: str | None
    recorded_by: str
    resolved_by: str | None
    recorded_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """An order to pay what is payable of an application to one payee; fen."""

    mode: str
    id: str
    application: str
    platform: str
    instalment: int
    payee: str
    amount: int
    awards: tuple[str, ...]
    shares: tuple[int, ...]
    """What it pays of each of these awards, in their order; together the amount."""
    state: str
    """ordered, confirmed or failed."""
    reference: str | None
    paid_on: date | None
    reason: str | None
    ordered_by: str
    confirmed_by: str | None
    ordered_at: datetime
    confirmed_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """Money of an award that came back; fen."""

    mode: str
    id: str
    award: str
    application: str
    platform: str
    amount: int
    reference: str
    received_on: date
    recorded_by: str
    recorded_at: datetime


def _listed(row: Any) -> dict[str, Any]:  # noqa: ANN401 - one of the dataclasses above
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(row).items()}


async def objections(connection: AsyncConnection, application: str) -> tuple[ObjectionRow, ...]:
    columns = [_objections.c[field.name] for field in fields(ObjectionRow)]
    rows = await connection.execute(
        select(*columns).where(_objections.c.application == application).order_by(_objections.c.id)
    )
    return tuple(
        ObjectionRow(**{**row, "awards": None if row["awards"] is None else tuple(row["awards"])})
        for row in rows.mappings()
    )


async def payments(connection: AsyncConnection, application: str) -> tuple[PaymentRow, ...]:
    columns = [_payments.c[field.name] for field in fields(PaymentRow)]
    rows = await connection.execute(
        select(*columns).where(_payments.c.application == application).order_by(_payments.c.id)
    )
    return tuple(
        PaymentRow(**{**row, "awards": tuple(row["awards"]), "shares": tuple(row["shares"])})
        for row in rows.mappings()
    )


async def put_objection(connection: AsyncConnection, row: ObjectionRow, *, new: bool) -> None:
    if new:
        await connection.execute(insert(_objections), _listed(row))
    else:
        await connection.execute(update(_objections).where(_objections.c.id == row.id).values(_listed(row)))


async def put_payment(connection: AsyncConnection, row: PaymentRow, *, new: bool) -> None:
    if new:
        await connection.execute(insert(_payments), _listed(row))
    else:
        await connection.execute(update(_payments).where(_payments.c.id == row.id).values(_listed(row)))


async def add_recovery(connection: AsyncConnection, row: RecoveryRow) -> None:
    await connection.execute(insert(_recoveries), asdict(row))
