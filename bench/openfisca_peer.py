"""The four measures in openfisca-core: amounts in fen, no reasons, absent inputs at their defaults.

The organisation is the group entity, its items (projects and loans) its members. The system is built once;
each case builds a simulation from its entities, as the library's own web API does for a request.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from openfisca_core import entities, periods, taxbenefitsystems, variables
from openfisca_core.simulations import SimulationBuilder

YEAR = "2026"
ITEM = entities.Entity("item", "items", "An item", "")
ORGANISATION = entities.GroupEntity(
    "organisation",
    "organisations",
    "An organisation",
    "",
    roles=[
        {"key": "project", "plural": "projects", "label": "Projects"},
        {"key": "loan", "plural": "loans", "label": "Loans"},
    ],
)
INPUTS: tuple[tuple[str, type, Any], ...] = (
    ("joint_punishment", bool, ORGANISATION),
    ("kind", str, ORGANISATION),
    ("size", str, ORGANISATION),
    ("technology_innovative", bool, ORGANISATION),
    ("granted", int, ORGANISATION),
    ("invention_granted", int, ORGANISATION),
    ("high_value_granted", int, ORGANISATION),
    ("provincial_subsidy_received", bool, ORGANISATION),
    ("recognised_level", str, ORGANISATION),
    ("pledge_paid", int, ORGANISATION),
    ("excellence", str, ITEM),
    ("collateral", str, ITEM),
    ("lender", str, ITEM),
    ("repaid_on_time", bool, ITEM),
    ("interest", int, ITEM),
    ("guarantee_fee", int, ITEM),
    ("appraisal_fee", int, ITEM),
)
ORGANISATION_INPUTS = tuple(name for name, _, entity in INPUTS if entity is ORGANISATION)
AMOUNTS = ("patent_grants", "navigation", "pledge_financing", "service_outlet")


def patent_grants(organisation: Any, period: Any) -> Any:
    enough = (
        (organisation("granted", period) >= 10)
        | (organisation("invention_granted", period) >= 5)
        | (organisation("high_value_granted", period) >= 1)
    )
    return np.where(enough & ~organisation("joint_punishment", period), 20_000_000, 0)


def navigation(organisation: Any, period: Any) -> Any:
    rating = organisation.members("excellence", period)
    each = np.select([rating == "national", rating == "provincial"], [30_000_000, 20_000_000], 0)
    return organisation.sum(each) * ~organisation("joint_punishment", period)


def pledge_financing(organisation: Any, period: Any) -> Any:
    items = organisation.members
    counts = (
        np.isin(items("collateral", period).astype(str), ["patent", "trademark", "copyright"])
        & np.isin(items("lender", period).astype(str), ["bank", "financial_institution"])
        & items("repaid_on_time", period)
    )
    costs = items("interest", period) + items("guarantee_fee", period) + items("appraisal_fee", period)
    qualifies = (
        np.isin(organisation("kind", period).astype(str), ["enterprise", "state_owned_enterprise"])
        & np.isin(organisation("size", period).astype(str), ["micro", "small", "medium"])
        & organisation("technology_innovative", period)
        & ~organisation("provincial_subsidy_received", period)
        & ~organisation("joint_punishment", period)
    )
    half = (organisation.sum(costs * counts) + 1) // 2
    remaining = np.maximum(0, 20_000_000 - organisation("pledge_paid", period))
    return np.where(qualifies, np.minimum(half, remaining), 0)


def service_outlet(organisation: Any, period: Any) -> Any:
    level = organisation("recognised_level", period)
    amount = np.select([level == "national", level == "provincial"], [10_000_000, 5_000_000], 0)
    return amount * ~organisation("joint_punishment", period)


def _variable(name: str, kind: type, entity: Any, formula: Any = None) -> type:
    body = {"value_type": kind, "entity": entity, "definition_period": periods.YEAR, "label": name}
    if formula is not None:
        body["formula"] = formula
    return type(name, (variables.Variable,), body)


def system() -> Any:
    built = taxbenefitsystems.TaxBenefitSystem([ORGANISATION, ITEM])
    for name, kind, entity in INPUTS:
        built.add_variable(_variable(name, kind, entity))
    for formula in (patent_grants, navigation, pledge_financing, service_outlet):
        built.add_variable(_variable(formula.__name__, int, ORGANISATION, formula))
    return built


def situation(case: dict[str, Any]) -> dict[str, Any]:
    """The plain shape of `handwritten.plain` in the entities' shape: each member a named item."""
    facts = case["facts"]
    flat = {**case["applicant"], **facts["patents"], **facts, "pledge_paid": case["pledge_paid"]}
    items: dict[str, Any] = {}
    for project in facts["navigation_projects"]:
        items[project["project"]] = {"excellence": {YEAR: project["excellence"]}}
    for loan in facts["pledge_loans"]:
        items[loan["loan_id"]] = {k: {YEAR: v} for k, v in loan.items() if k != "loan_id"}
    organisation: dict[str, Any] = {name: {YEAR: flat[name]} for name in ORGANISATION_INPUTS}
    organisation["projects"] = [p["project"] for p in facts["navigation_projects"]]
    organisation["loans"] = [loan["loan_id"] for loan in facts["pledge_loans"]]
    return {"items": items, "organisations": {"o": organisation}}


class OpenFiscaPeer:
    """Built once; `amounts` takes what `situation` made, so that only the library's own work is timed."""

    def __init__(self) -> None:
        self._system = system()

    def amounts(self, entities_of_case: dict[str, Any]) -> tuple[int, int, int, int]:
        simulation = SimulationBuilder().build_from_entities(self._system, entities_of_case)
        grants, rated, pledge, outlet = (int(simulation.calculate(name, YEAR)[0]) for name in AMOUNTS)
        return grants, rated, pledge, outlet
