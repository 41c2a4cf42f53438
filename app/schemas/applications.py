"""Bodies of applications and of the actions up to approval.

What the policy's own reader reads is `Any` here, so that all mistakes are told at once; the document has its form.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema
from typing_extensions import TypeAliasType

from app.schemas.application_facts import ApplicantFacts, ApplicationFacts
from app.schemas.bodies import Name, PositiveYuan, Reason, Sent

Ids = Annotated[list[Name], Field(max_length=100)]
Decision = TypeAliasType("Decision", Literal["approve", "decline"])
Measures = Annotated[
    Any, WithJsonSchema({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1_000})
]
ChangedMeasures = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1_000},
                {"type": "null"},
            ]
        }
    ),
]


class NewApplication(Sent):
    """An application to draft. `measures`, `applicant` and `facts` are read by the policy's own reader."""

    policy: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100, examples=["yanhu-ip"])]
    year: Annotated[int, Field(strict=True, ge=2000, le=2100)]
    measures: Measures
    """Ids of money measures."""
    applicant: ApplicantFacts
    """As in an evaluation under the policy, without `credit`: the records say it."""
    facts: ApplicationFacts | None = None
    """As in an evaluation under the policy; what is unknown now may follow until it is submitted."""
    documents: Ids | None = None
    """Ids of uploaded documents."""
    external_ref: Name | None = None
    """The platform's own number, unique among its applications that have not ended without award."""


class ChangedApplication(Sent):
    """What replaces whole top-level fields of a draft or returned application; absent: unchanged."""

    measures: ChangedMeasures = None
    """Before the first submit only."""
    applicant: ApplicantFacts | None = None
    """The same `uscc` as before."""
    facts: ApplicationFacts | None = None
    """All of them: what is left out is unknown again."""
    documents: Ids | None = None
    external_ref: Name | None = None


class Submission(Sent):
    insist: Annotated[bool, Field(strict=True)] = False
    """Submit though nothing is eligible: a formal refusal is asked for. Default: false."""


class Withdrawal(Sent):
    reason: Reason | None = None


class Correction(Sent):
    pointer: Annotated[str, Field(max_length=500, pattern=r"^(/.*)?$")]
    """Into the application (RFC 6901)."""
    message: Reason


class Return(Sent):
    """What the applicant is to correct."""

    reason: Reason
    items: Annotated[list[Correction], Field(max_length=100)] = Field(default_factory=list)


class Rejection(Sent):
    reason: Reason
    grounds: Annotated[list[Reason], Field(max_length=100)] | None = None
    """Default: the reasons of the assessment."""


class AwardDecision(Sent):
    """A decision on one award. Money in yuan."""

    award: Name
    decision: Decision
    expected_amount: PositiveYuan | None = None
    """fixed and calculated: must be what is assessed."""
    amount: PositiveYuan | None = None
    """up_to and unspecified: what is granted, at most the ceiling."""
    reason: Reason | None = None
    """up_to and unspecified: why so much."""


class Approval(Sent):
    """Exactly the eligible awards."""

    awards: Annotated[list[AwardDecision], Field(min_length=1, max_length=2_000)]
