"""Give back what an application holds before any of it is paid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.procedure.ledger import Account, AwardState, Posting

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
