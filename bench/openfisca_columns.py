"""The four measures in openfisca-core over a whole population: vectors, as the library is meant to be used.

Codes are its Enums, amounts whole fen in its integers and floats; no unknown facts, no reasons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from openfisca_core import entities, indexed_enums, periods, taxbenefitsystems, variables
from openfisca_core.simulations import Simulation, SimulationBuilder

from app.rules.columns.signatures import Patterns
from app.rules.columns.tables import Population

if TYPE_CHECKING:
    from app.rules.policy import Policy

YEAR = "2026"
MEASURES = ("patent-grants", "navigation", "pledge-financing", "service-outlet")
ITEM = entities.Entity("item", "items", "An item", "")
ROLE = {"key": "owned", "plural": "owned", "label": "Owned"}
ORGANISATION = entities.GroupEntity(
    "organisation",
    "organisations",
    "An organisation",
    "",
    roles=[{"key": "owned", "plural": "owned", "label": "Owned"}],
)
ENTERPRISES = ("enterprise", "state_owned_enterprise")
SIZES = ("micro", "small", "medium")
RIGHTS = ("patent", "trademark", "copyright")
LENDERS = ("bank", "financial_institution")
CODES = {
    "kind": "kinds", "size": "sizes", "level": "levels", "excellence": "levels",
    "collateral": "collaterals", "lender": "lenders",
}  # fmt: skip
FACTS = {
    "punished": ("applicant.credit.joint_punishment", bool),
    "kind": ("applicant.kind", None),
    "size": ("applicant.size", None),
    "innovative": ("applicant.technology_innovative", bool),
    "granted": ("patents.granted", int),
    "invention": ("patents.invention_granted", int),
    "high_value": ("patents.high_value_granted", int),
    "subsidised": ("pledge_financing.provincial_subsidy_received", bool),
    "level": ("service_outlet.recognised_level", None),
}
ITEMS: dict[str, tuple[str, str, type | None]] = {
    "excellence": ("navigation_projects", "excellence", None),
    "collateral": ("pledge_loans", "collateral", None),
    "lender": ("pledge_loans", "lender", None),
    "repaid": ("pledge_loans", "repaid_on_time", bool),
    "interest": ("pledge_loans", "interest", int),
    "guarantee": ("pledge_loans", "guarantee_fee", int),
    "appraisal": ("pledge_loans", "appraisal_fee", int),
}


def _enum(name: str, codes: list[str]) -> Any:
    return indexed_enums.Enum(name, {code: code for code in ("unknown", *codes)})


def _among(values: Any, codes: tuple[str, ...]) -> Any:
    found = values == values.possible_values[codes[0]]
    for code in codes[1:]:
        found = found | (values == values.possible_values[code])
    return found


def patent_grants(organisation: Any, period: Any) -> Any:
    enough = (
        (organisation("granted", period) >= 10)
        | (organisation("invention", period) >= 5)
        | (organisation("high_value", period) >= 1)
    )
    return np.where(enough & ~organisation("punished", period), 20_000_000, 0)


def navigation(organisation: Any, period: Any) -> Any:
    rating = organisation.members("excellence", period)
    codes = rating.possible_values
    each = np.select(
        [rating == codes["national"], rating == codes["provincial"]], [30_000_000, 20_000_000], 0
    )
    return organisation.sum(each) * ~organisation("punished", period)


def pledge_financing(organisation: Any, period: Any) -> Any:
    items = organisation.members
    counts = (
        _among(items("collateral", period), RIGHTS)
        & _among(items("lender", period), LENDERS)
        & items("repaid", period)
    )
    costs = items("interest", period) + items("guarantee", period) + items("appraisal", period)
    qualifies = (
        _among(organisation("kind", period), ENTERPRISES)
        & _among(organisation("size", period), SIZES)
        & organisation("innovative", period)
        & ~organisation("subsidised", period)
        & ~organisation("punished", period)
    )
    half = (organisation.sum(costs * counts) + 1) // 2
    return np.where(qualifies, np.minimum(half, 20_000_000), 0)


def service_outlet(organisation: Any, period: Any) -> Any:
    level = organisation("level", period)
    codes = level.possible_values
    amount = np.select([level == codes["national"], level == codes["provincial"]], [10_000_000, 5_000_000], 0)
    return amount * ~organisation("punished", period)


FORMULAS = (patent_grants, navigation, pledge_financing, service_outlet)


def _amount(formula: Any) -> type:
    body = {
        "value_type": int,
        "entity": ORGANISATION,
        "definition_period": periods.YEAR,
        "label": "",
        "formula": formula,
    }
    return type(formula.__name__, (variables.Variable,), body)


class OpenFiscaColumns:
    """Inputs as arrays, made once; `calculate` sets them in a simulation that is new each time and calculates."""

    def __init__(self, policy: Policy, population: pl.DataFrame) -> None:
        self._rows = population.height
        facts = Population(population, Patterns())
        self._inputs: dict[str, Any] = {}
        self._system = taxbenefitsystems.TaxBenefitSystem([ORGANISATION, ITEM])
        for name, (fact, kind) in FACTS.items():
            codes = [code for code, _ in policy.facts.facts[fact].choices]
            self._input(name, kind, ORGANISATION, facts.fact(fact), codes)
        lists = [facts.items("navigation_projects"), facts.items("pledge_loans")]
        sizes = [found.height for found in lists]
        # One more item for the last organisation: the library counts groups by the greatest number it meets.
        self._owners = np.concatenate([*(found["row"].to_numpy() for found in lists), [self._rows - 1]])
        for name, (of, field, kind) in ITEMS.items():
            own = facts.items(of)[f"field:{field}"]
            others = [
                own
                if index == (of == "pledge_loans") and index < 2
                else pl.repeat(None, size, dtype=own.dtype, eager=True)
                for index, size in enumerate((*sizes, 1))
            ]
            codes = [code for code, _ in policy.facts.facts[of].fields[field].choices]
            self._input(name, kind, ITEM, pl.concat(others), codes)
        for formula in FORMULAS:
            self._system.add_variable(_amount(formula))

    def _input(self, name: str, kind: type | None, entity: Any, given: pl.Series, codes: list[str]) -> None:
        body: dict[str, Any] = {"entity": entity, "definition_period": periods.YEAR, "label": name}
        if kind is None:
            enum = _enum(name.title(), codes)
            body |= {"value_type": indexed_enums.Enum, "possible_values": enum, "default_value": enum.unknown}
            places = {code: place for place, code in enumerate(codes, 1)}
            numbers = given.replace_strict(places, default=0, return_dtype=pl.Int16).to_numpy()
            self._inputs[name] = indexed_enums.EnumArray(numbers, enum)
        else:
            body["value_type"] = kind
            self._inputs[name] = given.fill_null(False if kind is bool else 0).to_numpy().astype(kind)
        self._system.add_variable(type(name, (variables.Variable,), body))

    def simulation(self) -> Simulation:
        """A new simulation with its entities; what the library's users make once for a survey."""
        builder = SimulationBuilder()
        builder.create_entities(self._system)
        for name, count in (("item", len(self._owners)), ("organisation", self._rows)):
            builder.populations[name].ids = np.arange(count)
            builder.populations[name].count = count
        organisations = builder.populations["organisation"]
        organisations.members_entity_id = self._owners
        organisations.members_role = np.repeat(ORGANISATION.flattened_roles[0], len(self._owners))
        return builder.build(self._system)

    def calculate(self, simulation: Simulation) -> dict[str, Any]:
        """Sets every input and calculates the four amounts, whole fen."""
        for name, values in self._inputs.items():
            simulation.set_input(name, YEAR, values)
        return {formula.__name__: simulation.calculate(formula.__name__, YEAR) for formula in FORMULAS}
