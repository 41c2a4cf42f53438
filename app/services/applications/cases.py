"""A case: an application with all that hangs on it, locked, changed once, and its event written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.rules.procedure.applications import Action, Position, Status, allowed_actions
from app.rules.procedure.claiming import places_of
from app.rules.procedure.ledger import WITHOUT_MONEY, AwardState
from app.services.applications.hindrances import hindrance
from app.services.refusals import NotAllowedNow, NotFound
from app.services.trail import START, chained
from app.store import applications, awards, ledger, organisations, proceedings
from app.store import cases as store_cases
from app.store.cases import AwardChanges
from app.store.events import Head, append
from app.store.ledger import Occasion

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from app.rules.procedure.claiming import Use
    from app.rules.procedure.ledger import Posting
    from app.services.office import Practice, Work
    from app.store.applications import ApplicationRow
    from app.store.awards import AwardRow
    from app.store.documents import DocumentRow
    from app.store.idempotency import Claim
    from app.store.proceedings import ObjectionRow, PaymentRow


@dataclass(frozen=True, slots=True)
class Case:
    """An application as one transaction sees it."""

    row: ApplicationRow
    awards: tuple[AwardRow, ...] = ()
    objections: tuple[ObjectionRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    documents: tuple[DocumentRow, ...] | None = None
    """None: not read with it."""
    basis: Mapping[str, Any] | None = None
    """The records that bear on the claims and projects of the row, where they were read with it."""

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
            partly_paid=self.partly_paid,
        )

    @property
    def partly_paid(self) -> bool:
        """Whether a payment arrived and an instalment, or another payee, is left."""
        paid = any(one.state == "confirmed" for one in self.payments)
        return paid and self.row.status == Status.GRANTED


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
    return await _with_proceedings(work, Case(row, await awards.of_application(connection, row.id)))


async def _with_proceedings(work: Work, case: Case) -> Case:
    row = case.row
    if not row.approved_by:  # nobody objects to, or pays, what was never approved
        return case
    return replace(
        case,
        objections=await proceedings.objections(work.connection, row.id),
        payments=await proceedings.payments(work.connection, row.id),
    )


def opener(
    application: str, *, assesses: bool = False
) -> Callable[[Work, Claim | None], Awaitable[tuple[bool, Case | None]]]:
    """What an order on an application begins with: found, key taken, locked and read in one round trip.

    `assesses`: the records that bear on it, too.
    """

    async def open_case(work: Work, claim: Claim | None) -> tuple[bool, Case | None]:
        day = work.day if assesses else None
        [row] = await work.send(store_cases.opening(work.mode, application, claim, work.now, basis_of=day))
        if row is None or row[0] is None:
            raise NotFound
        opened = store_cases.opened(row[0])
        if opened is None:
            return False, None
        case = Case(opened.row, opened.awards, documents=opened.documents, basis=opened.basis)
        return True, await _with_proceedings(work, case)

    return open_case


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
    before = case.row
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
    await applications.save_rest(work.connection, row, before)
    wanted = case.awards if change.awards is None else change.awards
    await work.write(store_cases.changing(row, _award_changes(case.awards, wanted, work), event))
    await _write_ledger(work, case, change, event.id)
    return replace(case, row=row, awards=wanted)


def _award_changes(before: tuple[AwardRow, ...], wanted: tuple[AwardRow, ...], work: Work) -> AwardChanges:
    old = {award.id: award for award in before}
    kept = {award.id for award in wanted}
    return AwardChanges(
        gone=[one for one in old if one not in kept],
        changed=[
            replace(award, updated_at=work.now)
            for award in wanted
            if award.id in old and award != old[award.id]
        ],
        new=[award for award in wanted if award.id not in old],
    )


async def _write_ledger(work: Work, case: Case, change: Change, event: str) -> None:
    if not (change.postings or change.claims or change.uses or change.unclaim):
        return
    await work.send()  # claims and postings name awards that must be there
    connection, row = work.connection, case.row
    by_id = {award.id: award for award in (case.awards if change.awards is None else change.awards)}
    amounts = {one.award: one.used for one in change.postings if one.used > 0}
    used = [(use, _taken(use.limit_key, by_id[award], amounts[award])) for award, use in change.uses]
    await ledger.use(connection, row.mode, row.organisation, used)
    freed = [
        (key, -one.used)
        for one in change.postings
        if one.used < 0
        for key in by_id[one.award].limit_keys
        if places_of(key, 0) is None
    ]
    freed += _places_given_back(case, change)
    await ledger.free(connection, row.mode, freed)
    taken = [(key, award) for award, keys in change.claims for key in keys]
    await ledger.claim(connection, row.mode, row.organisation, taken, work.now)
    await ledger.unclaim(connection, row.mode, change.unclaim)
    occasion = Occasion(row.mode, row.id, row.platform, change.kind, event, work.now)
    await ledger.post(connection, occasion, change.postings)


def _taken(limit_key: str, award: AwardRow, amount: int) -> int:
    """What an award takes of a limit: places, or its amount in fen."""
    places = places_of(limit_key, len(award.items))
    return amount if places is None else places


def _places_given_back(case: Case, change: Change) -> list[tuple[str, int]]:
    """An award gives its places back with its claims, once: while it held money until now."""
    gone = set(change.unclaim)
    return [
        (key, places)
        for award in case.awards
        if award.id in gone and award.state not in WITHOUT_MONEY
        for key in award.limit_keys
        if (places := places_of(key, len(award.items))) is not None
    ]
