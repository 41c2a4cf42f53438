"""Give back what an application holds and was not paid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from app.rules.procedure.ledger import Account, AwardState, Posting
from app.services.applications.parts_due import confirmed

if TYPE_CHECKING:
    from collections.abc import Container

    from app.services.applications.cases import Case
    from app.store.awards import AwardRow

_HELD = {AwardState.RESERVED: Account.RESERVED, AwardState.PAYABLE: Account.PAYABLE}


def releases(case: Case, only: Container[str] | None = None) -> tuple[Posting, ...]:
    """The postings that free what is reserved or payable; of the awards in `only`, or of all."""
    return tuple(
        Posting(award.id, _HELD[AwardState(award.state)], Account.FREE, award.amount)
        for award in case.awards
        if award.state in _HELD and award.amount is not None and (only is None or award.id in only)
    )


def released(case: Case, only: Container[str] | None = None) -> tuple[AwardRow, ...]:
    """All awards, with those that held money released."""
    return tuple(
        replace(award, state=AwardState.RELEASED)
        if award.state in _HELD and (only is None or award.id in only)
        else award
        for award in case.awards
    )


class CutShort(NamedTuple):
    """A case of which no more is paid."""

    case: Case
    """Each award with what was paid of it as its amount; those of which nothing was are released."""
    postings: tuple[Posting, ...]
    unclaim: tuple[str, ...]
    """The awards of which nothing was paid."""


def cut_short(case: Case) -> CutShort:
    """Give back what is payable still; nothing is where all was paid."""
    awards: list[AwardRow] = []
    postings: list[Posting] = []
    unclaim: list[str] = []
    for award in case.awards:
        if award.state != AwardState.PAYABLE or award.amount is None:
            awards.append(award)
            continue
        paid = sum(confirmed(case, award.id))
        postings.append(Posting(award.id, Account.PAYABLE, Account.FREE, award.amount - paid))
        if paid:
            awards.append(replace(award, state=AwardState.PAID, amount=paid))
        else:
            awards.append(replace(award, state=AwardState.RELEASED))
            unclaim.append(award.id)
    return CutShort(replace(case, awards=tuple(awards)), tuple(postings), tuple(unclaim))
