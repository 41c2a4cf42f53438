"""The service these tests ask, which puts into effect at once what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.applications.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Live keys of every role."""
    monkeypatch.setenv("DUIXIAN_PUBLISH_LEAD_SECONDS", "0.3")
    monkeypatch.setenv("DUIXIAN_PUBLISH_LOOK_SECONDS", "0.05")
    running = Desk(database_url)
    yield running
    running.close()
