"""Packs of several measures about firms and their works, requests to them, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.rules.evaluation import compile_policy
from app.rules.loading import PackErrors, load_policy
from app.rules.requests import EvaluationRequest
from tests.rules.laws.firms import DAY, HEAD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.policy import Policy
    from app.rules.requests import HistoryEntry
    from app.rules.results import MeasureResult

LISTS = """
  works:
    list: [工程, works]
    item:
      no: {id: [编号, number]}
      cost: {money: [费用, cost]}
measures:
"""


def policy_of(measures: str, order: str, after: str = "") -> Policy:
    return load_policy({"policy.yaml": HEAD.replace("[reward]", f"[{order}]") + LISTS + measures + after})


def refused(measures: str, order: str, after: str = "") -> list[tuple[str, str]]:
    text = HEAD.replace("[reward]", f"[{order}]") + LISTS + measures + after
    with pytest.raises(PackErrors) as caught:
        load_policy({"policy.yaml": text})
    lines = text.splitlines()
    return [(lines[error.line - 1].strip(), error.message.en) for error in caught.value.errors]


def decide(
    policy: Policy,
    *asked: str,
    history: Sequence[HistoryEntry] = (),
    works: Sequence[Mapping[str, object]] | None = None,
    traced: bool = False,
    **firm: object,
) -> dict[str, MeasureResult]:
    facts: dict[str, object] = {f"firm.{name}": value for name, value in firm.items() if value is not None}
    facts |= {"applicant.name": "测", "applicant.uscc": "91140802MA0GT0018G"}
    if works is not None:
        facts["works"] = [dict(one) for one in works]
    names = asked or tuple(measure.id for measure in policy.measures)
    request = EvaluationRequest(DAY, DAY.year, frozenset(names), facts, tuple(history))
    found = compile_policy(policy).evaluate(request, traced=traced).measures
    return {one.measure.id: one for one in found}


def yuan(found: MeasureResult) -> tuple[str, float | None, float | None]:
    amount, potential = (None if fen is None else fen / 100 for fen in (found.amount, found.potential))
    return found.verdict, amount, potential
