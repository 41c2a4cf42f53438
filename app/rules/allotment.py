"""What a measure says of scarcity: a budget or places for all applicants together, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.rules.expression import Expression


class AllotBy(StrEnum):
    """How those who are eligible share what there is."""

    SCALE = "scale"
    """Every amount by the same factor."""
    ARRIVAL = "arrival"
    """Whoever comes first."""
    RANK = "rank"
    """Whoever has the highest score."""

    __hash__ = str.__hash__


class Ties(StrEnum):
    """What becomes of applicants with equal scores of whom not all get in."""

    DECIDE = "decide"
    """An official decides among them."""
    ADMIT = "admit"
    """All of them get in; with places only."""
    REFUSE = "refuse"
    """None of them gets in."""

    __hash__ = str.__hash__


class Last(StrEnum):
    """What becomes of the applicant whose amount crosses the budget."""

    PARTIAL = "partial"
    """Gets what is left of it."""
    REFUSE = "refuse"
    """Gets nothing."""

    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Allotment:
    """Either `budget` (fen) or `places` is set. `last` is REFUSE where nobody can cross the budget.

    `scores`: where it ranks, numbers of the applicant, the highest first; each decides where those before it are equal.
    """

    by: AllotBy
    budget: int | None = None
    places: int | None = None
    per_year: bool = False
    """A budget for each year of applications; else one for as long as the measure lasts."""
    scores: tuple[Expression, ...] = ()
    ties: Ties = Ties.DECIDE
    last: Last = Last.REFUSE

    @property
    def whole(self) -> int:
        """All there is: fen, or places."""
        found = self.budget if self.places is None else self.places
        assert found is not None
        return found

    @property
    def in_money(self) -> bool:
        """Whether it counts fen, not applicants."""
        return self.places is None
