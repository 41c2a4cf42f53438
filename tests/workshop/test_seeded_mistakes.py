"""A hundred broken packs: each is told at its own line, with few other errors, and nothing breaks or hangs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.services.workshop.checking import check_files
from tests.rules.loading.packs import changed
from tests.workshop.mistakes import PACK, SEEDED, Seeded

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
