"""Limits, worked by hand: what history ends and cuts, which items take the places, what is known of either."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rules.limits.works import (
    EACH,
    ONE,
    TOTAL,
    codes,
    decide,
    lines,
    paid,
    policy_of,
    uses,
    work,
    yuan,
)

WORKS = [
    work("A", 30, grade="low", family="f", made=date(2026, 3, 1)),
    work("B", 50, grade="low", family="f", made=date(2026, 2, 1)),
    work("C", 50, grade="high", made=date(2026, 4, 1)),
    work("D", 20, grade="low", family="g", made=date(2026, 1, 1)),
]


@pytest.mark.parametrize(
    ("limit", "keys", "history", "amount", "left", "used"),
    [
        # So many awards for life, or a year: they end it.
        ("at most 2 awards", "", [paid(1, 2024)], 100, ["eligible"], [("at_most", None, 2, 1, 1, 0)]),
        (
            "at most 2 awards", "", [paid(1, 2024), paid(1)], 0, ["ineligible", "limit.at_most"],
            [("at_most", None, 2, 2, 0, 1)],
        ),
        ("at most 2 awards per year", "", [paid(1, 2024), paid(1)], 100, ["eligible"], [("at_most", None, 2, 1, 1, 0)]),
        # By a fact that the ledger keeps.
        (
            "at most 1 awards per firm.level", "firm.level", [paid(1, level="high")], 100, ["eligible"],
            [("at_most", "low", 1, 0, 1, 0)],
        ),
        (
            "at most 1 awards per firm.level", "firm.level", [paid(1, 2020, level="low")], 0,
            ["ineligible", "limit.at_most"], [("at_most", "low", 1, 1, 0, 1)],
        ),
        (
            "once per firm.level and firm.place and year", "firm.level, firm.place",
            [paid(1, level="low", place="East-1"), paid(1, 2025, level="low", place="west")], 100, ["eligible"],
            [("at_most", "low / west", 1, 0, 1, 0)],
        ),
        (
            "once per firm.level and firm.place", "firm.level, firm.place", [paid(1, 2025, level="low", place="We st")],
            0, ["ineligible", "limit.at_most"], [("at_most", "low / west", 1, 1, 0, 1)],
        ),
        # Amounts for life, or for each value.
        ("at most 250", "", [paid(160, 2024)], 90, ["eligible", "limit.lifetime_cap"],
         [("lifetime_cap", None, 250, 160, 90, 10)]),
        ("at most 250", "", [paid(250, 2024)], 0, ["ineligible", "limit.lifetime_cap"],
         [("lifetime_cap", None, 250, 250, 0, 100)]),
        ("at most 120 per firm.level", "firm.level", [paid(50, level="low"), paid(70, level="high")], 70,
         ["eligible", "limit.item_cap"], [("item_cap", "low", 120, 50, 70, 30)]),
        ("at most 120 per firm.level and year", "firm.level", [paid(50, 2025, level="low")], 100, ["eligible"],
         [("item_cap", "low", 120, 0, 120, 0)]),
        # What was paid is taken off.
        ("once topped up", "", [paid(30, 2020)], 70, ["eligible", "limit.topped_up"],
         [("topped_up", None, 100, 30, 70, 30)]),
        ("once topped up", "", [paid(60, 2020), paid(60)], 0, ["ineligible", "limit.topped_up"],
         [("topped_up", None, 100, 120, 0, 100)]),
        ("once per year topped up", "", [paid(60, 2020), paid(1)], 99, ["eligible", "limit.topped_up"],
         [("topped_up", None, 100, 1, 99, 1)]),
    ],
)  # fmt: skip
def test_a_limit_of_the_measure(
    limit: str, keys: str, history: list[object], amount: int, left: list[str], used: list[tuple[object, ...]]
) -> None:
    found = decide(policy_of(ONE, limit, keys=keys), None, history, spent=100_00, level="low", place="west")
    assert (yuan(found.amount), [found.verdict, *codes(found)], uses(found)) == (amount, left, used)
    assert found.missing == ()


def test_limits_of_the_measure_cut_in_the_order_written() -> None:
    # 100 - 30 = 70, then at most 80 - 30 = 50; the other way round 50, then 50 - 30 = 20.
    first = policy_of(ONE, "once topped up", "at most 80 per year")
    second = policy_of(ONE, "at most 80 per year", "once topped up")
    assert yuan(decide(first, None, [paid(30)], spent=100_00).amount) == 50
    assert yuan(decide(second, None, [paid(30)], spent=100_00).amount) == 20


@pytest.mark.parametrize(
    ("limit", "history", "expected"),
    [
        (
            "at most 1 awards per firm.level",
            [paid(1, level="low")],
            ("undetermined", None, 100, ["firm.level"]),
        ),
        (
            "at most 2 awards per firm.level",
            [paid(1, level="low"), paid(1, level="high")],
            ("eligible", 100, 100, []),
        ),
        ("at most 120 per firm.level", [paid(50, level="low")], ("undetermined", None, 100, ["firm.level"])),
        ("at most 120 per firm.level", [paid(20, level="low")], ("eligible", 100, 100, [])),
        ("at most 120 per firm.level", [], ("eligible", 100, 100, [])),
        (
            "once per firm.level topped up",
            [paid(20, level="low")],
            ("undetermined", None, 100, ["firm.level"]),
        ),
    ],
)
def test_an_unknown_key_leaves_open_what_history_may_end_or_cut(
    limit: str, history: list[object], expected: tuple[object, ...]
) -> None:
    found = decide(policy_of(ONE, limit, keys="firm.level"), None, history, spent=100_00)
    told = (found.verdict, yuan(found.amount), yuan(found.potential), [one.name for one in found.missing])
    assert told == expected


@pytest.mark.parametrize(
    ("limit", "keys", "history", "amount", "shown"),
    [
        # 50 + 50; the tie goes to the earlier one.
        ("best 2 per year", "", [], 100, {"A": ("i", 0), "B": ("e", 50), "C": ("e", 50), "D": ("i", 0)}),
        ("best 1 per year", "", [], 50, {"A": ("i", 0), "B": ("e", 50), "C": ("i", 0), "D": ("i", 0)}),
        # An award of the year takes a place, one of another year does not.
        ("best 2 per year", "", [paid(9, item="Z"), paid(9, 2025, item="Y")], 50,
         {"A": ("i", 0), "B": ("e", 50), "C": ("i", 0), "D": ("i", 0)}),
        ("best 2", "", [paid(9, item="Z"), paid(9, 2025, item="Y")], 0,
         {"A": ("i", 0), "B": ("i", 0), "C": ("i", 0), "D": ("i", 0)}),
        # Of each grade: B of low, C of high.
        ("best 1 per w.grade and year", "", [], 100, {"A": ("i", 0), "B": ("e", 50), "C": ("e", 50), "D": ("i", 0)}),
        ("best 1 per w.grade", "w.grade", [paid(5, 2020, item="Z", grade="low")], 50,
         {"A": ("i", 0), "B": ("i", 0), "C": ("e", 50), "D": ("i", 0)}),
        # Of each family: B of f, D of g; C is of none.
        ("best 1 per w.family and year", "", [], 120, {"A": ("i", 0), "B": ("e", 50), "C": ("e", 50), "D": ("e", 20)}),
        ("best 1 by w.made per year", "", [], 50, {"A": ("i", 0), "B": ("i", 0), "C": ("e", 50), "D": ("i", 0)}),
        ("first 2 by w.made per year", "", [], 70, {"A": ("i", 0), "B": ("e", 50), "C": ("i", 0), "D": ("e", 20)}),
        ("first 1 by w.grade per year", "", [], 30, {"A": ("e", 30), "B": ("i", 0), "C": ("i", 0), "D": ("i", 0)}),
        ("first 3", "", [], 130, {"A": ("e", 30), "B": ("e", 50), "C": ("e", 50), "D": ("i", 0)}),
        ("once per w.grade and year", "", [], 80, {"A": ("e", 30), "B": ("i", 0), "C": ("e", 50), "D": ("i", 0)}),
        ("at most 3 awards per year", "", [paid(1, item="Z")], 80,
         {"A": ("e", 30), "B": ("e", 50), "C": ("i", 0), "D": ("i", 0)}),
        # Amounts: of each item, of each grade, of all.
        ("at most 40 per item", "", [paid(25, 2020, item="a")], 115,
         {"A": ("e", 15), "B": ("e", 40), "C": ("e", 40), "D": ("e", 20)}),
        ("at most 60 per w.grade", "w.grade", [paid(10, item="Z", grade="high")], 110,
         {"A": ("e", 30), "B": ("e", 30), "C": ("e", 50), "D": ("i", 0)}),
        ("at most 100 per year", "", [paid(10, item="Z")], 90,
         {"A": ("e", 30), "B": ("e", 50), "C": ("e", 10), "D": ("i", 0)}),
        ("at most 60", "", [], 60, {"A": ("e", 30), "B": ("e", 30), "C": ("i", 0), "D": ("i", 0)}),
        # What was paid is taken off.
        ("once per item topped up", "", [paid(20, 2020, item="B"), paid(90, item="C")], 80,
         {"A": ("e", 30), "B": ("e", 30), "C": ("i", 0), "D": ("e", 20)}),
        ("best 1 per w.grade topped up", "w.grade", [paid(20, 2020, item="Z", grade="low")], 80,
         {"A": ("i", 0), "B": ("e", 30), "C": ("e", 50), "D": ("i", 0)}),
        ("once topped up", "", [paid(40, item="Z")], 110,
         {"A": ("i", 0), "B": ("e", 40), "C": ("e", 50), "D": ("e", 20)}),
    ],
)  # fmt: skip
def test_a_limit_among_items(
    limit: str, keys: str, history: list[object], amount: int, shown: dict[str, tuple[str, float]]
) -> None:
    found = decide(policy_of(EACH, limit, keys=keys), WORKS, history)
    assert (yuan(found.amount), lines(found)) == (amount, shown)
    assert found.verdict == ("eligible" if amount else "ineligible")
    assert found.missing == ()


def test_what_is_paid_before_ends_its_item_before_the_best_are_chosen() -> None:
    policy = policy_of(EACH, "once per item", "best 2 by w.worth per year")
    found = decide(policy, WORKS, [paid(50, 2025, item="B")])
    assert lines(found) == {"A": ("e", 30), "B": ("i", 0), "C": ("e", 50), "D": ("i", 0)}
    assert uses(found) == [("once_per_item", "B", 1, 1, 0, 1), ("best", None, 2, 0, 2, 1)]


def test_the_best_of_a_total_are_chosen_before_they_are_added_and_history_counts_its_items() -> None:
    policy = policy_of(TOTAL, "best 3 per year")
    # 50 % of 50 + 50 + 30
    found = decide(policy, WORKS)
    assert (yuan(found.amount), uses(found)) == (65, [("best", None, 3, 0, 3, 1)])
    assert [line.counted for line in found.lines] == [30_00, 50_00, 50_00, 0]
    counted = paid(10)._replace(items=("X", "Y"))
    assert yuan(decide(policy, WORKS, [counted]).amount) == 25


@pytest.mark.parametrize(
    ("limit", "works", "expected"),
    [
        # The best one comes to 50, whoever of the two it is; with the third unknown, to between 50 and 100.
        ("best 1 per year", [work("A", 50), work("B", 50, good=None)], ("eligible", 50, 50, [])),
        ("best 1 per year", [work("A", 50), work("B", None)],
         ("eligible", 50, 100, ["worth"])),
        ("best 1 per year", [work("A", None), work("B", None)], ("undetermined", None, 100, ["worth", "worth"])),
        # Two places: A certainly, then B or C.
        ("best 2 per year", [work("A", 90), work("B", 40), work("C", 80, good=None)],
         ("eligible", 130, 170, ["good"])),
        # The first by a date that is not known of one.
        ("first 1 by w.made per year", [work("A", 30), work("B", 50)], ("undetermined", None, 50, ["made", "made"])),
        # A grade that is not known: B vies with A or with nobody.
        ("best 1 per w.grade and year", [work("A", 30, grade="low"), work("B", 20)],
         ("eligible", 30, 50, ["grade"])),
        ("at most 40 per year", [work("A", 30), work("B", None), work("C", 30)], ("eligible", 40, 40, [])),
        ("at most 60 per w.grade and year", [work("A", 50, grade="low"), work("B", 40)],
         ("eligible", 60, 90, ["grade"])),
    ],
)  # fmt: skip
def test_what_is_unknown_leaves_bounds(
    limit: str, works: list[dict[str, object]], expected: tuple[object, ...]
) -> None:
    found = decide(policy_of(EACH, limit, keys="w.grade" if "60" in limit else ""), works)
    told = (found.verdict, yuan(found.amount), yuan(found.potential), [one.name for one in found.missing])
    assert told == expected


def test_a_line_that_may_lose_its_place_is_undetermined_though_the_total_is_settled() -> None:
    found = decide(policy_of(EACH, "best 1 per year"), [work("B", 50, good=None), work("A", 50)])
    assert (found.verdict, yuan(found.amount)) == ("eligible", 50)
    assert lines(found) == {"B": ("u", None), "A": ("u", None)}
