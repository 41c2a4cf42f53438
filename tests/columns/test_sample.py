"""The register to try a policy on: valid, plausible, at the boundaries, and the same for the same seed."""

from __future__ import annotations

import json
import random
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from typer.testing import CliRunner

from app.cli import app
from app.rules.columns.rows import Rows
from app.rules.columns.schema import population_schema
from app.rules.deciding.standing_in import StandIns
from app.rules.identifiers import uscc_mistake
from app.rules.input.strict_json import parse_json
from app.rules.reading import compile_reader
from app.services.sampling.any_policy import SAMPLE_DAY, random_population
from app.services.sampling.registers import blocks, register
from app.services.sampling.stating import as_requests
from app.services.sampling.yanhu.sizes import INDUSTRIES, SIZES, UNITS
from tests.columns.equal import yanhu
from tests.columns.packs import random_policy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.rules.policy import Policy
    from app.rules.requests import EvaluationRequest

RUN = CliRunner()
REGISTER = register(yanhu(), 20_000, 1)
APPLICANTS = REGISTER["applicant"].struct.unnest()


def read_back(policy: Policy, population: pl.DataFrame) -> Iterator[EvaluationRequest]:
    """Every row written as a line of a batch, and read as the service reads one. Raises for a bad one."""
    read = compile_reader(policy)
    for line in as_requests(population, policy).write_ndjson().splitlines():
        body = parse_json(line.encode())
        assert isinstance(body, dict)
        del body["ref"]
        yield read(body | {"as_of": SAMPLE_DAY.isoformat()}, SAMPLE_DAY)


def check_readable(policy: Policy, population: pl.DataFrame) -> None:
    """The reader takes each row, and takes it for what the columns' own reading of a row makes of it."""
    rows = Rows(policy, SAMPLE_DAY.year, SAMPLE_DAY)
    stand_ins = StandIns(policy)
    applicants = population.iter_rows(named=True)
    for asked, row in zip(read_back(policy, population), applicants, strict=True):
        expected = rows.request(row)
        # What stands in for a fact that is not stated the reader has filled in.
        filled = stand_ins.filled(expected.facts, SAMPLE_DAY.year, SAMPLE_DAY)
        assert (asked.facts, asked.history, asked.other_funding) == (
            filled,
            expected.history,
            expected.other_funding,
        ), row["ref"]
        assert (asked.measures, asked.year, asked.as_of) == (expected.measures, expected.year, expected.as_of)


def test_every_organisation_is_a_request_that_the_service_takes() -> None:
    check_readable(yanhu(), REGISTER.head(2_000))


def test_rows_at_random_are_too() -> None:
    check_readable(yanhu(), random_population(yanhu(), 600, 4))


@pytest.mark.parametrize("seed", range(3))
def test_rows_at_random_for_a_generated_policy_are_too(seed: int) -> None:
    policy = random_policy(random.Random(seed))  # noqa: S311 - reproducible, not secret
    check_readable(policy, random_population(policy, 100, seed))


def test_codes_are_valid_and_nobody_shares_one() -> None:
    codes = APPLICANTS["uscc"].to_list()
    assert [code for code in codes[:3_000] if uscc_mistake(code)] == []
    assert len(set(codes)) == len(codes)
    assert {code[:2] for code in codes} == {"91", "92", "93", "12", "51", "52", "54"}
    assert not set(register(yanhu(), 500, 2)["applicant"].struct.field("uscc")) & set(codes)


def test_first_rows_do_not_change_when_a_register_grows_or_is_cut_otherwise() -> None:
    assert pl.concat(blocks(yanhu(), 1_000, 1, block=333)).equals(REGISTER.head(1_000))
    assert register(yanhu(), 10, 1, start=19_000).equals(REGISTER.slice(19_000, 10))
    assert not register(yanhu(), 10, 2).equals(REGISTER.head(10))
    assert REGISTER.schema == population_schema(yanhu())


def test_most_have_no_patents_and_a_few_have_many() -> None:
    granted = REGISTER["facts"].struct.field("patents").struct.field("granted").drop_nulls()
    assert 0.85 < (granted == 0).mean() < 0.97
    assert granted.max() > 100
    assert (granted == 1).sum() > (granted == 2).sum() > (granted.is_between(20, 30)).sum() > 0
    assert all((granted == edge).sum() > 10 for edge in (9, 10, 11))


