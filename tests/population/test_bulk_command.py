"""`duixian bulk` as it is called: the answers of the service, bad rows told, and interrupted runs that go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from typer.testing import CliRunner

from app.cli import app
from app.rules.money import parse_yuan
from app.services.population.bodies import Bodies
from tests.population.populations import DAY, YEAR, published, sample

if TYPE_CHECKING:
    from click.testing import Result

POLICY = published().policy
LIST_SUMMARY = {"reasons", "missing"}


def bulk(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["bulk", *map(str, arguments), "--as-of", DAY.isoformat()])


def ok(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def service_answers(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """What the service says to each row, one request at a time."""
    one = published()
    requests = (one.read(body | {"year": YEAR}, DAY) for body in Bodies(POLICY).bodies(frame))
    return [json.loads(one.render(one.evaluator.evaluate(request), request)) for request in requests]


def in_columns(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer of the service as a row of the output."""
    row: dict[str, Any] = {
        measure["id"]: {
            "verdict": measure["verdict"],
            **{name: measure["award"][name] for name in ("amount", "ceiling", "potential")},
            "reasons": [reason["code"] for reason in measure["reasons"]],
            "missing": [fact["fact"] for fact in measure["missing"]],
        }
        for measure in answer["measures"]
    }
    row["totals"] = {
        name: answer["totals"][name] for name in ("amount", "discretionary_ceiling", "potential")
    }
    return row


def test_every_row_has_the_answer_of_the_service(tmp_path: Path) -> None:
    frame = sample(POLICY, 120, 21)
    frame.write_parquet(tmp_path / "p.parquet")
    ok(bulk(tmp_path / "p.parquet", tmp_path / "a.ndjson", "--batch-rows", 50, "--lines"))
    rows = [json.loads(line) for line in (tmp_path / "a.ndjson").read_bytes().splitlines()]
    answers = service_answers(frame)
    assert [row["uscc"] for row in rows] == [row["uscc"] for row in frame["applicant"]]
    assert [{k: v for k, v in row.items() if k not in ("ref", "uscc")} for row in rows] == [
        in_columns(answer) for answer in answers
    ]
    lines = [json.loads(line) for line in (tmp_path / "a.ndjson.lines.ndjson").read_bytes().splitlines()]
    wanted = {
        (row, measure["id"], line["item"], line["verdict"], line["amount"], line["counted"])
        for row, answer in enumerate(answers, 1)
        for measure in answer["measures"]
        for line in measure["lines"]
    }
    found = {
        (line["row"], line["measure"], line["item"], line["verdict"], line["amount"], line["counted"])
        for line in lines
    }
    assert found == wanted
    assert wanted


def test_every_form_says_the_same(tmp_path: Path) -> None:
    sample(POLICY, 60, 5).write_parquet(tmp_path / "p.parquet")
    for form in ("parquet", "csv"):
        ok(bulk(tmp_path / "p.parquet", tmp_path / f"a.{form}"))
    parquet = pl.read_parquet(tmp_path / "a.parquet")
    table = pl.read_csv(tmp_path / "a.csv", infer_schema=False)
    amounts = [None if text is None else parse_yuan(text) for text in table["patent-award-match.potential"]]
    assert amounts == parquet["patent-award-match"].struct.field("potential").to_list()
    assert table["navigation.verdict"].to_list() == parquet["navigation"].struct.field("verdict").to_list()


def test_bad_rows_are_left_out_told_and_counted(tmp_path: Path) -> None:
    lines = [
        {"applicant": {"name": "甲", "uscc": "91140802MA0GT0018G"}},
        {"applicant": {"name": "乙", "uscc": "91140802MA0GT0018H"}, "facts": {"patents": {"granted": -1}}},
        {"applicant": {"name": "丙", "uscc": "91140802MA0GT0026B"}},
    ]
    (tmp_path / "p.ndjson").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    told = ok(bulk(tmp_path / "p.ndjson", tmp_path / "a.csv", "--measures", "patent-grants,navigation"))
    assert "2 applicants decided" in told
    assert "1 bad rows left out, 2 mistakes" in told
    errors = [json.loads(line) for line in (tmp_path / "a.csv.errors.ndjson").read_bytes().splitlines()]
    assert [(one["row"], one["column"], one["value"], one["code"]) for one in errors] == [
        (2, "applicant.uscc", "91140802MA0GT0018H", "check_character"),
        (2, "patents.granted", "-1", "range"),
    ]
    assert all(one["message"]["zh"] and one["message"]["en"] for one in errors)
    header, *rows = (tmp_path / "a.csv").read_text("utf-8").splitlines()
    assert header.startswith("ref,uscc,patent-grants.verdict")
    assert "open-licensing" not in header
    assert [row.split(",")[0] for row in rows] == ["1", "3"]
    (tmp_path / "p.ndjson").write_text(json.dumps(lines[0]), "utf-8")
    ok(bulk(tmp_path / "p.ndjson", tmp_path / "a.csv"))
    assert not (tmp_path / "a.csv.errors.ndjson").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.csv.meta.json", "p.ndjson"]


