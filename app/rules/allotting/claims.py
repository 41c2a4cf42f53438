"""What is shared, and what it comes to, as frozen values."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

Scores = tuple[int, ...]
"""In the order of the allotment's scores, each in whole units of its own scale."""


class Claim(NamedTuple):
    """One applicant who is certainly eligible; whoever is undetermined has no claim and is counted apart."""

    id: str
    """Unique among the claims."""
    amount: int
    """What is due before the allotment, fen; 0 where an official sets it."""
    scores: Scores = ()
    arrival: int = 0
    """Its place in the order of arrival; unique where that is what decides."""


class Outcome(StrEnum):
    GRANTED = "granted"
    """In full."""
    PARTLY = "partly"
    NONE = "none"
    OPEN = "needs_decision"
    """One of equals of whom not all get in: an official decides."""

    __hash__ = str.__hash__


class Share(NamedTuple):
    """What becomes of one claim."""

    claim: Claim
    rank: int | None
    """From 1; equals share one, and those after them are counted on. None where all are scaled alike."""
    outcome: Outcome
    granted: int
    """Fen."""


class Allotted(NamedTuple):
    """The whole of it. `shares` are in the order of rank; among equals, and where all are scaled, by id."""

    shares: tuple[Share, ...]
    whole: int
    """What there was: fen, or places."""
    demand: int
    """What all claims come to, fen."""
    factor: Fraction | None
    """Where amounts are scaled: at most 1."""
    cut_off: Scores | None
    """The lowest scores with which anyone got in, in full or in part; None where scores do not rank or nobody did."""
    spent: int
    """Fen, what equals who need a decision would take aside."""
    admitted: int
    """Claims granted in full or in part."""
    left: int
    """Of `whole`; never below 0, also where equals took more places than there were."""
    open: int
    """Claims that need a decision."""
