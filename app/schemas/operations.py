"""What the service says about itself."""

from __future__ import annotations

from typing import Literal

from app.schemas.words import Shown


class Alive(Shown):
    status: Literal["alive"] = "alive"


class Ready(Shown):
    status: Literal["ready", "not_ready"]
    database: bool
    """It answers."""
    migrations: bool
    """It stands at the revision that this code wants."""
    policies: bool
    """They are loaded, and kept by their digest."""
