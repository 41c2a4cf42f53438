"""How what was decided will be paid: by instalment and payee, and whether payment is held (language.md section 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.deciding.conditions import ConditionBlock
from app.rules.payment_terms import PaymentTerms, parts
from app.rules.results import PaymentPlan, PlannedPart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.rules.deciding.measures import Circumstances
    from app.rules.expression import Condition
    from app.rules.logic import Truth
    from app.rules.policy import Measure, Policy
    from app.rules.results import MeasureResult


class PayingOut:
    """The payment terms of a policy's measures, compiled; false where no measure has any."""

    def __init__(self, policy: Policy) -> None:
        self._terms = {m.id: m.payment for m in policy.measures if m.payment is not None}
        self._holds = {
            measure.id: _block(measure, terms.hold.when, policy, "hold")
            for measure in policy.measures
            if (terms := measure.payment) is not None and terms.hold is not None
        }
        self._waits = {
            (measure.id, place): _block(measure, one.when, policy, f"instalment{place}")
            for measure in policy.measures
            if measure.payment is not None
            for place, one in enumerate(measure.payment.instalments)
            if one.when is not None
        }

    def __bool__(self) -> bool:
        return bool(self._terms)

    def planned(self, results: Iterable[MeasureResult], c: Circumstances) -> list[MeasureResult]:
        """The results; those that may be paid, with how."""
        return [
            result._replace(plan=self._plan(self._terms[result.measure.id], result, c), kept=None)
            if result.verdict != "ineligible" and result.measure.id in self._terms
            else result
            for result in results
        ]

    def _plan(self, terms: PaymentTerms, result: MeasureResult, c: Circumstances) -> PaymentPlan:
        names: list[str | None] = []
        for payee in terms.payees:
            name = None if payee.name is None else c.facts.get(payee.name)
            names.append(None if name is None else str(name))
        return PaymentPlan(tuple(_parts(terms, result)), tuple(names), self.held(result.measure.id, c))

    def held(self, measure: str, c: Circumstances) -> Truth:
        """Whether payment of a measure's awards is held; None where that is not known."""
        block = self._holds.get(measure)
        return False if block is None else _truth(block, c)

    def due(self, measure: str, instalment: int, c: Circumstances) -> Truth:
        """Whether what an instalment waits for holds; its place is from 0."""
        block = self._waits.get((measure, instalment))
        return True if block is None else _truth(block, c)


def _parts(terms: PaymentTerms, result: MeasureResult) -> Iterator[PlannedPart]:
    """In the order of payment; amounts of None where they are not settled. Items are each paid in parts."""
    amounts: list[int] | None = None
    if result.verdict == "eligible" and result.amount is not None:
        each = result.measure.each
        by_item = each is not None and each.award is not None
        granted = (line.amount for line in result.lines if line.verdict == "eligible")
        amounts = [fen for fen in granted if fen] if by_item else [result.amount]
    for instalment in range(max(1, len(terms.instalments))):
        for payee in range(max(1, len(terms.payees))):
            yield PlannedPart(
                instalment,
                payee,
                None
                if amounts is None
                else sum(
                    part.amount
                    for fen in amounts
                    for part in parts(terms, fen)
                    if (part.instalment, part.payee) == (instalment, payee)
                ),
            )


def _block(measure: Measure, when: Condition, policy: Policy, what: str) -> ConditionBlock:
    name = f"{measure.id.replace('-', '_')}_{what}"
    return ConditionBlock((when,), policy.facts, name, measure.clause)


def _truth(block: ConditionBlock, c: Circumstances) -> Truth:
    return block.decide(block.leaves(c.facts, None, c.b)[0]).truth
