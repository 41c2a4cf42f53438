"""Simulations with the engine itself: the figures are those of the rows, and what must hold of any population."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.rules.columns.aligning import aligned
from app.rules.columns.comparing import Change
from app.rules.columns.deciding import Columns
from app.rules.columns.schema import population_schema
from app.services.population.opening import open_population
from app.services.published_policies import PublishedPolicies, PublishedPolicy
from app.services.simulating.readings import Scenario, readings_of
from app.services.simulating.simulation import simulate
from tests.simulating.populations import firm, firms, loan, written
from tests.yanhu.generating import REQUESTS

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.simulating.simulation import Outcome, Simulated

YEAR, AS_OF = 2026, date(2026, 11, 23)
NOTHING = Scenario("nothing")
SAME = Scenario("as it is", {"patent-grants.granted_min": 10, "pledge-financing.rate": "50%"})
LOWERED = (
    ("patent-grants", Scenario("a", {"patent-grants.granted_min": 9, "patent-grants.invention_min": 4})),
    ("open-licensing", Scenario("b", {"open-licensing.transfers_min": 9})),
)
"""Thresholds lowered to a value at which generated facts lie, each on its measure."""


@pytest.fixture(scope="module")
def policies(policy_folder: Path) -> PublishedPolicies:
    return PublishedPolicies.in_folder(policy_folder)


def simulated(
    policies: PublishedPolicies,
    place: Path,
    rows: list[dict[str, Any]],
    *scenarios: Scenario,
    budget: int | None = None,
    batch: int = 7,
) -> Simulated:
    base = policies.latest("yanhu-ip")
    readings = readings_of(policies, base, scenarios, year=YEAR, as_of=AS_OF)
    opened = open_population(
        written(place, rows), readings[0].policy, year=YEAR, as_of=AS_OF, batch_rows=batch
    )
    return simulate(readings, opened, year=YEAR, as_of=AS_OF, budget=budget, progress=lambda _: None)


def check(done: Simulated) -> None:
    """What must add up in any simulation."""
    for outcome in done.outcomes:
        summary = outcome.summary
        for name, found in summary.measures.items():
            assert found.eligible + found.ineligible + found.undetermined == done.rows, name
        assert summary.totals.applicants == done.rows
        assert summary.totals.amount == sum(found.amount for found in summary.measures.values())
        assert summary.totals.discretionary_ceiling == sum(
            found.ceiling for found in summary.measures.values()
        )
        for groups in (*(groups.values() for groups in summary.by.values()),):
            assert tuple(map(sum, zip(*groups, strict=True))) == (summary.totals if done.rows else ())
        assert sum(band.applicants for band in summary.bands) == done.rows
        assert sum(band.amount for band in summary.bands) == summary.totals.amount
        if outcome.against_base is not None:
            check_changes(done, outcome)


def check_changes(done: Simulated, outcome: Outcome) -> None:
    found, base = outcome.against_base, done.outcomes[0].summary
    assert found is not None
    for change in (found.all, *found.measures.values()):
        assert change.gain + change.lose + change.same == done.rows
    assert found.all.difference == outcome.summary.totals.amount - base.totals.amount
    for name, change in found.measures.items():
        before = base.measures[name].amount if name in base.measures else 0
        after = outcome.summary.measures[name].amount if name in outcome.summary.measures else 0
        assert change.difference == after - before


def test_the_figures_are_the_sums_of_the_rows_of_the_engine(
    policies: PublishedPolicies, tmp_path: Path
) -> None:
    rows = firms(64)
    done = simulated(policies, tmp_path / "p.ndjson", rows, budget=1_000)
    check(done)
    policy = policies.latest("yanhu-ip").policy
    opened = open_population(tmp_path / "p.ndjson", policy, year=YEAR, as_of=AS_OF)
    (batch,) = opened
    answers = Columns(policy, year=YEAR, as_of=AS_OF).decide(batch.frame).answers
    summary = done.outcomes[0].summary
    for name, found in summary.measures.items():
        measure = answers[name].struct
        verdicts = measure.field("verdict").cast(pl.String).value_counts()
        assert dict(verdicts.iter_rows()) == {
            verdict: count
            for verdict, count in zip(("eligible", "ineligible", "undetermined"), found[:3], strict=True)
            if count
        }
        assert (measure.field("amount").sum() or 0) == found.amount
    assert answers["totals"].struct.field("amount").sum() == summary.totals.amount
    # 64 firms, four for each count of grants; seven have a loan of which half is paid.
    assert summary.measures["patent-grants"][:4] == (20, 40, 4, 20 * 20_000_000)
    assert summary.measures["pledge-financing"].eligible == sum(
        row["applicant"]["size"] in ("micro", "small", "medium") and bool(row["facts"]["pledge_loans"])
        for row in rows
    )


def test_a_scenario_that_changes_nothing_has_nobody_who_gains_or_loses(
    policies: PublishedPolicies, tmp_path: Path
) -> None:
    version = Scenario("the same version", version=policies.latest("yanhu-ip").policy.version)
    done = simulated(policies, tmp_path / "p.ndjson", firms(48), NOTHING, SAME, version)
    check(done)
    for outcome in done.outcomes[1:]:
        assert outcome.against_base is not None
        assert outcome.against_base.all == Change(0, 0, 48, 0)
        assert set(outcome.against_base.measures.values()) == {Change(0, 0, 48, 0)}
        assert outcome.against_base.largest_gains == outcome.against_base.largest_losses == ()
        assert outcome.summary == done.outcomes[0].summary


def test_a_change_is_told_for_whom_it_concerns(policies: PublishedPolicies, tmp_path: Path) -> None:
    rows = [
        firm(1, granted=9),
        firm(2, granted=12, pledge_loans=[loan("500000.00")], size="small"),
        firm(3, granted=3),
        firm(4, granted=None),
    ]
    mixed = Scenario("mixed", {"patent-grants.granted_min": 9, "pledge-financing.cap": 150_000})
    done = simulated(policies, tmp_path / "p.ndjson", rows, mixed, batch=1)
    check(done)
    found = done.outcomes[1].against_base
    assert found is not None
    assert found.all == Change(1, 1, 2, 20_000_000 - 5_000_000)
    assert [(one.row, one.ref, one.before, one.after) for one in found.largest_gains] == [
        (1, "F-1", 0, 20_000_000)
    ]
    assert [(one.row, one.before, one.after) for one in found.largest_losses] == [(2, 40_000_000, 35_000_000)]
    assert found.measures["patent-grants"] == Change(1, 0, 3, 20_000_000)
    assert found.measures["pledge-financing"] == Change(0, 1, 3, -5_000_000)


def test_a_population_without_anybody_has_its_measures_all_the_same(
    policies: PublishedPolicies, tmp_path: Path
) -> None:
    done = simulated(policies, tmp_path / "p.ndjson", [], NOTHING, budget=0)
    check(done)
    assert done.rows == 0
    assert set(done.outcomes[0].summary.measures["patent-grants"]) == {0}
    cover = done.outcomes[0].summary.cover
    assert cover is not None
    assert (cover.first_come, cover.without) == (0, 0)


def test_bad_rows_are_counted_once_each_and_are_in_no_figure(
    policies: PublishedPolicies, tmp_path: Path
) -> None:
    rows = firms(16)
    rows[2]["facts"]["patents"] |= {"granted": -1, "invention_granted": -1}
    del rows[5]["applicant"]["name"]
    told: list[int] = []
    base = policies.latest("yanhu-ip")
    readings = readings_of(policies, base, [NOTHING], year=YEAR, as_of=AS_OF)
    opened = open_population(
        written(tmp_path / "p.ndjson", rows), base.policy, year=YEAR, as_of=AS_OF, batch_rows=4
    )
    done = simulate(readings, opened, year=YEAR, as_of=AS_OF, budget=None, progress=told.append)
    check(done)
    assert (done.rows, done.bad_rows) == (14, 2)
    assert told == [4, 8, 12, 16]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(REQUESTS, min_size=4, max_size=24))
def test_a_lowered_threshold_never_has_losers_on_its_measure(
    policies: PublishedPolicies, tmp_path: Path, requests: list[dict[str, Any]]
) -> None:
    rows = [{**body, "as_of": AS_OF.isoformat(), "year": YEAR} for body in requests]
    lowered = (scenario for _, scenario in LOWERED)
    done = simulated(policies, tmp_path / "p.ndjson", rows, *lowered, SAME, batch=1_000)
    check(done)
    assert done.bad_rows == 0, json.dumps(rows)
    for (measure, _), outcome in zip(LOWERED, done.outcomes[1:], strict=False):
        assert outcome.against_base is not None
        assert outcome.against_base.measures[measure].lose == 0
    unchanged = done.outcomes[-1].against_base
    assert unchanged is not None
    assert unchanged.all == Change(0, 0, done.rows, 0)


def test_another_version_reads_the_population_by_the_facts_that_it_knows(
    policy_folder: Path, tmp_path: Path
) -> None:
    """Another text that asks for one fact more."""
    base = PublishedPolicies.in_folder(policy_folder).latest("yanhu-ip")
    files = dict(base.files)
    files["policy.yaml"] = files["policy.yaml"].replace("version: 2023-draft", "version: 2027-draft")
    files["facts.yaml"] = files["facts.yaml"].replace(
        "newly_recognised: {bool: ", "newly_added: {bool: [新增, new]}\n    newly_recognised: {bool: "
    )
    assert "newly_added" in files["facts.yaml"]
    policies = PublishedPolicies([base, PublishedPolicy.of(files)])
    scenarios = [
        Scenario("next", version="2027-draft"),
        Scenario("both", {"patent-grants.granted_min": 8}, "2027-draft"),
    ]
    readings = readings_of(policies, base, scenarios, year=YEAR, as_of=AS_OF)
    opened = open_population(written(tmp_path / "p.ndjson", firms(32)), base.policy, year=YEAR, as_of=AS_OF)
    done = simulate(readings, opened, year=YEAR, as_of=AS_OF, budget=None, progress=lambda _: None)
    check(done)
    assert done.outcomes[1].against_base is not None
    assert done.outcomes[1].against_base.all == Change(0, 0, 32, 0)
    assert done.outcomes[1].reading.policy.version == "2027-draft"
    assert not done.outcomes[1].reading.policy.digest.startswith("altered:")
    assert done.outcomes[2].against_base is not None
    assert done.outcomes[2].against_base.all.gain == 4


def test_a_population_takes_the_form_of_another_schema() -> None:
    there = pl.Schema(
        {
            "ref": pl.String(),
            "facts": pl.Struct(
                {
                    "kept": pl.Int64(),
                    "gone": pl.Int64(),
                    "other": pl.Int64(),
                    "items": pl.List(pl.Struct({"id": pl.String(), "old": pl.Int64()})),
                }
            ),
        }
    )
    wanted = pl.Schema(
        {
            "ref": pl.String(),
            "facts": pl.Struct(
                {
                    "items": pl.List(pl.Struct({"id": pl.String(), "new": pl.Boolean()})),
                    "other": pl.Boolean(),
                    "kept": pl.Int64(),
                }
            ),
            "history": pl.List(pl.String()),
        }
    )
    rows = [
        {"ref": "a", "facts": {"kept": 1, "gone": 2, "other": 3, "items": [{"id": "x", "old": 1}]}},
        {"ref": "b", "facts": None},
        {"ref": "c", "facts": {"kept": None, "gone": 1, "other": 1, "items": []}},
        {"ref": "d", "facts": {"kept": 1, "gone": 1, "other": 1, "items": None}},
    ]
    found = aligned(pl.DataFrame(rows, schema=there), wanted)
    assert found.schema == wanted
    assert found.to_dicts() == [
        {
            "ref": "a",
            "facts": {"items": [{"id": "x", "new": None}], "other": None, "kept": 1},
            "history": None,
        },
        {"ref": "b", "facts": None, "history": None},
        {"ref": "c", "facts": {"items": [], "other": None, "kept": None}, "history": None},
        {"ref": "d", "facts": {"items": None, "other": None, "kept": 1}, "history": None},
    ]
    frame = pl.DataFrame({"ref": ["a"]})
    assert aligned(frame, frame.schema) is frame


def test_the_populations_of_the_policy_need_no_change(policies: PublishedPolicies) -> None:
    schema = population_schema(policies.latest("yanhu-ip").policy)
    assert aligned(pl.DataFrame(schema=schema), schema).schema == schema
