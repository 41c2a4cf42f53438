"""A file of organisations with their facts, taken into the register in whole or not at all.

The file is a population as it is decided in bulk; what its rows say is kept as `PUT` would keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.facts import InputError
from app.rules.identifiers import normalise_uscc
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.services.importing.faults import BadRows, Fault
from app.services.instants import day_of, new_id, now
from app.services.organisation_facts import ReadFacts, Stated, Whose, read_facts
from app.services.organisations import CHAIN
from app.services.population.batches import PopulationError, column_of_pointer
from app.services.population.bodies import Bodies
from app.services.population.opening import open_population
from app.services.trail import record
from app.store import bulk, matches, organisation_facts, organisation_register
from app.store.acting import EVERYTHING, Sight, enter
from app.store.bulk import ImportRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path
    from typing import Any

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from app.services.published_policies import PublishedPolicies
    from app.store.organisation_register import OrganisationRow

KIND = "organisations"
MOST_FAULTS = 10_000
"""A file with more is not looked through any further."""
_AT_ONCE = 5_000
_TWICE = Words("该单位在文件中已出现", "is an organisation that the file has already")
_OF_RECORDS = Words("不由登记填写：以本系统的记录为准", "is not for the register to say: the records do")
_MINE = ("history", "other_funding")


class Told(NamedTuple):
    """What the whole file is: the policy that its facts are for, and who says them, of which day and year."""

    policy: str
    year: int
    stated_on: date
    source: str


class Entry(NamedTuple):
    """A row, read."""

    row: int
    whose: Whose
    facts: ReadFacts


class Recorder(NamedTuple):
    mode: str
    name: str
    at: datetime


class Report(NamedTuple):
    """What became of the rows."""

    rows: int
    made: int
    """Organisations that were not on record."""
    changed: int
    """Facts, names or kinds that are new."""
    present: int
    """Rows that say what the register says."""


def read_file(
    place: Path, policies: PublishedPolicies, told: Told, progress: Callable[[int], None] = lambda _: None
) -> list[Entry]:
    """All rows of a file. Raises BadRows with everything that is wrong. `progress` hears how many rows are read."""
    today = day_of(now())
    published = policies.in_force(told.policy, today).for_year(told.year, today)
    entries: list[Entry] = []
    faults: list[Fault] = []
    known: set[str] = set()
    try:
        opened = open_population(place, published.policy, year=told.year, as_of=today, batch_rows=_AT_ONCE)
        bodies = Bodies(published.policy)
        for batch in opened:
            faults += [Fault(*error) for error in batch.errors]
            for number, body in zip(batch.rows.to_list(), bodies.bodies(batch.frame), strict=True):
                entry = _read(number, body, policies, told, today)
                if isinstance(entry, Entry) and entry.whose.uscc not in known:
                    known.add(entry.whose.uscc)
                    entries.append(entry)
                elif isinstance(entry, Entry):
                    faults.append(Fault(number, "applicant.uscc", entry.whose.uscc, "duplicate_id", _TWICE))
                else:
                    faults += entry
            progress(len(entries))
            if len(faults) >= MOST_FAULTS:
                break
    except PopulationError as error:
        faults.append(Fault(0, None, None, "format", error.message))
    if faults:
        raise BadRows(faults[:MOST_FAULTS])
    return entries


def _read(
    number: int, body: dict[str, Any], policies: PublishedPolicies, told: Told, today: date
) -> Entry | list[Fault]:
    applicant = {name: value for name, value in (body.get("applicant") or {}).items() if value is not None}
    errors = [InputError(f"/{name}", "unknown_field", _OF_RECORDS) for name in _MINE if body.get(name)]
    if not any(value is not None for value in (applicant.get("credit") or {}).values()):
        applicant.pop("credit", None)
    kind = applicant.pop("kind", None)
    owner = Whose(normalise_uscc(applicant.pop("uscc")), applicant.pop("name"), kind)
    stated = Stated(told.policy, told.year, told.stated_on, told.source, applicant, body.get("facts"))
    try:
        facts = read_facts(policies, owner, stated, today)
    except InputErrors as refused:
        errors += refused.errors
    if errors:
        return [
            Fault(number, column_of_pointer(error.pointer), None, error.code, error.message)
            for error in errors
        ]
    return Entry(number, owner, facts)


async def import_file(
    engine: AsyncEngine,
    sha256: str,
    entries: Sequence[Entry],
    *,
    mode: str,
    by: str,
    dry_run: bool,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Enter all rows in one transaction, in the name of a person. `dry_run`: do everything but the write.

    Raises BadRows for two rows of one organisation, which may have had several codes.
    """
    recorder = Recorder(mode, by, now())
    async with engine.connect() as connection:
        transaction = await connection.begin()
        await enter(connection, Sight(mode, EVERYTHING))
        report = await _take_in(connection, sha256, entries, recorder, progress)
        await (transaction.rollback() if dry_run else transaction.commit())
    return report


