"""A file that an operator takes in on the command line: one transaction, and nobody's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.importing.matching import Recorder
from app.services.importing.taking_in import take_in
from app.services.instants import now
from app.store.acting import EVERYTHING, Sight, enter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.services.importing.entries import Entry
    from app.services.importing.taking_in import File, Report


async def import_by_hand(
    engine: AsyncEngine,
    file: File,
    entries: Sequence[Entry],
    *,
    mode: str,
    by: str,
    dry_run: bool,
    progress: Callable[[int], None],
) -> Report:
    """Record the entries in the name of a person. `dry_run`: do everything but the write. Raises BadRows."""
    actor = {"kind": "person", "id": by, "role": "review", "credential": "cli"}
    async with engine.connect() as connection:
        transaction = await connection.begin()
        await enter(connection, Sight(mode, EVERYTHING))
        report = await take_in(connection, file, entries, Recorder(mode, by, now()), actor, progress)
        await (transaction.rollback() if dry_run else transaction.commit())
    return report
