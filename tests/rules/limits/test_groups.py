"""Measures whose awards share limits: places and money by hand, what is unknown, both engines alike, mistakes."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from app.rules.columns.deciding import Columns
from app.rules.columns.rows import Rows
from app.rules.columns.schema import population_schema
from app.rules.evaluation import compile_policy
from app.rules.loading import PackErrors, load_policy
from app.rules.rendering import render
from app.rules.words.answer_values import place
from tests.rules.limits.test_random import completed, some_row
from tests.rules.limits.works import DAY, EACH, HEAD, paid, request, work, yuan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.policy import Policy
    from app.rules.results import MeasureResult

MEASURES = (
    """
measures:
  base:
    clause: 一
    title: {zh: 基本, en: base}
    require: [firm.green]
    award: {fixed: 60}
  scale:
    clause: 二
    title: {zh: 规模, en: scale}
    award: {calculated: firm.spent}
    obligations: {share: {at_least: 50% * granted, says: {zh: 甲, en: A}}}
  works:
    clause: 三
    title: {zh: 作品, en: works}
"""
    + EACH.strip("\n")
    + """
  fund:
    clause: 四
    title: {zh: 基金, en: fund}
    require: [firm.green]
    award: {up_to: 80}
"""
)
NAMES = ("base", "scale", "works", "fund")


def policy_of(*limits: str, measures: str = "[base, scale, works]", more: str = "") -> Policy:
    return load_policy({"policy.yaml": text_of(*limits, measures=measures, more=more)})


def text_of(*limits: str, measures: str = "[base, scale, works]", more: str = "") -> str:
    group = f"groups:\n  rewards:\n    measures: {measures}\n    limits:\n"
    group += "".join(f"      - {one}\n" for one in limits)
    return HEAD.replace("ORDER", "base, scale, works, fund") + group + more + MEASURES


def decide(
    policy: Policy, *given: Any, measures: Sequence[str] = NAMES, **firm: Any
) -> dict[str, MeasureResult]:
    found = compile_policy(policy).evaluate(request(*given, measures=measures, **firm))
    return {result.measure.id: result for result in found.measures}


def told(found: dict[str, MeasureResult]) -> dict[str, tuple[str, float | None]]:
    return {name: (one.verdict[0], yuan(one.amount)) for name, one in found.items() if name != "fund"}


WORKS = [work("A", 30), work("B", 50)]


@pytest.mark.parametrize(
    ("limit", "history", "expected"),
    [
        ("best 1 per year", [], {"base": ("i", 0), "scale": ("e", 100), "works": ("i", 0)}),
        ("best 2 per year", [], {"base": ("e", 60), "scale": ("e", 100), "works": ("i", 0)}),
        # Each item is an award of its own.
        ("best 3 per year", [], {"base": ("e", 60), "scale": ("e", 100), "works": ("e", 50)}),
        ("best 2 per year", [paid(5, measure="base")], {"base": ("i", 0), "scale": ("e", 100), "works": ("i", 0)}),
        ("best 2 per year", [paid(5, 2025, measure="base")],
         {"base": ("e", 60), "scale": ("e", 100), "works": ("i", 0)}),
        ("best 1", [paid(5, 2025, measure="base")], {"base": ("i", 0), "scale": ("i", 0), "works": ("i", 0)}),
        # The highest, less what was paid.
        ("best 1 per year topped up", [paid(60, measure="base")],
         {"base": ("i", 0), "scale": ("e", 40), "works": ("i", 0)}),
        ("best 1 per year topped up", [paid(160, measure="base")],
         {"base": ("i", 0), "scale": ("i", 0), "works": ("i", 0)}),
        ("once per year", [], {"base": ("e", 60), "scale": ("i", 0), "works": ("i", 0)}),
        ("at most 3 awards", [paid(1, 2020, measure="works", item="Z")],
         {"base": ("e", 60), "scale": ("e", 100), "works": ("i", 0)}),
        # Money in catalogue order: later measures lose first, their later items before the earlier.
        ("at most 200 per year", [], {"base": ("e", 60), "scale": ("e", 100), "works": ("e", 40)}),
        ("at most 180 per year", [paid(50, measure="works", item="Z")],
         {"base": ("e", 60), "scale": ("e", 70), "works": ("i", 0)}),
        ("at most 50", [], {"base": ("e", 50), "scale": ("i", 0), "works": ("i", 0)}),
        ("at most 50", [paid(50, 2020, measure="scale")], {"base": ("i", 0), "scale": ("i", 0), "works": ("i", 0)}),
    ],
)  # fmt: skip
def test_a_group_shares_places_and_money(
    limit: str, history: list[Any], expected: dict[str, tuple[str, float]]
) -> None:
    found = decide(policy_of(limit), WORKS, history, spent=100_00, green=True)
    assert told(found) == expected
    assert all(one.missing == () for one in found.values())


def test_an_answer_says_what_each_measure_uses_of_its_group() -> None:
    policy = policy_of("at most 175 per year", measures="all")
    answer = request(WORKS, [paid(5, measure="fund")], NAMES, spent=100_00, green=True)
    found = compile_policy(policy).evaluate(answer)
    shown = [
        [(str(one.kind), one.item, *(n // 100 for n in one[2:])) for one in result.limits]
        for result in found.measures
    ]
    assert shown == [
        [("group_cap", "rewards", 175, 5, 170, 0)],
        [("group_cap", "rewards", 175, 65, 110, 0)],
        [("group_cap", "rewards", 175, 165, 10, 70)],
        [("group_cap", "rewards", 175, 175, 0, 0)],
    ]
    works, fund = found.measures[2:]
    assert [(line.verdict, yuan(line.amount)) for line in works.lines] == [
        ("eligible", 10),
        ("ineligible", 0),
    ]
    assert [reason.point.code for reason in works.lines[1].reasons] == ["group.rewards.annual_cap"]
    assert fund.verdict == "ineligible"
    assert yuan(found.totals.amount) == 170
    text = render(found, answer, policy).decode()
    assert "同组措施合计：年度额度只剩 10.00 元" in text


def test_obligations_follow_the_amount_that_is_left() -> None:
    scale = decide(policy_of("at most 100 per year"), [], spent=100_00, green=True)["scale"]
    assert (yuan(scale.amount), [yuan(duty.at_least) for duty in scale.obligations]) == (40, [20])


def test_a_ceiling_is_cut_to_what_is_certainly_not_used() -> None:
    fund = decide(policy_of("at most 100 per year", measures="[base, fund]"), [], green=True)["fund"]
    assert (fund.verdict, yuan(fund.ceiling), yuan(fund.potential)) == ("eligible", 40, 40)


def test_the_same_item_is_awarded_by_the_best_measure_alone() -> None:
    more = MEASURES.replace("  fund:", "  again:")
    text = text_of("best 1 per item and year", measures="[works, again]").replace(MEASURES, more)
    text = text.replace("works, fund]", "works, again]").replace(
        "    require: [firm.green]\n    award: {up_to: 80}\n",
        EACH.strip("\n").replace("w.worth", "w.worth / 2 + 20") + "\n",
    )
    policy = load_policy({"policy.yaml": text})
    # A: 30 or 35, B: 50 or 45
    found = decide(policy, WORKS, measures=("works", "again"))
    assert [(line.item, line.verdict[0], yuan(line.amount)) for one in found.values() for line in one.lines] == [
        ("A", "i", 0), ("B", "e", 50), ("A", "e", 35), ("B", "i", 0)
    ]  # fmt: skip
    paid_before = [paid(1, item="b", measure="again")]
    assert told(decide(policy, WORKS, paid_before, measures=("works",))) == {"works": ("e", 30)}


PRINTS = """
  prints:
    list: [版画, prints]
    item:
      no: {id: [编号, no.]}
      worth: {money: [价值, worth], max: 100}
