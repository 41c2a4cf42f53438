"""The four measures in openfisca-core over a whole population: vectors, as the library is meant to be used.

Codes are its Enums, amounts whole fen in its integers and floats; no unknown facts, no reasons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
from openfisca_core import entities, indexed_enums, periods, taxbenefitsystems, variables
from openfisca_core.simulations import SimulationBuilder

from app.rules.columns.signatures import Patterns
from app.rules.columns.tables import Population

if TYPE_CHECKING:
    from app.rules.facts import FactDeclaration
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


class Inputs(NamedTuple):
    """Arrays by variable; `owners`: the organisation of each item, by its row."""

    rows: int
    owners: Any
    arrays: dict[str, Any]


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
    """The system is built once; `inputs` makes arrays of a population, `calculate` sets them and calculates."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._system = taxbenefitsystems.TaxBenefitSystem([ORGANISATION, ITEM])
        self._enums: dict[str, Any] = {}
        for name, (fact, kind) in FACTS.items():
            self._variable(name, kind, ORGANISATION, policy.facts.facts[fact])
        for name, (of, field, kind) in ITEMS.items():
            self._variable(name, kind, ITEM, policy.facts.facts[of].fields[field])
        for formula in FORMULAS:
            self._system.add_variable(_amount(formula))

    def _variable(self, name: str, kind: type | None, entity: Any, fact: FactDeclaration) -> None:
        body: dict[str, Any] = {
            "entity": entity,
            "definition_period": periods.YEAR,
            "label": name,
            "value_type": kind,
        }
        if kind is None:
            enum = self._enums[name] = _enum(name.title(), [code for code, _ in fact.choices])
            body |= {"value_type": indexed_enums.Enum, "possible_values": enum, "default_value": enum.unknown}
        self._system.add_variable(type(name, (variables.Variable,), body))

    def inputs(self, population: pl.DataFrame) -> Inputs:
        """Every input as an array: codes as the library's, unknown as its defaults."""
        facts = Population(population, Patterns())
        found = {name: self._array(name, kind, facts.fact(fact)) for name, (fact, kind) in FACTS.items()}
        lists = {name: facts.items(name) for name in ("navigation_projects", "pledge_loans")}
        # One more item for the last organisation: the library counts groups by the greatest number it meets.
        owners = [*(items["row"].to_numpy() for items in lists.values()), [population.height - 1]]
        for name, (of, field, kind) in ITEMS.items():
            own = lists[of][f"field:{field}"]
            parts = [own if other == of else own.clear(items.height) for other, items in lists.items()]
            found[name] = self._array(name, kind, pl.concat([*parts, own.clear(1)]))
        return Inputs(population.height, np.concatenate(owners), found)

    def _array(self, name: str, kind: type | None, given: pl.Series) -> Any:
        if kind is not None:
            return given.fill_null(value=kind(0)).to_numpy().astype(kind)
        enum = self._enums[name]
        places = {code.name: place for place, code in enumerate(enum)}
        numbers = given.replace_strict(places, default=0, return_dtype=pl.Int16).to_numpy()
        return indexed_enums.EnumArray(numbers, enum)

    def calculate(self, inputs: Inputs) -> dict[str, Any]:
        """Sets every input in a new simulation and calculates the four amounts, whole fen."""
        builder = SimulationBuilder()
        builder.create_entities(self._system)
        for name, count in (("item", len(inputs.owners)), ("organisation", inputs.rows)):
            builder.populations[name].ids = np.arange(count)
            builder.populations[name].count = count
        organisations = builder.populations["organisation"]
        organisations.members_entity_id = inputs.owners
        organisations.members_role = np.repeat(ORGANISATION.flattened_roles[0], len(inputs.owners))
        simulation = builder.build(self._system)
        for name, values in inputs.arrays.items():
            simulation.set_input(name, YEAR, values)
        return {formula.__name__: simulation.calculate(formula.__name__, YEAR) for formula in FORMULAS}
