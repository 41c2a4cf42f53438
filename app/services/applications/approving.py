"""Approve: assess again on today's records, then take claims and caps and reserve the amounts, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.procedure.applications import Action, Status
from app.rules.procedure.callers import Scope
from app.rules.procedure.claiming import Counted, Taking, taking
from app.rules.procedure.ledger import Account, AwardState, Posting
from app.schemas.applications import Approval, AwardDecision
from app.services.applications import cases
from app.services.applications.acting import Act
from app.services.applications.allotting import Within, within_allotments
from app.services.applications.assessing import Assessed, assess, hashes_of, keep
from app.services.applications.awarding import awards_of, difference
from app.services.applications.before_paying import check_lists_read
from app.services.applications.cases import Case, Change
from app.services.applications.separation import joined, must_not_have_accepted
from app.services.refusals import Kept, Refusal
from app.store import ledger

if TYPE_CHECKING:
    from app.services.office import Work
    from app.store.awards import AwardRow

_STATED = ("fixed", "calculated")


class Granted(NamedTuple):
    """An award as it is approved, with what it takes."""

    award: AwardRow
    taken: Taking


async def _approve(work: Work, case: Case, given: Approval) -> Case:
    row = case.row
    must_not_have_accepted(work, row)
    assessed = await assess(work, row, "approve", known=case.basis)
    check_lists_read(assessed.basis)
    awards = awards_of(assessed, row, case.awards, work.now)
    changes = difference(case.awards, awards)
    if changes:
        await _keep_changed(work, case, assessed, awards, changes)
    decided, runs = await within_allotments(
        work, assessed.published.policy, _decided(given, awards, assessed, work)
    )
    granted = [
        Granted(award, _taking(assessed, award, row.organisation))
        for award in decided
        if award.state == AwardState.RESERVED
    ]
    await check_claims(work, granted)
    await keep(work, assessed)
    return await cases.write(work, case, _change(work, case, assessed, Within(decided, runs), granted))


def _change(work: Work, case: Case, assessed: Assessed, within: Within, granted: list[Granted]) -> Change:
    """All declined is a rejection."""
    row = case.row
    kept = {one.award.id: one for one in granted}
    awards = tuple(
        replace(award, limit_keys=tuple(use.limit_key for use in kept[award.id].taken.uses))
        if award.id in kept
        else award
        for award in within.awards
    )
    return Change(
        row=replace(
            row,
            status=Status.APPROVED if granted else Status.REJECTED,
            assessment=assessed.row.n,
            approved_by=joined(row.approved_by, work.caller.name),
        ),
        kind="application.approved" if granted else "application.rejected",
        actor=work.caller.actor(Scope.APPROVE),
        data={
            **hashes_of(assessed.row),
            "awards": [
                {
                    "award": award.id,
                    "measure": award.measure,
                    "state": str(award.state),
                    "amount": None if award.amount is None else format_yuan(award.amount),
                    "reason": award.reason,
                    **({"allocation": within.runs[award.id]} if award.id in within.runs else {}),
                }
                for award in awards
            ],
        },
        awards=awards,
        postings=tuple(
            Posting(one.award.id, Account.FREE, Account.RESERVED, one.award.amount or 0) for one in granted
        ),
        claims=tuple((one.award.id, one.taken.claims) for one in granted),
        uses=tuple((one.award.id, use) for one in granted for use in one.taken.uses),
    )


async def _keep_changed(
    work: Work, case: Case, assessed: Assessed, awards: tuple[AwardRow, ...], changes: list[dict[str, Any]]
) -> None:
    """Keep the new assessment and refuse: whoever decides must see what is decided on."""
    await keep(work, assessed)
    change = Change(
        row=replace(case.row, assessment=assessed.row.n),
        kind="application.assessed",
        actor=work.caller.actor(Scope.APPROVE),
        data={**hashes_of(assessed.row), "difference": changes},
        awards=awards,
    )
    await cases.write(work, case, change)
    raise Kept(
        Refusal(
            Words(
                "评估结果已变化，请核对后重新决定", "The assessment has changed; look at it and decide anew"
            ),
            kind="assessment-changed",
            assessment=assessed.row.n,
            difference=changes,
        )
    )


def _decided(
    given: Approval, awards: tuple[AwardRow, ...], assessed: Assessed, work: Work
) -> tuple[AwardRow, ...]:
    """The awards with the decisions on them. Raises InputErrors and `assessment-changed`."""
    eligible = {award.id: award for award in awards if award.state == AwardState.ASSESSED}
    mistakes: list[InputError] = []
    decisions: dict[str, AwardRow] = {}
    expected: list[dict[str, Any]] = []
    for position, decision in enumerate(given.awards):
        pointer = f"/awards/{position}"
        award = eligible.get(decision.award)
        if award is None or award.id in decisions:
            code = "choice" if award is None else "duplicate_id"
            words = Words("不是本申请待决定的奖励", "is no award of this application that is to be decided")
            mistakes.append(InputError(f"{pointer}/award", code, words))
        elif decision.decision == "decline":
            mistakes += _declined_with(decision, pointer)
            decisions[award.id] = replace(award, state=AwardState.DECLINED, reason=decision.reason)
        else:
            amount, wrong = _amount(decision, award, pointer, _maximum(award, assessed, work))
            mistakes += wrong
            if award.kind in _STATED and decision.expected_amount not in (None, award.assessed):
                expected.append({"award": award.id, "assessed": format_yuan(award.assessed or 0)})
            decisions[award.id] = replace(
                award, state=AwardState.RESERVED, amount=amount, reason=decision.reason
            )
    missing = [one for one in eligible if one not in decisions]
    if missing:
        words = Words(f"尚未决定：{'、'.join(missing)}", f"not decided yet: {', '.join(missing)}")
        mistakes.append(InputError("/awards", "required", words))
    if mistakes:
        raise InputErrors(tuple(mistakes[:100]))
    if expected:
        raise Refusal(
            Words("expected_amount 与现在的评估不一致", "expected_amount is not what is assessed now"),
            kind="assessment-changed",
            difference=expected,
        )
    return tuple(decisions.get(award.id, award) for award in awards)


def _declined_with(decision: AwardDecision, pointer: str) -> list[InputError]:
    words = Words("不予的奖励没有金额", "an award that is declined has no amount")
    return [
        InputError(f"{pointer}/{name}", "unknown_field", words)
        for name in ("amount", "expected_amount")
        if getattr(decision, name) is not None
    ]


def _amount(
    decision: AwardDecision, award: AwardRow, pointer: str, most: int | None
) -> tuple[int | None, list[InputError]]:
    """What is granted, fen: as assessed, or what the official sets."""
    mistakes: list[InputError] = []
    if award.kind in _STATED:
        if decision.amount is not None:
            words = Words("金额由条款确定，不能另定", "the text sets the amount: none may be given")
            mistakes.append(InputError(f"{pointer}/amount", "unknown_field", words))
        if decision.expected_amount is None:
            words = Words("必填：应与评估金额一致", "is required: what is assessed")
            mistakes.append(InputError(f"{pointer}/expected_amount", "required", words))
        return award.assessed, mistakes
    for name in ("amount", "reason"):
        if getattr(decision, name) is None:
            words = Words(
                "必填：金额由审批人决定，并说明理由", "is required: an official decides it, with a reason"
            )
            mistakes.append(InputError(f"{pointer}/{name}", "required", words))
    if decision.expected_amount is not None:
        words = Words("金额由审批人决定，没有评估金额", "an official decides it: nothing is expected")
        mistakes.append(InputError(f"{pointer}/expected_amount", "unknown_field", words))
    if decision.amount is not None:
        if most is None:
            words = Words(
                "通知和设置均未给出最高金额，不能批准", "neither notice nor settings give a maximum"
            )
            mistakes.append(InputError(f"{pointer}/amount", "range", words))
        elif decision.amount > most:
            most_text = format_yuan(most)
            words = Words(f"最高 {most_text} 元", f"is at most {most_text} yuan")
            mistakes.append(InputError(f"{pointer}/amount", "range", words))
    return decision.amount, mistakes


def _maximum(award: AwardRow, assessed: Assessed, work: Work) -> int | None:
    if award.kind == "up_to":
        return award.ceiling
    notice = assessed.published.notice
    if notice is not None and award.measure in notice.maximum:
        return notice.maximum[award.measure]
    return work.office.practice.maximums.get(f"{award.policy}.{award.measure}")


def _taking(assessed: Assessed, award: AwardRow, organisation: str) -> Taking:
    policy = assessed.published.policy
    measure = policy.measure(award.measure)
    assert measure is not None
    counted = Counted(organisation, award.year, award.item, award.level, award.items, award.item_keys)
    return taking(policy, measure, counted)


async def check_claims(work: Work, granted: list[Granted]) -> None:
    """Say which award is in the way, of this application or another, before the constraint refuses."""
    taken: dict[str, str] = {}
    for one in granted:
        for key in one.taken.claims:
            if key in taken:
                raise _already(
                    one.award, "与本申请的另一项奖励重复", "another award of this application takes it"
                )
            taken[key] = one.award.id
    held = await ledger.holders(work.connection, work.mode, taken)
    if held:
        award = next(one.award for one in granted if held.keys() & set(one.taken.claims))
        raise _already(award, "此前已给予", "it was awarded before")


def _already(award: AwardRow, zh: str, en: str) -> Refusal:
    named = award.measure if award.item is None else f"{award.measure} {award.item}"
    return Refusal(
        Words(f"{named}：{zh}", f"{named}: {en}"),
        kind="already-awarded",
        award=award.id,
        measure=award.measure,
        item=award.item,
    )


ACTS = (Act(Action.APPROVE, Approval, _approve, assesses=True),)
