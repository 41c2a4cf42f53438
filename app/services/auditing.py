"""Verify the whole trail: every chain against its head, every assessment against what the trail says of it."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from app.rules.procedure.chaining import verify
from app.services.applications.assessing import hash_of_basis
from app.services.trail import public_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.store.auditing import AuditedAssessment, AuditedDatabase, AuditedEvent


class Break(NamedTuple):
    """Where the trail does not hold."""

    mode: str
    chain: str
    seq: int | None
    what: str
    """altered, removed, reordered, head, orphan, platform; assessment-altered, assessment-removed,
    assessment-untold."""


@dataclass(frozen=True, slots=True)
class Audit:
    """How much was read, and how much of it does not hold."""

    chains: int
    events: int
    assessments: int
    breaks: int

    @property
    def valid(self) -> bool:
        return self.breaks == 0


def audit(database: AuditedDatabase, found: Callable[[Break], None], advance: Callable[[int], None]) -> Audit:
    """Read everything once. `found` is told of the first break of each chain, `advance` of rows that are done."""
    counts = {"chains": 0, "events": 0, "assessments": 0, "breaks": 0}

    def tell(broken: Break | None) -> None:
        if broken is not None:
            counts["breaks"] += 1
            found(broken)

    def counted(kind: str, step: int = 1) -> None:
        counts[kind] += step
        if kind != "chains":
            advance(step)

    for _, rows in itertools.groupby(database.events(), key=lambda row: (row.event.mode, row.event.chain)):
        counted("chains")
        tell(_check_chain(_counting(rows, counted)))
    for empty in database.empty_chains():
        counted("chains")
        tell(Break(empty.mode, empty.chain, 1, "removed"))
    for one in database.assessments():
        counted("assessments")
        tell(_check_assessment(one))
    return Audit(**counts)


def _counting(rows: Iterator[AuditedEvent], counted: Callable[[str], None]) -> Iterator[AuditedEvent]:
    for row in rows:
        counted("events")
        yield row


def _check_chain(rows: Iterator[AuditedEvent]) -> Break | None:
    """The first break of one chain. Reads it to its end, so that all is counted."""
    first = next(rows)
    mode, chain = first.event.mode, first.event.chain
    stray: list[int] = []

    head_seq, head_hash = first.head_seq, first.head_hash
    if head_seq is None or head_hash is None:
        _drain(rows)
        return Break(mode, chain, first.event.seq, "orphan")
    report = verify((_form(row, stray) for row in itertools.chain((first,), rows)), head_seq, head_hash)
    _drain(rows)
    if report.first_break is not None:
        return Break(mode, chain, report.first_break["seq"], report.first_break["what"])
    return Break(mode, chain, stray[0], "platform") if stray else None


def _drain(rows: Iterator[AuditedEvent]) -> None:
    for _ in rows:
        pass


def _form(row: AuditedEvent, stray: list[int]) -> dict[str, object]:
    """The event as it was hashed; whose it is, which is not hashed, is held against the application's row."""
    event = row.event
    if event.platform != row.owner or (event.application is not None and event.application != event.chain):
        stray.append(event.seq)
    return public_form(event)


def _check_assessment(one: AuditedAssessment) -> Break | None:
    seq = int(one.n) if one.n.isdigit() else None
    if one.result is None:
        return Break(one.mode, one.application, seq, "assessment-removed")
    if one.result_hash != f"sha256:{hashlib.sha256(one.result.encode()).hexdigest()}":
        return Break(one.mode, one.application, seq, "assessment-altered")
    if one.told is None:
        return Break(one.mode, one.application, seq, "assessment-untold")
    basis = hash_of_basis(one.request or "", one.records or {})
    if (one.told, one.told_basis) != (one.result_hash, basis):
        return Break(one.mode, one.application, seq, "assessment-altered")
    return None
