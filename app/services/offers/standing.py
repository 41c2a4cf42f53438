"""How offers change: every change writes its event into the chain of offers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan
from app.rules.procedure.callers import SYSTEM
from app.rules.procedure.offers import OfferStatus
from app.services.applications.assessing import hash_of_basis
from app.services.trail import record
from app.store import offers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.procedure.offers import Bar
    from app.store.offers import OfferRow

CHAIN = "offers"


async def make(connection: AsyncConnection, row: OfferRow) -> None:
    """A new offer, and the hashes of what it rests on."""
    await offers.add(connection, row)
    data = {
        "year": row.year,
        "amount": format_yuan(row.amount),
        "match": row.match,
        "matched_by": row.matched_by,
        "policy_digest": row.policy_digest,
        "result_hash": row.result_hash,
        "basis_hash": hash_of_basis(row.request, row.records),
    }
    await _tell(connection, row, "offer.made", row.offered_at, SYSTEM, data)


async def withdraw(connection: AsyncConnection, row: OfferRow, why: Bar, at: datetime) -> OfferRow:
    """An open, locked offer no longer stands."""
    changed = _ended(row, OfferStatus.WITHDRAWN, at, reason=str(why))
    await offers.save(connection, changed)
    await _tell(connection, changed, "offer.withdrawn", at, SYSTEM, {"reason": str(why)})
    return changed


async def expire(connection: AsyncConnection, row: OfferRow, at: datetime) -> OfferRow:
    """The days of an open, locked offer are over."""
    changed = _ended(row, OfferStatus.EXPIRED, at)
    await offers.save(connection, changed)
    await _tell(connection, changed, "offer.expired", at, SYSTEM, {})
    return changed


async def answer(
    connection: AsyncConnection,
    row: OfferRow,
    status: OfferStatus,
    at: datetime,
    actor: Mapping[str, str],
    data: Mapping[str, Any],
    **more: Any,  # noqa: ANN401 - fields of the row
) -> OfferRow:
    """What the platform `more['platform']` says to an open, locked offer."""
    changed = _ended(row, status, at, **more)
    await offers.save(connection, changed)
    await _tell(connection, changed, f"offer.{status}", at, actor, data)
    return changed


def _ended(row: OfferRow, status: OfferStatus, at: datetime, **more: Any) -> OfferRow:  # noqa: ANN401 - fields of the row
    return replace(row, status=status, version=row.version + 1, answered_at=at, updated_at=at, **more)


async def _tell(
    connection: AsyncConnection,
    row: OfferRow,
    kind: str,
    at: datetime,
    actor: Mapping[str, str],
    data: Mapping[str, Any],
) -> None:
    about = {"offer": row.id, "organisation": row.organisation, "policy": row.policy, "measure": row.measure}
    await record(
        connection, mode=row.mode, chain=CHAIN, kind=kind, at=at, actor=actor, data={**about, **data}
    )
