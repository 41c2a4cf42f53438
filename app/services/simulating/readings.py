"""The readings of the law that a simulation compares: as it is, and each scenario's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.rules.altering import alter
from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.language.lexing import nearest
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal

    from app.rules.policy import Policy
    from app.services.published_policies import PublishedPolicies, PublishedPolicy

    Value = str | int | Decimal

BASE = "base"
"""The name of the law as it is."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Other values of parameters, another version of the policy, or both."""

    name: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the law, under the year's notice."""

    scenario: Scenario
    policy: Policy
    files: Mapping[str, str]
    """The pack that it is of."""

    @property
    def name(self) -> str:
        return self.scenario.name


def readings_of(
    policies: PublishedPolicies,
    base: PublishedPolicy,
    scenarios: Iterable[Scenario],
    *,
    year: int,
    as_of: date,
) -> tuple[Reading, ...]:
    """The law as it is, then each scenario; `base` without a notice.

    Another version need not be in force on the day. Raises InputErrors with pointers from `/scenarios` on.
    """
    found = [Reading(Scenario(BASE), base.for_year(year, as_of).policy, base.files)]
    mistakes: list[InputError] = []
    names = {BASE}
    for place, scenario in enumerate(scenarios):
        at = f"/scenarios/{place}"
        if scenario.name in names:
            words = Words("名称重复，或为保留的 base", "is taken by another scenario, or is `base`")
            mistakes.append(InputError(f"{at}/name", "duplicate_id", words))
        names.add(scenario.name)
        try:
            found.append(_reading(policies, base, scenario, year, as_of))
        except InputErrors as wrong:
            mistakes += [one._replace(pointer=f"{at}{one.pointer}") for one in wrong.errors]
    if mistakes:
        raise InputErrors(tuple(mistakes))
    return tuple(found)


def _reading(
    policies: PublishedPolicies, base: PublishedPolicy, scenario: Scenario, year: int, as_of: date
) -> Reading:
    version = base if scenario.version is None else _version(policies, base, scenario.version)
    if not scenario.parameters:
        return Reading(scenario, version.for_year(year, as_of).policy, version.files)
    altered = alter(version.files, scenario.parameters, year=year, as_of=as_of)
    return Reading(scenario, altered, version.files)


def _version(policies: PublishedPolicies, base: PublishedPolicy, name: str) -> PublishedPolicy:
    versions = {one.policy.version: one for one in policies.versions(base.policy.id)}
    if name not in versions:
        close = nearest(name, versions)
        hint = ("", "") if close is None else (f"；是否为 {close}？", f"; did you mean {close}?")
        listed = list(versions)
        words = Words(
            f"没有这个版本，现有：{'、'.join(listed)}{hint[0]}",
            f"is no version of the policy; there are: {', '.join(listed)}{hint[1]}",
        )
        raise InputErrors((InputError("/version", "choice", words),))
    return versions[name]