"""


@pytest.mark.parametrize(
    "limit", ["once per item", "best 1 per item", "at most 1 awards per item and year", "at most 40 per item"]
)
def test_a_list_that_nobody_knows_may_hold_any_item(limit: str) -> None:
    """Measures of two lists: what stands behind the unknown one is open, what stands before it is not."""
    more = MEASURES.replace("  fund:", "  again:").replace(
        "    require: [firm.green]\n    award: {up_to: 80}\n",
        "    each: {item: p in prints, id: p.no, award: {calculated: p.worth}}\n",
    )
    text = text_of(limit, measures="[works, again]").replace(MEASURES, more)
    text = text.replace("works, fund]", "works, again]").replace(
        "groups:", PRINTS.strip("\n") + "\ngroups:", 1
    )
    prints = [{"no": "A", "worth": 30_00}]
    for order, verdict in (("works, again", "undetermined"), ("again, works", "eligible")):
        policy = load_policy(
            {
                "policy.yaml": text.replace(
                    "order: [base, scale, works, again]", f"order: [base, scale, {order}]"
                )
            }
        )
        given = request(None, measures=("works", "again"))
        given = replace(given, facts={**given.facts, "prints": prints})
        found = {one.measure.id: one for one in compile_policy(policy).evaluate(given).measures}
        assert (found["works"].verdict, found["works"].limits) == ("undetermined", ())
        assert [fact.name for fact in found["works"].missing] == ["works"]
        # The greatest is not known, wherever it stands.
        wanted = "undetermined" if limit.startswith("best") else verdict
        assert (found["again"].verdict, found["again"].lines[0].verdict) == (wanted, wanted)
        if wanted == "undetermined":
            assert [fact.name for fact in found["again"].missing] == ["works"]


@pytest.mark.parametrize(
    ("limit", "firm", "expected", "missing"),
    [
        # Who gets the place turns on what was spent.
        ("best 1 per year", {"green": True}, {"base": ("u", None), "scale": ("u", None), "works": ("i", 0)},
         ["firm.spent"]),
        # The first 60 may go to the base.
        ("at most 100 per year", {"spent": 50_00}, {"base": ("u", None), "scale": ("u", None), "works": ("u", None)},
         ["firm.green"]),
        ("at most 100 per year", {"spent": 20_00, "green": True},
         {"base": ("e", 60), "scale": ("e", 20), "works": ("e", 20)}, []),
    ],
)  # fmt: skip
def test_what_is_unknown_of_one_measure_leaves_the_others_open(
    limit: str, firm: dict[str, Any], expected: dict[str, tuple[str, float | None]], missing: list[str]
) -> None:
    found = decide(policy_of(limit), [work("A", 60)], **firm)
    assert told(found) == expected
    assert {fact.name for one in found.values() for fact in one.missing if one.measure.id != "fund"} == set(
        missing
    )


LIMITS = {
    "best": ["best 2 per year"],
    "topped up": ["best 1 per year topped up"],
    "most": ["at most 2 awards"],
    "money": ["at most 150 per year", "at most 180"],
    "both": ["best 3 per year", "at most 120 per year"],
}


def rows_of(policy: Policy, chance: random.Random, unknown: float, count: int) -> list[dict[str, Any]]:
    rows = []
    for _ in range(count):
        row: dict[str, Any] = some_row(policy, chance, unknown)
        for entry in row["history"]:
            entry["measure"] = chance.choice(["base", "scale", "works"])
        rows.append(row)
    return rows


@pytest.mark.parametrize("name", LIMITS)
def test_more_facts_only_narrow_an_answer(name: str) -> None:
    policy = policy_of(*LIMITS[name])
    chance = random.Random(name)  # noqa: S311 - requests, the same every time
    evaluator, rows = compile_policy(policy), Rows(policy, 2026, DAY)
    narrowed = 0
    for row in rows_of(policy, chance, 0.25, 250):
        if row["facts"]["works"] is None:
            continue
        open_ = evaluator.evaluate(rows.request(row)).measures
        for _ in range(4):
            full = evaluator.evaluate(rows.request(completed(row, chance))).measures
            for before, after in zip(open_[:3], full[:3], strict=True):
                assert after.verdict != "undetermined"
                assert after.amount is not None
                assert (before.amount or 0) <= after.amount
                assert before.potential is None or after.amount <= before.potential
                narrowed += before.verdict == "undetermined"
                if before.verdict != "undetermined":
                    assert after.verdict == before.verdict
                if not before.missing:
                    assert (before.verdict, before.amount) == (after.verdict, after.amount)
    assert narrowed > 50


@pytest.mark.parametrize("name", LIMITS)
def test_columns_say_what_single_decisions_say(name: str) -> None:
    policy = policy_of(*LIMITS[name])
    chance = random.Random(name)  # noqa: S311 - a population, the same every time
    population = pl.DataFrame(rows_of(policy, chance, 0.2, 120), schema=population_schema(policy))
    decided = Columns(policy, year=2026, as_of=DAY).decide(population, lines=True)
    alone, read = compile_policy(policy), Rows(policy, 2026, DAY)
    for row, answer in zip(
        population.iter_rows(named=True), decided.answers.iter_rows(named=True), strict=True
    ):
        for one in alone.evaluate(read.request(row)).measures:
            assert answer[one.measure.id] == {
                "verdict": one.verdict, "amount": one.amount, "ceiling": one.ceiling, "potential": one.potential,
                "reasons": [reason.point.code for reason in one.reasons],
                "missing": [place(m.name, m.list_name, m.position).fact for m in one.missing],
            }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (text_of("best 1 per year", measures="[base, scael]"), "no measure 'scael'"),
        (text_of("best 1 per year", measures="[base]"), "at least two"),
        (text_of("best 1 per year", measures="every"), "a list, or all"),
        (text_of("best 1 per year", measures="all"), "an official decides what fund awards"),
        (text_of("best 1 per item"), "base awards no items"),
        (text_of("first 1 by firm.level"), "chooses by amount"),
        (text_of("at most 5 awards per firm.level"), "by year and item alone"),
        (text_of("once per year for anyone"), "of one applicant"),
        (text_of("at most cpa per year"), "unknown name 'cpa'"),
        (text_of("once").replace("    limits:", "    limit:"), "unknown key 'limit'"),
        (text_of("once").replace("      - once\n", "      []\n"), "without a limit"),
    ],
)
def test_a_mistake_in_a_group_is_refused_where_it_stands(text: str, says: str) -> None:
    with pytest.raises(PackErrors) as refused:
        load_policy({"policy.yaml": text})
    assert any(says in error.message.en for error in refused.value.errors), refused.value.errors
    assert all(error.line > 20 for error in refused.value.errors)


def test_a_notice_that_sets_a_parameter_of_the_policy_sets_it_in_its_groups() -> None:
    text = text_of("at most most per year", more="parameters: {most: 100}\n")
    notice = "year: 2026\npublished: 2026-01-01\nparameters: {most: 70}\n"
    policy = load_policy({"policy.yaml": text, "notices/2026.yaml": notice})
    assert [limit.cap for limit in policy.groups[0].limits] == [100_00]
    assert [limit.cap for limit in policy.notices[0].policy.groups[0].limits] == [70_00]
