"""Bounds of what is unknown: they hold, and learning a fact only narrows them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.rules.language.intervals import evaluate_interval
from app.rules.language.parsing import LanguageError, parse_condition, parse_expression
from tests.rules.declared import SCOPE

BUILT_IN = {"year": 2024, "as_of": date(2024, 6, 30), "counted": (100, None), "paid": (0, 0), "due": (5, 9)}


@pytest.mark.parametrize(
    ("text", "facts", "bounds"),
    [
        ("a.money", {}, (0, None)),
        ("50% * a.money", {"a.money": 3}, (150_000_000, 150_000_000)),
        ("100 * a.most_ten", {}, (0, 100_000)),
        ("0 * a.money", {}, (0, 0)),
        ("a.money - a.paid", {"a.money": 7}, (None, 7)),
        ("max(0, a.money - a.paid)", {"a.money": 7}, (0, 7)),
        ("min(a.money, 700)", {}, (0, 70_000)),
        ("a.money / a.people", {"a.money": 10, "a.people": 3}, (Fraction(10, 3), Fraction(10, 3))),
        ("a.money / a.people", {"a.money": 10}, (0, 10)),
        ("50% * counted", {}, (5_000_000_000, None)),
        ("sum(x.cost for x in things)", {}, (0, None)),
        ("sum(x.cost for x in things)", {"things": []}, (0, 0)),
        (
            "sum(x.cost for x in things where x.good)",
            {"things": [{"cost": 3, "good": True}, {"cost": 5}, {"good": False}]},
            (3, 8),
        ),
        (
            "max(x.cost for x in things where x.good)",
            {"things": [{"cost": 3, "good": True}, {"cost": 5}]},
            (3, 5),
        ),
        ("min(x.cost for x in things where x.good else 9)", {"things": [{"cost": 5}]}, (5, 900)),
    ],
)
def test_bounds_of_numbers(text: str, facts: dict[str, Any], bounds: tuple[object, object]) -> None:
    assert evaluate_interval(parse_expression(text, SCOPE, "money"), facts, None, BUILT_IN) == bounds


@pytest.mark.parametrize(
    ("text", "facts", "truth"),
    [
        ("a.count > 5", {}, None),
        ("a.most_ten <= 10", {}, True),
        ("a.money == 0.05", {"a.money": 5}, True),
        ("a.money != 0.05", {"a.money": 5}, False),
        ("a.level < high", {"a.level": "middle"}, True),
        ("a.level >= high", {"a.level": "low"}, False),
        ("a.yes and a.count > 5", {"a.count": 1}, False),
        ("years(a.since, as_of) >= 1", {"a.since": date(2023, 6, 30)}, True),
        ("years(a.since, as_of) >= 1", {"a.since": date(2023, 7, 1)}, False),
        ("years(a.since, as_of) >= 1", {}, None),
        ("year(a.since) == year - 1", {"a.since": date(2023, 1, 1)}, True),
        ("any(x in things where x.good)", {}, None),
        ("any(x in things where x.good)", {"things": [{}, {"good": False}]}, None),
        ("any(x in things where x.good)", {"things": [{}, {"good": True}]}, True),
        ("any(x in things where x.good)", {"things": []}, False),
        ("all(x.good for x in things)", {"things": []}, True),
        ("all(x.good for x in things where x.units > 1)", {"things": [{"units": 1}, {"good": True}]}, True),
        ("count(x in things where x.good) >= 2", {"things": [{"good": True}, {}]}, None),
        ("any(x in things where x.project == 'P')", {"things": [{}]}, False),
        ("a.code in ['X']", {"a.code": "X"}, True),
        ("paid(this) < due", {}, True),
    ],
)
def test_truth_of_conditions(text: str, facts: dict[str, Any], truth: bool | None) -> None:
    assert evaluate_interval(parse_condition(text, SCOPE), facts, None, BUILT_IN) is truth


def test_an_item_field_is_read_from_the_item_and_an_aggregate_from_its_own_rows() -> None:
    found = parse_expression("thing.cost + sum(x.cost for x in things)", SCOPE, "money")
    facts = {"things": [{"cost": 3}, {"cost": 4}]}
    assert evaluate_interval(found, facts, {"cost": 3}, BUILT_IN) == (10, 10)


AMOUNTS = st.integers(0, 20)
ROW = st.fixed_dictionaries(
    {
        "cost": AMOUNTS,
        "units": AMOUNTS,
        "good": st.booleans(),
        "level": st.sampled_from(["low", "middle", "high"]),
    }
)
KNOWN = st.fixed_dictionaries(
    {
        "a.count": AMOUNTS,
        "a.most_ten": st.integers(0, 10),
        "a.people": st.integers(1, 20),
        "a.money": AMOUNTS,
        "a.paid": AMOUNTS,
        "a.since": st.dates(date(2019, 1, 1), date(2026, 12, 31)),
        "a.yes": st.booleans(),
        "things": st.lists(ROW, max_size=3),
    }
)
LEAVES = st.sampled_from(
    [
        "a.money",
        "a.paid",
        "0.07",
        "sum(x.cost for x in things where x.good)",
        "max(x.cost for x in things where x.units > 5)",
        "min(x.cost for x in things where x.level >= middle else 0.03)",
    ]
)


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(parts, parts)
    return st.one_of(
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"({p[0]} - {p[1]})"),
        pair.map(lambda p: f"min({p[0]}, {p[1]})"),
        pair.map(lambda p: f"max({p[0]}, {p[1]})"),
        parts.map(lambda p: f"({p} * a.most_ten)"),
        parts.map(lambda p: f"({p} * 50%)"),
    )


VALUES = st.recursive(LEAVES, _joined, max_leaves=4)
TESTS = st.tuples(VALUES, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), VALUES).map(
    lambda p: f"({p[0]} {p[1]} {p[2]})"
) | st.sampled_from(
    ["a.yes", "years(a.since, as_of) >= 2", "any(x in things where x.good)", "all(x.good for x in things)"]
)
CONDITIONS = st.recursive(
    TESTS,
    lambda parts: st.one_of(
        st.tuples(parts, parts).map(lambda p: f"({p[0]} and {p[1]})"),
        st.tuples(parts, parts).map(lambda p: f"({p[0]} or {p[1]})"),
        parts.map(lambda p: f"(not {p})"),
    ),
    max_leaves=3,
)


def _forget(draw: st.DataObject, facts: dict[str, Any]) -> dict[str, Any]:
    """Some of what is known: facts, and fields of items, dropped at random."""
    kept = {name: value for name, value in facts.items() if draw.draw(st.booleans())}
    if "things" in kept:
        kept["things"] = [
            {name: value for name, value in row.items() if draw.draw(st.booleans())} for row in kept["things"]
        ]
    return kept


def _parsed(text: str, expect: str | None = None) -> Any:
    """The tree; a text that is refused (past 2^127, or nothing but bare numbers) proves nothing here."""
    try:
        return parse_expression(text, SCOPE, expect) if expect else parse_condition(text, SCOPE)
    except LanguageError:
        assume(False)


@settings(max_examples=300, deadline=None)
@given(VALUES, KNOWN, st.data())
def test_learning_a_fact_only_narrows_an_interval(
    text: str, known: dict[str, Any], data: st.DataObject
) -> None:
    tree = _parsed(text, "money")
    some = _forget(data, known)
    least = _forget(data, some)
    for before, after in ((least, some), (some, known)):
        low, high = evaluate_interval(tree, before, None, BUILT_IN)
        new_low, new_high = evaluate_interval(tree, after, None, BUILT_IN)
        assert low is None or (new_low is not None and low <= new_low)
        assert high is None or (new_high is not None and new_high <= high)
    low, high = evaluate_interval(tree, known, None, BUILT_IN)
    assert low == high is not None


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, KNOWN, st.data())
def test_learning_a_fact_never_turns_what_is_settled(
    text: str, known: dict[str, Any], data: st.DataObject
) -> None:
    tree = _parsed(text)
    before = evaluate_interval(tree, _forget(data, known), None, BUILT_IN)
    after = evaluate_interval(tree, known, None, BUILT_IN)
    assert after is not None
    assert before is None or before is after
