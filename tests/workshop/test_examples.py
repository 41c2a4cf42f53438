"""The packs under examples/: they load, decide as their cases say, and their cases would notice any change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.services.answer_locally import LocalPolicy
from app.services.workshop.checking import check_folder
from app.services.workshop.legs import open_legs
from app.services.workshop.mutants import mutants_of
from app.services.workshop.noticing import Cases, unnoticed
from app.services.workshop.pack_folder import read_folder

EXAMPLES = sorted(folder for folder in Path("examples").iterdir() if folder.is_dir())
TODAY = date(2026, 11, 23)


def files_of(folder: Path) -> dict[str, str]:
    files, errors = read_folder(folder)
    assert errors == []
    return files


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_loads_and_its_cases_hold(folder: Path) -> None:
    checked = check_folder(folder, TODAY)
    assert checked.errors == ()
    assert checked.cases > 50


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_says_that_it_is_fictional(folder: Path) -> None:
    policy = LocalPolicy(files_of(folder)).policy
    assert "虚构" in policy.title.zh
    assert "fictional" in policy.title.en
    assert "虚构" in policy.authority.zh
    assert "fictional" in policy.authority.en


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_cases_of_an_example_notice_every_change(folder: Path) -> None:
    files = files_of(folder)
    mutants = list(mutants_of(files))
    assert len(mutants) > 200
    assert [f"{one.file}:{one.line} {one.says.en}" for one in unnoticed(files, mutants, TODAY)] == []
    assert open_legs(LocalPolicy(files), Cases.of(files).every, TODAY) == []
