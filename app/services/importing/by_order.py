"""A file of records that an officer sends: read in a thread, written in the order's transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from app.rules.input.mistakes import MOST_ERRORS
from app.rules.policy import Words
from app.rules.procedure.callers import Scope
from app.services.importing.entries import entries_of
from app.services.importing.faults import BadRows
from app.services.importing.headings import ImportKind
from app.services.importing.matching import Recorder
from app.services.importing.taking_in import File, take_in
from app.services.orders import Answer, Plan, unlocked
from app.services.refusals import NotFound, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.importing.entries import Entry
    from app.services.importing.tables import Format
    from app.services.office import Work


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it arrived, in a temporary place."""

    place: Path
    form: Format
    sha256: str

    def fingerprint(self) -> bytes:
        """What stands for the body when requests are compared: a file counts by its SHA-256."""
        return orjson.dumps({"sha256": self.sha256, "format": str(self.form)})


def import_plan(kind_name: str, file: SentFile | None) -> Plan[ImportKind, list[Entry]]:
    """The order that takes the file in. `file` is None where the body was refused before it was read."""

    async def find(_work: Work) -> ImportKind:
        try:
            return ImportKind(kind_name)
        except ValueError:
            raise NotFound from None

    async def read(work: Work, kind: ImportKind, _body: object) -> list[Entry]:
        assert file is not None
        try:
            return await asyncio.to_thread(entries_of, file.place, file.form, kind, work.day)
        except BadRows as bad:
            raise _refusal(bad) from None

    async def act(work: Work, kind: ImportKind, entries: list[Entry]) -> Answer:
        assert file is not None
        recorder = Recorder(work.mode, work.caller.name, work.now)
        actor = work.caller.actor(Scope.REVIEW)
        try:
            report = await take_in(work.connection, File(kind, file.sha256), entries, recorder, actor)
        except BadRows as bad:
            raise _refusal(bad) from None
        told: dict[str, Any] = {"kind": str(kind), "sha256": file.sha256, **report._asdict(), "errors": []}
        return Answer(200, told)

    return Plan(find=find, lock=unlocked, read=read, act=act)


def _refusal(bad: BadRows) -> Refusal:
    count = len(bad.faults)
    return Refusal(
        Words(
            f"文件有 {count} 处错误，未导入任何内容",
            f"The file has {count} mistake{'s' if count > 1 else ''}, and nothing of it was taken in",
        ),
        kind="invalid-request",
        errors=[{"pointer": "", **fault.told()} for fault in bad.faults[:MOST_ERRORS]],
        mistakes=count,
    )
