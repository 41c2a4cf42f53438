"""Offers: awards that the register gives without an application, until the applicant says yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.rules.policy import AwardKind
from app.rules.procedure.callers import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.results import Line, MeasureResult

OFFERED_KINDS = frozenset({AwardKind.FIXED, AwardKind.CALCULATED})
"""What the text itself gives. Anything that an official sets within a ceiling needs an official first."""


class OfferStatus(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class OfferAction(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"


class Bar(StrEnum):
    """Why a measure is not offered, or an offer no longer stands."""

    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"
    """A fact that could change verdict or amount is unknown."""
    FLAGGED = "flagged"
    """Something that a reviewer should look at first."""
    CHANGED = "changed"
    """Another amount, other items or another code: there is a new offer."""
    APPLIED = "applied"
    """An application for the same measure and year is under way."""
    DEBT = "debt"
    """The organisation owes money back."""
    ANSWERED = "answered"
    """The same was offered before in the year, and the answer was given, or the days went by."""
    STALE = "stale"
    """A list of joint punishment was not read lately."""
    NO_FACTS = "no-facts"
    """The register no longer has facts of the organisation for the year."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What one measure grants without an official's choice. Fen."""

    measure: str
    kind: AwardKind
    amount: int
    items: tuple[tuple[str, int], ...]
    """Item and amount, where items are awarded one by one."""


def granted_by(result: MeasureResult) -> Granted | Bar:
    """What a result grants, or why it is not offered: only what is settled, and needs nobody to look at it."""
    if result.verdict == "ineligible":
        return Bar.INELIGIBLE
    if result.verdict == "undetermined" or result.missing or result.amount is None:
        return Bar.UNDETERMINED
    winning = [line for line in result.lines if line.verdict == "eligible"]
    if result.flags or any(line.flags for line in winning):
        return Bar.FLAGGED
    return Granted(result.measure.id, result.kind, result.amount, _items(result, winning))


def _items(result: MeasureResult, winning: list[Line]) -> tuple[tuple[str, int], ...]:
    each = result.measure.each
    if each is None or each.award is None:
        return ()
    return tuple((line.item, line.amount) for line in winning if line.amount is not None)


def allowed_offer_actions(
    status: str, *, expired: bool, scopes: Iterable[Scope] | None = None
) -> tuple[OfferAction, ...]:
    """What may be done now; with `scopes`, by a caller who has them. Consent is the applicant's, by a platform."""
    if status != OfferStatus.OFFERED or expired:
        return ()
    return tuple(OfferAction) if scopes is None or Scope.APPLY in frozenset(scopes) else ()
