"""Two hundred broken packs: each is told at its own line, with few other errors, and nothing breaks or hangs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.services.workshop.checking import check_files
from tests.rules.loading.packs import changed
from tests.workshop.mistakes import PACK, SEEDED, Seeded
from tests.workshop.newer_mistakes import PACK as NEWER
from tests.workshop.newer_mistakes import SEEDED as SEEDED_NEWER
from tests.workshop.newer_mistakes import Seeded as SeededNewer

TODAY = date(2025, 6, 1)
MOST_BESIDE = 2
"""Errors that may be told besides the one that was made."""


def test_the_pack_itself_has_no_mistake() -> None:
    checked = check_files(Path("pack"), PACK, TODAY)
    assert checked.errors == ()
    assert checked.cases == 2


def test_there_are_a_hundred_of_them_each_with_its_own_name() -> None:
    assert len({one.name for one in SEEDED}) == len(SEEDED) >= 100


@pytest.mark.parametrize("seeded", SEEDED, ids=lambda one: one.name)
def test_a_mistake_is_told_where_it_stands(seeded: Seeded) -> None:
    files, line, _ = changed(seeded.file, seeded.old, seeded.new, PACK)
    checked = check_files(Path("pack"), files, TODAY)
    told = [(error.file, error.line) for error in checked.errors]
    assert (seeded.file, line) in told, checked.errors
    assert len(set(told)) <= 1 + MOST_BESIDE, checked.errors
    for error in checked.errors:
        assert error.message.en
        assert any("一" <= character <= "鿿" for character in error.message.zh)


def test_the_pack_of_newer_constructs_has_no_mistake() -> None:
    checked = check_files(Path("pack"), NEWER, TODAY)
    assert (checked.errors, checked.cases) == ((), 1)
    assert len({one.name for one in SEEDED_NEWER}) == len(SEEDED_NEWER) >= 80


@pytest.mark.parametrize("seeded", SEEDED_NEWER, ids=lambda one: one.name)
def test_a_mistake_of_a_newer_construct_is_told_at_its_place_and_says_what_helps(seeded: SeededNewer) -> None:
    files, line, column = changed(seeded.file, seeded.old, seeded.new, NEWER)
    checked = check_files(Path("pack"), files, TODAY)
    here = [one for one in checked.errors if (one.file, one.line, one.column) == (seeded.file, line, column)]
    assert any(seeded.says in one.message.en for one in here), checked.errors
    assert len({(one.file, one.line) for one in checked.errors}) <= 1 + MOST_BESIDE, checked.errors
    for error in checked.errors:
        assert any("一" <= character <= "鿿" for character in error.message.zh)
