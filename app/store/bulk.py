"""Many organisations and records at once, in few statements. Row security rules out COPY, so rows go in as arrays."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, text

from app.store.tables.organisations import organisations as _organisations
from app.store.tables.records import imports as _imports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_AT_ONCE = 5_000

_MAKE = text(
    "INSERT INTO organisations (mode, id, name, created_at, updated_at)"
    " SELECT :mode, u.id, u.name, :at, :at FROM unnest(CAST(:ids AS text[]), CAST(:names AS text[])) AS u (id, name)"
)
_GIVE_CODES = text(
    "INSERT INTO organisation_codes (mode, uscc, organisation, created_at)"
    " SELECT :mode, u.code, u.id, :at FROM unnest(CAST(:codes AS text[]), CAST(:ids AS text[])) AS u (code, id)"
    " ON CONFLICT DO NOTHING RETURNING uscc"
)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A file that was taken in."""

    mode: str
    id: str
    kind: str
    sha256: str
    rows: int
    added: int
    recorded_by: str
    recorded_at: datetime


async def one_at_a_time(connection: AsyncConnection, mode: str) -> None:
    """Imports of a mode take turns: each waits here until the one before has ended."""
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"duixian import {mode}"))))


async def find_import(connection: AsyncConnection, mode: str, kind: str, sha256: str) -> ImportRow | None:
    """The earlier import of the same file."""
    found = await connection.execute(
        select(_imports).where(_imports.c.mode == mode, _imports.c.kind == kind, _imports.c.sha256 == sha256)
    )
    row = found.mappings().first()
    return None if row is None else ImportRow(**row)


async def add_import(connection: AsyncConnection, row: ImportRow) -> None:
    await connection.execute(insert(_imports), asdict(row))


async def ids_of_codes(connection: AsyncConnection, mode: str, codes: Sequence[str]) -> dict[str, str]:
    """Code -> the id of the organisation that has it, of those that are known."""
    found: dict[str, str] = {}
    for part in _parts(codes):
        rows = await connection.execute(
            text(
                "SELECT uscc, organisation FROM organisation_codes"
                " WHERE mode = :mode AND uscc = ANY (CAST(:codes AS text[]))"
            ),
            {"mode": mode, "codes": part},
        )
        found.update((row.uscc, row.organisation) for row in rows)
    return found


async def make_organisations(
    connection: AsyncConnection, mode: str, named: Mapping[str, tuple[str, str]], at: datetime
) -> None:
    """Make organisations: code -> (new id, name). A code that somebody else was first with keeps its organisation."""
    for part in _parts(sorted(named, key=lambda code: named[code][0])):
        values = {
            "mode": mode,
            "codes": part,
            "ids": [named[code][0] for code in part],
            "names": [named[code][1] for code in part],
            "at": at,
        }
        await connection.execute(_MAKE, values)
        kept = set(await connection.scalars(_GIVE_CODES, values))
        lost = [named[code][0] for code in part if code not in kept]
        if lost:
            await connection.execute(delete(_organisations).where(_organisations.c.id.in_(lost)))


async def name_organisations(
    connection: AsyncConnection, mode: str, names: Mapping[str, str], at: datetime
) -> None:
    """Code -> name, for locked organisations that were known by their code alone."""
    for part in _parts(sorted(names)):
        await connection.execute(
            text(
                "UPDATE organisations o SET name = n.name, updated_at = :at"
                " FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[])) AS n (code, name)"
                " JOIN organisation_codes c ON c.mode = :mode AND c.uscc = n.code"
                " WHERE o.id = c.organisation AND o.name = n.code"
            ),
            {"mode": mode, "codes": part, "names": [names[code] for code in part], "at": at},
        )


async def lock_all(connection: AsyncConnection, mode: str, organisations: Sequence[str]) -> None:
    """Lock organisations in order of id."""
    for part in _parts(sorted(organisations)):
        await connection.execute(
            text("SELECT count(lock_organisation(:mode, u.id)) FROM unnest(CAST(:ids AS text[])) AS u (id)"),
            {"mode": mode, "ids": part},
        )


def _parts(values: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield list(values[start : start + _AT_ONCE])
