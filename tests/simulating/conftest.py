"""The service with its workers started by hand, and a folder of its own for populations and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.settings import PACKAGED_POLICIES
from tests.applications.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Live keys of every role."""
    monkeypatch.setenv("DUIXIAN_WORKER", "false")
    monkeypatch.setenv("DUIXIAN_BULK", str(tmp_path / "bulk"))
    running = Desk(database_url)
    yield running
    running.close()


@pytest.fixture(scope="module")
def policy_folder() -> Path:
    """The packs in the image."""
    return PACKAGED_POLICIES
