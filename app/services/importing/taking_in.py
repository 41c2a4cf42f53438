"""A file of records, taken in whole or not at all, and once however often it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.services.importing.faults import BadRows
from app.services.importing.headings import ImportKind
from app.services.importing.matching import Matching, Recorder, row_of
from app.services.instants import new_id
from app.services.recording import CHAIN
from app.services.trail import record
from app.store import bulk
from app.store.bulk import ImportRow
from app.store.records import FUNDING, PUNISHMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.services.importing.entries import Entry

_AT_ONCE = 5_000
_BOOKS: Mapping[ImportKind, Any] = {ImportKind.JOINT_PUNISHMENT: PUNISHMENT, ImportKind.FUNDING: FUNDING}


class File(NamedTuple):
    """What a file is, whoever sends it."""

    kind: ImportKind
    sha256: str


class Report(NamedTuple):
    """What became of a file."""

    rows: int
    added: int
    superseded: int
    """Of those added, how many stand in place of an earlier record."""
    present: int
    """Rows that were recorded already."""
    repeated: bool
    """Whether the very same file was taken in before; nothing is added then."""


async def take_in(
    connection: AsyncConnection,
    file: File,
    entries: Sequence[Entry],
    recorder: Recorder,
    actor: Mapping[str, str],
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Record all entries in the connection's transaction. `progress` hears how many are written. Raises BadRows."""
    mode = recorder.mode
    await bulk.one_at_a_time(connection, mode)
    before = await bulk.find_import(connection, mode, file.kind, file.sha256)
    if before is not None:
        return Report(len(entries), 0, 0, len(entries), repeated=True)
    organisations = await _organisations(connection, entries, recorder)
    book = _BOOKS[file.kind]
    ids = sorted(set(organisations.values()))
    counting: list[Any] = []
    for start in range(0, len(ids), _AT_ONCE):
        counting += await book.counting_of(connection, mode, ids[start : start + _AT_ONCE])
    matching: Matching[Any] = Matching(counting, recorder)
    for entry in entries:
        matching.add(entry, row_of(file.kind, entry, organisations[entry.uscc], recorder))
    if matching.faults:
        raise BadRows(matching.faults)
    for start in range(0, len(matching.added), _AT_ONCE):
        await book.add_all(connection, matching.added[start : start + _AT_ONCE])
        progress(min(start + _AT_ONCE, len(matching.added)))
    report = Report(len(entries), len(matching.added), matching.superseded, matching.present, repeated=False)
    await _close(connection, file, report, recorder, actor)
    return report


async def _organisations(
    connection: AsyncConnection, entries: Sequence[Entry], recorder: Recorder
) -> dict[str, str]:
    """Code -> the locked organisation that has it, made where nobody has."""
    names: dict[str, str] = {}
    for entry in entries:
        if entry.name is not None:
            names.setdefault(entry.uscc, entry.name)
    codes = sorted({entry.uscc for entry in entries})
    known = await bulk.ids_of_codes(connection, recorder.mode, codes)
    unknown = [code for code in codes if code not in known]
    if unknown:
        made = {code: (new_id("org"), names.get(code, code)) for code in unknown}
        await bulk.make_organisations(connection, recorder.mode, made, recorder.at)
        known = await bulk.ids_of_codes(connection, recorder.mode, codes)
    await bulk.lock_all(connection, recorder.mode, sorted(set(known.values())))
    await bulk.name_organisations(connection, recorder.mode, names, recorder.at)
    return known


async def _close(
    connection: AsyncConnection, file: File, report: Report, recorder: Recorder, actor: Mapping[str, str]
) -> None:
    """Keep that the file was taken in, and say so."""
    row = ImportRow(
        mode=recorder.mode,
        id=new_id("imp"),
        kind=str(file.kind),
        sha256=file.sha256,
        rows=report.rows,
        added=report.added,
        recorded_by=recorder.name,
        recorded_at=recorder.at,
    )
    await bulk.add_import(connection, row)
    await record(
        connection,
        mode=recorder.mode,
        chain=CHAIN,
        kind="records.imported",
        at=recorder.at,
        actor=actor,
        data={
            "import": row.id,
            "kind": row.kind,
            "sha256": row.sha256,
            "rows": report.rows,
            "added": report.added,
            "superseded": report.superseded,
        },
    )
