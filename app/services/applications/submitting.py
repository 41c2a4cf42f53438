"""Submit: in the window, with every fact that matters, assessed on today's records, bound to a version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.rules.policy import Words
from app.rules.procedure.applications import Action, Status
from app.rules.procedure.callers import Scope
from app.schemas.applications import Submission, Withdrawal
from app.services import documents
from app.services.applications import cases
from app.services.applications.acting import Act
from app.services.applications.assessing import assess, hashes_of, keep
from app.services.applications.awarding import awards_of
from app.services.applications.binding import check_year
from app.services.applications.cases import Case, Change
from app.services.applications.releasing import released, releases
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from app.services.applications.assessing import Assessed
    from app.services.office import Work

_STALE = {
    "code": "records.stale",
    "message": {
        "zh": "失信名单未及时查询，暂按未列入评估；批准前须查询",
        "en": "A punishment list was not read lately: taken as not listed for now, to be read before approval",
    },
}


async def _submit(work: Work, case: Case, given: Submission) -> Case:
    row = case.row
    _check_time(work, case)
    assessed = await assess(work, row, "submit", assume_unlisted=True, known=case.basis)
    _check_complete(assessed)
    if not given.insist:
        _check_eligible(assessed)
    if case.documents is None or not all(document.fixed for document in case.documents):
        await documents.fix(work, row.id)
    awards = awards_of(assessed, row, case.awards, work.now)
    policy = assessed.published.policy
    flags = [flag for flag in row.flags if flag["code"] != _STALE["code"]] + _flags(assessed)
    changed = replace(
        row,
        status=Status.SUBMITTED,
        policy_version=policy.version,
        policy_digest=policy.digest,
        notice=assessed.row.notice,
        assessment=assessed.row.n,
        insisted=given.insist,
        answer_by=None,
        flags=flags,
        submitted_at=row.submitted_at or work.clock,
    )
    await keep(work, assessed)
    data = {
        **hashes_of(assessed.row),
        "policy_digest": policy.digest,
        "insist": given.insist,
        "awards": [{"award": a.id, "measure": a.measure, "state": str(a.state)} for a in awards],
    }
    change = Change(
        row=changed,
        kind="application.submitted",
        actor=work.caller.actor(Scope.APPLY),
        data=data,
        awards=awards,
    )
    return await cases.write(work, case, change)


def _check_time(work: Work, case: Case) -> None:
    """In the notice's window; after a return until the day to answer by instead."""
    row = case.row
    if row.status == Status.RETURNED:
        assert row.answer_by is not None
        if work.day > row.answer_by:
            raise Refusal(
                Words(f"补正期限为 {row.answer_by}", f"The day to answer by was {row.answer_by}"),
                kind="outside-window",
                window={"from": None, "to": row.answer_by.isoformat()},
            )
        return
    check_year(work.office.policies.in_force(row.policy, work.day).policy, row.year, work.day)


def _check_complete(assessed: Assessed) -> None:
    """No measure is undetermined, and none that is eligible has open lines."""
    errors: dict[str, dict[str, Any]] = {}
    open_ids = []
    for measure, result in zip(assessed.answer["measures"], assessed.evaluation.measures, strict=True):
        if result.verdict == "undetermined" or (result.verdict == "eligible" and result.missing):
            open_ids.append(measure["id"])
            for fact in measure["missing"]:
                errors[fact["pointer"]] = {
                    "pointer": fact["pointer"],
                    "code": "required",
                    "message": {"zh": f"需要：{fact['label']['zh']}", "en": f"needed: {fact['label']['en']}"},
                }
    if open_ids:
        raise Refusal(
            Words("尚有事实未填，无法判定", "Facts are missing: it cannot be decided yet"),
            kind="incomplete",
            errors=list(errors.values())[:100],
            measures=open_ids,
        )


def _check_eligible(assessed: Assessed) -> None:
    if any(finding.verdict == "eligible" for finding in assessed.findings):
        return
    raise Refusal(
        Words("各项措施均不符合条件", "None of the measures is eligible"),
        kind="not-eligible",
        measures=[
            {"id": one["id"], "reasons": one["reasons"], "lines": one["lines"]}
            for one in assessed.answer["measures"]
        ],
    )


def _flags(assessed: Assessed) -> list[dict[str, Any]]:
    """What the reviewer should look at."""
    found: list[dict[str, Any]] = [_STALE] if assessed.basis.stale else []
    for measure in assessed.answer["measures"]:
        for place in (measure, *measure["lines"]):
            found += [flag for flag in place["flags"] if flag not in found]
    return found


async def _withdraw(work: Work, case: Case, given: Withdrawal) -> Case:
    change = Change(
        row=replace(case.row, status=Status.WITHDRAWN, answer_by=None, on_hold=None),
        kind="application.withdrawn",
        actor=work.caller.actor(Scope.APPLY),
        data={"reason": given.reason},
        awards=released(case),
        postings=releases(case),
        unclaim=tuple(award.id for award in case.awards),
    )
    return await cases.write(work, case, change)


ACTS = (
    Act(Action.SUBMIT, Submission, _submit, assesses=True),
    Act(Action.WITHDRAW, Withdrawal, _withdraw),
)
