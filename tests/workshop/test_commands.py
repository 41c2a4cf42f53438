"""`duixian policy check`, `test` and `coverage` as an author runs them on folders of every kind."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.workshop.mistakes import CASES, GIFT, PACK, TIERS

if TYPE_CHECKING:
    from click.testing import Result

YANHU = Path(__file__).parents[2] / "app/policies/yanhu-ip"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["policy", *map(str, arguments)])


def written(folder: Path, **other: bytes) -> Path:
    """The pack in a folder; `other`: a file of it by its name with / as __ and . as _dot_."""
    files = {name: text.encode() for name, text in PACK.items()}
    files |= {name.replace("__", "/").replace("_dot_", "."): data for name, data in other.items()}
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_pack_without_a_mistake_is_told_in_one_line(tmp_path: Path) -> None:
    result = run("check", written(tmp_path))
    assert (result.exit_code, result.output.count("\n")) == (0, 1)
    assert "2 cases hold" in result.output


def test_a_mistake_has_its_line_and_a_caret_under_it(tmp_path: Path) -> None:
    folder = written(
        tmp_path, measures__tiers_dot_yaml=PACK[TIERS].replace(">= 100, then", ">= 100, than").encode()
    )
    result = run("check", folder)
    lines = result.output.splitlines()
    at = next(place for place, line in enumerate(lines) if "measures/tiers.yaml:6:" in line)
    assert result.exit_code == 1
    assert lines[at + 1].strip() == "- {when: staff.total >= 100, than: 3000}"
    assert lines[at + 2].index("^") == lines[at + 1].index("than")
    assert "did you mean then?" in lines[at + 3]


def test_mistakes_of_several_files_are_told_at_once_in_chinese_too(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        measures__tiers_dot_yaml=PACK[TIERS].replace("staff.total >= 100", "staff.totl >= 100").encode(),
        measures__gift_dot_yaml=PACK[GIFT].replace("unspecified", "unspecifed").encode(),
        cases__grant_dot_yaml=PACK[CASES].replace("request:", "requset:").encode(),
    )
    result = run("check", folder, "--lang", "zh")
    assert result.exit_code == 1
    for place in (
        "measures/tiers.yaml:6",
        "measures/gift.yaml:4",
        "cases/grant.yaml:3",
        "cases/grant.yaml:12",
    ):
        assert place in result.output
    assert "是否为" in result.output


def test_the_json_form_holds_the_same_for_programs(tmp_path: Path) -> None:
    folder = written(
        tmp_path, measures__tiers_dot_yaml=PACK[TIERS].replace(">= 100, then", ">= 100, than").encode()
    )
    found = json.loads(run("check", folder, "--format", "json").stdout)["errors"]
    assert {(one["file"], one["line"], one["suggestion"]) for one in found} == {
        ("measures/tiers.yaml", 6, "then")
    }
    assert all(one["message"]["zh"] and one["message"]["en"] for one in found)


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("measures__gift_dot_yaml", "clause: 五\n".encode("gb18030"), "gift.yaml:1:9"),
        ("measures__gift_dot_yaml", "clause: 五\n".encode() + b"title: \xfe\n", "gift.yaml:2:8"),
        ("measures__gift_dot_yaml", b"", "gift.yaml:1:1"),
        ("measures__gift_dot_yaml", b"a: 1\n" * 900_000, "gift.yaml:1:1"),
        ("measures__gift_dot_yaml", b"- x\n" * 260_000, "gift.yaml:1:1"),
        ("measures__gift_dot_yaml", PACK[GIFT].replace("\n", "\r").encode(), "gift.yaml:1:"),
        ("measures__gift_dot_yaml", b"\xef\xbb\xbf" + PACK[GIFT].encode(), "gift.yaml:1:1"),
        ("measures__gift_dot_yaml", b"[" * 200_000, "gift.yaml:1:"),
        ("measures__gift_dot_yaml", b"{a: " * 100_000, "gift.yaml:1:"),
        ("measures__gift_dot_yaml", b"require: " + b"(" * 50_000 + b"\n", "gift.yaml:1:"),
        ("measures__gift_dot_yaml", b"award: " + b"not " * 400 + b"staff.green\n", "gift.yaml:1:"),
        ("measures__gift_dot_yml", PACK[GIFT].encode(), "gift.yml:1:1"),
        ("policy_dot_yaml", b"", "policy.yaml:1:1"),
        ("policy_dot_yaml", b"just a text\n", "policy.yaml:1:1"),
        ("facts_dot_yaml", b"- a list\n", "facts.yaml:1:1"),
        ("notes_dot_txt", b"hello\n", "notes.txt:1:1"),
        ("cases__grant_dot_yaml", b"", "grant.yaml:1:1"),
        ("cases__grant_dot_yaml", b"cases: []\n", "grant.yaml:1:8"),
        ("cases__grant_dot_yaml", b"cases:\n  - &a {name: *a}\n", "grant.yaml:2:5"),
        ("cases__grant_dot_yaml", b"cases:\n\t- name: x\n", "grant.yaml:2:1"),
    ],
)
def test_a_file_that_is_none_is_told_within_seconds_and_without_a_traceback(
    tmp_path: Path, name: str, data: bytes, place: str
) -> None:
    before = time.process_time()
    result = run("check", written(tmp_path, **{name: data}))
    assert time.process_time() - before < 10
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert place in result.output


def test_line_ends_of_another_system_are_no_mistake(tmp_path: Path) -> None:
    result = run(
        "check", written(tmp_path, measures__gift_dot_yaml=PACK[GIFT].replace("\n", "\r\n").encode())
    )
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("command", ["check", "test", "coverage"])
def test_what_is_no_pack_is_told_with_another_exit_code(tmp_path: Path, command: str) -> None:
    assert run(command, tmp_path / "nowhere").exit_code == 2
    result = run(command, "yanhu-pi")
    assert result.exit_code == 2
    assert "yanhu-ip" in result.output
    file = tmp_path / "a.yaml"
    file.write_text("id: a\n", "utf-8")
    assert run(command, file).exit_code == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(command, empty).exit_code == 1


def test_a_case_that_fails_is_shown_side_by_side_with_the_reasons(tmp_path: Path) -> None:
    folder = written(tmp_path, cases__grant_dot_yaml=PACK[CASES].replace('"1000.00"', '"1001.00"').encode())
    result = run("test", folder)
    assert result.exit_code == 1
    assert "1 passed, 1 failed" in result.output
    row = next(line for line in result.output.splitlines() if "1001.00" in line)
    assert "1000.00" in row
    assert "cases/grant.yaml:11" in result.output
    assert "tiers: eligible 1000.00" in result.output
    assert run("test", folder, "-k", "fifty").exit_code == 0
    assert run("test", folder, "-k", "no such case").exit_code == 1


def test_cases_that_cannot_be_read_are_told_with_their_place(tmp_path: Path) -> None:
    folder = written(tmp_path, cases__grant_dot_yaml=PACK[CASES].replace("request:", "requset:").encode())
    result = run("test", folder)
    assert result.exit_code == 1
    assert "cases/grant.yaml:3" in result.output


def test_coverage_names_what_no_case_notices(tmp_path: Path) -> None:
    result = run("coverage", written(tmp_path), "--processes", "1")
    assert result.exit_code == 1
    unnoticed = [line for line in result.output.splitlines() if "measures/tiers.yaml" in line]
    assert any("3000 -> 3001" in line for line in unnoticed)
    # Forty-nine and fifty are cases: the edge between the second tier and the third is held.
    assert not any("50 -> 5" in line or "2000 -> " in line for line in unnoticed)
    assert "grant.share_min" in result.output


def test_the_first_policy_leaves_nothing_unnoticed() -> None:
    before = time.process_time()
    result = run("coverage", YANHU)
    assert result.exit_code == 0, result.output
    assert "0 requirements not shown both ways" in result.output
    assert time.process_time() - before < 30
