"""The pages that explain problems, as JSON."""

from __future__ import annotations

from app.schemas.words import Shown, Words


class ProblemExplanation(Shown):
    """One kind of problem."""

    type: str
    status: int
    title: Words
    fix: Words


class ProblemExplanations(Shown):
    problems: list[ProblemExplanation]
