"""Applications, awards and assessments as they are answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from app.schemas.words import Digest, Money, Shown, Words

Instant = Annotated[
    str, Field(examples=["2026-11-24T09:00:00.000000+08:00"], json_schema_extra={"format": "date-time"})
]
LegalDay = Annotated[str, Field(examples=["2026-11-24"], json_schema_extra={"format": "date"})]
StatusName = Literal[
    "draft",
    "submitted",
    "returned",
    "accepted",
    "approved",
    "publicised",
    "granted",
    "paying",
    "paid",
    "withdrawn",
    "rejected",
    "revoked",
]
AwardStateName = Literal[
    "assessed",
    "ineligible",
    "declined",
    "reserved",
    "released",
    "payable",
    "paying",
    "paid",
    "owed",
    "recovered",
    "written_off",
]


class BoundPolicy(Shown):
    """The version that decides: bound at the first submit, null until then."""

    id: str
    version: str | None
    digest: Digest | None
    notice: int | None
    """The year of the notice, where there is one."""


class Award(Shown):
    """One award; money in yuan."""

    id: str
    measure: str
    item: str | None
    """The item's id, where items are awarded one by one."""
    kind: Literal["fixed", "calculated", "up_to", "unspecified"]
    assessed: Money | None
    """What the text gives, where it says so."""
    ceiling: Money | None
    """The most an official may grant; never an amount due."""
    amount: Money | None
    """What was approved."""
    state: AwardStateName
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
    media_type: Literal["application/pdf", "image/jpeg", "image/png"]


class Objection(Shown):
    """Who objects, with what words, is shown to officers only."""

    id: str
    by: str | None
    contact: str | None
    text: str | None
    received_on: LegalDay
    awards: list[str] | None
    outcome: Literal["dismissed", "upheld"] | None
    reason: str | None
    recorded_at: Instant
    resolved_at: Instant | None


class Payment(Shown):
    id: str
    instalment: int
    payee: str
    amount: Money
    awards: list[str]
    state: Literal["ordered", "confirmed", "failed"]
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


class ReviewFlag(Shown):
    code: str
    message: Words


class ApplicationSummary(Shown):
    """An application in a list: names and codes masked, no facts."""

    id: str
    external_ref: str | None
    policy: BoundPolicy
    year: int
    mode: Literal["live", "test"]
    platform: str
    status: StatusName
    measures: list[str]
    applicant: dict[str, Any]
    assessment: int | None
    answer_by: LegalDay | None
    on_hold: dict[str, Any] | None
    flags: list[ReviewFlag]
    created_at: Instant
    updated_at: Instant
    submitted_at: Instant | None


class ApplicationAnswer(ApplicationSummary):
    """An application."""

    facts: dict[str, Any]
    documents: list[Document]
    awards: list[Award]
    returned: dict[str, Any] | None
    public_notice: PublicNotice | None
    objections: list[Objection]
    payments: list[Payment]
    allowed_actions: list[str]
    """What this caller may do now."""


class ApplicationList(Shown):
    items: list[ApplicationSummary]
    next: str | None
    """The cursor of the next page; null on the last."""


class MeasureVerdict(Shown):
    measure: str
    verdict: Literal["eligible", "ineligible", "undetermined"]


class AssessmentSummary(Shown):
    n: int
    application: str
    occasion: Literal["submit", "approve", "pay"]
    policy: BoundPolicy
    engine_version: str
    as_of: LegalDay
    at: Instant
    result_hash: Digest
    verdicts: list[MeasureVerdict]


class AssessmentAnswer(AssessmentSummary):
    """An assessment, whole: what was decided on, and what came out."""

    request: dict[str, Any]
    result: dict[str, Any]
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
