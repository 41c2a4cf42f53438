"""Awards of an application, in the order of the assessment."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from app.store.tables.applications import awards as _awards

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

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
_INSERT = insert(_awards)
_OF_APPLICATION = (
    select(*AWARD_COLUMNS).where(_awards.c.application == bindparam("of")).order_by(_awards.c.ordinal)
)


async def of_application(connection: AsyncConnection, application: str) -> tuple[AwardRow, ...]:
    rows = await connection.execute(_OF_APPLICATION, {"of": application})
    return tuple(award_of(row) for row in rows)


async def add(connection: AsyncConnection, rows: Iterable[AwardRow]) -> None:
    values = [_values(row) for row in rows]
    if values:
        await connection.execute(_INSERT, values)


async def save(connection: AsyncConnection, row: AwardRow) -> None:
    """Write an award whose application the caller has locked."""
    await connection.execute(update(_awards).where(_awards.c.id == row.id).values(_values(row)))


async def remove(connection: AsyncConnection, ids: Iterable[str]) -> None:
    """Forget awards of an earlier assessment that never held money."""
    wanted = list(ids)
    if wanted:
        await connection.execute(delete(_awards).where(_awards.c.id.in_(wanted)))


def _values(row: AwardRow) -> dict[str, Any]:
    return {name: list(value) if isinstance(value := getattr(row, name), tuple) else value for name in _NAMES}


def award_of(row: Any) -> AwardRow:  # noqa: ANN401 - a row of the columns above
    values = dict(zip(_NAMES, row, strict=True))
    for name in ("items", "limit_keys"):
        values[name] = tuple(values[name])
    return AwardRow(**values)
