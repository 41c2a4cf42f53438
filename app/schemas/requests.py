"""A request for whichever policy: what all of them share. Each policy's own schema says its facts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.schemas.bodies import without_defaults
from app.schemas.words import Shown


class EvaluationRequest(Shown):
    """One applicant, one year, one day."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=without_defaults)

    as_of: date | None = None
    """The day the decision is for; by default today in Asia/Shanghai."""
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    """The award year; by default that of `as_of`."""
    measures: Annotated[list[str], Field(min_length=1)] | None = None
    """By default all that can be evaluated."""
    applicant: dict[str, Any]
    """`name` and `uscc` (GB 32100) are required; the rest is each policy's own."""
    facts: dict[str, Any] | None = None
    """What is absent or null is unknown, never false or zero."""
    history: list[dict[str, Any]] | None = None
    """Earlier awards: measure, year, amount, item."""
    other_funding: list[dict[str, Any]] | None = None
    """Support from elsewhere: source, amount, project."""
    assume: dict[str, Any] | None = None
    """Values for unknown facts, for this answer only."""