def test_kinds_and_sizes_have_plausible_shares_and_gaps() -> None:
    kinds = Counter(APPLICANTS["kind"])
    assert len(kinds) == 12
    assert kinds["enterprise"] > 16_000
    assert 100 < kinds[None] < 400
    sizes = Counter(APPLICANTS.filter(pl.col("kind") == "enterprise")["size"])
    assert all(sizes[one] > 3 * sizes[other] for one, other in pairwise(SIZES))
    assert REGISTER["facts"].struct.field("patents").null_count() > 1_000
    assert APPLICANTS["credit"].struct.field("joint_punishment").sum() > 50


def class_of(statistics: dict[str, Any]) -> str:
    """The highest class all of whose lower bounds are reached, by the standard."""
    industry = next(one for one in INDUSTRIES if one.code == statistics["industry"])
    reached = 0
    for place in range(3):
        bounds = [(name, getattr(industry, name)) for name in UNITS]
        if all(of is None or statistics[name] >= of[place] * UNITS[name] for name, of in bounds):
            reached = place + 1
    return SIZES[reached]


def test_staff_revenue_and_assets_make_an_enterprise_of_its_size() -> None:
    stated = APPLICANTS.filter(pl.col("size").is_not_null() & pl.col("statistics").is_not_null())
    assert stated.height > 5_000
    for size, statistics in stated.select("size", "statistics").iter_rows():
        assert class_of(statistics) == size


def test_what_was_paid_before_names_what_is_asked_for_now() -> None:
    row = pl.int_range(pl.len()).alias("row")
    items = REGISTER.select(row, pl.col("facts").struct.field("navigation_projects").alias("projects"))
    named = items.explode("projects").select("row", pl.col("projects").struct.field("project")).drop_nulls()
    history = REGISTER.select(row, "history").explode("history").unnest("history")
    assert history.join(named, left_on=["row", "item"], right_on=["row", "project"]).height > 0
    funds = REGISTER.select(row, "other_funding").explode("other_funding").unnest("other_funding")
    assert funds.filter(source="district").join(named, on=["row", "project"]).height > 0
    assert set(history["measure"].drop_nulls()) == {
        measure.id for measure in yanhu().measures if measure.pays
    }


@pytest.mark.parametrize("form", ["parquet", "ndjson", "csv"])
def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, form: str) -> None:
    contents = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        done = RUN.invoke(app, ["sample", "--rows", "300", "--seed", "5", str(folder / f"register.{form}")])
        assert done.exit_code == 0, done.output
        contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert contents[0] == contents[1]
    assert not any(name.endswith(".part") for name in contents[0])
    if form == "csv":
        assert {"register.csv", "history.csv", "pledge_loans.csv"} <= set(contents[0])
    if form == "ndjson":
        assert [json.loads(line)["ref"] for line in contents[0]["register.ndjson"].splitlines()[:2]] == [
            "YH000000001",
            "YH000000002",
        ]


def test_parquet_holds_the_population_and_says_of_which_policy(tmp_path: Path) -> None:
    file = tmp_path / "register.parquet"
    RUN.invoke(app, ["sample", "--rows", "2000", str(file)], catch_exceptions=False)
    assert pl.read_parquet(file).equals(REGISTER.head(2_000))
    assert pl.read_parquet_metadata(file)["policy"] == "yanhu-ip"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["register.xlsx"], ".parquet, .ndjson, .jsonl, .csv"),
        (["register.csv", "--policy", "yanhu-ipp"], "Is 'yanhu-ip' meant?"),
        (["register.csv", "--rows", "99999999999"], "at most 887503681 organisations"),
        (["register.csv", "--rows", "0"], "--rows"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = RUN.invoke(app, ["sample", *arguments])
    assert done.exit_code == 2
    assert told in done.output.replace("\n", "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["sample", str(tmp_path / "none" / "register.csv")])
    assert done.exit_code == 1
    assert "Cannot write" in done.output
