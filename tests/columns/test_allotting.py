"""Sharing as columns says what the pure rule says, and ranks by the scores that single evaluations have."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.allotment import AllotBy, Allotment, Last, Ties
from app.rules.allotting.claims import Claim, Outcome
from app.rules.allotting.scoring import Scoring
from app.rules.allotting.sharing import share
from app.rules.columns.allotting import Claims, score_names, shared
from app.rules.expression import Fact
from app.services.sampling.any_policy import random_population
from tests.columns.asking import Both
from tests.columns.equal import DAYS
from tests.columns.packs import YEAR, random_policy

if TYPE_CHECKING:
    from app.rules.columns.allotting import Shared

SCORES = (Fact("count", 1, "x"), Fact("number", 10, "y"))
SMALL = st.integers(1, 60)
LARGE = st.integers(10**16, 2**63 - 1)


def allotments() -> st.SearchStrategy[Allotment]:
    ties = st.sampled_from([Ties.DECIDE, Ties.REFUSE])
    budgets = st.one_of(st.integers(1, 400), st.integers(2**62, 2**63 - 1))
    of_money = st.builds(
        Allotment,
        st.sampled_from(AllotBy),
        budget=budgets,
        scores=st.just(SCORES),
        ties=ties,
        last=st.sampled_from(Last),
    )
    ranked = st.sampled_from([AllotBy.ARRIVAL, AllotBy.RANK])
    of_places = st.builds(
        Allotment, ranked, places=st.integers(1, 12), scores=st.just(SCORES), ties=st.sampled_from(Ties)
    )
    return st.one_of(of_money, of_places)


@st.composite
def populations(draw: st.DrawFn) -> list[Claim]:
    amounts = draw(st.sampled_from([SMALL, LARGE]))
    scores = st.tuples(st.integers(0, 3), st.integers(-(2**90), 2**90) | st.integers(-1, 1))
    return [Claim(f"{n:02d}", draw(amounts), draw(scores), n) for n in range(draw(st.integers(0, 14)))]


def frame_of(claims: list[Claim]) -> pl.DataFrame:
    schema = {"row": pl.Int64(), "amount": pl.Int64(), **dict.fromkeys(score_names(2), pl.Int128())}
    rows = [(one.arrival, one.amount, *one.scores) for one in claims]
    return pl.DataFrame(rows, schema=schema, orient="row")


def told(found: Shared) -> list[tuple[object, ...]]:
    return list(found.frame.select("row", "rank", "outcome", "granted").iter_rows())


@settings(max_examples=300, deadline=None)
@given(allotments(), populations(), st.one_of(st.none(), st.integers(0, 90)))
def test_columns_share_as_the_rule_does(allotment: Allotment, claims: list[Claim], whole: int | None) -> None:
    expected = share(allotment, claims, whole)
    found = shared(allotment, frame_of(claims), whole=whole)
    assert told(found) == [
        (one.claim.arrival, one.rank, str(one.outcome), one.granted) for one in expected.shares
    ]
    sums = found.sum
    assert (sums.demand, sums.factor, sums.cut_off) == (expected.demand, expected.factor, expected.cut_off)
    assert (sums.spent, sums.left, sums.open) == (expected.spent, expected.left, expected.open)
    assert sums.granted + sums.partly == expected.admitted
    assert sums.claims == sums.granted + sums.partly + sums.none + sums.open == len(claims)


@given(
    st.lists(st.tuples(st.sampled_from(["eligible", "ineligible", "undetermined"]), SMALL, st.none() | SMALL))
)
def test_claims_gathered_in_batches_are_those_that_are_certain(
    rows: list[tuple[str, int, int | None]],
) -> None:
    allotment = Allotment(AllotBy.RANK, budget=200, scores=SCORES[:1], last=Last.PARTIAL)
    claims = Claims(allotment)
    for start in range(0, len(rows), 3):
        part = rows[start : start + 3]
        answers = pl.DataFrame(
            {"verdict": [one[0] for one in part], "amount": [one[1] for one in part]},
            schema={"verdict": pl.String(), "amount": pl.Int64()},
        )
        claims.add(
            answers, pl.DataFrame({"score0": [one[2] for one in part]}, schema={"score0": pl.Int128()})
        )
    certain = [
        Claim(f"{n:06d}", amount, (score,), n)
        for n, (verdict, amount, score) in enumerate(rows)
        if verdict == "eligible" and score is not None
    ]
    found = claims.shared()
    assert [row for row, *_ in told(found)] == [one.claim.arrival for one in share(allotment, certain).shares]
    assert found.sum.undetermined == sum(one[0] != "ineligible" for one in rows) - len(certain)


@pytest.mark.parametrize("seed", range(12))
def test_scores_of_generated_policies_are_those_of_single_evaluations(seed: int) -> None:
    policy = random_policy(random.Random(seed))  # noqa: S311 - reproducible, not secret
    both = Both.of(policy, YEAR, DAYS[-1])
    population = random_population(policy, 40, seed, as_of=DAYS[-1])
    scores = both.columns.decide(population, scores=True).scores
    shared_by = [one for one in policy.measures if one.allotment is not None]
    assert list(scores) == [one.id for one in shared_by]
    circumstances = [both.evaluator.circumstances(request) for request in both.requests(population)]
    for measure in shared_by:
        assert measure.allotment is not None
        names = score_names(len(measure.allotment.scores))
        found = scores[measure.id]
        scoring = Scoring(measure, policy)
        if names:
            expected = [scoring.of(c) for c in circumstances]
            rows = [None if None in row else row for row in found.select(names).iter_rows()]
            assert rows == expected


def test_generated_policies_rank_applicants_some_of_whom_have_no_score_yet() -> None:
    """Or the comparison above would say little."""
    open_ = known = 0
    for seed in range(12):
        policy = random_policy(random.Random(seed))  # noqa: S311 - reproducible, not secret
        both = Both.of(policy, YEAR, DAYS[-1])
        for frame in both.columns.decide(
            random_population(policy, 40, seed, as_of=DAYS[-1]), scores=True
        ).scores.values():
            nulls = sum(frame.null_count().row(0)) if frame.columns else 0
            open_ += nulls
            known += frame.height * frame.width - nulls
    assert min(open_, known) > 20


def test_every_outcome_has_its_name_in_columns() -> None:
    claims = [
        Claim("a", 5, (3, 0), 0),
        Claim("b", 5, (2, 0), 1),
        Claim("c", 5, (2, 0), 2),
        Claim("d", 5, (1, 0), 3),
    ]
    frame = frame_of(claims)
    decided = (
        shared(Allotment(AllotBy.RANK, places=2, scores=SCORES), frame).frame["outcome"].unique().to_list()
    )
    partly = (
        shared(Allotment(AllotBy.ARRIVAL, budget=7, last=Last.PARTIAL), frame)
        .frame["outcome"]
        .unique()
        .to_list()
    )
    assert {*decided, *partly} == {str(one) for one in Outcome}
