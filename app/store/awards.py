"""Awards of an application, in the order of the assessment."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from app.store.tables.applications import awards as _awards

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class AwardRow:
    """An award as it is kept; money in fen."""

    mode: str
    id: str
    application: str
    platform: str
    organisation: str
    ordinal: int
    policy: str
    measure: str
    ledger_key: str
    year: int
    item: str | None
    """The item's id where items are awarded one by one, else None."""
    item_key: str | None
    level: str | None
    items: tuple[str, ...]
    """The items counted in a total."""
    item_keys: dict[str, str]
    """Other keys that the item publishes, e.g. its project."""
    kind: str
    assessed: int | None
    ceiling: int | None
    amount: int | None
    """Set when it is approved, and kept from then on."""
    state: str
    reason: str | None
    clawed_back: int
    recovered: int
    limit_keys: tuple[str, ...]
    """The caps that it counts against, from approval on."""
    created_at: datetime
    updated_at: datetime
    written_off: int = 0
    restores_entitlement: bool | None = None
    """Once money was claimed back: whether its claims are given back when all of it has come."""


_NAMES = tuple(field.name for field in fields(AwardRow))
AWARD_COLUMNS = tuple(_awards.c[name] for name in _NAMES)
_OF_APPLICATION = (
    select(*AWARD_COLUMNS).where(_awards.c.application == bindparam("of")).order_by(_awards.c.ordinal)
)


async def of_application(connection: AsyncConnection, application: str) -> tuple[AwardRow, ...]:
    rows = await connection.execute(_OF_APPLICATION, {"of": application})
    return tuple(award_of(row) for row in rows)


def award_of(row: Any) -> AwardRow:  # noqa: ANN401 - a row of the columns above
    values = dict(zip(_NAMES, row, strict=True))
    for name in ("items", "limit_keys"):
        values[name] = tuple(values[name])
    return AwardRow(**values)


def award_of_json(found: dict[str, Any]) -> AwardRow:
    """From the row as the database shows it in JSON."""
    values = {name: found[name] for name in _NAMES}
    for name in ("items", "limit_keys"):
        values[name] = tuple(values[name])
    for name in ("created_at", "updated_at"):
        values[name] = datetime.fromisoformat(values[name])
    return AwardRow(**values)
