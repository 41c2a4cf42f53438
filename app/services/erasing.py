"""Erase who objected, once nobody needs to know any more. The chain stays: it holds a salted digest alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.procedure.applications import Status
from app.services.instants import now
from app.services.trail import record
from app.store import erasing, organisations
from app.store.acting import EVERYTHING, Sight, acting

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from app.store.erasing import Objection

CHAIN = "erasures"
_OVER = frozenset({Status.PAID, Status.REJECTED, Status.REVOKED, Status.WITHDRAWN})


class NoSuchObjection(LookupError):
    """There is none of this id in this mode."""


class StillNeeded(RuntimeError):
    """The application is not over, or not for long enough."""

    def __init__(self, status: str, until: datetime | None) -> None:
        """`until`: when it may be erased, if nothing changes; None: while the application is under way."""
        super().__init__(status)
        self.status = status
        self.until = until


async def erase_objector(engine: AsyncEngine, mode: str, objection: str, *, kept: timedelta, by: str) -> bool:
    """Erase name, contact and text of an objection, in the name of a person; False if they were gone already.

    `kept`: how long after the application's last change they are kept. With the last objector of an application goes
    its salt, so that no digest in its events can be tried out. Raises NoSuchObjection and StillNeeded.
    """
    moment = now()
    async with acting(engine, Sight(mode, EVERYTHING)) as connection:
        found = await _locked(connection, mode, objection)
        if not found.is_named:
            return False
        until = found.last_change + kept
        if found.status not in _OVER:
            raise StillNeeded(found.status, None)
        if moment < until:
            raise StillNeeded(found.status, until)
        unsalted = await erasing.erase(connection, objection, found.application)
        await record(
            connection,
            mode=mode,
            chain=CHAIN,
            kind="objector.erased",
            at=moment,
            actor={"kind": "person", "id": by, "role": "admin", "credential": "cli"},
            data={"objection": objection, "application": found.application, "salt_erased": unsalted},
        )
    return True


async def _locked(connection: AsyncConnection, mode: str, objection: str) -> Objection:
    """Read anew under the locks of every writer."""
    found = await erasing.find(connection, mode, objection)
    if found is None:
        raise NoSuchObjection
    await organisations.lock(connection, mode, found.organisation)
    await erasing.lock(connection, found.application)
    found = await erasing.find(connection, mode, objection)
    if found is None:
        raise NoSuchObjection
    return found
