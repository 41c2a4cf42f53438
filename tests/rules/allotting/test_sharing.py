"""Who gets what of a budget or of places: by hand, and the laws that hold for any claims."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.allotment import AllotBy, Allotment, Last, Ties
from app.rules.allotting.claims import Claim, Outcome
from app.rules.allotting.sharing import share

if TYPE_CHECKING:
    import random

    from app.rules.allotting.claims import Allotted

AMOUNTS = st.integers(1, 60)
RANK = AllotBy.RANK


def ranked(*claims: tuple[int, int]) -> list[Claim]:
    """(score, amount) each; ids a, b, c ..."""
    return [Claim("abcdefgh"[n], amount, (score,), n) for n, (score, amount) in enumerate(claims)]


def told(found: Allotted) -> dict[str, tuple[int | None, str, int]]:
    return {one.claim.id: (one.rank, str(one.outcome), one.granted) for one in found.shares}


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    count = draw(st.integers(0, 9))
    scores = st.tuples(st.integers(0, 3), st.integers(-1, 1))
    return [Claim(f"c{n}", draw(AMOUNTS), draw(scores), n) for n in range(count)]


BUDGETS = st.builds(
    Allotment,
    st.sampled_from(AllotBy),
    budget=st.integers(1, 200),
    ties=st.sampled_from([Ties.DECIDE, Ties.REFUSE]),
    last=st.sampled_from(Last),
)
PLACES = st.builds(
    Allotment, st.sampled_from([AllotBy.ARRIVAL, RANK]), places=st.integers(1, 9), ties=st.sampled_from(Ties)
)


# By hand


def test_all_are_scaled_by_one_factor_and_rounded_down() -> None:
    found = share(Allotment(AllotBy.SCALE, budget=100), [Claim("a", 100), Claim("b", 100), Claim("c", 100)])
    assert told(found) == dict.fromkeys("abc", (None, "partly", 33))
    assert (found.factor, found.demand, found.spent, found.left) == (Fraction(1, 3), 300, 99, 1)


def test_a_budget_that_is_enough_scales_nobody() -> None:
    found = share(Allotment(AllotBy.SCALE, budget=100), [Claim("a", 60), Claim("b", 40)])
    assert told(found) == {"a": (None, "granted", 60), "b": (None, "granted", 40)}
    assert (found.factor, found.left) == (Fraction(1), 0)


def test_what_scales_to_less_than_a_fen_is_nothing() -> None:
    found = share(Allotment(AllotBy.SCALE, budget=10), [Claim("a", 1), Claim("b", 99)])
    assert told(found) == {"a": (None, "none", 0), "b": (None, "partly", 9)}
    assert found.admitted == 1


@pytest.mark.parametrize(
    ("last", "expected", "left"),
    [(Last.PARTIAL, ("partly", 20), 0), (Last.REFUSE, ("none", 0), 20)],
)
def test_whoever_crosses_the_budget_ends_it(last: Last, expected: tuple[str, int], left: int) -> None:
    found = share(Allotment(RANK, budget=100, last=last), ranked((9, 50), (8, 30), (7, 40), (6, 5)))
    assert told(found) == {
        "a": (1, "granted", 50),
        "b": (2, "granted", 30),
        "c": (3, *expected),
        "d": (4, "none", 0),
    }
    assert found.left == left
    assert found.cut_off == ((7,) if last is Last.PARTIAL else (8,))


@pytest.mark.parametrize(
    ("ties", "outcome", "admitted", "waiting"),
    [(Ties.DECIDE, "needs_decision", 1, 2), (Ties.ADMIT, "granted", 3, 0), (Ties.REFUSE, "none", 1, 0)],
)
def test_equals_at_the_edge_of_the_places(ties: Ties, outcome: str, admitted: int, waiting: int) -> None:
    found = share(Allotment(RANK, places=2, ties=ties), ranked((5, 10), (9, 10), (5, 20), (1, 10)))
    granted = {"a": 10, "c": 20} if outcome == "granted" else {"a": 0, "c": 0}
    assert told(found) == {
        "b": (1, "granted", 10), "a": (2, outcome, granted["a"]), "c": (2, outcome, granted["c"]), "d": (4, "none", 0),
    }  # fmt: skip
    assert (found.admitted, found.open, found.left) == (admitted, waiting, max(0, 2 - admitted))


def test_equals_who_all_fit_are_all_in() -> None:
    found = share(Allotment(RANK, places=3, ties=Ties.REFUSE), ranked((5, 1), (5, 1), (9, 1), (4, 1)))
    assert [told(found)[name][1] for name in "abcd"] == ["granted", "granted", "granted", "none"]
    assert found.cut_off == (5,)


def test_equals_at_the_edge_of_a_budget_are_no_matter_of_who_crosses() -> None:
    found = share(Allotment(RANK, budget=25, last=Last.PARTIAL), ranked((5, 10), (5, 20)))
    assert told(found) == {"a": (1, "needs_decision", 0), "b": (1, "needs_decision", 0)}
    assert (found.spent, found.left, found.cut_off) == (0, 25, None)


def test_a_further_score_decides_between_equals() -> None:
    both = [Claim("a", 1, (5, 1)), Claim("b", 1, (5, 2)), Claim("c", 1, (4, 9))]
    found = share(Allotment(RANK, places=1), both)
    assert told(found) == {"b": (1, "granted", 1), "a": (2, "none", 0), "c": (3, "none", 0)}


def test_first_come_is_by_arrival_alone() -> None:
    found = share(
        Allotment(AllotBy.ARRIVAL, budget=30, last=Last.REFUSE),
        [Claim("a", 20, (9,), 2), Claim("b", 20, (1,), 1)],
    )
    assert told(found) == {"b": (1, "granted", 20), "a": (2, "none", 0)}
    assert found.cut_off is None


def test_what_is_left_of_a_budget_may_be_nothing() -> None:
    found = share(Allotment(AllotBy.SCALE, budget=100), [Claim("a", 20)], 0)
    assert (told(found), found.factor) == ({"a": (None, "none", 0)}, Fraction(0))
    assert share(Allotment(RANK, budget=100, last=Last.PARTIAL), [Claim("a", 20)], 0).spent == 0


def test_nobody_asks() -> None:
    found = share(Allotment(AllotBy.SCALE, budget=100), [])
    assert (found.shares, found.factor, found.left) == ((), Fraction(1), 100)


@pytest.mark.parametrize(
    ("by", "both"),
    [(AllotBy.SCALE, [Claim("a", 1), Claim("a", 2)]), (AllotBy.ARRIVAL, [Claim("a", 1), Claim("b", 2)])],
)
def test_claims_that_cannot_be_told_apart_are_refused(by: AllotBy, both: list[Claim]) -> None:
    with pytest.raises(ValueError, match="two claims have one"):
        share(Allotment(by, budget=5, last=Last.PARTIAL), both)


# For any claims


@given(BUDGETS, claims())
def test_a_budget_is_never_exceeded_and_what_is_left_is_told(
    allotment: Allotment, asked: list[Claim]
) -> None:
    found = share(allotment, asked)
    assert found.spent + found.left == allotment.whole
    assert found.spent == sum(one.granted for one in found.shares)
    assert all(0 <= one.granted <= one.claim.amount for one in found.shares)
    assert {one.claim for one in found.shares} == set(asked)
    if found.demand <= allotment.whole:
        assert all(one.outcome is Outcome.GRANTED for one in found.shares)


@given(PLACES, claims())
def test_places_are_exceeded_only_where_equals_are_admitted(allotment: Allotment, asked: list[Claim]) -> None:
    found = share(allotment, asked)
    over = found.admitted - allotment.whole
    assert over <= 0 or (allotment.ties is Ties.ADMIT and allotment.by is RANK)
    assert found.open == 0 or allotment.ties is Ties.DECIDE
    # Nobody waits while there is room for all, and nobody is out while a place is free but for equals.
    if found.left and allotment.ties is Ties.ADMIT:
        assert found.admitted == len(asked)


@given(st.one_of(BUDGETS, PLACES), claims(), st.randoms())
def test_the_order_of_the_claims_does_not_matter(
    allotment: Allotment, asked: list[Claim], chance: random.Random
) -> None:
    shuffled = list(asked)
    chance.shuffle(shuffled)
    assert share(allotment, asked) == share(allotment, shuffled)


@given(st.one_of(BUDGETS, PLACES), claims())
def test_equals_fare_alike_and_a_better_rank_never_worse(allotment: Allotment, asked: list[Claim]) -> None:
    found = share(allotment, asked)
    worth = {Outcome.GRANTED: 3, Outcome.PARTLY: 2, Outcome.OPEN: 1, Outcome.NONE: 0}
    if allotment.by is AllotBy.SCALE:
        alike = {(one.claim.amount, one.granted, one.outcome) for one in found.shares}
        assert len(alike) == len({amount for amount, *_ in alike})
        return
    ranks: dict[int | None, set[Outcome]] = {}
    for one in found.shares:
        ranks.setdefault(one.rank, set()).add(one.outcome)
    assert all(len(outcomes) == 1 for outcomes in ranks.values())
    if allotment.by is RANK:
        assert len(ranks) == len({claim.scores for claim in asked})
    steps = [worth[one.outcome] for one in found.shares]
    assert steps == sorted(steps, reverse=True)
    assert sum(one.outcome is Outcome.PARTLY for one in found.shares) <= (allotment.last is Last.PARTIAL)


@given(st.integers(1, 200), claims())
def test_scaled_amounts_lose_less_than_a_fen_each(budget: int, asked: list[Claim]) -> None:
    found = share(Allotment(AllotBy.SCALE, budget=budget), asked)
    assert found.factor is not None
    for one in found.shares:
        exact = one.claim.amount * found.factor
        assert exact - 1 < one.granted <= exact
    if found.demand > budget:
        assert 0 <= found.left < len(asked)


@given(st.one_of(BUDGETS, PLACES), claims())
def test_the_cut_off_parts_those_who_are_in_from_those_who_are_not(
    allotment: Allotment, asked: list[Claim]
) -> None:
    found = share(allotment, asked)
    if allotment.by is not RANK or found.cut_off is None:
        return
    for one in found.shares:
        inside = one.outcome in (Outcome.GRANTED, Outcome.PARTLY)
        assert inside == (one.claim.scores >= found.cut_off)


# The example of docs/allocation.md

UPGRADES = [
    Claim("A", 50_00, (90,)),
    Claim("B", 40_00, (85,)),
    Claim("C", 30_00, (80,)),
    Claim("D", 5_00, (70,)),
]


@pytest.mark.parametrize(
    ("allotment", "granted"),
    [
        (Allotment(RANK, budget=100_00, last=Last.PARTIAL), [50_00, 40_00, 10_00, 0]),
        (Allotment(RANK, budget=100_00, last=Last.REFUSE), [50_00, 40_00, 0, 0]),
        (Allotment(AllotBy.SCALE, budget=100_00), [40_00, 32_00, 24_00, 4_00]),
    ],
)
def test_the_example_that_the_page_works_out(allotment: Allotment, granted: list[int]) -> None:
    assert [one.granted for one in share(allotment, UPGRADES).shares] == granted


def test_the_equals_of_the_example() -> None:
    equals = [one._replace(scores=(85,)) if one.id == "C" else one for one in UPGRADES]
    found = share(Allotment(RANK, budget=100_00, last=Last.PARTIAL), equals)
    assert told(found)["B"] == told(found)["C"] == (2, "needs_decision", 0)
    assert told(found)["D"] == (4, "none", 0)
