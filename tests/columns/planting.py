"""Applicants planted one by one, in the form of a population: what is not said is unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from app.rules.columns.schema import population_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.policy import Policy

    Plain = Mapping[str, Any]

USCC = "91140802MA0GT0018G"
TODAY = date(2026, 11, 23)
ELIGIBLE, INELIGIBLE, UNDETERMINED = "eligible", "ineligible", "undetermined"


def fen(yuan: str | None) -> int | None:
    return None if yuan is None else int(Decimal(yuan) * 100)


@dataclass(frozen=True)
class Planted:
    """One applicant, and what one measure must say of it. Figures in yuan, as an answer shows them."""

    name: str
    measure: str
    facts: Plain
    verdict: str
    amount: str | None = None
    ceiling: str | None = None
    potential: str | None = None
    reasons: Sequence[str] = ()
    """Codes without the measure's id; those of limits and exclusions whole."""
    missing: Sequence[str] = ()
    applicant: Plain = field(default_factory=dict)
    history: Sequence[Plain] = ()
    funding: Sequence[Plain] = ()
    as_of: date = TODAY

    @property
    def expected(self) -> dict[str, object]:
        """The struct of the measure."""
        codes = [
            code if code.startswith(("limit.", "exclusion.")) else f"{self.measure}.{code}"
            for code in self.reasons
        ]
        return {
            "verdict": self.verdict,
            "amount": fen(self.amount),
            "ceiling": fen(self.ceiling),
            "potential": fen(self.potential),
            "reasons": codes,
            "missing": list(self.missing),
        }

    def row(self) -> dict[str, object]:
        """The applicant as a row: a small innovative enterprise that nobody punished, unless it says otherwise."""
        usual = {
            "name": self.name,
            "uscc": USCC,
            "kind": "enterprise",
            "size": "small",
            "technology_innovative": True,
            "credit": {"joint_punishment": False},
        }
        return {
            "ref": self.name,
            "applicant": usual | dict(self.applicant),
            "facts": dict(self.facts),
            "history": list(self.history),
            "other_funding": list(self.funding),
        }


def granted(
    name: str, measure: str, facts: Plain, amount: str, reasons: Sequence[str], **more: Any
) -> Planted:
    """Awarded, and settled."""
    return Planted(name, measure, facts, ELIGIBLE, amount, None, amount, reasons, **more)


def refused(name: str, measure: str, facts: Plain, reasons: Sequence[str], **more: Any) -> Planted:
    """Not awarded, whatever is unknown."""
    return Planted(name, measure, facts, INELIGIBLE, "0", None, "0", reasons, **more)


def left_open(
    name: str,
    measure: str,
    facts: Plain,
    potential: str | None,
    reasons: Sequence[str],
    missing: Sequence[str],
    **more: Any,
) -> Planted:
    """Undetermined, and at most so much."""
    return Planted(name, measure, facts, UNDETERMINED, None, None, potential, reasons, missing, **more)


def population_of(planted: Sequence[Planted], policy: Policy) -> pl.DataFrame:
    return pl.DataFrame([one.row() for one in planted], schema=population_schema(policy))


def paid(measure: str, year: int, yuan: str = "1000", **more: object) -> dict[str, object]:
    """An award of the past."""
    return {"measure": measure, "year": year, "amount": fen(yuan), **more}


def funded(project: str, source: str = "district") -> dict[str, object]:
    return {"source": source, "project": project, "amount": 100}


def patents(granted: int | None, invention: int | None, high_value: int | None) -> Plain:
    return {"patents": {"granted": granted, "invention_granted": invention, "high_value_granted": high_value}}


def projects(*ratings: str | None) -> Plain:
    """Navigation projects P1, P2, ..."""
    return {
        "navigation_projects": [{"project": f"P{i}", "excellence": one} for i, one in enumerate(ratings, 1)]
    }


def prize(yuan: str | None = "30000", **changed: object) -> Plain:
    usual = {"award_id": "ZJ-1", "level": "provincial", "first_unit": True, "amount": fen(yuan)}
    return {"patent_awards": [usual | changed]}


def loan(yuan: str | None, loan_id: str = "DK-1", **changed: object) -> Plain:
    """A loan that counts, with its interest alone."""
    usual = {"loan_id": loan_id, "collateral": "patent", "lender": "bank", "repaid_on_time": True}
    return usual | {"interest": fen(yuan), "guarantee_fee": 0, "appraisal_fee": 0} | changed


def loans(*given: Plain) -> Plain:
    return {"pledge_financing": {"provincial_subsidy_received": False}, "pledge_loans": list(given)}


def alliance(since: date | None) -> Plain:
    return {"alliance": {"follows_guide": True, "filed": True, "operating_since": since}}
