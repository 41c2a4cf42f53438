"""What a budget or places of a measure come to over a population: for JSON, tables and the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.words.answer_values import json_value

if TYPE_CHECKING:
    from fractions import Fraction

    from app.rules.columns.allotting import AllotmentSum

_FACTOR_PLACES = 10


def allotment_form(found: AllotmentSum) -> dict[str, Any]:
    """Counts as numbers, money as yuan in text; the factor is exact as a fraction and rounded down as a decimal."""
    allotment = found.allotment
    in_money = allotment.in_money
    return {
        "by": str(allotment.by),
        "budget": format_yuan(allotment.whole) if in_money else None,
        "places": None if in_money else allotment.whole,
        "claims": found.claims,
        "undetermined": found.undetermined,
        "demand": format_yuan(found.demand),
        "granted": found.granted,
        "partly": found.partly,
        "none": found.none,
        "needs_decision": found.open,
        "spent": format_yuan(found.spent),
        "left": format_yuan(found.left) if in_money else found.left,
        "factor": None if found.factor is None else factor_form(found.factor),
        "cut_off": cut_off_form(found),
    }


def factor_form(factor: Fraction) -> dict[str, str]:
    """Exact, and for people."""
    digits = factor.numerator * 10**_FACTOR_PLACES // factor.denominator
    return {
        "exact": f"{factor.numerator}/{factor.denominator}",
        "decimal": f"{digits // 10**_FACTOR_PLACES}.{digits % 10**_FACTOR_PLACES:0{_FACTOR_PLACES}d}",
    }


def cut_off_form(found: AllotmentSum) -> list[Any] | None:
    """The lowest scores that got in, each as answers show its type."""
    if found.cut_off is None:
        return None
    scores = zip(found.cut_off, found.allotment.scores, strict=True)
    return [json_value(value, score.type, score.scale) for value, score in scores]


def edge_words(found: AllotmentSum) -> Words:
    """The factor or the cut-off, for a cell of a table; a dash where there is neither."""
    if found.factor is not None:
        decimal = factor_form(found.factor)["decimal"]
        return Words(f"系数 {decimal}", f"factor {decimal}")
    scores = cut_off_form(found)
    if scores is None:
        return Words("—", "—")
    listed = ", ".join(str(one) for one in scores)
    return Words(f"分数线 {listed}", f"cut-off {listed}")
