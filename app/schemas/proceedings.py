"""Bodies of the actions after approval."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.schemas.application_answers import ObjectionOutcome
from app.schemas.bodies import Day, Name, PositiveYuan, Reason, Sent

AwardIds = Annotated[list[Name], Field(min_length=1, max_length=2_000)]


class Reasoned(Sent):
    """An action that needs nothing but a written reason."""

    reason: Reason


class Publication(Sent):
    days: Annotated[int, Field(strict=True, ge=1, le=60)] | None = None
    """Working days of the public notice; default, and the fewest: the office's own setting (5)."""


class NewObjection(Sent):
    """An objection as it reached the office. Who objects is shown to officers only."""

    by: Name
    contact: Name
    text: Reason
    received_on: Day
    """Within the notice, not later than today."""
    awards: AwardIds | None = None
    """Default: against all of them."""


class Resolution(Sent):
    objection: Name
    outcome: ObjectionOutcome
    reason: Reason
    awards: AwardIds | None = None
    """`upheld` only: the awards that end; default: those of the objection."""


class Confirmation(Sent):
    """The bank has paid."""

    reference: Name
    """The voucher's number; every payment has its own."""
    paid_on: Day
    """Not before the day of the order, not later than today."""
    payment: Name | None = None
    """Default: the payment that is under way."""


class ClawBack(Sent):
    award: Name
    amount: PositiveYuan
    """In yuan, at most what of it is still paid."""


class Revocation(Sent):
    reason: Reason
    awards: Annotated[list[ClawBack], Field(min_length=1, max_length=2_000)] | None = None
    """After payment only: what is claimed back; default: all that was paid."""
    restores_entitlement: Annotated[bool, Field(strict=True)] | None = None
    """Required after payment: whether the applicant may be awarded the same again once all of it has come back."""


class MoneyBack(Sent):
    """Money of a claw-back that came."""

    award: Name
    amount: PositiveYuan
    """In yuan, at most what is owed."""
    reference: Name
    """The voucher's number; every recovery has its own."""
    received_on: Day


class WriteOff(Sent):
    award: Name
    reason: Reason
