"""Kills, one of the service and one of its PostgreSQL. `make kills` runs many."""

from __future__ import annotations

import pytest

from tests.proofs.kills import run


@pytest.mark.slow
def test_what_was_acknowledged_is_there_once() -> None:
    kills = run(2, tell=lambda _: None)
    assert kills.wrong == [], kills.report(2)
    assert kills.acknowledged > 10
    assert set(kills.killed.values()) == {1}
