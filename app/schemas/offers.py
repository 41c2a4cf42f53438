"""Offers of awards without application, and the answers to them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import StringConstraints
from typing_extensions import TypeAliasType

from app.rules.procedure.offers import OfferAction, OfferStatus
from app.schemas.answers import EvaluationAnswer
from app.schemas.application_answers import BoundPolicy, Instant, LegalDay
from app.schemas.applications import Ids
from app.schemas.bodies import Moment, Name, Reason, Sent
from app.schemas.words import Digest, Mode, Money, Shown

Sha256 = Annotated[str, StringConstraints(strict=True, pattern="^[0-9a-f]{64}$")]
OfferedKind = TypeAliasType("OfferedKind", Literal["fixed", "calculated"])


class GivenConsent(Sent):
    """Who consented, when, and to which words."""

    by: Name
    """Who consented for the organisation: a name or a staff number."""
    given_at: Moment
    text_sha256: Sha256
    """SHA-256, in hexadecimal, of the text that was shown and agreed to."""


class Consent(Sent):
    """The applicant takes the offer."""

    consent: GivenConsent
    documents: Ids | None = None
    """Ids of uploaded documents, which are fixed with it."""
    external_ref: Name | None = None
    """The platform's own number, for the application that this makes."""


class Declining(Sent):
    """The applicant does not want it."""

    reason: Reason


class OfferedItem(Shown):
    item: str
    amount: Money


class OfferSummary(Shown):
    """An offer in a list: names and codes masked."""

    id: str
    mode: Mode
    uscc: str
    name: str
    policy: BoundPolicy
    year: int
    measure: str
    kind: OfferedKind
    amount: Money
    items: list[OfferedItem]
    """Where items are awarded one by one."""
    status: OfferStatus
    reason: str | None
    """Why it was withdrawn (a code), or declined (the applicant's words)."""
    platform: str | None
    """Which platform answered."""
    application: str | None
    """The application that consent made."""
    allowed_actions: list[OfferAction]
    """What this caller may do now."""
    offered_at: Instant
    expires_at: Instant
    answered_at: Instant | None
    """When it was answered, withdrawn or over."""


class ConsentKept(Shown):
    by: str
    given_at: Instant
    text_sha256: str


class OfferedFacts(Shown):
    """The facts of the register that it rests on."""

    stated_on: LegalDay
    source: str
    digest: Digest
    """Over the facts, the name and the kind, as the register had them."""


class OfferBasis(Shown):
    """What an offer rests on, whole."""

    match: str | None
    """Null: a change of the organisation led to it."""
    matched_by: str
    as_of: LegalDay
    engine_version: str
    facts: OfferedFacts
    request: dict[str, Any]
    result: EvaluationAnswer
    result_hash: Digest
    records: dict[str, Any]
    """History, funding and lists as they stood, money in fen."""


class OfferAnswer(OfferSummary):
    """An offer."""

    consent: ConsentKept | None
    basis: OfferBasis | None
    """For officers only."""


class OfferList(Shown):
    items: list[OfferSummary]
    next: str | None
    """Where the list goes on; null: it ends here."""