def test_strict_writes_nothing_but_the_errors(tmp_path: Path) -> None:
    (tmp_path / "p.ndjson").write_text('{"applicant": {}}\n', "utf-8")
    result = bulk(tmp_path / "p.ndjson", tmp_path / "a.csv", "--strict")
    assert result.exit_code == 2
    assert "Nothing was written: 2 mistakes" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv.errors.ndjson", "p.ndjson"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.doc",), "it ends in one of .parquet"),
        (("p.ndjson",), "is read: write to another file"),
        (("a.csv", "--policy", "yanhu"), "did you mean yanhu-ip?"),
        (("a.csv", "--version", "2024-draft"), "did you mean 2023-draft?"),
        (("a.csv", "--measures", "patent-grant"), "did you mean patent-grants?"),
        (("a.csv", "--measures", "gi-filing-help"), "this service has no condition"),
    ],
)
def test_what_was_asked_wrongly_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "p.ndjson").write_text("", "utf-8")
    out, *more = arguments
    result = bulk(tmp_path / "p.ndjson", tmp_path / out, *more)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["p.ndjson"]


OPTIONS = ("--batch-rows", "20", "--lines")
BATCHES = 20


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A population, and beside it what an undisturbed run makes of it."""
    place = tmp_path_factory.mktemp("whole")
    sample(POLICY, 20 * BATCHES, 8).write_parquet(place / "p.parquet")
    return place, ok(bulk(place / "p.parquet", place / "whole.parquet", *OPTIONS))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_was_killed_goes_on_and_gives_the_same_bytes(
    whole_run: tuple[Path, str], tmp_path: Path, end: signal.Signals
) -> None:
    place, told = whole_run
    source, out = place / "p.parquet", tmp_path / "a.parquet"
    command = [sys.executable, "-m", "app.cli", "bulk", str(source), str(out), *OPTIONS]
    process = subprocess.Popen(
        [*command, "--as-of", DAY.isoformat()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    parts = tmp_path / "a.parquet.parts"
    deadline = time.monotonic() + 60
    while not (parts / "answers-000002").exists():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, end)
    process.wait(30)
    assert not out.exists()
    kept = (parts / "answers-000000").stat().st_mtime_ns
    assert 3 <= len(list(parts.glob("answers-*"))) < BATCHES
    refused = bulk(source, out, "--batch-rows", 30, "--lines", "--resume")
    assert refused.exit_code == 2
    assert "this run differs in batch_rows" in refused.output
    assert (parts / "answers-000000").stat().st_mtime_ns == kept
    again = ok(bulk(source, out, *OPTIONS, "--resume"))
    assert [line for line in again.splitlines() if "│" in line] == [
        line for line in told.splitlines() if "│" in line
    ]
    for name in ("", ".lines.parquet"):
        assert Path(f"{out}{name}").read_bytes() == (place / f"whole.parquet{name}").read_bytes()
    assert not parts.exists()


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    sample(POLICY, 5, 8).write_parquet(tmp_path / "p.parquet")
    (tmp_path / "a.csv.parts").mkdir()
    (tmp_path / "a.csv.parts" / "thesis.txt").write_text("mine", "utf-8")
    result = bulk(tmp_path / "p.parquet", tmp_path / "a.csv")
    assert result.exit_code == 2
    assert "was not made by this command" in result.output
    assert (tmp_path / "a.csv.parts" / "thesis.txt").read_text("utf-8") == "mine"


def test_an_output_that_cannot_be_written_is_said_without_a_traceback(tmp_path: Path) -> None:
    sample(POLICY, 5, 8).write_parquet(tmp_path / "p.parquet")
    result = bulk(tmp_path / "p.parquet", tmp_path / "nowhere" / "a.csv")
    assert result.exit_code == 1
    assert "No such file or directory" in result.output
