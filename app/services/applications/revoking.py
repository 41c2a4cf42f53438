"""Take a decision back: reopen and revoke; and the money of it: recover what is owed, or write it off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.procedure.applications import Action, Status
from app.rules.procedure.callers import Scope
from app.rules.procedure.claw_backs import PaidAward
from app.rules.procedure.ledger import Account, AwardState, Posting
from app.schemas.proceedings import MoneyBack, Reasoned, Revocation, WriteOff
from app.services.applications import cases
from app.services.applications.acting import Act
from app.services.applications.cases import Case, Change
from app.services.applications.naming import named_awards, wrong
from app.services.applications.releasing import cut_short, released, releases
from app.services.applications.separation import must_not_have_approved
from app.services.instants import new_id
from app.store import proceedings
from app.store.proceedings import RecoveryRow

if TYPE_CHECKING:
    from app.services.office import Work
    from app.store.awards import AwardRow

_DECIDED = (AwardState.RESERVED, AwardState.PAYABLE, AwardState.RELEASED, AwardState.DECLINED)


async def _reopen(work: Work, case: Case, given: Reasoned) -> Case:
    """Back to where it is decided: each award as it was assessed, none of it granted.

    The keys of caps stay on the awards, since the change itself frees by them; the next approval sets them anew.
    """
    must_not_have_approved(work, case.row)
    awards = tuple(
        replace(award, state=AwardState.ASSESSED, amount=None, reason=None)
        if award.state in _DECIDED
        else award
        for award in case.awards
    )
    change = Change(
        row=replace(
            case.row,
            status=Status.ACCEPTED,
            on_hold=None,
            override=None,
            public_days=None,
            public_from=None,
            public_last_day=None,
        ),
        kind="application.reopened",
        actor=work.caller.actor(Scope.APPROVE),
        data={"reason": given.reason},
        awards=awards,
        postings=releases(case),
        unclaim=tuple(award.id for award in case.awards),
    )
    return await cases.write(work, case, change)


async def _revoke(work: Work, case: Case, given: Revocation) -> Case:
    if case.row.status == Status.PAID:
        return await _claim_back(work, case, given)
    if case.partly_paid and given.awards is None:
        return await _claim_back(work, case, given)
    mistakes = []
    if given.awards is not None:
        words = Words("支付之前全部撤销，不列出奖励", "before payment all of it is revoked: name no awards")
        mistakes.append(InputError("/awards", "unknown_field", words))
    if given.restores_entitlement is False and not case.partly_paid:
        words = Words(
            "支付之前撤销即恢复资格", "is true before payment: what was not paid can be awarded again"
        )
        mistakes.append(InputError("/restores_entitlement", "choice", words))
    if mistakes:
        raise InputErrors(tuple(mistakes))
    change = Change(
        row=replace(case.row, status=Status.REVOKED, on_hold=None, override=None),
        kind="application.revoked",
        actor=work.caller.actor(Scope.ADMIN),
        data={"reason": given.reason, "before_payment": True},
        awards=released(case),
        postings=releases(case),
        unclaim=tuple(award.id for award in case.awards),
    )
    return await cases.write(work, case, change)


async def _claim_back(work: Work, case: Case, given: Revocation) -> Case:
    if given.restores_entitlement is None:
        raise wrong(
            "/restores_entitlement",
            "required",
            "必填：款项全部追回后，可否再次申请同一奖励",
            "is required: whether the same may be awarded again once all of it has come back",
        )
    short = cut_short(case)
    amounts = _claimed(short.case, given)
    awards = tuple(
        _with_money(
            replace(award, restores_entitlement=given.restores_entitlement),
            money_of(award).claim_back(amounts[award.id]),
        )
        if award.id in amounts
        else award
        for award in short.case.awards
    )
    anything_kept = any(money_of(award).kept for award in awards if was_paid(award))
    change = Change(
        row=replace(
            case.row,
            status=Status.PAID if anything_kept else Status.REVOKED,
            restores_entitlement=given.restores_entitlement,
        ),
        kind="application.revoked",
        actor=work.caller.actor(Scope.ADMIN),
        data={
            "reason": given.reason,
            "before_payment": False,
            "awards": [{"award": one, "amount": format_yuan(fen)} for one, fen in amounts.items()],
            "restores_entitlement": given.restores_entitlement,
        },
        awards=awards,
        postings=(
            *short.postings,
            *(Posting(one, Account.PAID, Account.OWED, fen) for one, fen in amounts.items()),
        ),
        unclaim=short.unclaim,
    )
    return await cases.write(work, case, change)


def _claimed(case: Case, given: Revocation) -> dict[str, int]:
    """Award -> fen to claim back: as named, or all that is kept. Raises InputErrors."""
    if given.awards is None:
        return {
            award.id: money_of(award).kept
            for award in case.awards
            if was_paid(award) and money_of(award).kept
        }
    pointers = [(f"/awards/{place}/award", one.award) for place, one in enumerate(given.awards)]
    named = named_awards(case, pointers, _PAID)
    mistakes = []
    for place, (award, one) in enumerate(zip(named, given.awards, strict=True)):
        kept = money_of(award).kept
        if one.amount > kept:
            mistakes.append(InputError(f"/awards/{place}/amount", "range", _at_most(kept)))
    if mistakes:
        raise InputErrors(tuple(mistakes))
    return {one.award: one.amount for one in given.awards}


async def _recover(work: Work, case: Case, given: MoneyBack) -> Case:
    (award,) = named_awards(case, [("/award", given.award)], (AwardState.OWED,))
    money = money_of(award)
    if given.amount > money.owed:
        raise InputErrors((InputError("/amount", "range", _at_most(money.owed)),))
    if given.received_on > work.day:
        raise wrong("/received_on", "range", "不能晚于今日", "is not later than today")
    recovery = RecoveryRow(
        mode=case.row.mode,
        id=new_id("rec"),
        award=award.id,
        application=case.row.id,
        platform=case.row.platform,
        amount=given.amount,
        reference=given.reference,
        received_on=given.received_on,
        recorded_by=work.caller.name,
        recorded_at=work.now,
    )
    await proceedings.add_recovery(work.connection, recovery)
    money = money.recover(given.amount)
    restored = money.all_back and bool(award.restores_entitlement)
    change = Change(
        row=case.row,
        kind="application.recovered",
        actor=work.caller.actor(Scope.FINANCE),
        data={
            "recovery": recovery.id,
            "award": award.id,
            "amount": format_yuan(given.amount),
            "reference": given.reference,
            "received_on": given.received_on.isoformat(),
            "entitlement_restored": restored,
        },
        awards=_replaced(case, _with_money(award, money)),
        postings=(Posting(award.id, Account.OWED, Account.RECOVERED, given.amount),),
        unclaim=(award.id,) if restored else (),
    )
    return await cases.write(work, case, change)


async def _write_off(work: Work, case: Case, given: WriteOff) -> Case:
    (award,) = named_awards(case, [("/award", given.award)], (AwardState.OWED,))
    money = money_of(award)
    change = Change(
        row=case.row,
        kind="application.written_off",
        actor=work.caller.actor(Scope.ADMIN),
        data={"award": award.id, "amount": format_yuan(money.owed), "reason": given.reason},
        awards=_replaced(case, _with_money(award, money.write_off())),
        postings=(Posting(award.id, Account.OWED, Account.WRITTEN_OFF, money.owed),),
    )
    return await cases.write(work, case, change)


_PAID = (AwardState.PAID, AwardState.OWED, AwardState.RECOVERED, AwardState.WRITTEN_OFF)


def was_paid(award: AwardRow) -> bool:
    """Whether its money went out, wherever it is by now."""
    return award.state in _PAID


def money_of(award: AwardRow) -> PaidAward:
    """The money of an award that was paid."""
    assert award.amount is not None
    return PaidAward(award.amount, award.clawed_back, award.recovered, award.written_off)


def _with_money(award: AwardRow, money: PaidAward) -> AwardRow:
    return replace(
        award,
        state=money.state,
        clawed_back=money.clawed_back,
        recovered=money.recovered,
        written_off=money.written_off,
    )


def _replaced(case: Case, changed: AwardRow) -> tuple[AwardRow, ...]:
    return tuple(changed if award.id == changed.id else award for award in case.awards)


def _at_most(fen: int) -> Words:
    most = format_yuan(fen)
    return Words(f"至多 {most} 元", f"is at most {most} yuan")


ACTS = (
    Act(Action.REOPEN, Reasoned, _reopen),
    Act(Action.REVOKE, Revocation, _revoke),
    Act(Action.RECOVER, MoneyBack, _recover),
    Act(Action.WRITE_OFF, WriteOff, _write_off),
)
