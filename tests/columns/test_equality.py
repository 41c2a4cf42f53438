"""The columns say of every applicant what a single evaluation says, in every column of an answer."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.rules.columns.deciding import Columns
from app.services.sampling.any_policy import random_population
from app.services.sampling.registers import register
from tests.columns.asking import Both
from tests.columns.constructs import constructs_of, every_construct
from tests.columns.equal import Tally, compare_pack, compare_register, yanhu
from tests.columns.keys import LEFT_OUT, keys_of, wanted
from tests.columns.packs import DAYS, YEAR, random_pack, random_policy
from tests.columns.sections import plain

if TYPE_CHECKING:
    from app.rules.policy import Policy

PACKS = 60
# A smaller seed is no smaller policy: what fails is told as it is.
SOME = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
BOTH = Both.of(yanhu(), YEAR, DAYS[-1])


def said(tally: Tally) -> str:
    return "\n".join(tally.told)


@pytest.mark.slow
def test_on_a_hundred_thousand_organisations_of_yanhu() -> None:
    tally = Tally()
    compare_register(tally, 100_000, 1)
    assert (tally.applicants, tally.measures) == (105_000, 18)
    assert tally.differences == 0, said(tally)


@pytest.mark.slow
@SOME
@given(st.integers(0, 2**31))
def test_on_generated_policies_and_populations(seed: int) -> None:
    tally = Tally()
    compare_pack(tally, seed)
    assert tally.applicants == 200
    assert tally.differences == 0, said(tally)


@pytest.fixture(scope="module")
def some() -> list[tuple[dict[str, str], Policy]]:
    return [random_pack(random.Random(seed)) for seed in range(PACKS)]  # noqa: S311 - reproducible, not secret


def test_generated_policies_hold_every_construct_of_the_language(
    some: list[tuple[dict[str, str], Policy]],
) -> None:
    """Or the comparison would leave something out."""
    found: set[str] = set()
    for _, made in some:
        found |= constructs_of(made) | constructs_of(made.as_read(YEAR, DAYS[-1]))
    assert every_construct() - found == set()


def test_generated_policies_write_every_key_that_the_loader_knows(
    some: list[tuple[dict[str, str], Policy]],
) -> None:
    found: set[tuple[str, str]] = set()
    for files, _ in some:
        found |= keys_of({path: plain(text) for path, text in files.items() if path.endswith(".yaml")})
    assert wanted() - found == set()
    assert {(part, key) for part, keys in LEFT_OUT.items() for key in keys} & found == set(), (
        "no longer left out"
    )


def test_generated_applicants_meet_every_verdict_of_every_kind_of_award() -> None:
    """Or two engines that refuse everybody would be equal."""
    met: set[tuple[str, str]] = set()
    for seed in range(12):
        both = Both.of(random_policy(random.Random(seed)), YEAR, DAYS[-1])  # noqa: S311 - reproducible, not secret
        for request in both.requests(random_population(both.policy, 60, seed)):
            met |= {(one.kind.value, one.verdict) for one in both.evaluator.evaluate(request).measures}
    kinds = ("fixed", "calculated", "up_to", "unspecified", "service")
    assert met == {
        (kind, verdict) for kind in kinds for verdict in ("eligible", "ineligible", "undetermined")
    }


def test_it_does_not_matter_how_a_population_is_cut_or_chunked() -> None:
    population = pl.concat([register(yanhu(), 700, 5), random_population(yanhu(), 300, 5)])
    whole = BOTH.columns.decide(population)
    fresh = Columns(yanhu(), year=YEAR, as_of=DAYS[-1])
    parts = [fresh.decide(population.slice(start, 130)).answers for start in range(0, 1_000, 130)]
    assert whole.answers.equals(pl.concat(parts))
    chunks = pl.concat(
        [population.slice(0, 1), population.slice(1, 998), population.slice(999)], rechunk=False
    )
    assert chunks.n_chunks() > 2
    assert fresh.decide(chunks).answers.equals(whole.answers)
    assert whole.lines is None


def test_fewer_measures_are_answered_alike() -> None:
    population = random_population(yanhu(), 300, 8)
    chosen = ["pledge-financing", "navigation", "trusteeship"]
    some = Columns(yanhu(), year=YEAR, as_of=DAYS[-1], measures=chosen).decide(population).answers
    whole = BOTH.columns.decide(population).answers
    assert set(some.columns) == {"ref", "uscc", "totals", *chosen}
    assert some.columns.index("navigation") < some.columns.index("pledge-financing")
    for measure in chosen:
        assert some[measure].equals(whole[measure])


@pytest.mark.parametrize("rows", [0, 1])
def test_a_population_of_nobody_and_of_one(rows: int) -> None:
    assert BOTH.differences(random_population(yanhu(), rows, 2)) == []


def test_a_population_of_which_nothing_is_known() -> None:
    population = random_population(yanhu(), 3, 2)
    unknown = population.with_columns(
        pl.lit(None, dtype=population.schema[name]).alias(name)
        for name in ("facts", "history", "other_funding")
    )
    assert BOTH.differences(unknown) == []


def test_an_item_of_which_nothing_is_known_is_an_item() -> None:
    """Whether it is stated as a struct of nulls or as a null."""
    population = random_population(yanhu(), 4, 2)
    kind = population.schema["facts"]
    empty = {"event": None, "own_brand": None, "won": None}
    given = [{"exhibition_awards": one} for one in ([empty], [None], [empty, None], [])]
    planted = population.with_columns(pl.Series("facts", given, dtype=kind))
    assert BOTH.differences(planted) == []
