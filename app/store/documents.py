"""Documents' metadata."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from app.store.tables.documents import documents as _documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as it is kept; its bytes are in the document store under its id."""

    mode: str
    id: str
    platform: str
    application: str | None
    kind: str | None
    name: str
    media_type: str
    sha256: str
    size: int
    fixed: bool
    created_at: datetime

    @property
    def version(self) -> int:
        """Only these two things of a document ever change."""
        return 1 + (self.application is not None) + self.fixed


_NAMES = tuple(field.name for field in fields(DocumentRow))
_COLUMNS = tuple(_documents.c[name] for name in _NAMES)


async def add(connection: AsyncConnection, row: DocumentRow) -> None:
    await connection.execute(insert(_documents), asdict(row))


async def by_ids(
    connection: AsyncConnection, mode: str, ids: Sequence[str], *, lock: bool = False
) -> dict[str, DocumentRow]:
    """Those of the documents that row security shows; with `lock`, nobody else changes them until we end."""
    if not ids:
        return {}
    wanted = select(*_COLUMNS).where(_documents.c.mode == mode, _documents.c.id.in_(list(ids)))
    if lock:
        wanted = wanted.order_by(_documents.c.id).with_for_update()
    return {row.id: DocumentRow(*row) for row in await connection.execute(wanted)}


def document_of_json(found: dict[str, Any]) -> DocumentRow:
    """From the row as the database shows it in JSON."""
    values = {name: found[name] for name in _NAMES}
    return DocumentRow(**{**values, "created_at": datetime.fromisoformat(values["created_at"])})


_OF_APPLICATION = (
    select(*_COLUMNS).where(_documents.c.application == bindparam("of")).order_by(_documents.c.id)
)
_FIX = (
    update(_documents)
    .where(_documents.c.application == bindparam("of"), _documents.c.fixed.is_(False))
    .values(fixed=True)
)


async def of_application(connection: AsyncConnection, application: str) -> list[DocumentRow]:
    rows = await connection.execute(_OF_APPLICATION, {"of": application})
    return [DocumentRow(*row) for row in rows]


async def attach(connection: AsyncConnection, application: str, ids: Sequence[str]) -> None:
    """These, and what is fixed already, are the application's documents."""
    await connection.execute(
        update(_documents)
        .where(
            _documents.c.application == application,
            _documents.c.id.not_in(list(ids)),
            _documents.c.fixed.is_(False),
        )
        .values(application=None)
    )
    await connection.execute(
        update(_documents).where(_documents.c.id.in_(list(ids))).values(application=application)
    )


async def fix(connection: AsyncConnection, application: str) -> None:
    await connection.execute(_FIX, {"of": application})


async def remove(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """Forget documents that the caller has locked."""
    await connection.execute(delete(_documents).where(_documents.c.id.in_(list(ids))))


async def remove_unused(connection: AsyncConnection, before: datetime, limit: int) -> list[str]:
    """Forget documents that were made before the moment and belong to no application; their ids."""
    unused = (
        select(_documents.c.id)
        .where(_documents.c.application.is_(None), _documents.c.created_at < before)
        .order_by(_documents.c.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(await connection.scalars(unused))
    if ids:
        await remove(connection, ids)
    return ids


async def known(connection: AsyncConnection, ids: Sequence[str]) -> set[str]:
    """Those of the ids that have a row."""
    if not ids:
        return set()
    return set(await connection.scalars(select(_documents.c.id).where(_documents.c.id.in_(list(ids)))))