async def _take_in(
    connection: AsyncConnection,
    sha256: str,
    entries: Sequence[Entry],
    recorder: Recorder,
    progress: Callable[[int], None],
) -> Report:
    mode = recorder.mode
    await bulk.one_at_a_time(connection, mode)
    ids, made = await _organisations(connection, entries, recorder)
    _check_each_once(entries, ids)
    changed = 0
    for part in _parts(entries):
        changed += await _write(connection, part, ids, made, recorder)
        progress(part[-1].row)
    report = Report(len(entries), len(made), changed, len(entries) - len(made) - changed)
    await _close(connection, sha256, report, recorder)
    return report


async def _organisations(
    connection: AsyncConnection, entries: Sequence[Entry], recorder: Recorder
) -> tuple[dict[str, str], set[str]]:
    """Code -> the locked organisation that has it; and the ids of those that were made."""
    named = {entry.whose.uscc: entry.whose.name for entry in entries}
    known = await bulk.ids_of_codes(connection, recorder.mode, sorted(named))
    new = {code: (new_id("org"), name) for code, name in named.items() if code not in known}
    if new:
        await bulk.make_organisations(connection, recorder.mode, new, recorder.at)
        known = await bulk.ids_of_codes(connection, recorder.mode, sorted(named))
    await bulk.lock_all(connection, recorder.mode, sorted(set(known.values())))
    return known, {one for one, _ in new.values()} & set(known.values())


def _check_each_once(entries: Iterable[Entry], ids: dict[str, str]) -> None:
    seen: set[str] = set()
    faults = []
    for entry in entries:
        organisation = ids[entry.whose.uscc]
        if organisation in seen:
            faults.append(Fault(entry.row, "applicant.uscc", entry.whose.uscc, "duplicate_id", _TWICE))
        seen.add(organisation)
    if faults:
        raise BadRows(faults[:MOST_FAULTS])


async def _write(
    connection: AsyncConnection,
    part: Sequence[Entry],
    ids: dict[str, str],
    made: set[str],
    recorder: Recorder,
) -> int:
    """Write what is new of some rows; of how many organisations that were there already."""
    mode, at = recorder.mode, recorder.at
    wanted = [ids[entry.whose.uscc] for entry in part]
    registered = await organisation_register.find_all(connection, mode, wanted)
    policy = part[0].facts.policy
    before = {
        row.organisation: row
        for row in await organisation_facts.of_organisations(connection, mode, wanted, policy)
    }
    touched: list[str] = []
    rows = []
    for entry in part:
        organisation = ids[entry.whose.uscc]
        old = before.get(organisation)
        if old is None or not entry.facts.same_as(old):
            rows.append(entry.facts.row(mode, organisation, by=recorder.name, at=at))
            touched.append(organisation)
        if _differs(registered[organisation], entry.whose):
            kind = entry.whose.kind or registered[organisation].kind
            await organisation_register.rename(
                connection, organisation, name=entry.whose.name, kind=kind, at=at
            )
            touched.append(organisation)
    await organisation_facts.put(connection, rows)
    changed = set(touched)
    await organisation_register.touch_all(connection, sorted(changed), at)
    await matches.mark(connection, mode, sorted(changed), KIND, at)
    return len(changed - made)


def _differs(row: OrganisationRow, given: Whose) -> bool:
    return row.name != given.name or (given.kind is not None and row.kind != given.kind)


async def _close(connection: AsyncConnection, sha256: str, report: Report, recorder: Recorder) -> None:
    """Keep that the file was taken in, and say so. The same file again is held against the register again."""
    row = ImportRow(
        mode=recorder.mode,
        id=new_id("imp"),
        kind=KIND,
        sha256=sha256,
        rows=report.rows,
        added=report.made + report.changed,
        recorded_by=recorder.name,
        recorded_at=recorder.at,
    )
    if await bulk.find_import(connection, recorder.mode, KIND, sha256) is None:
        await bulk.add_import(connection, row)
    await record(
        connection,
        mode=recorder.mode,
        chain=CHAIN,
        kind="organisations.imported",
        at=recorder.at,
        actor={"kind": "person", "id": recorder.name, "role": "review", "credential": "cli"},
        data={"sha256": sha256, **report._asdict()},
    )


def _parts(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), _AT_ONCE):
        yield entries[start : start + _AT_ONCE]
