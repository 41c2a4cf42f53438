"""What was ordered of a simulation: kept as JSON with its job, and read from there by whoever does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan, parse_yuan
from app.services.simulating.readings import Scenario, readings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.services.published_policies import PublishedPolicies
    from app.services.simulating.readings import Reading


@dataclass(frozen=True, slots=True)
class Ordered:
    """One simulation. `upload` None: the register is the population."""

    policy: str
    version: str
    """Of the law as it is."""
    year: int
    as_of: date
    budget: int | None
    """Fen."""
    scenarios: tuple[Scenario, ...]
    upload: str | None = None

    def readings(self, policies: PublishedPolicies) -> tuple[Reading, ...]:
        """Raises NoSuchPolicy, NoSuchVersion and InputErrors."""
        base = policies.pinned(self.policy, self.version, None)
        return readings_of(policies, base, self.scenarios, year=self.year, as_of=self.as_of)

    def form(self) -> dict[str, Any]:
        """As the API shows the order: the request with everything said."""
        return {
            "policy": self.policy,
            "version": self.version,
            "year": self.year,
            "as_of": self.as_of.isoformat(),
            "budget": None if self.budget is None else format_yuan(self.budget),
            "population": {"register": True} if self.upload is None else {"upload": self.upload},
            "scenarios": [_scenario_form(one) for one in self.scenarios],
        }

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> Ordered:
        """From what `form` gave."""
        return cls(
            policy=form["policy"],
            version=form["version"],
            year=form["year"],
            as_of=date.fromisoformat(form["as_of"]),
            budget=None if form["budget"] is None else parse_yuan(form["budget"]),
            scenarios=tuple(
                Scenario(one["name"], one["parameters"], one["version"]) for one in form["scenarios"]
            ),
            upload=form["population"].get("upload"),
        )


def _scenario_form(scenario: Scenario) -> dict[str, Any]:
    """Values as text, which every constant of a pack can be written as."""
    return {
        "name": scenario.name,
        "version": scenario.version,
        "parameters": {name: str(value) for name, value in scenario.parameters.items()},
    }
