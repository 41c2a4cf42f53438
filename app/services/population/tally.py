"""How many qualify, for each measure, and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

VERDICTS = ("eligible", "ineligible", "undetermined")


class Tally:
    """Counts answers as they go by."""

    def __init__(self, measures: Sequence[str]) -> None:
        self.rows = 0
        self.verdicts = {measure: dict.fromkeys(VERDICTS, 0) for measure in measures}
        self.amounts = dict.fromkeys(measures, 0)
        """Fen of eligible awards whose figure the text states."""

    def add(self, answers: pl.DataFrame) -> None:
        """Count the rows of a table of answers."""
        self.rows += answers.height
        for measure, counts in self.verdicts.items():
            decided = answers[measure].struct
            verdict = decided.field("verdict")
            for name, count in verdict.value_counts().iter_rows():
                counts[name] += count
            self.amounts[measure] += int(decided.field("amount").filter(verdict == "eligible").sum())
