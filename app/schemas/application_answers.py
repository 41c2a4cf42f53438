"""Applications, awards and assessments as they are answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.rules.procedure.applications import Action, Status
from app.rules.procedure.ledger import AwardState
from app.schemas.answers import EvaluationAnswer, Flag, Verdict
from app.schemas.application_facts import ApplicantFacts, ApplicationFacts
from app.schemas.documents import MediaType
from app.schemas.words import Digest, Mode, Money, Shown

Instant = Annotated[
    str, Field(examples=["2026-11-24T09:00:00.000000+08:00"], json_schema_extra={"format": "date-time"})
]
LegalDay = Annotated[str, Field(examples=["2026-11-24"], json_schema_extra={"format": "date"})]
# Named, so that clients get one type for each and not one for each place.
MoneyAwardKind = TypeAliasType("MoneyAwardKind", Literal["fixed", "calculated", "up_to", "unspecified"])
ObjectionOutcome = TypeAliasType("ObjectionOutcome", Literal["dismissed", "upheld"])
PaymentState = TypeAliasType("PaymentState", Literal["ordered", "confirmed", "failed"])
Occasion = TypeAliasType("Occasion", Literal["submit", "approve", "pay", "offer"])


class BoundPolicy(Shown):
    """The version that decides: bound at the first submit, null until then."""

    id: str
    version: str | None
    digest: Digest | None
    notice: int | None
    """The year of the notice, where there is one."""


class ApplicationAward(Shown):
    """One award; money in yuan."""

    id: str
    measure: str
    item: str | None
    """The item's id, where items are awarded one by one."""
    kind: MoneyAwardKind
    assessed: Money | None
    """What the text gives, where it says so."""
    ceiling: Money | None
    """The most an official may grant; never an amount due."""
    amount: Money | None
    """What was approved."""
    state: AwardState
    clawed_back: Money
    recovered: Money
    reason: str | None


class Document(Shown):
    id: str
    kind: str | None
    name: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: int
    """Bytes."""
    media_type: MediaType


class Objection(Shown):
    """Who objects, with what words, is shown to officers only."""

    id: str
    by: str | None
    contact: str | None
    text: str | None
    received_on: LegalDay
    awards: list[str] | None
    outcome: ObjectionOutcome | None
    reason: str | None
    recorded_at: Instant
    resolved_at: Instant | None


class PaymentPart(Shown):
    award: str
    amount: Money


class Payment(Shown):
    id: str
    instalment: int
    payee: str
    amount: Money
    awards: list[str]
    parts: list[PaymentPart]
    """What is paid of each award: all of it, or an instalment."""
    state: PaymentState
    reference: str | None
    paid_on: LegalDay | None
    reason: str | None
    ordered_at: Instant
    confirmed_at: Instant | None
    failed_at: Instant | None


class PublicNotice(Shown):
    days: int
    """Working days."""
    from_: Annotated[LegalDay, Field(alias="from")]
    last_day: LegalDay


class Hold(Shown):
    """Why neither grant nor pay is possible."""

    reason: str
    since: LegalDay


class ToCorrect(Shown):
    pointer: str
    """Into the application (RFC 6901)."""
    message: str


class ReturnedForCorrection(Shown):
    reason: str
    items: list[ToCorrect]
    answer_by: LegalDay
    """Withdrawn by itself when this day is over."""


class ApplicationSummary(Shown):
    """An application in a list: names and codes masked, no facts."""

    id: str
    external_ref: str | None
    policy: BoundPolicy
    year: int
    mode: Mode
    platform: str
    status: Status
    measures: list[str]
    applicant: ApplicantFacts
    assessment: int | None
    answer_by: LegalDay | None
    on_hold: Hold | None
    flags: list[Flag]
    created_at: Instant
    updated_at: Instant
    submitted_at: Instant | None


class ApplicationAnswer(ApplicationSummary):
    """An application."""

    facts: ApplicationFacts
    documents: list[Document]
    awards: list[ApplicationAward]
    returned: ReturnedForCorrection | None
    public_notice: PublicNotice | None
    objections: list[Objection]
    payments: list[Payment]
    allowed_actions: list[Action]
    """What this caller may do now."""


class ApplicationList(Shown):
    items: list[ApplicationSummary]
    next: str | None
    """The cursor of the next page; null on the last."""


class MeasureVerdict(Shown):
    measure: str
    verdict: Verdict


class AssessmentSummary(Shown):
    n: int
    application: str
    occasion: Occasion
    policy: BoundPolicy
    engine_version: str
    as_of: LegalDay
    at: Instant
    result_hash: Digest
    verdicts: list[MeasureVerdict]


class AssessmentAnswer(AssessmentSummary):
    """An assessment, whole: what was decided on, and what came out."""

    request: dict[str, Any]
    result: EvaluationAnswer
    records: dict[str, Any] | None = None
    """History, funding and lists as they stood, money in fen; for officers only."""


class AssessmentList(Shown):
    items: list[AssessmentSummary]
    next: str | None


class EngineVersions(Shown):
    then: str
    now: str


class Difference(Shown):
    pointer: str
    then: Any
    now: Any


class ReplayAnswer(Shown):
    """The decision made again from what was kept."""

    application: str
    assessment: int
    identical: bool
    result_hash: Digest
    replayed_hash: Digest
    engine_version: EngineVersions
    difference: list[Difference]
