"""Whether anything that is known today bars the payment of awards that were granted before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.procedure.ledger import AwardState
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.services.applications.assessing import Assessed
    from app.services.applications.records import Basis
    from app.store.awards import AwardRow

DEBT = "debt"
"""What an override let through, as the event names it, beside the codes of exclusions."""


def check_before_payment(
    assessed: Assessed, awards: Iterable[AwardRow], *, overridden: bool
) -> tuple[str, ...]:
    """What an override lets through: codes of exclusions, and `debt`; empty when nothing is in the way.

    Raises `records-stale`, which no override lifts: reading the list does. Raises `excluded` and `debt-open`.
    """
    basis = assessed.basis
    check_lists_read(basis)
    barred = _barred(assessed, awards)
    if not overridden:
        if barred:
            raise _excluded(barred)
        if basis.debt:
            raise _debt_open(basis.debt)
    codes = dict.fromkeys(code for one in barred for code in one["exclusions"])
    return (*codes, *([DEBT] if basis.debt else []))


def check_lists_read(basis: Basis) -> None:
    """Raises `records-stale` when a list that was not read lately leaves joint punishment unknown."""
    if basis.joint_punishment is None:
        raise Refusal(
            Words(
                f"须先查询名单：{'、'.join(basis.stale)}",
                f"These lists must be read first: {', '.join(basis.stale)}",
            ),
            kind="records-stale",
            lists=list(basis.stale),
        )


def _barred(assessed: Assessed, awards: Iterable[AwardRow]) -> list[dict[str, Any]]:
    """The payable awards that an exclusion reaches now, each with its codes."""
    found = []
    results = {result.measure.id: result for result in assessed.evaluation.measures}
    for award in awards:
        if award.state != AwardState.PAYABLE:
            continue
        result = results[award.measure]
        reasons = list(result.reasons)
        for line in result.lines:
            # A total counts the items that were not barred when it was set: any of them may be now.
            if line.item == award.item or line.item in award.items:
                reasons += line.reasons
        codes = [one.point.code for one in reasons if one.outcome == "excluded"]
        if codes:
            found.append(
                {
                    "award": award.id,
                    "measure": award.measure,
                    "item": award.item,
                    "exclusions": list(dict.fromkeys(codes)),
                }
            )
    return found


def _excluded(barred: list[dict[str, Any]]) -> Refusal:
    codes = ", ".join(dict.fromkeys(code for one in barred for code in one["exclusions"]))
    return Refusal(
        Words(f"存在排除情形：{codes}", f"An exclusion holds today: {codes}"),
        kind="excluded",
        awards=barred,
    )


def _debt_open(debt: int) -> Refusal:
    owed = format_yuan(debt)
    return Refusal(
        Words(f"该单位尚欠 {owed} 元", f"The organisation still owes {owed} yuan"),
        kind="debt-open",
        debt=owed,
    )
