"""Jobs: work that takes longer than a request."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.schemas.simulated import SimulationResult
from app.schemas.words import Money, Shown, Words

Count = Annotated[int, Field(ge=0)]
JobStatus = TypeAliasType("JobStatus", Literal["queued", "running", "succeeded", "failed", "cancelled"])


class JobProgress(Shown):
    """How far a job is, in rows of its population."""

    done: Count
    total: Count | None


class JobFile(Shown):
    """A file that a job made."""

    name: str
    media_type: str
    size: Count
    path: str
    """Where it is to be had, as long as the job is kept."""


class SimulationScenario(Shown):
    """A scenario as it was ordered; values as text."""

    name: str
    version: str | None
    parameters: dict[str, str]


class SimulationInput(Shown):
    """What was ordered, with everything said."""

    policy: str
    version: str
    """Of the law as it is."""
    year: int
    as_of: date
    budget: Money | None
    population: dict[str, str | bool]
    """`upload` and its id, or `register`."""
    scenarios: list[SimulationScenario]


class ListedJob(Shown):
    """Work that takes longer than a request."""

    id: Annotated[str, Field(pattern="^job_[0-9a-f]{32}$")]
    kind: Literal["simulation"]
    status: JobStatus
    progress: JobProgress
    input: SimulationInput
    failure: Words | None
    """Of one that failed: why."""
    files: list[JobFile]
    created_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    """When a finished job goes, with its files."""
    allowed_actions: list[Literal["cancel"]]


class JobAnswer(ListedJob):
    """A job with what came of it."""

    result: SimulationResult | None
    """Of one that succeeded."""


class JobList(Shown):
    """Jobs without their results, the latest first."""

    items: list[ListedJob]
    next: str | None
