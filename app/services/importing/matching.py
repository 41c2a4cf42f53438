"""What an entry is to the records that are there: new, known already, or in place of an earlier one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from app.rules.identifiers import item_key
from app.rules.policy import Words
from app.services.importing.headings import ImportKind
from app.services.instants import new_id
from app.store.records import FundingRow, PunishmentRow, Row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from app.services.importing.entries import Entry
    from app.services.importing.faults import Fault

_UNKNOWN = Words(
    "该单位没有这条记录，或已被取代", "is no record of this organisation, or was replaced already"
)
_NOTHING_VOID = Words(
    "没有与此行相同的记录可作废；也可用 supersedes 指明",
    "there is no record like this row to declare void; `supersedes` can name one",
)


class Recorder(NamedTuple):
    """Who records, for whom, when."""

    mode: str
    name: str
    at: datetime


class Matching(Generic[Row]):
    """Goes over the entries of one file, in order, beside the records that count."""

    def __init__(self, counting: Iterable[Row], recorder: Recorder) -> None:
        self._recorder = recorder
        self._by_id: dict[str, Row] = {}
        self._by_key: dict[tuple[object, ...], Row] = {}
        self.added: list[Row] = []
        self.present = 0
        """Entries that are recorded already."""
        self.faults: list[Fault] = []
        for row in sorted(counting, key=lambda one: one.id):
            self._take(row)

    @property
    def superseded(self) -> int:
        """How many of those added stand in place of an earlier one."""
        return sum(row.supersedes is not None for row in self.added)

    def add(self, entry: Entry, row: Row) -> None:
        """Take an entry, as the row that it would be."""
        named = entry.values.get("supersedes")
        like = self._by_key.get(_key(row))
        if named is not None:
            before = self._by_id.get(named)
            if before is None or before.organisation != row.organisation:
                self.faults.append(entry.fault("supersedes", "choice", _UNKNOWN))
                return
        elif row.void and like is None:
            self.faults.append(entry.fault("void", "relation", _NOTHING_VOID))
            return
        elif like is not None and not row.void and _same(like, row):
            self.present += 1
            return
        else:
            before = like
        if before is not None:
            self._by_id.pop(before.id, None)
            self._by_key.pop(_key(before), None)
            row = replace(row, supersedes=before.id)
        self.added.append(row)
        if not row.void:
            self._take(row)

    def _take(self, row: Row) -> None:
        self._by_id[row.id] = row
        self._by_key[_key(row)] = row


def row_of(kind: ImportKind, entry: Entry, organisation: str, recorder: Recorder) -> Any:  # noqa: ANN401 - a row of the kind
    """The record that an entry would be."""
    values: dict[str, Any] = {
        "mode": recorder.mode,
        "organisation": organisation,
        "uscc": entry.uscc,
        "supersedes": None,
        "void": False,
        "recorded_by": recorder.name,
        "recorded_at": recorder.at,
    } | entry.values
    if kind is ImportKind.JOINT_PUNISHMENT:
        return PunishmentRow(**{"id": new_id("jpr"), "removed_on": None, "reference": None} | values)
    project = values.get("project")
    key = None if project is None else item_key(project)
    return FundingRow(**{"id": new_id("fnd"), "project": None, "measure": None, "project_key": key} | values)


def _key(row: PunishmentRow | FundingRow) -> tuple[object, ...]:
    """What makes two entries speak of the same listing, or the same money."""
    if isinstance(row, PunishmentRow):
        return (row.organisation, row.list, row.listed_on, row.source, row.reference)
    return (
        row.organisation,
        row.source,
        row.project_key,
        row.measure,
        row.amount,
        row.granted_on,
        row.reference,
    )


def _same(one: PunishmentRow | FundingRow, other: PunishmentRow | FundingRow) -> bool:
    """Whether nothing is new; a listing may have ended since."""
    if isinstance(one, PunishmentRow) and isinstance(other, PunishmentRow):
        return one.removed_on == other.removed_on
    return True
