"""Simulations of measures whose budget or places all applicants share."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from rich.console import Console

from app.schemas.simulated import SimulationResult
from app.services.packs import read_pack
from app.services.population.opening import open_population
from app.services.published_policies import PublishedPolicies, PublishedPolicy
from app.services.simulating.forms import result_form
from app.services.simulating.readings import Scenario, readings_of
from app.services.simulating.reports import write_report
from app.services.simulating.simulation import simulate
from app.settings import PACKAGED_POLICIES
from app.simulation_table import print_simulation
from tests.simulating.populations import firm, written

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.simulating.simulation import Simulated

YEAR, AS_OF = 2026, date(2026, 11, 23)
GRANTS = "measures/patent-grants.yaml"
SCALED = "allot: {budget: all, per: year, by: scale}\n"
RANKED = "allot: {places: seats, by: patents.granted, then: [patents.invention_granted], ties: decide}\n"
ROWS = [
    firm(1, granted=12), firm(2, granted=30), firm(3, granted=12), firm(4, granted=1), firm(5, granted=None),
    firm(6, granted=11),
]  # fmt: skip


def simulated(place: Path, allot: str, parameter: str, *scenarios: Scenario) -> Simulated:
    files = dict(read_pack(PACKAGED_POLICIES / "yanhu-ip"))
    files[GRANTS] = files[GRANTS].replace("parameters:\n", f"parameters:\n  {parameter}\n", 1) + allot
    base = PublishedPolicy.of(files)
    policies = PublishedPolicies([base])
    readings = readings_of(policies, base, scenarios, year=YEAR, as_of=AS_OF)
    opened = open_population(
        written(place / "rows.ndjson", ROWS), readings[0].policy, year=YEAR, as_of=AS_OF, batch_rows=2
    )
    return simulate(readings, opened, year=YEAR, as_of=AS_OF, budget=None, progress=lambda _: None)


def shared(done: Simulated) -> list[dict[str, Any]]:
    """Of each reading, as the result of a job has it."""
    form = orjson.loads(orjson.dumps(result_form(done)))
    result = SimulationResult.model_validate_json(orjson.dumps(form))
    assert result.base.measures["brand-plan"].allotment is None
    return [one["measures"]["patent-grants"]["allotment"] for one in (form["base"], *form["scenarios"])]


def test_a_budget_is_scaled_and_each_scenario_has_its_own(tmp_path: Path) -> None:
    less = Scenario("less", {"patent-grants.all": "300000"})
    base, other = shared(simulated(tmp_path, SCALED, "all: 900000", less))
    assert base == {
        "by": "scale", "budget": "900000.00", "places": None, "claims": 4, "undetermined": 1, "demand": "800000.00",
        "granted": 4, "partly": 0, "none": 0, "needs_decision": 0, "spent": "800000.00", "left": "100000.00",
        "factor": {"exact": "1/1", "decimal": "1.0000000000"}, "cut_off": None,
    }  # fmt: skip
    assert (other["factor"], other["spent"], other["partly"]) == (
        {"exact": "3/8", "decimal": "0.3750000000"},
        "300000.00",
        4,
    )


def test_places_go_by_score_and_equals_at_the_edge_wait(tmp_path: Path) -> None:
    (base,) = shared(simulated(tmp_path, RANKED, "seats: 2"))
    assert (base["places"], base["granted"], base["needs_decision"], base["none"]) == (2, 1, 2, 1)
    assert (base["cut_off"], base["left"], base["demand"], base["spent"]) == (
        [30, 0],
        1,
        "800000.00",
        "200000.00",
    )


def test_totals_are_before_the_sharing_as_the_rows_are(tmp_path: Path) -> None:
    done = simulated(tmp_path, SCALED, "all: 900000")
    (outcome,) = done.outcomes
    assert outcome.summary.measures["patent-grants"].amount == 800_000_00
    assert outcome.summary.totals.amount == 800_000_00
    assert outcome.summary.totals.with_any_award == 4


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "en",
            "4 claims of 800,000.00; 1 in full, 0 in part, 1 not, 2 to be decided, 200,000.00 in all; cut-off 30, 0",
        ),
        ("zh", "4 家申请 800,000.00，足额 1，部分 0，未入选 1，待决定 2，共 200,000.00；分数线 30, 0"),
    ],
)
def test_the_terminal_and_the_workbook_tell_it(tmp_path: Path, language: str, says: str) -> None:
    done = simulated(tmp_path, RANKED, "seats: 2")
    told = io.StringIO()
    print_simulation(Console(file=told, width=80), done, language)
    assert says in told.getvalue()
    write_report(done, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert {"zh": "分数线 30, 0", "en": "cut-off 30, 0"}[language] in page
    write_report(done, tmp_path / "report.xlsx")
    with zipfile.ZipFile(tmp_path / "report.xlsx") as book:
        assert "预算与名额" in book.read("xl/workbook.xml").decode()
