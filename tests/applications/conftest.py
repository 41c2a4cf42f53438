"""The service these tests ask, on a database of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.applications.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator


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
