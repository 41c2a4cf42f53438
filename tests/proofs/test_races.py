"""Races, one round. `make races` runs many, on two workers."""

from __future__ import annotations

import pytest

from tests.proofs.races import RACERS, run
from tests.proofs.service import serving

ROUNDS = 1


@pytest.mark.slow
def test_never_above_a_cap_never_twice_and_every_refusal_is_a_documented_one(database_url: str) -> None:
    with serving(database_url) as service:
        races = run(service.address, ROUNDS, tell=lambda _: None)
    assert races.violations == []
    assert races.asked == 2 * ROUNDS * RACERS
    assert ROUNDS < races.approved < races.asked
