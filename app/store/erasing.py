"""Who objected, until it is erased: with the last one of an application goes the salt of their digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class Objection(NamedTuple):
    """What of an objection decides whether its objector may be erased."""

    application: str
    organisation: str
    status: str
    """The application's."""
    last_change: datetime
    """Of the application."""
    is_named: bool
    """Whether the objector is still there."""


_FIND = text(
    "SELECT a.id, a.organisation, a.status, a.updated_at, o.objector IS NOT NULL"
    " FROM objections o JOIN applications a ON a.id = o.application WHERE o.mode = :mode AND o.id = :objection"
)
_LOCK = text("SELECT FROM applications WHERE id = :application FOR UPDATE")
_ERASE = text("UPDATE objections SET objector = NULL WHERE id = :objection")
_UNSALT = text(
    "UPDATE applications SET salt = NULL WHERE id = :application"
    " AND NOT EXISTS (SELECT FROM objections WHERE application = :application AND objector IS NOT NULL)"
)


async def find(connection: AsyncConnection, mode: str, objection: str) -> Objection | None:
    row = (await connection.execute(_FIND, {"mode": mode, "objection": objection})).first()
    return None if row is None else Objection(*row)


async def lock(connection: AsyncConnection, application: str) -> None:
    """The application, once its organisation is locked."""
    await connection.execute(_LOCK, {"application": application})


async def erase(connection: AsyncConnection, objection: str, application: str) -> bool:
    """Forget the objector; whether the application's salt went as well."""
    await connection.execute(_ERASE, {"objection": objection})
    done = await connection.execute(_UNSALT, {"application": application})
    return bool(done.rowcount)
