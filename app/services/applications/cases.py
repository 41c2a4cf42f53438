"""A case: an application with all that hangs on it, locked, changed once, and its event written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.rules.procedure.applications import Action, Position, Status, allowed_actions
from app.rules.procedure.ledger import AwardState
from app.services.applications.hindrances import hindrance
from app.services.refusals import NotAllowedNow, NotFound
from app.services.trail import START, chained
from app.store import applications, awards, ledger, organisations, proceedings
from app.store.events import Head, append
from app.store.ledger import Occasion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.procedure.claiming import Use
    from app.rules.procedure.ledger import Posting
    from app.services.office import Practice, Work
    from app.store.applications import ApplicationRow
    from app.store.awards import AwardRow
    from app.store.proceedings import ObjectionRow, PaymentRow


@dataclass(frozen=True, slots=True)
class Case:
    """An application as one transaction sees it."""

    row: ApplicationRow
    awards: tuple[AwardRow, ...] = ()
    objections: tuple[ObjectionRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()

    @property
    def version(self) -> int:
        return self.row.version

    def position(self, practice: Practice) -> Position:
        """What decides which actions are open."""
        return Position(
            status=Status(self.row.status),
            on_hold=self.row.on_hold is not None,
            times_returned=self.row.times_returned,
            may_return=practice.may_return,
            open_objections=sum(1 for one in self.objections if one.outcome is None),
            open_debts=sum(1 for one in self.awards if one.state == AwardState.OWED),
            clawed_back=any(one.clawed_back for one in self.awards),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """All that one action changes; written together."""

    row: ApplicationRow
    """With its new values; version, head of the chain and `updated_at` follow by themselves."""
    kind: str
    """The event's type, e.g. application.accepted."""
    actor: Mapping[str, str]
    data: Mapping[str, Any] = field(default_factory=dict)
    """JSON values without personal data."""
    awards: tuple[AwardRow, ...] | None = None
    """All awards, as they are to be; None: unchanged."""
    postings: tuple[Posting, ...] = ()
    """What moves in the ledger; uses of caps follow by themselves."""
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Award, claims to take."""
    uses: tuple[tuple[str, Use], ...] = ()
    """Award, caps that its amount counts against from now on."""
    unclaim: tuple[str, ...] = ()
    """Awards whose claims are given back."""


async def find(work: Work, application: str) -> Case:
    """The application, not locked. Raises NotFound, also where another platform's."""
    row = await applications.find(work.connection, work.mode, application)
    if row is None:
        raise NotFound
    return Case(row)


async def load(work: Work, row: ApplicationRow) -> Case:
    """The application with all that hangs on it."""
    connection = work.connection
    if not row.submitted_at:
        return Case(row)
    found = await awards.of_application(connection, row.id)
    if not row.approved_by:  # nobody objects to, or pays, what was never approved
        return Case(row, found)
    return Case(
        row,
        found,
        await proceedings.objections(connection, row.id),
        await proceedings.payments(connection, row.id),
    )


async def lock(work: Work, case: Case) -> Case:
    """Locks organisation, then application, in the order of every writer, and reads them anew."""
    await organisations.lock(work.connection, work.mode, case.row.organisation)
    row = await applications.find(work.connection, work.mode, case.row.id, lock=True)
    if row is None:
        raise NotFound
    if row.organisation != case.row.organisation:  # merged meanwhile: its survivor must be locked as well
        await organisations.lock(work.connection, work.mode, row.organisation)
    return await load(work, row)


def must_allow(work: Work, case: Case, action: Action) -> None:
    """Raises NotAllowedNow, with what the caller may do instead, or what it is that stands in the way."""
    position = case.position(work.office.practice)
    if action not in allowed_actions(position):
        told = hindrance(case, action)
        raise told or NotAllowedNow(case.row.status, allowed_actions(position, work.caller.scopes))


async def begin(work: Work, row: ApplicationRow, actor: Mapping[str, str], data: Mapping[str, Any]) -> Case:
    """A new application with the first event of its chain."""
    event = chained(
        START,
        mode=row.mode,
        chain=row.id,
        kind="application.created",
        at=work.now,
        actor=actor,
        data=data,
        application=row.id,
        platform=row.platform,
        target=row.status,
    )
    row = replace(row, version=1, event_seq=event.seq, event_hash=event.hash)
    await applications.add(work.connection, row)
    await append(work.connection, event)
    return Case(row)


async def write(work: Work, case: Case, change: Change) -> Case:
    """Write a change and its event. The database has the last word on claims, caps and cover."""
    connection, before = work.connection, case.row
    event = chained(
        Head(before.event_seq, before.event_hash),
        mode=before.mode,
        chain=before.id,
        kind=change.kind,
        at=work.now,
        actor=change.actor,
        data=change.data,
        application=before.id,
        platform=before.platform,
        origin=before.status,
        target=change.row.status,
    )
    row = replace(
        change.row,
        version=before.version + 1,
        event_seq=event.seq,
        event_hash=event.hash,
        updated_at=work.now,
        test_time=work.clock if work.clock != work.now else before.test_time,
    )
    await applications.save(connection, row, before)
    if change.awards is not None:
        await _write_awards(work, case, change.awards)
    await _write_ledger(work, case, change, event.id)
    await append(connection, event)
    return replace(case, row=row, awards=case.awards if change.awards is None else change.awards)


async def _write_awards(work: Work, case: Case, wanted: tuple[AwardRow, ...]) -> None:
    old = {award.id: award for award in case.awards}
    kept = {award.id for award in wanted}
    await awards.remove(work.connection, [one for one in old if one not in kept])
    for award in wanted:
        if award.id in old and award != old[award.id]:
            await awards.save(work.connection, replace(award, updated_at=work.now))
    await awards.add(work.connection, [award for award in wanted if award.id not in old])


async def _write_ledger(work: Work, case: Case, change: Change, event: str) -> None:
    connection, row = work.connection, case.row
    by_id = {award.id: award for award in (case.awards if change.awards is None else change.awards)}
    amounts = {one.award: one.used for one in change.postings if one.used > 0}
    await ledger.use(
        connection, row.mode, row.organisation, [(use, amounts[award]) for award, use in change.uses]
    )
    freed = [
        (key, -one.used) for one in change.postings if one.used < 0 for key in by_id[one.award].limit_keys
    ]
    await ledger.free(connection, row.mode, freed)
    taken = [(key, award) for award, keys in change.claims for key in keys]
    await ledger.claim(connection, row.mode, row.organisation, taken, work.now)
    await ledger.unclaim(connection, row.mode, change.unclaim)
    occasion = Occasion(row.mode, row.id, row.platform, change.kind, event, work.now)
    await ledger.post(connection, occasion, change.postings)
