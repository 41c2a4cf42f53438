"""Pay what was granted: hold and resume, order, override, confirm, and fail when the money did not arrive."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.money import format_yuan
from app.rules.procedure.applications import Action, Status
from app.rules.procedure.callers import Scope
from app.rules.procedure.ledger import Account, AwardState, Posting
from app.schemas.proceedings import Confirmation, Reasoned
from app.services.applications import cases
from app.services.applications.acting import Act, NoFields
from app.services.applications.assessing import assess, hashes_of, keep
from app.services.applications.before_paying import check_before_payment
from app.services.applications.cases import Case, Change
from app.services.applications.naming import wrong
from app.services.applications.official_name import official_name
from app.services.applications.parts_due import confirmed, payable_now
from app.services.applications.separation import joined, must_not_have_approved
from app.services.instants import day_of, new_id
from app.store import organisation_register, proceedings
from app.store.proceedings import PaymentRow

if TYPE_CHECKING:
    from collections.abc import Container

    from app.rules.payment_terms import Payee
    from app.services.applications.assessing import Assessed
    from app.services.applications.parts_due import Due
    from app.services.office import Work
    from app.store.awards import AwardRow


async def _hold(work: Work, case: Case, given: Reasoned) -> Case:
    held = {"reason": given.reason, "since": work.day.isoformat()}
    change = Change(
        row=replace(case.row, on_hold=held),
        kind="application.held",
        actor=work.caller.actor(Scope.FINANCE),
        data={"reason": given.reason},
    )
    return await cases.write(work, case, change)


async def _resume(work: Work, case: Case, given: Reasoned) -> Case:
    change = Change(
        row=replace(case.row, on_hold=None),
        kind="application.resumed",
        actor=work.caller.actor(Scope.FINANCE),
        data={"reason": given.reason},
    )
    return await cases.write(work, case, change)


async def _override(work: Work, case: Case, given: Reasoned) -> Case:
    change = Change(
        row=replace(case.row, override={"reason": given.reason, "by": work.caller.name, "at": work.at}),
        kind="application.override_recorded",
        actor=work.caller.actor(Scope.ADMIN),
        data={"reason": given.reason},
    )
    return await cases.write(work, case, change)


async def _pay(work: Work, case: Case, _given: NoFields) -> Case:
    row = case.row
    must_not_have_approved(work, row)
    assessed = await assess(work, row, "pay")
    overridden = row.override is not None
    passed = check_before_payment(assessed, case.awards, overridden=overridden)
    payable = payable_now(case, assessed, work.day, overridden=overridden)
    await keep(work, assessed)
    payment = await _ordered(work, case, assessed, payable.due)
    await proceedings.put_payment(work.connection, payment, new=True)
    change = Change(
        row=replace(
            row,
            status=Status.PAYING,
            paid_by=joined(row.paid_by, work.caller.name),
            assessment=assessed.row.n,
            override=None,
        ),
        kind="application.payment_ordered",
        actor=work.caller.actor(Scope.FINANCE),
        data={
            "payment": payment.id,
            "instalment": payment.instalment,
            "amount": format_yuan(payment.amount),
            "awards": list(payment.awards),
            **hashes_of(assessed.row),
            "overridden": [*passed, *payable.passed],
        },
        awards=_moved(case, payment.awards, AwardState.PAYING),
    )
    written = await cases.write(work, case, change)
    return replace(written, payments=(*case.payments, payment))


async def _ordered(work: Work, case: Case, assessed: Assessed, due: tuple[Due, ...]) -> PaymentRow:
    """One order for what is payable to one payee: the organisation under the name on record, or whom the text names."""
    row = case.row
    return PaymentRow(
        mode=row.mode,
        id=new_id("pay"),
        application=row.id,
        platform=row.platform,
        instalment=1 + sum(1 for one in case.payments if one.state == "confirmed"),
        payee=await _payee(work, case, assessed, due[0].payee),
        amount=sum(one.amount for one in due),
        awards=tuple(one.award.id for one in due),
        shares=tuple(one.amount for one in due),
        state="ordered",
        reference=None,
        paid_on=None,
        reason=None,
        ordered_by=work.caller.name,
        confirmed_by=None,
        ordered_at=work.clock,
        confirmed_at=None,
        failed_at=None,
    )


async def _payee(work: Work, case: Case, assessed: Assessed, payee: Payee | None) -> str:
    if payee is not None:
        name = None if payee.name is None else assessed.request.facts.get(payee.name)
        return payee.to.zh if name is None else str(name)
    organisation = await organisation_register.find(work.connection, work.mode, case.row.organisation)
    assert organisation is not None
    return official_name(organisation.name, case.row.applicant["name"])


async def _confirm(work: Work, case: Case, given: Confirmation) -> Case:
    row = case.row
    must_not_have_approved(work, row)
    payment = _under_way(case)
    if given.payment not in (None, payment.id):
        raise wrong(
            "/payment", "choice", f"在途付款为 {payment.id}", f"the payment under way is {payment.id}"
        )
    ordered_on = day_of(payment.ordered_at)
    if not ordered_on <= given.paid_on <= work.day:
        first = ordered_on.isoformat()
        raise wrong(
            "/paid_on",
            "range",
            f"应不早于下达付款之日 {first}，且不晚于今日",
            f"is not before {first}, the day of the order, and not later than today",
        )
    arrived = replace(
        payment,
        state="confirmed",
        reference=given.reference,
        paid_on=given.paid_on,
        confirmed_by=work.caller.name,
        confirmed_at=work.clock,
    )
    await proceedings.put_payment(work.connection, arrived, new=False)
    awards = _paid(case, payment)
    # An instalment, or another payee, is left: the next order is for what is payable still.
    left = any(award.state == AwardState.PAYABLE for award in awards)
    change = Change(
        row=replace(
            row,
            status=Status.GRANTED if left else Status.PAID,
            paid_by=joined(row.paid_by, work.caller.name),
        ),
        kind="application.paid",
        actor=work.caller.actor(Scope.FINANCE),
        data={
            "payment": payment.id,
            "amount": format_yuan(payment.amount),
            "reference": given.reference,
            "paid_on": given.paid_on.isoformat(),
        },
        awards=awards,
        postings=_postings(payment, Account.PAYABLE, Account.PAID),
    )
    return _with_payment(await cases.write(work, case, change), case, arrived)


async def _fail(work: Work, case: Case, given: Reasoned) -> Case:
    """Under way: nothing was booked. Confirmed: what was booked as paid is payable again."""
    row = case.row
    bounced = row.status != Status.PAYING
    payment = _last_confirmed(case) if bounced else _under_way(case)
    failed = replace(payment, state="failed", reason=given.reason, failed_at=work.clock)
    await proceedings.put_payment(work.connection, failed, new=False)
    change = Change(
        row=replace(row, status=Status.GRANTED),
        kind="application.payment_failed",
        actor=work.caller.actor(Scope.FINANCE),
        data={"payment": payment.id, "was_confirmed": bounced, "reason": given.reason},
        awards=_moved(case, payment.awards, AwardState.PAYABLE),
        postings=_postings(payment, Account.PAID, Account.PAYABLE) if bounced else (),
    )
    return _with_payment(await cases.write(work, case, change), case, failed)


def _under_way(case: Case) -> PaymentRow:
    return next(one for one in case.payments if one.state == "ordered")


def _last_confirmed(case: Case) -> PaymentRow:
    return [one for one in case.payments if one.state == "confirmed"][-1]


def _moved(case: Case, ids: Container[str], state: AwardState) -> tuple[AwardRow, ...]:
    return tuple(replace(award, state=state) if award.id in ids else award for award in case.awards)


def _paid(case: Case, payment: PaymentRow) -> tuple[AwardRow, ...]:
    """The awards once a payment has arrived: paid where nothing of them is left, else payable still."""
    shares = dict(zip(payment.awards, payment.shares, strict=True))
    return tuple(
        award
        if award.id not in shares
        else replace(
            award,
            state=AwardState.PAID
            if sum(confirmed(case, award.id)) + shares[award.id] == award.amount
            else AwardState.PAYABLE,
        )
        for award in case.awards
    )


def _postings(payment: PaymentRow, origin: Account, target: Account) -> tuple[Posting, ...]:
    return tuple(
        Posting(award, origin, target, share)
        for award, share in zip(payment.awards, payment.shares, strict=True)
    )


def _with_payment(written: Case, before: Case, payment: PaymentRow) -> Case:
    payments = tuple(payment if one.id == payment.id else one for one in before.payments)
    return replace(written, payments=payments)


ACTS = (
    Act(Action.HOLD, Reasoned, _hold),
    Act(Action.RESUME, Reasoned, _resume),
    Act(Action.PAY, NoFields, _pay),
    Act(Action.OVERRIDE, Reasoned, _override),
    Act(Action.CONFIRM, Confirmation, _confirm),
    Act(Action.FAIL, Reasoned, _fail),
)
