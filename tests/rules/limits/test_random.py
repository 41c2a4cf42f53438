"""Limits on random requests: more facts only narrow an answer, and columns say what single decisions say."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from app.rules.columns.deciding import Columns
from app.rules.columns.rows import Rows
from app.rules.columns.schema import history_keys, population_schema
from app.rules.evaluation import compile_policy
from app.rules.words.answer_values import place
from tests.rules.limits.works import DAY, EACH, ONE, TOTAL, paid, policy_of, request

if TYPE_CHECKING:
    from app.rules.policy import Policy
    from app.rules.results import MeasureResult

FORMS = {
    "so many awards": (ONE, ["at most 2 awards", "at most 1 awards per firm.level and year"], "firm.level"),
    "caps": (ONE, ["at most 120 per firm.level", "at most 200", "at most 90 per year"], "firm.level"),
    "topped up": (ONE, ["once per firm.level topped up", "at most 80 per year"], "firm.level"),
    "best": (EACH, ["once per item", "best 2 per w.grade and year"], ""),
    "best for life": (EACH, ["best 2 per w.grade", "at most 100 per year"], "w.grade"),
    "best by date": (EACH, ["best 1 by w.made per w.family and year"], ""),
    "first": (EACH, ["first 2 by w.made per year", "at most 60 per item"], ""),
    "first by grade": (EACH, ["first 1 by w.grade", "once topped up"], ""),
    "one after the other": (
        EACH,
        ["at most 3 awards per year", "best 2 per year", "at most 70 per w.grade"],
        "w.grade",
    ),
    "best topped up": (EACH, ["best 1 per w.grade topped up"], "w.grade"),
    "items topped up": (EACH, ["once per item topped up", "at most 90 per year"], ""),
    "total": (TOTAL, ["best 2 per year", "at most 30 per year"], ""),
    "first of a total": (TOTAL, ["first 2 by w.made", "at most 2 awards per year"], ""),
}
FIRM: dict[str, list[object]] = {
    "level": ["low", "high"], "place": ["east", "west"], "spent": [0, 100_00, 250_00], "green": [True, False],
}  # fmt: skip
FIELDS: dict[str, list[object]] = {
    "grade": ["low", "high"], "made": [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)],
    "worth": [0, 10_00, 20_00, 50_00, 90_00], "good": [True, True, False],
}  # fmt: skip


def policy_named(form: str) -> Policy:
    shape, limits, keys = FORMS[form]
    return policy_of(shape, *limits, keys=keys)


def some_row(policy: Policy, chance: random.Random, unknown: float) -> dict[str, object]:
    """A row of a population: a firm, up to four works, what it was paid before."""

    def some(values: list[object]) -> object:
        return None if chance.random() < unknown else chance.choice(values)

    works: object = [
        {
            "no": no,
            "family": chance.choice(["f", "g", None]),
            **{name: some(of) for name, of in FIELDS.items()},
        }
        for no in ("A", "B", "C", "D")[: chance.randint(0, 4)]
    ]
    needed = policy.measures[0].ledger_keys
    keys = history_keys(policy)
    history = [
        {
            "measure": "reward", "year": chance.choice([2025, 2026]), "amount": chance.choice([10_00, 40_00, 130_00]),
            "item": chance.choice(["A", "B", "Z"]), "items": None,
            **({"keys": dict.fromkeys(keys) | {one.kept_as: chance.choice(["low", "high"]) for one in needed}}
               if keys else {}),
        }
        for _ in range(chance.choice([0, 0, 1, 2]))
    ]  # fmt: skip
    return {
        "ref": "r", "history": history, "other_funding": None,
        "applicant": {"name": "测", "uscc": "91140802MA0GT0018G", "division": None, "credit": None},
        "facts": {
            "firm": {name: some(of) for name, of in FIRM.items()},
            "works": None if chance.random() < unknown / 4 else works,
        },
    }  # fmt: skip


def completed(row: dict[str, object], chance: random.Random) -> dict[str, object]:
    """The same with everything that is unknown decided, the list of works aside."""
    facts = row["facts"]
    assert isinstance(facts, dict)
    firm = {
        name: chance.choice(FIRM[name]) if value is None else value for name, value in facts["firm"].items()
    }
    works = [
        {
            name: chance.choice(FIELDS[name]) if value is None and name in FIELDS else value
            for name, value in one.items()
        }
        for one in facts["works"] or ()
    ]
    return {**row, "facts": {"firm": firm, "works": works}}


@pytest.mark.parametrize("form", FORMS)
def test_more_facts_only_narrow_an_answer(form: str) -> None:
    policy = policy_named(form)
    chance = random.Random(form)  # noqa: S311 - requests, the same every time
    evaluator, rows = compile_policy(policy), Rows(policy, 2026, DAY)
    narrowed = 0
    for _ in range(250):
        row = some_row(policy, chance, 0.25)
        if row["facts"]["works"] is None:  # type: ignore[index]
            continue
        open_ = evaluator.evaluate(rows.request(row)).measures[0]
        for _ in range(4):
            full = evaluator.evaluate(rows.request(completed(row, chance))).measures[0]
            assert full.verdict != "undetermined"
            assert full.missing == ()
            narrowed += open_.verdict == "undetermined"
            _narrower(open_, full)
    assert narrowed > 20


def _narrower(open_: MeasureResult, full: MeasureResult) -> None:
    amount = full.amount
    assert amount is not None
    assert (open_.amount or 0) <= amount
    assert open_.potential is None or amount <= open_.potential
    if open_.verdict != "undetermined":
        assert full.verdict == open_.verdict
    if not open_.missing:
        assert (open_.verdict, open_.amount) == (full.verdict, amount)
    for before, after in zip(open_.lines, full.lines, strict=False):
        if before.verdict != "undetermined" and full.lines:
            assert (before.verdict, before.amount, before.counted) == (
                after.verdict,
                after.amount,
                after.counted,
            )


@pytest.mark.parametrize("form", FORMS)
def test_columns_say_what_single_decisions_say(form: str) -> None:
    policy = policy_named(form)
    chance = random.Random(form)  # noqa: S311 - a population, the same every time
    population = pl.DataFrame(
        [some_row(policy, chance, 0.2) for _ in range(150)], schema=population_schema(policy)
    )
    decided = Columns(policy, year=2026, as_of=DAY).decide(population, lines=True)
    alone, read = compile_policy(policy), Rows(policy, 2026, DAY)
    assert decided.lines is not None
    of_rows = decided.lines.partition_by("row", as_dict=True)
    for number, (row, answer) in enumerate(
        zip(population.iter_rows(named=True), decided.answers.iter_rows(named=True), strict=True)
    ):
        one = alone.evaluate(read.request(row)).measures[0]
        assert answer["reward"] == {
            "verdict": one.verdict, "amount": one.amount, "ceiling": one.ceiling, "potential": one.potential,
            "reasons": [reason.point.code for reason in one.reasons],
            "missing": [place(m.name, m.list_name, m.position).fact for m in one.missing],
        }  # fmt: skip
        found = of_rows.get((number,))
        told = [] if found is None else found.select("item", "verdict", "amount", "counted").rows()
        assert told == [(line.item, line.verdict, line.amount, line.counted) for line in one.lines]


def test_an_award_of_another_takes_no_place_of_ones_own() -> None:
    policy = policy_of(EACH, "at most 1 awards per year")
    works = [{"no": "A", "worth": 10_00, "good": True}]
    others = request(works, [paid(5, item="A")._replace(own=False)])
    assert compile_policy(policy).evaluate(others).measures[0].amount == 10_00
