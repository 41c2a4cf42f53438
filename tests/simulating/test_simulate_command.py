"""`duixian simulate`: the same figures as the service's, without a server; every mistake said at its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from typer.testing import CliRunner

from app.cli import app
from app.rules.money import format_yuan
from tests.simulating.populations import AS_OF, firms, written

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SCENARIOS = """\
scenarios:
  - name: 八件
    parameters:
      patent-grants.granted_min: 8
  - name: lower rate
    parameters: {pledge-financing.rate: 40%}
    version: 2023-draft
"""


@pytest.fixture
def population(tmp_path: Path) -> Path:
    return written(tmp_path / "p.ndjson", firms(32))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["simulate", *map(str, arguments)], env={"COLUMNS": "100"})


def test_scenarios_of_the_command_line_and_of_files_in_one_run(population: Path, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIOS, "utf-8")
    outs = [tmp_path / f"r.{ending}" for ending in ("json", "xlsx", "html")]
    done = run(
        population, "--set", "patent-grants.granted_min=9", "--set", "pledge-financing.cap=100000.50",
        "--scenario", tmp_path / "s.yaml", "--budget", "1000000", "--as-of", AS_OF,
        *(part for out in outs for part in ("--out", out)),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert all(out.stat().st_size > 1_000 for out in outs)
    told = json.loads(outs[0].read_text("utf-8"))
    names = [one["name"] for one in told["scenarios"]]
    assert names == ["patent-grants.granted_min=9, pledge-financing.cap=100000.50", "八件", "lower rate"]
    # Two firms for each count of grants.
    assert [one["measures"]["patent-grants"]["eligible"] for one in (told["base"], *told["scenarios"])] == [
        10,
        12,
        14,
        10,
    ]
    assert told["scenarios"][0]["parameters"] == {
        "patent-grants.granted_min": "9",
        "pledge-financing.cap": "100000.50",
    }
    assert "10 → 12" in done.output
    assert "2,000,000.00" in done.output
    assert "the budget covers" in done.output


def test_amounts_are_the_sums_of_what_bulk_writes(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["sample", str(tmp_path / "p.parquet"), "--rows", "400"])
    assert made.exit_code == 0, made.output
    written_out = CliRunner().invoke(
        app, ["bulk", str(tmp_path / "p.parquet"), str(tmp_path / "out.parquet"), "--as-of", AS_OF]
    )
    assert written_out.exit_code == 0, written_out.output
    done = run(tmp_path / "p.parquet", "--as-of", AS_OF, "--out", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    rows = pl.read_parquet(tmp_path / "out.parquet")
    assert told["population"] == {"rows": rows.height, "bad_rows": 400 - rows.height}
    for name, found in told["base"]["measures"].items():
        measure = rows[name].struct
        assert found["amount"] == format_yuan(measure.field("amount").sum() or 0), name
        verdicts = measure.field("verdict").cast(pl.String)
        for verdict in ("eligible", "ineligible", "undetermined"):
            assert found[verdict] == (verdicts == verdict).sum(), (name, verdict)
    totals, sums = told["base"]["totals"], rows["totals"].struct
    assert totals["amount"] == format_yuan(sums.field("amount").sum()) != "0.00"
    assert totals["discretionary_ceiling"] == format_yuan(sums.field("discretionary_ceiling").sum()) != "0.00"


def test_the_words_are_chinese_on_demand(population: Path) -> None:
    done = run(population, "--as-of", AS_OF, "--lang", "zh")
    assert done.exit_code == 0
    assert "现行规定" in done.output
    assert "高质量专利授权奖励" in done.output


def test_bad_rows_are_shown_and_counted(tmp_path: Path) -> None:
    rows = firms(8)
    rows[2]["facts"]["patents"]["granted"] = "many"
    done = run(written(tmp_path / "p.ndjson", rows), "--as-of", AS_OF)
    assert done.exit_code == 0
    assert "p.ndjson:3 patents.granted" in done.output.replace("\n", "")
    assert "1 rows could not be read" in done.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--set", "patent-grants.grantd_min=8"], "did you mean patent-grants.granted_min?"),
        (["--set", "patent-grants.granted_min=8%"], "must be a count"),
        (["--set", "patent-grants.granted_min"], "must be a parameter once"),
        (["--set", "a.b=1", "--set", "a.b=2"], "must be a parameter once"),
        (["--policy", "yanhu"], "Did you mean yanhu-ip?"),
        (["--as-of", "1999-01-01"], "2023-draft from 2023-01-01"),
        (["--budget", "much"], "no amount in yuan"),
        (["--budget", "-1"], "no amount in yuan"),
        (["--out", "r.pdf"], ".html, .xlsx, .json"),
    ],
)
def test_what_is_wrong_is_said_and_ends_it(population: Path, arguments: list[str], says: str) -> None:
    done = run(population, *arguments)
    assert done.exit_code == 2, done.output
    assert says in done.output.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nam: x\n", "s.yaml:1:1: unknown key 'nam'; did you mean name?"),
        ("parameters: {}\n", "s.yaml:1:1: 'name' is missing"),
        ("name: x\nversion: 2023-drafd\n", "did you mean 2023-draft?"),
        ("scenarios:\n  - name: x\n    parameters: [a]\n", "s.yaml:3:17"),
        ("name: [", "s.yaml:"),
        ("name: x\nparameters: {patent-grants.granted_min: 8件}\n", "must be a count"),
    ],
)
def test_what_is_wrong_with_a_file_of_scenarios_is_said_with_line_and_column(
    population: Path, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "s.yaml").write_text(text, "utf-8")
    done = run(population, "--scenario", tmp_path / "s.yaml", "--as-of", AS_OF)
    assert done.exit_code == 2, done.output
    assert says in done.output.replace("\n", "")


def test_a_file_that_is_no_population_and_one_that_cannot_be_written(
    population: Path, tmp_path: Path
) -> None:
    (tmp_path / "x.parquet").write_bytes(b"no")
    assert run(tmp_path / "x.parquet").exit_code == 2
    done = run(population, "--as-of", AS_OF, "--out", tmp_path / "missing" / "r.json")
    assert done.exit_code == 1
    assert "Cannot write" in done.output
