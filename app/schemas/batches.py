"""The lines of a batch's answer."""

from __future__ import annotations

from pydantic import Field

from app.schemas.answers import EvaluationAnswer
from app.schemas.problems import Problem
from app.schemas.words import Shown


class BatchResultLine(Shown):
    line: int = Field(ge=1)
    """From 1; blank lines are skipped but counted."""
    ref: str | int | None
    result: EvaluationAnswer


class BatchErrorLine(Shown):
    """A line that was refused; it never stops the others."""

    line: int = Field(ge=1)
    ref: str | int | None
    error: Problem


class BatchSummary(Shown):
    lines: int
    """Lines of the body, blank ones included."""
    results: int
    errors: int


class BatchSummaryLine(Shown):
    """The last line. Where it is absent the answer was cut off."""

    summary: BatchSummary
