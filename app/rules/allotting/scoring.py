"""The scores of one applicant, from the facts of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.deciding.amounts import compile_interval

if TYPE_CHECKING:
    from app.rules.allotment import Allotment
    from app.rules.allotting.claims import Scores
    from app.rules.deciding.measures import Circumstances
    from app.rules.policy import Measure, Policy


class Scoring:
    """The scores of a measure's allotment, compiled."""

    def __init__(self, measure: Measure, policy: Policy) -> None:
        self.allotment: Allotment | None = measure.allotment
        scores = () if measure.allotment is None else measure.allotment.scores
        name = measure.id.replace("-", "_")
        self._bounds = [
            compile_interval(score, policy.facts, f"{name}_score{index}")
            for index, score in enumerate(scores)
        ]

    def of(self, c: Circumstances) -> Scores | None:
        """None where an unknown fact leaves one of them open: who may rank anywhere has no claim."""
        found: list[int] = []
        for bounds in self._bounds:
            low, high = bounds(c.facts, None, c.b)
            if low != high:
                return None
            found.append(int(low))
        return tuple(found)
