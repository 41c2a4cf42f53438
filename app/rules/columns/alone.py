"""Measures that exact columns cannot carry, decided one applicant after the other by the scalar measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.explaining import MISSING, REASONS, VERDICTS, explained
from app.rules.columns.measures import AMOUNT, CEILING, POTENTIAL, VERDICT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.results import MeasureResult


def answers(results: Sequence[MeasureResult]) -> pl.DataFrame:
    """What the columns would have: `verdict` (a code), figures in fen, `reasons` and `missing`."""
    said = [explained(result) for result in results]
    return pl.DataFrame(
        {
            VERDICT: pl.Series([VERDICTS.index(r.verdict) for r in results], dtype=pl.UInt8),
            AMOUNT: pl.Series([r.amount for r in results], dtype=pl.Int64),
            CEILING: pl.Series([r.ceiling for r in results], dtype=pl.Int64),
            POTENTIAL: pl.Series([r.potential for r in results], dtype=pl.Int64),
            REASONS: pl.Series([list(one.reasons) for one in said], dtype=pl.List(pl.String)),
            MISSING: pl.Series([list(one.missing) for one in said], dtype=pl.List(pl.String)),
        }
    )
