"""The packs under examples/: their cases hold and notice every change; together they hold the whole language."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from app.rules.packs.allotments import KEYS as ALLOT
from app.rules.packs.obligations import BY_AMOUNT, BY_TIME
from app.rules.packs.payments import HOLD, INSTALMENT, PAYEE
from app.services.answer_locally import LocalPolicy
from app.services.workshop.checking import check_folder
from app.services.workshop.legs import open_legs
from app.services.workshop.mutants import mutants_of
from app.services.workshop.noticing import Cases, unnoticed
from app.services.workshop.pack_folder import read_folder
from tests.columns.constructs import constructs_of, every_construct
from tests.columns.keys import KNOWN, keys_of

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
def test_the_cases_of_an_example_notice_what_is_changed(folder: Path) -> None:
    """Every third change, as all of them take minutes: `duixian policy coverage` makes them all."""
    files = files_of(folder)
    mutants = list(mutants_of(files))
    assert len(mutants) > 200
    found = unnoticed(files, mutants[::3], TODAY)
    assert [f"{one.file}:{one.line} {one.says.en}" for one in found] == []
    assert open_legs(LocalPolicy(files), Cases.of(files).every, TODAY) == []


def test_the_examples_hold_every_construct_of_the_language() -> None:
    """A construct that the language gains is missing here until an example shows it."""
    found: set[str] = set()
    for folder in EXAMPLES:
        policy = LocalPolicy(files_of(folder)).policy
        found |= constructs_of(policy)
        for notice in policy.notices:
            found |= constructs_of(notice.policy)
    assert every_construct() - found == set()


def test_the_examples_write_every_key_that_the_loader_knows() -> None:
    """Sections that stand in files of their own are no keys of policy.yaml there."""
    found: set[tuple[str, str]] = set()
    inside = {"instalments": INSTALMENT, "payee": PAYEE, "hold": HOLD, "allot": ALLOT}
    written: dict[str, set[str]] = {name: set() for name in (*inside, "obligations")}
    for folder in EXAMPLES:
        plain = {
            path: yaml.load(text, yaml.BaseLoader)  # noqa: S506 - every scalar as text
            for path, text in files_of(folder).items()
            if path.endswith(".yaml") and not path.startswith("cases/")
        }
        found |= keys_of(plain)
        for path, measure in plain.items():
            for name in written if path.startswith("measures/") else ():
                said = measure.get(name, {})
                parts = said if isinstance(said, list) else said.values() if name == "obligations" else [said]
                written[name].update(key for part in parts for key in part)
    wanted = {(part, key) for part, keys in KNOWN.items() for key in keys}
    assert wanted - found == {("policy", name) for name in ("measures", "notices", "cases")}
    assert {name: set(keys) - written[name] for name, keys in inside.items()} == {
        name: set() for name in inside
    }
    assert {*BY_AMOUNT, *BY_TIME} - written["obligations"] == set()
