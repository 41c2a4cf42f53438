"""Facts that a derived one stands in for, where a request does not state them and the derived one is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.language.intervals import derived_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.rules.policy import Policy


class StandIns:
    """Of one policy; most have none."""

    def __init__(self, policy: Policy) -> None:
        self._facts = policy.stand_ins

    def filled(self, facts: Mapping[str, object], year: int, as_of: date) -> Mapping[str, object]:
        """What is stated, and the codes that are worked out for what is not."""
        if not self._facts:
            return facts
        b: dict[str, object] = {"year": year, "as_of": as_of}
        found = dict(facts)
        for name, derived in self._facts:
            if name not in facts:
                low, high = derived_once(derived, facts, b)
                if low == high:
                    found[name] = derived.domain.codes[low]
        return found
