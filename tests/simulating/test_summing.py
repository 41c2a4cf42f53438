"""Sums over answers made by hand: by measure, in all, by group, by band, and what a budget covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.rules.columns.summing import BANDS, Band, Cover, MeasureSum, Sum, Tally
from app.services.simulating.forms import share
from app.services.simulating.tables import percent
from tests.simulating.frames import GRANTS, LICENSING, POLICY, TALENT, One, answers, population

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.columns.summing import Summary

SOME = [
    One(grants=20_000_000),
    One(grants=None, size=None),
    One(grants=0, licensing=10_000_000, size="large", kind="university"),
    One(grants=20_000_000, licensing=10_000_000, kind=None),
    One(licensing=None, talent=True),
]


def summary(*batches: Sequence[One], budget: int | None = None) -> Summary:
    tally = Tally(POLICY, budget)
    for batch in batches:
        tally.add(population(batch), answers(batch))
    return tally.summary()


def test_each_measure_by_verdict_with_its_amount_and_what_officials_may_grant() -> None:
    assert summary(SOME).measures == {
        GRANTS: MeasureSum(2, 2, 1, 40_000_000, 0),
        # The ceiling of those who are not decided yet counts for nothing.
        LICENSING: MeasureSum(2, 2, 1, 0, 20_000_000),
        TALENT: MeasureSum(1, 4, 0, 0, 0),
    }


def test_in_all_and_by_group_with_the_unknown_apart() -> None:
    found = summary(SOME)
    # Whom a service alone is open to has no award.
    assert found.totals == Sum(5, 3, 40_000_000, 20_000_000)
    assert found.by == {
        "applicant.size": {
            "small": Sum(3, 2, 40_000_000, 10_000_000),
            "large": Sum(1, 1, 0, 10_000_000),
            "unknown": Sum(1, 0, 0, 0),
        },
        "applicant.kind": {
            "enterprise": Sum(3, 1, 20_000_000, 0),
            "university": Sum(1, 1, 0, 10_000_000),
            "unknown": Sum(1, 1, 20_000_000, 10_000_000),
        },
    }
    # As the policy lists them, the unknown last.
    assert list(found.by["applicant.size"]) == ["small", "large", "unknown"]


def test_bands_hold_everybody_once_and_their_upper_ends() -> None:
    amounts = [0, 1, BANDS[1], BANDS[1] + 1, BANDS[-1], BANDS[-1] + 1]
    found = summary([One(grants=amount) for amount in amounts]).bands
    assert [(band.applicants, band.amount) for band in found] == [
        (1, 0),
        (2, 1 + BANDS[1]),
        (1, BANDS[1] + 1),
        (0, 0),
        (0, 0),
        (0, 0),
        (1, BANDS[-1]),
        (1, BANDS[-1] + 1),
    ]
    assert found[0] == Band(None, 0, 1, 0)
    assert (found[-1].over, found[-1].up_to) == (BANDS[-1], None)


def test_batches_add_up_to_the_whole() -> None:
    assert summary(SOME[:2], [], SOME[2:], budget=30_000_000) == summary(SOME, budget=30_000_000)


def test_sums_beyond_sixty_four_bits_are_exact() -> None:
    many = [One(grants=9 * 10**18)] * 3
    assert summary(many, many).totals.amount == 54 * 10**18


@pytest.mark.parametrize(
    ("budget", "covered", "amount", "without"),
    [(0, 0, 0, 4), (4, 0, 0, 4), (5, 1, 5, 3), (11, 2, 8, 2), (12, 3, 12, 1), (13, 4, 13, 0), (99, 4, 13, 0)],
)
def test_a_budget_is_spent_first_come_until_it_first_falls_short(
    budget: int, covered: int, amount: int, without: int
) -> None:
    """5, 3, 4 and 1: with 11, the 1 at the end is not paid although it would fit."""
    some = [One(grants=0), *(One(grants=each) for each in (5, 3, 4)), One(grants=None), One(grants=1)]
    expected = Cover(budget, 13, 0, covered, amount, without)
    assert summary(some, budget=budget).cover == expected
    assert summary(*([one] for one in some), budget=budget).cover == expected
    assert summary(some).cover is None


def test_shares_are_rounded_down_and_whole_only_when_all_is_covered() -> None:
    assert [share(*pair) for pair in ((0, 0), (7, 7), (9, 7), (0, 7), (2, 3), (10**9 - 1, 10**9))] == [
        "1.0000", "1.0000", "1.0000", "0.0000", "0.6666", "0.9999",
    ]  # fmt: skip
    assert [percent(of) for of in ("1.0000", "0.6666", "0.0001", "0.0000")] == [
        "100.00%", "66.66%", "0.01%", "0.00%",
    ]  # fmt: skip
