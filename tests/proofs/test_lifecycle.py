"""The lifecycle, a few plays that are always the same. `make lifecycle` plays many by chance."""

from __future__ import annotations

import os

import pytest

from tests.conftest import ADDRESS
from tests.proofs.lifecycle import play
from tests.proofs.stage import Stage

PLAYS, STEPS = 4, 20


def address_of(database: str) -> str:
    return os.environ[ADDRESS].replace("%7Bdatabase%7D", database).replace("{database}", database)


@pytest.mark.slow
def test_in_any_order_the_service_agrees_with_the_law() -> None:
    stage = Stage(address_of)
    try:
        wrong = play(stage, PLAYS, STEPS, by_chance=False)
    finally:
        stage.close()
    assert wrong is None, wrong
    assert stage.steps > PLAYS * STEPS // 4
