"""`duixian allot`: a file of applicants in, who gets what of a budget or of places out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
import pytest
from typer.testing import CliRunner

from app.cli import app
from app.settings import read_settings
from tests.rules.limits.works import HEAD, REWARD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

ALLOT = {
    "ranked": "{budget: 100, by: firm.spent, last: partial}",
    "scaled": "{budget: 100, by: scale}",
    "plain": "",
}
SPENT = ("30", "70", "40", "0", None)


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    text = HEAD.replace("ORDER", ", ".join(ALLOT)) + "measures:\n"
    for name, allot in ALLOT.items():
        text += REWARD.strip("\n").replace("reward:", f"{name}:") + "\n    award: {calculated: firm.spent}\n"
        text += f"    allot: {allot}\n" if allot else ""
    (tmp_path / "packs" / "forms").mkdir(parents=True)
    (tmp_path / "packs" / "forms" / "policy.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("DUIXIAN_POLICIES", str(tmp_path / "packs"))
    read_settings.cache_clear()
    yield tmp_path
    read_settings.cache_clear()


@pytest.fixture
def population(pack: Path) -> Path:
    rows: list[dict[str, Any]] = [
        {
            "ref": f"F-{number}",
            "applicant": {"name": f"企业{number}", "uscc": "91140802MA0GT0018G"},
            "facts": {} if spent is None else {"firm": {"spent": spent}},
        }
        for number, spent in enumerate(SPENT, 1)
    ]
    file = pack / "firms.ndjson"
    file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows) + b'{"no": 1}\n')
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, ["allot", *map(str, arguments), "--policy", "forms"], env={"COLUMNS": "200"}
    )


def told(file: Path) -> list[tuple[Any, ...]]:
    frame = pl.read_ndjson(file) if file.suffix == ".ndjson" else pl.read_parquet(file)
    return list(frame.select("ref", "rank", "outcome", "amount", "granted").iter_rows())


def test_who_ranks_higher_comes_first_and_the_undetermined_last(population: Path) -> None:
    out = population.with_name("out.ndjson")
    done = run(population, out, "--measure", "ranked", "--batch-rows", 2)
    assert done.exit_code == 0, done.output
    assert told(out) == [
        ("F-2", 1, "granted", "70.00", "70.00"),
        ("F-3", 2, "partly", "40.00", "30.00"),
        ("F-1", 3, "none", "30.00", "0.00"),
        ("F-5", None, "undetermined", "0.00", "0.00"),
    ]
    assert "3 claims of 140.00 yuan among 5 applicants; 1 undetermined, apart" in done.output
    assert (
        "1 in full, 1 in part, 1 not, 0 to be decided: 100.00 yuan, 0.00 yuan left; cut-off 40.00"
        in done.output
    )
    assert "1 bad rows left out" in done.output


def test_all_are_scaled_alike_in_fen(population: Path) -> None:
    out = population.with_name("out.parquet")
    assert run(population, out, "--measure", "scaled").exit_code == 0
    assert told(out) == [
        ("F-1", None, "partly", 3000, 2142),
        ("F-2", None, "partly", 7000, 5000),
        ("F-3", None, "partly", 4000, 2857),
        ("F-5", None, "undetermined", 0, 0),
    ]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_it_is_written_in_every_form(population: Path, ending: str) -> None:
    out = population.with_name(f"out.{ending}")
    assert run(population, out, "--measure", "scaled").exit_code == 0
    assert out.stat().st_size > 100


@pytest.mark.parametrize(
    ("measure", "out", "says"),
    [
        ("rankd", "out.csv", "did you mean ranked?"),
        ("plain", "out.csv", "there are: ranked, scaled"),
        ("ranked", "out.txt", "out.txt"),
    ],
)
def test_what_is_wrong_is_said(population: Path, measure: str, out: str, says: str) -> None:
    done = run(population, population.with_name(out), "--measure", measure)
    assert done.exit_code == 2
    assert says in done.output
