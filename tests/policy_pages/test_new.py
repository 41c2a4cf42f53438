"""`duixian policy new`: the pack it makes loads and its cases pass; a wrong answer writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from app.cli import app

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = {
    "--id": "my-district",
    "--title-zh": '某区 "奖励": 办法',
    "--title-en": "don't: [a] #policy",
    "--authority-zh": "某局",
    "--authority-en": "a bureau",
    "--division": "140802",
    "--since": "2026-01-01",
    "--amount": "5000",
}


def run(*arguments: str, asked: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["policy", *arguments], input=asked)
    return done.exit_code, done.output


def options(**other: str) -> list[str]:
    given = GIVEN | {f"--{name}": value for name, value in other.items()}
    return [part for pair in given.items() for part in pair]


def test_a_pack_by_options_loads_and_its_cases_pass(tmp_path: Path) -> None:
    out = str(tmp_path / "pack")
    assert run("new", out, *options())[0] == 0
    code, told = run("cases", out)
    assert (code, told.strip()) == (0, "2 passed, 0 failed")


def test_a_pack_by_questions_is_the_same(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    run("new", str(one), *options())
    assert run("new", str(other), asked="\n".join(GIVEN.values()) + "\n")[0] == 0
    for file in one.rglob("*.yaml"):
        assert (other / file.relative_to(one)).read_text("utf-8") == file.read_text("utf-8")


@pytest.mark.parametrize("wrong", [{"id": "My District"}, {"division": "14"}, {"amount": "0"}])
def test_a_wrong_answer_writes_nothing(tmp_path: Path, wrong: dict[str, str]) -> None:
    out = tmp_path / "pack"
    assert run("new", str(out), *options(**wrong))[0] == 2
    assert not out.exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept", "utf-8")
    assert run("new", str(tmp_path), *options())[0] == 2
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]
