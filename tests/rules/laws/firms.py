"""A pack about firms, with the construct under test, requests to it, and both engines beside each other."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from app.rules.columns.deciding import Columns
from app.rules.columns.rows import Rows
from app.rules.columns.schema import population_schema
from app.rules.evaluation import compile_policy
from app.rules.loading import PackErrors, load_policy
from app.rules.requests import EvaluationRequest
from app.rules.words.answer_values import place

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
in_force: {from: 2024-01-01, to: 2028-12-31}
order: [reward]
choices:
  levels: {low: [低, low], middle: [中, middle], high: [高, high], ordered: low to high}
  regions: {north: [北, north], south: [南, south], west: [西, west]}
facts:
  firm:
    level: {choice: [级别, level], of: levels}
    region: {choice: [地区, region], of: regions}
    town: {text: [镇, town]}
    staff: {count: [人数, staff], unit: [人, people]}
    spent: {money: [投入, spent]}
    rate: {percent: [利率, rate], max: 100%}
    founded: {date: [成立日期, founded]}
    green: {bool: [绿色, green]}
"""
MEASURES = """
measures:
  reward:
    clause: 一
    title: {zh: 奖, en: reward}
"""


def pack(measure: str, before: str = "") -> str:
    """One file: `before` stands before the measures, `measure` is what the one measure says."""
    lines = "\n".join(f"    {line}" for line in measure.strip("\n").splitlines())
    return HEAD + before.strip("\n") + MEASURES + lines + "\n"


def policy_of(measure: str, before: str = "") -> Policy:
    return load_policy({"policy.yaml": pack(measure, before)})


def refused(measure: str, before: str = "") -> list[tuple[str, str]]:
    """What is wrong: the line of the file that it stands on, and the English words."""
    text = pack(measure, before)
    with pytest.raises(PackErrors) as caught:
        load_policy({"policy.yaml": text})
    lines = text.splitlines()
    return [(lines[error.line - 1].strip(), error.message.en) for error in caught.value.errors]


def decide(policy: Policy, as_of: date = DAY, year: int | None = None, **firm: object) -> MeasureResult:
    """What the measure comes to; None leaves a fact unknown."""
    facts: dict[str, object] = {f"firm.{name}": value for name, value in firm.items() if value is not None}
    facts |= {"applicant.name": "测", "applicant.uscc": "91140802MA0GT0018G"}
    request = EvaluationRequest(as_of, year or as_of.year, frozenset({"reward"}), facts, ())
    return compile_policy(policy).evaluate(request).measures[0]


def yuan(found: MeasureResult) -> tuple[float | None, float | None]:
    """Amount and potential."""
    return tuple(None if fen is None else fen / 100 for fen in (found.amount, found.potential))  # type: ignore[return-value]


def missing(found: MeasureResult) -> list[str]:
    return [one.name for one in found.missing]


def codes(found: MeasureResult) -> list[str]:
    return [reason.point.code for reason in found.reasons]


CHOICES: Mapping[str, Sequence[object]] = {
    "level": ["low", "middle", "high", None],
    "region": ["north", "south", "west", None],
    "town": ["东镇", "西镇", "南镇", None],
    "staff": [0, 9, 10, 19, 20, 30, 49, 50, 99, 100, 300, None],
    "spent": [0, 1, 9999, 12345678, 100_000_00, None],
    "rate": [0, 1, 3_000_000, 12_500_000, 100_000_000, None],
    "founded": [date(2020, 2, 29), date(2024, 12, 31), date(2026, 1, 1), date(2026, 11, 23), None],
    "green": [True, False, None],
}


def same_in_columns(policy: Policy, as_of: date = DAY, year: int | None = None, rows: int = 300) -> None:
    """Random firms, unknowns among them: columns say of each what a single decision says."""
    chance = random.Random(rows)  # noqa: S311 - a population, the same every time
    named = {"name": "测", "uscc": "91140802MA0GT0018G", "division": None, "credit": None}
    found = [
        {
            "ref": str(i), "applicant": named, "history": None, "other_funding": None,
            "facts": {"firm": {name: chance.choice(values) for name, values in CHOICES.items()}},
        }
        for i in range(rows)
    ]  # fmt: skip
    year = year or as_of.year
    population = pl.DataFrame(found, schema=population_schema(policy))
    answers = Columns(policy, year=year, as_of=as_of).decide(population).answers
    alone, read = compile_policy(policy), Rows(policy, year, as_of)
    for row, answer in zip(population.iter_rows(named=True), answers.iter_rows(named=True), strict=True):
        one = alone.evaluate(read.request(row)).measures[0]
        assert answer["reward"] == {
            "verdict": one.verdict, "amount": one.amount, "ceiling": one.ceiling, "potential": one.potential,
            "reasons": [reason.point.code for reason in one.reasons],
            "missing": [place(m.name, m.list_name, m.position).fact for m in one.missing],
        }  # fmt: skip
