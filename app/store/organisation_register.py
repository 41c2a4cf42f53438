"""The register of organisations: their names, kinds and the codes they had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from app.store.tables.organisations import organisation_codes as _codes
from app.store.tables.organisations import organisations as _organisations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code of an organisation."""

    uscc: str
    organisation: str
    from_date: date | None
    """None: as long as anything is known."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation, its codes the oldest first."""

    id: str
    name: str
    kind: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    codes: tuple[CodeRow, ...]

    @property
    def uscc(self) -> str:
        """The code that it has now."""
        return self.codes[-1].uscc


_ROW = (
    _organisations.c.id,
    _organisations.c.name,
    _organisations.c.kind,
    _organisations.c.version,
    _organisations.c.created_at,
    _organisations.c.updated_at,
)
_CODE = (_codes.c.uscc, _codes.c.organisation, _codes.c.from_date, _codes.c.reason)


async def id_of_code(connection: AsyncConnection, mode: str, uscc: str) -> str | None:
    """The organisation that has or had the code; one that was merged is found as its survivor."""
    found: str | None = await connection.scalar(
        select(_codes.c.organisation).where(_codes.c.mode == mode, _codes.c.uscc == uscc)
    )
    return found


async def find(connection: AsyncConnection, mode: str, organisation: str) -> OrganisationRow | None:
    """One organisation."""
    rows = await _with_codes(
        connection,
        mode,
        await _rows(connection, _organisations.c.mode == mode, _organisations.c.id == organisation),
    )
    return rows[0] if rows else None


async def find_all(
    connection: AsyncConnection, mode: str, organisations: Sequence[str]
) -> dict[str, OrganisationRow]:
    """Id -> organisation, of these; one that was merged has no codes."""
    rows = await _rows(
        connection,
        _organisations.c.mode == mode,
        _organisations.c.id.in_(organisations),
        limit=len(organisations),
    )
    return {row.id: row for row in await _with_codes(connection, mode, rows)}


async def page(
    connection: AsyncConnection,
    mode: str,
    *,
    after: str | None,
    limit: int,
    name: str | None = None,
    kind: str | None = None,
    organisation: str | None = None,
) -> tuple[OrganisationRow, ...]:
    """Organisations, the latest first, those merged into others aside."""
    wanted = [_organisations.c.mode == mode, _organisations.c.merged_into.is_(None)]
    for column, value in (
        (_organisations.c.name, name),
        (_organisations.c.kind, kind),
        (_organisations.c.id, organisation),
    ):
        if value is not None:
            wanted.append(column == value)
    if after is not None:
        wanted.append(_organisations.c.id < after)
    return await _with_codes(connection, mode, await _rows(connection, *wanted, limit=limit))


async def rename(
    connection: AsyncConnection, organisation: str, *, name: str, kind: str | None, at: datetime
) -> None:
    """Give a locked organisation its name and kind."""
    await connection.execute(
        update(_organisations)
        .where(_organisations.c.id == organisation)
        .values(name=name, kind=kind, version=_organisations.c.version + 1, updated_at=at)
    )


async def add_code(connection: AsyncConnection, mode: str, code: CodeRow, at: datetime) -> None:
    """Give a locked organisation one more code."""
    await connection.execute(
        insert(_codes).values(
            mode=mode,
            uscc=code.uscc,
            organisation=code.organisation,
            from_date=code.from_date,
            reason=code.reason,
            created_at=at,
        )
    )
    await touch(connection, code.organisation, at)


async def touch(connection: AsyncConnection, organisation: str, at: datetime) -> None:
    """Something of a locked organisation has changed."""
    await connection.execute(
        update(_organisations)
        .where(_organisations.c.id == organisation)
        .values(version=_organisations.c.version + 1, updated_at=at)
    )


async def touch_all(connection: AsyncConnection, organisations: Sequence[str], at: datetime) -> None:
    """Something of these locked organisations has changed."""
    if organisations:
        await connection.execute(
            update(_organisations)
            .where(_organisations.c.id.in_(organisations))
            .values(version=_organisations.c.version + 1, updated_at=at)
        )


async def _rows(connection: AsyncConnection, *wanted: Any, limit: int = 1) -> list[Any]:  # noqa: ANN401 - conditions and rows of SQLAlchemy
    found = await connection.execute(
        select(*_ROW).where(*wanted).order_by(_organisations.c.id.desc()).limit(limit)
    )
    return [row._asdict() for row in found]


async def _with_codes(
    connection: AsyncConnection, mode: str, rows: Iterable[Any]
) -> tuple[OrganisationRow, ...]:
    rows = list(rows)
    if not rows:
        return ()
    found = await connection.execute(
        select(*_CODE)
        .where(_codes.c.mode == mode, _codes.c.organisation.in_([row["id"] for row in rows]))
        .order_by(_codes.c.from_date.nulls_first(), _codes.c.created_at, _codes.c.uscc)
    )
    codes: dict[str, list[CodeRow]] = {row["id"]: [] for row in rows}
    for code in found:
        codes[code.organisation].append(CodeRow(*code))
    return tuple(OrganisationRow(**row, codes=tuple(codes[row["id"]])) for row in rows)
