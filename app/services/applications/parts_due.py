"""What of granted awards is payable now: the next instalment of each, to one payee, unless the text holds it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.dates import shift
from app.rules.payment_terms import AT_ONCE, Part, PaymentTerms, parts
from app.rules.policy import Words
from app.rules.procedure.ledger import AwardState
from app.rules.words.payment_words import due_words
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.rules.deciding.measures import Circumstances
    from app.rules.payment_terms import Payee
    from app.services.applications.assessing import Assessed
    from app.services.applications.cases import Case
    from app.store.awards import AwardRow

HOLD, INSTALMENT = "hold", "instalment"
"""What an override let through, as the event names it."""


class Due(NamedTuple):
    """A part of an award; fen. `payee` None: the applicant."""

    award: AwardRow
    amount: int
    payee: Payee | None


class Payable(NamedTuple):
    """What one order pays, all to one payee, and what an override let through."""

    due: tuple[Due, ...]
    passed: tuple[str, ...]


class _Waits(NamedTuple):
    """Why an award is not payable now."""

    award: AwardRow
    why: str
    """`hold` or `instalment`."""
    says: Words
    due_on: date | None = None

    def told(self) -> dict[str, Any]:
        return {
            "award": self.award.id,
            "measure": self.award.measure,
            "reason": {"zh": self.says.zh, "en": self.says.en},
            "due_on": None if self.due_on is None else self.due_on.isoformat(),
        }


def payable_now(case: Case, assessed: Assessed, today: date, *, overridden: bool) -> Payable:
    """What the next order pays. Raises `payment-held` or `instalment-not-due` where it would pay nothing.

    An override lets through what waits only where nothing else is due: one that was recorded for another reason pays
    nobody before their time.
    """
    evaluator = assessed.published.evaluator
    c = evaluator.circumstances(assessed.request)
    due: list[Due] = []
    waiting: list[tuple[_Waits, Due]] = []
    for award in case.awards:
        if award.state != AwardState.PAYABLE:
            continue
        terms = _terms(assessed, award)
        part = _next(case, award, terms)
        one = Due(award, part.amount, terms.payees[part.payee] if terms.payees else None)
        waits = _waits(case, assessed, award, part, c, today)
        if waits is None:
            due.append(one)
        else:
            waiting.append((waits, one))
    if not due and not overridden:
        raise _refusal([waits for waits, _ in waiting])
    let_through = [] if due else waiting
    chosen = due or [one for _, one in waiting]
    paid = tuple(one for one in chosen if one.payee == chosen[0].payee)
    return Payable(paid, tuple(dict.fromkeys(waits.why for waits, one in let_through if one in paid)))


def confirmed(case: Case, award: str) -> list[int]:
    """What was paid of an award so far, payment by payment; fen."""
    return [
        share
        for payment in case.payments
        if payment.state == "confirmed"
        for one, share in zip(payment.awards, payment.shares, strict=True)
        if one == award
    ]


def _terms(assessed: Assessed, award: AwardRow) -> PaymentTerms:
    measure = assessed.published.policy.measure(award.measure)
    assert measure is not None
    return measure.payment or AT_ONCE


def _waits(
    case: Case, assessed: Assessed, award: AwardRow, part: Part, c: Circumstances, today: date
) -> _Waits | None:
    paying_out, policy = assessed.published.evaluator.paying_out, assessed.published.policy
    terms = _terms(assessed, award)
    if terms.hold is not None and paying_out.held(award.measure, c) is not False:
        return _Waits(award, HOLD, terms.hold.says)
    if not terms.instalments:
        return None
    instalment = terms.instalments[part.instalment]
    due_on = None
    if instalment.after is not None:
        since = _since(case, award)
        due_on = shift(since, instalment.after.count, instalment.after.unit)
    open_ = paying_out.due(award.measure, part.instalment, c) is not True
    if open_ or (due_on is not None and today < due_on):
        says = due_words(part.instalment, instalment, policy.facts, policy.currency)
        return _Waits(award, INSTALMENT, says, due_on)
    return None


def _next(case: Case, award: AwardRow, terms: PaymentTerms) -> Part:
    """The first part that was not paid yet."""
    assert award.amount is not None
    return parts(terms, award.amount)[len(confirmed(case, award.id))]


def _since(case: Case, award: AwardRow) -> date:
    """From when an instalment's time runs: the payment before, or the end of the public notice."""
    days = [one.paid_on for one in case.payments if one.state == "confirmed" and award.id in one.awards]
    last = max((day for day in days if day is not None), default=case.row.public_last_day)
    assert last is not None
    return last


def _refusal(told: Sequence[_Waits]) -> Refusal:
    held = any(one.why == HOLD for one in told)
    zh, en = "；".join(one.says.zh for one in told), "; ".join(one.says.en for one in told)
    if held:
        return Refusal(
            Words(f"按条文暂缓支付：{zh}", f"The text holds payment back: {en}"),
            kind="payment-held",
            awards=[one.told() for one in told],
        )
    return Refusal(
        Words(f"下一期尚未到期：{zh}", f"The next instalment is not due yet: {en}"),
        kind="instalment-not-due",
        awards=[one.told() for one in told],
    )
