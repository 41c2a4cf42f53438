"""A pack about works of firms, with the limits under test, and requests to it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from app.rules.evaluation import compile_policy
from app.rules.loading import load_policy
from app.rules.requests import EvaluationRequest, HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.policy import Policy
    from app.rules.results import MeasureResult

DAY = date(2026, 11, 23)
HEAD = """
id: forms
title: {zh: 测, en: forms}
authority: {zh: 某局, en: some bureau}
division: '140802'
status: in-force
version: '1'
in_force: {from: 2024-01-01}
order: [ORDER]
choices:
  levels: {low: [低, low], high: [高, high], ordered: low to high}
facts:
  firm:
    level: {choice: [级别, level], of: levels}
    place: {text: [地点, place]}
    spent: {money: [投入, spent], max: 1000}
    green: {bool: [绿色, green]}
  works:
    list: [作品, works]
    item:
      no: {id: [编号, no.]}
      family: {id: [系列, family], optional: yes}
      grade: {choice: [等级, grade], of: levels}
      made: {date: [完成日, finished]}
      worth: {money: [价值, worth], max: 100}
      good: {bool: [合格, good]}
"""
REWARD = """
  reward:
    clause: 一
    title: {zh: 奖, en: reward}
"""
EACH = """
    each:
      item: w in works
      id: w.no
      require: [w.good]
      award: {calculated: w.worth}
"""
TOTAL = """
    each:
      item: w in works
      id: w.no
      require: [w.good]
      counts: w.worth
    award: {calculated: 50% * counted}
"""
ONE = """
    award: {calculated: firm.spent}
"""


def policy_of(form: str, *limits: str, keys: str = "", before: str = "") -> Policy:
    """A pack of one measure; `keys` are kept in its ledger, `before` stands before the measures."""
    text = (
        HEAD.replace("ORDER", "reward")
        + before
        + "measures:\n"
        + REWARD.strip("\n")
        + "\n"
        + form.strip("\n")
    )
    text += "\n    limits:\n" + "".join(f"      - {limit}\n" for limit in limits)
    if keys:
        text += f"    ledger: {{keys: [{keys}]}}\n"
    return load_policy({"policy.yaml": text})


def work(no: str, worth: int | None, **more: object) -> dict[str, object]:
    """An item worth so many yuan, good unless said otherwise; None leaves a field unknown."""
    fields = {"no": no, "worth": None if worth is None else worth * 100, "good": True, **more}
    return {name: value for name, value in fields.items() if value is not None}


def paid(
    yuan: int, year: int = 2026, item: str | None = None, measure: str = "reward", **keys: str
) -> HistoryEntry:
    return HistoryEntry(measure, year, yuan * 100, item, (), keys)


def request(
    works: Sequence[Mapping[str, object]] | None = None,
    history: Sequence[HistoryEntry] = (),
    measures: Sequence[str] = ("reward",),
    **firm: object,
) -> EvaluationRequest:
    facts: dict[str, object] = {f"firm.{name}": value for name, value in firm.items() if value is not None}
    facts |= {"applicant.name": "测", "applicant.uscc": "91140802MA0GT0018G"}
    if works is not None:
        facts["works"] = list(works)
    return EvaluationRequest(DAY, 2026, frozenset(measures), facts, tuple(history))


def decide(policy: Policy, *given: Any, **more: Any) -> MeasureResult:
    """What the measure comes to for `request(...)`."""
    return compile_policy(policy).evaluate(request(*given, **more)).measures[0]


def yuan(fen: int | None) -> float | None:
    return None if fen is None else fen / 100


def lines(found: MeasureResult) -> dict[str, tuple[str, float | None]]:
    """Verdict (first letter) and amount in yuan of each line."""
    return {line.item: (line.verdict[0], yuan(line.amount)) for line in found.lines}


def uses(found: MeasureResult) -> list[tuple[object, ...]]:
    """Limits with money in yuan."""
    return [
        (str(use.kind), use.item, *(n // 100 if use.kind.in_money else n for n in use[2:]))
        for use in found.limits
    ]


def codes(found: MeasureResult) -> list[str]:
    return [reason.point.code for reason in found.reasons]
