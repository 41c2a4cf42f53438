"""Allotments in a single answer: what there is for all applicants is named as pending, and takes nothing off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.limits import LimitKind
from app.rules.results import LimitUse

if TYPE_CHECKING:
    from app.rules.results import MeasureResult


def with_pending(result: MeasureResult) -> MeasureResult:
    """The result with its allotment among the limits, where it may come to an award.

    What other applicants take is not known here: `used` is None, and what remains is the whole, before any run.
    """
    allotment = result.measure.allotment
    if allotment is None or result.verdict == "ineligible":
        return result
    kind = LimitKind.BUDGET if allotment.in_money else LimitKind.QUOTA
    use = LimitUse(kind, None, allotment.whole, None, allotment.whole, 0)
    return result._replace(limits=(*result.limits, use), kept=None)
