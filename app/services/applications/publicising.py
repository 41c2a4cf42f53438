"""The public notice: its days, the objections that it brings, and the grant after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.rules.procedure.applications import Action, Status
from app.rules.procedure.callers import Scope
from app.rules.procedure.ledger import Account, AwardState, Posting
from app.schemas.proceedings import NewObjection, Publication, Resolution
from app.services.applications import cases
from app.services.applications.acting import Act, NoFields
from app.services.applications.cases import Case, Change
from app.services.applications.naming import named_awards, wrong
from app.services.applications.releasing import released, releases
from app.services.applications.separation import joined, must_not_have_accepted, must_not_have_approved
from app.services.instants import new_id
from app.services.refusals import Refusal
from app.services.salting import new_salt, salted
from app.services.working_days import add_working_days
from app.store import proceedings
from app.store.proceedings import ObjectionRow

if TYPE_CHECKING:
    from app.services.office import Work
    from app.store.applications import ApplicationRow


async def _publicise(work: Work, case: Case, given: Publication) -> Case:
    fewest = work.office.practice.public_days
    days = given.days if given.days is not None else fewest
    if days < fewest:
        raise wrong("/days", "range", f"至少 {fewest} 个工作日", f"is at least {fewest} working days")
    first, last = work.day + timedelta(days=1), add_working_days(work.day, days)
    change = Change(
        row=replace(
            case.row,
            status=Status.PUBLICISED,
            public_days=days,
            public_from=first,
            public_last_day=last,
        ),
        kind="application.publicised",
        actor=work.caller.actor(Scope.REVIEW),
        data={"days": days, "from": first.isoformat(), "last_day": last.isoformat()},
    )
    return await cases.write(work, case, change)


async def _object(work: Work, case: Case, given: NewObjection) -> Case:
    row = case.row
    _check_received(work, row, given)
    against = None
    if given.awards is not None:
        pointers = [(f"/awards/{place}", name) for place, name in enumerate(given.awards)]
        against = tuple(award.id for award in named_awards(case, pointers, (AwardState.RESERVED,)))
    objector = {"by": given.by, "contact": given.contact, "text": given.text}
    objection = ObjectionRow(
        mode=row.mode,
        id=new_id("obj"),
        application=row.id,
        platform=row.platform,
        objector=objector,
        received_on=given.received_on,
        awards=against,
        outcome=None,
        reason=None,
        recorded_by=work.caller.name,
        resolved_by=None,
        recorded_at=work.now,
        resolved_at=None,
    )
    await proceedings.put_objection(work.connection, objection, new=True)
    salt = row.salt or new_salt()
    change = Change(
        row=replace(row, salt=salt),
        kind="application.objection_recorded",
        actor=work.caller.actor(Scope.REVIEW),
        data={
            "objection": objection.id,
            "received_on": given.received_on.isoformat(),
            "awards": None if against is None else list(against),
            "objector": salted(salt, objector),
        },
    )
    written = await cases.write(work, case, change)
    return replace(written, objections=(*case.objections, objection))


def _check_received(work: Work, row: ApplicationRow, given: NewObjection) -> None:
    """On a day of the notice that has come. Raises `outside-window`."""
    assert row.public_from is not None
    assert row.public_last_day is not None
    if row.public_from <= given.received_on <= min(row.public_last_day, work.day):
        return
    first, last = row.public_from.isoformat(), row.public_last_day.isoformat()
    raise Refusal(
        Words(
            f"异议须在公示期 {first} 至 {last} 内收到，且不晚于今日",
            f"An objection is one that was received from {first} to {last}, and not later than today",
        ),
        kind="outside-window",
        window={"from": first, "to": last},
    )


async def _resolve(work: Work, case: Case, given: Resolution) -> Case:
    must_not_have_accepted(work, case.row)
    objection = _open_objection(case, given.objection)
    ended = _ended(case, objection, given)
    resolved = replace(
        objection,
        outcome=given.outcome,
        reason=given.reason,
        resolved_by=work.caller.name,
        resolved_at=work.now,
    )
    await proceedings.put_objection(work.connection, resolved, new=False)
    awards = released(case, ended)
    left = any(award.state == AwardState.RESERVED for award in awards)
    row = replace(case.row, resolved_by=joined(case.row.resolved_by, work.caller.name))
    if not left:
        row = replace(row, status=Status.REJECTED, on_hold=None)
    change = Change(
        row=row,
        kind="application.objection_resolved",
        actor=work.caller.actor(Scope.REVIEW),
        data={
            "objection": objection.id,
            "outcome": given.outcome,
            "reason": given.reason,
            "awards": list(ended),
        },
        awards=awards,
        postings=releases(case, ended),
        unclaim=ended,
    )
    written = await cases.write(work, case, change)
    return replace(
        written, objections=tuple(resolved if one.id == resolved.id else one for one in case.objections)
    )


def _open_objection(case: Case, name: str) -> ObjectionRow:
    found = next((one for one in case.objections if one.id == name), None)
    if found is None:
        raise wrong("/objection", "choice", "不是本申请的异议", "is no objection to this application")
    if found.outcome is not None:
        raise Refusal(
            Words("该异议已处理", "The objection is resolved already"),
            kind="conflict",
            objection=name,
            outcome=found.outcome,
        )
    return found


def _ended(case: Case, objection: ObjectionRow, given: Resolution) -> tuple[str, ...]:
    """The awards that end; those of the objection that ended before are left out."""
    if given.outcome == "dismissed":
        if given.awards is not None:
            raise wrong(
                "/awards", "unknown_field", "异议不成立时不列出奖励", "no award ends when it is dismissed"
            )
        return ()
    if given.awards is not None:
        pointers = [(f"/awards/{place}", name) for place, name in enumerate(given.awards)]
        return tuple(award.id for award in named_awards(case, pointers, (AwardState.RESERVED,)))
    return tuple(
        award.id
        for award in case.awards
        if award.state == AwardState.RESERVED and (objection.awards is None or award.id in objection.awards)
    )


async def _grant(work: Work, case: Case, _given: NoFields) -> Case:
    row = case.row
    must_not_have_approved(work, row)
    assert row.public_last_day is not None
    if work.day <= row.public_last_day:
        last = row.public_last_day.isoformat()
        raise Refusal(
            Words(f"公示至 {last} 结束", f"The public notice runs to the end of {last}"),
            kind="public-notice-open",
            last_day=last,
        )
    postings = tuple(
        Posting(award.id, Account.RESERVED, Account.PAYABLE, award.amount or 0)
        for award in case.awards
        if award.state == AwardState.RESERVED
    )
    awards = tuple(
        replace(award, state=AwardState.PAYABLE) if award.state == AwardState.RESERVED else award
        for award in case.awards
    )
    change = Change(
        row=replace(row, status=Status.GRANTED, paid_by=joined(row.paid_by, work.caller.name)),
        kind="application.granted",
        actor=work.caller.actor(Scope.FINANCE),
        data={"awards": [one.award for one in postings]},
        awards=awards,
        postings=postings,
    )
    return await cases.write(work, case, change)


ACTS = (
    Act(Action.PUBLICISE, Publication, _publicise),
    Act(Action.OBJECT, NewObjection, _object),
    Act(Action.RESOLVE, Resolution, _resolve),
    Act(Action.GRANT, NoFields, _grant),
)
