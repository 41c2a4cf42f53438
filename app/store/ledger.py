"""Postings, claims and uses of caps: written together, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert, select, text

from app.store.tables.ledger import claims as _claims
from app.store.tables.ledger import ledger_entries as _entries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.procedure.claiming import Use
    from app.rules.procedure.ledger import Posting


class Occasion(NamedTuple):
    """What a posting belongs to."""

    mode: str
    application: str
    platform: str
    action: str
    event: str
    at: datetime


async def post(connection: AsyncConnection, occasion: Occasion, postings: Iterable[Posting]) -> None:
    """Enter postings, in this order. A posting without cover is refused by the database."""
    rows = [
        {
            **occasion._asdict(),
            "award": one.award,
            "from_account": str(one.origin),
            "to_account": str(one.target),
            "amount": one.amount,
        }
        for one in postings
    ]
    if rows:
        await connection.execute(insert(_entries), rows)


async def claim(
    connection: AsyncConnection,
    mode: str,
    organisation: str,
    taken: Iterable[tuple[str, str]],
    at: datetime,
) -> None:
    """Take claims: key, award. Raises the driver's unique violation on `claims_pkey` when one is taken."""
    rows = [
        {"mode": mode, "claim_key": key, "award": award, "organisation": organisation, "claimed_at": at}
        for key, award in sorted(taken)
    ]
    if rows:
        await connection.execute(insert(_claims), rows)


async def holders(connection: AsyncConnection, mode: str, keys: Iterable[str]) -> dict[str, str]:
    """Claim key -> the award that holds it, of those that are taken."""
    found = await connection.execute(
        select(_claims.c.claim_key, _claims.c.award).where(
            _claims.c.mode == mode, _claims.c.claim_key.in_(list(keys))
        )
    )
    return {row.claim_key: row.award for row in found}


async def unclaim(connection: AsyncConnection, mode: str, awards: Iterable[str]) -> None:
    """Give back every claim that these awards hold; also for a platform, which sees no claim."""
    wanted = list(awards)
    if wanted:
        await connection.execute(_GIVE_BACK, {"mode": mode, "awards": wanted})


_GIVE_BACK = text("SELECT give_back_claims(:mode, CAST(:awards AS text[]))")
_USE = text(
    "INSERT INTO limit_usage (mode, limit_key, organisation, used, cap)"
    " VALUES (:mode, :key, :organisation, :amount, :cap)"
    " ON CONFLICT (mode, limit_key) DO UPDATE SET used = limit_usage.used + excluded.used"
)
_HOLD = text(
    "INSERT INTO limit_usage (mode, limit_key, organisation, used, cap) VALUES (:mode, :key, NULL, 0, :cap)"
    " ON CONFLICT (mode, limit_key) DO UPDATE SET cap = greatest(limit_usage.cap, excluded.cap)"
    " RETURNING used, cap"
)
_SET_CAP = text(
    "UPDATE limit_usage SET cap = greatest(used, CAST(:cap AS bigint)) WHERE mode = :mode AND limit_key = :key"
)
_FREE = text("SELECT free_cap(:mode, :key, :amount)")


async def use(
    connection: AsyncConnection, mode: str, organisation: str, wanted: Iterable[tuple[Use, int]]
) -> None:
    """Count amounts (fen) against caps; the first use fixes the cap. Raises a check violation past it."""
    for one, amount in sorted(wanted):
        await connection.execute(
            _USE,
            {
                "mode": mode,
                "key": one.limit_key,
                "organisation": organisation,
                "amount": amount,
                "cap": one.cap,
            },
        )


class Shared(NamedTuple):
    """What all applicants share, held: fen, or places."""

    used: int
    cap: int

    @property
    def left(self) -> int:
        return self.cap - self.used


async def hold(connection: AsyncConnection, mode: str, shared: Use) -> Shared:
    """Lock a budget or places that all applicants share, until the transaction ends; a greater cap is taken up."""
    values = {"mode": mode, "key": shared.limit_key, "cap": shared.cap}
    row = (await connection.execute(_HOLD, values)).one()
    return Shared(row.used, row.cap)


async def set_cap(connection: AsyncConnection, mode: str, shared: Use) -> None:
    """What there is from now on; never less than is used. The caller holds it."""
    await connection.execute(_SET_CAP, {"mode": mode, "key": shared.limit_key, "cap": shared.cap})


async def free(connection: AsyncConnection, mode: str, amounts: Iterable[tuple[str, int]]) -> None:
    """Take amounts (fen) off caps again: limit key, amount."""
    for key, amount in sorted(amounts):
        await connection.execute(_FREE, {"mode": mode, "key": key, "amount": amount})
