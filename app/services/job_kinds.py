"""What kinds of jobs there are, and who does each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.simulating.performing import perform_simulation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.services.job_running import Perform

SIMULATION = "simulation"
KINDS: Mapping[str, Perform] = {SIMULATION: perform_simulation}
