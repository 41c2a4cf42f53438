"""Accept, return for correction, reject: what the reviewer does; and the withdrawal when nobody answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from app.rules.procedure.applications import Action, Status
from app.rules.procedure.callers import SYSTEM, SYSTEM_CALLER, Scope
from app.schemas.applications import Rejection, Return
from app.services.applications import cases
from app.services.applications.acting import Act, NoFields
from app.services.applications.cases import Case, Change
from app.services.applications.separation import joined
from app.services.instants import day_of
from app.services.office import Work
from app.services.working_days import add_working_days
from app.store import applications, assessments
from app.store.acting import EVERYTHING, Sight, acting

if TYPE_CHECKING:
    from datetime import datetime

    from app.services.office import Office


async def _accept(work: Work, case: Case, _given: NoFields) -> Case:
    change = Change(
        row=replace(
            case.row,
            status=Status.ACCEPTED,
            accepted_by=joined(case.row.accepted_by, work.caller.name),
        ),
        kind="application.accepted",
        actor=work.caller.actor(Scope.REVIEW),
    )
    return await cases.write(work, case, change)


async def _return(work: Work, case: Case, given: Return) -> Case:
    answer_by = add_working_days(work.day, work.office.practice.answer_days)
    items = [{"pointer": item.pointer, "message": item.message} for item in given.items]
    change = Change(
        row=replace(
            case.row,
            status=Status.RETURNED,
            times_returned=case.row.times_returned + 1,
            answer_by=answer_by,
            returned={"reason": given.reason, "items": items, "answer_by": answer_by.isoformat()},
        ),
        kind="application.returned",
        actor=work.caller.actor(Scope.REVIEW),
        data={"reason": given.reason, "items": items, "answer_by": answer_by.isoformat()},
    )
    return await cases.write(work, case, change)


async def _reject(work: Work, case: Case, given: Rejection) -> Case:
    grounds = given.grounds if given.grounds is not None else await grounds_of(work, case)
    change = Change(
        row=replace(case.row, status=Status.REJECTED),
        kind="application.rejected",
        actor=work.caller.actor(Scope.REVIEW),
        data={"reason": given.reason, "grounds": grounds},
    )
    return await cases.write(work, case, change)


async def grounds_of(work: Work, case: Case) -> list[dict[str, Any]]:
    """The codes and clauses of the reasons why measures are not eligible, from the last assessment."""
    if case.row.assessment is None:
        return []
    row = await assessments.find(work.connection, case.row.id, case.row.assessment)
    assert row is not None
    return [
        {"code": reason["code"], "clause": reason["clause"]}
        for measure in orjson.loads(row.result)["measures"]
        for part in (measure, *measure["lines"])
        if part["verdict"] == "ineligible"
        for reason in part["reasons"]
    ]


async def withdraw_unanswered(office: Office, moment: datetime) -> int:
    """Withdraw what was returned and not answered in time; how many. A duty of the service, done daily.

    Sandbox applications go by their own time and are left to it.
    """
    async with acting(office.engine, Sight("live", EVERYTHING)) as connection:
        due = await applications.unanswered(connection, "live", day_of(moment))
    done = 0
    for application in due:
        async with acting(office.engine, Sight("live", EVERYTHING)) as connection:
            work = Work(office, connection, SYSTEM_CALLER, moment, moment)
            case = await cases.lock(work, await cases.find(work, application))
            row = case.row
            if row.status != Status.RETURNED or row.answer_by is None or row.answer_by >= work.day:
                continue
            change = Change(
                row=replace(row, status=Status.WITHDRAWN, answer_by=None),
                kind="application.withdrawn",
                actor=SYSTEM,
                data={"reason": "not-answered"},
            )
            await cases.write(work, case, change)
            done += 1
    return done


ACTS = (
    Act(Action.ACCEPT, NoFields, _accept),
    Act(Action.RETURN, Return, _return),
    Act(Action.REJECT, Rejection, _reject),
)
