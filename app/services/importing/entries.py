"""Records of rows: every cell read, every rule of a record kept, every mistake told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.rules.identifiers import item_key
from app.rules.policy import Words
from app.services.importing.cells import is_empty, shown
from app.services.importing.faults import BadRows, CellFault, Fault
from app.services.importing.headings import ImportKind
from app.services.importing.tables import Row, rows_of
from app.services.recording import FUTURE, NO_NAME, ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from app.services.importing.tables import Format

MOST_FAULTS = 10_000
"""A file with more is not looked through any further."""
_EVERY = 1_000
_REQUIRED = Words("必填", "is required")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row, read. `values` has the fields that were given, `headings` where they stood."""

    row: int
    uscc: str
    name: str | None
    values: dict[str, Any]
    headings: dict[str, str]

    def fault(self, field: str, code: str, message: Words) -> Fault:
        """What is wrong with one of its fields."""
        value = self.values.get(field)
        return Fault(self.row, self.headings.get(field, field), shown(value), code, message)


def entries_of(
    place: Path,
    form: Format,
    kind: ImportKind,
    today: date,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Entry]:
    """All entries of a file. Raises BadRows with everything that is wrong. `progress` hears how many rows are read."""
    found: list[Entry] = []
    faults: list[Fault] = []
    try:
        for count, row in enumerate(rows_of(place, form, kind), 1):
            if isinstance(row, Fault):
                faults.append(row)
            else:
                entry = _read(row, faults)
                if entry is not None:
                    faults += _breaches(entry, kind, today)
                    found.append(entry)
            if len(faults) >= MOST_FAULTS:
                break
            if count % _EVERY == 0:
                progress(count)
    except BadRows as unreadable:  # from here on: what was found before is told as well
        faults += unreadable.faults
    if faults:
        raise BadRows(faults[:MOST_FAULTS])
    progress(len(found))
    return found


def _read(row: Row, faults: list[Fault]) -> Entry | None:
    """The entry of a row; None, and its faults added, when a cell is wrong."""
    values: dict[str, Any] = {}
    headings: dict[str, str] = {}
    whole = True
    for column, cell in row.cells:
        name = column.field.name
        headings[name] = column.heading
        if is_empty(cell):
            if column.field.required:
                faults.append(Fault(row.number, column.heading, None, "required", _REQUIRED))
                whole = False
            continue
        try:
            values[name] = column.read(cell)
        except CellFault as fault:
            faults.append(Fault(row.number, column.heading, shown(cell), fault.code, fault.message))
            whole = False
    if not whole:
        return None
    return Entry(row.number, values.pop("uscc"), values.pop("name", None), values, headings)


def _breaches(entry: Entry, kind: ImportKind, today: date) -> Iterator[Fault]:
    """What a record may not be."""
    values = entry.values
    happened = "listed_on" if kind is ImportKind.JOINT_PUNISHMENT else "granted_on"
    if values[happened] > today:
        yield entry.fault(happened, "range", FUTURE)
    if "removed_on" in values and values["removed_on"] < values["listed_on"]:
        yield entry.fault("removed_on", "relation", ORDER)
    if "project" in values and not item_key(values["project"]):
        yield entry.fault("project", "format", NO_NAME)
