"""The service these tests ask, on a database of their own; nothing works beside it but what a test calls."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.applications.desk import Desk
from tests.conftest import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_worker_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Duties are done by hand here."""
    monkeypatch.setenv("DUIXIAN_WORKER", "false")
    monkeypatch.setenv("DUIXIAN_LOCK_TIMEOUT_SECONDS", "1")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Live keys of every role."""
    running = Desk(database_url)
    yield running
    running.close()


@pytest.fixture
def sandbox(database_url: str) -> Iterator[Desk]:
    """Test keys of every role."""
    running = Desk(database_url, "test")
    yield running
    running.close()


@pytest.fixture(scope="module")
def shared(_migrated_template: str) -> Iterator[Desk]:
    """Live keys of every role, for tests that change nothing."""
    before = os.environ.get("DUIXIAN_WORKER")
    os.environ["DUIXIAN_WORKER"] = "false"
    running = Desk(new_database(_migrated_template))
    yield running
    running.close()
    if before is None:
        del os.environ["DUIXIAN_WORKER"]
    else:
        os.environ["DUIXIAN_WORKER"] = before
