"""Publishing under load, short. `make publishing` publishes ten versions at a thousand evaluations a second."""

from __future__ import annotations

import asyncio

import pytest

from tests.proofs.publishing import run
from tests.proofs.service import serving

SOON = {"DUIXIAN_PUBLISH_LEAD_SECONDS": "1.2", "DUIXIAN_PUBLISH_LOOK_SECONDS": "0.2"}


@pytest.mark.slow
def test_no_request_fails_and_every_answer_agrees_with_its_digest(database_url: str) -> None:
    with serving(database_url, **SOON) as one, serving(database_url, **SOON) as other:
        found = asyncio.run(run([one.address, other.address], 3, 200, tell=lambda _: None))
    assert found.failed == []
    assert found.switches == 4
    assert found.answers > 400
    # Both switch at the same moment: what is left is timers and requests that were under way.
    assert max(found.apart) < 1.0
