"""What applications of the proofs ask for: facts whose award the clause tells without an engine. Money in fen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

POLICY = "yanhu-ip"
GRANTS_AMOUNT = 20_000_000
NAVIGATION_AMOUNTS = {"national": 30_000_000, "provincial": 20_000_000}
OUTLET_AMOUNTS = {"national": 10_000_000, "provincial": 5_000_000}
LICENSING_CEILING = 10_000_000
PLEDGE_CAP = 20_000_000


@dataclass(frozen=True, slots=True)
class Grants:
    """patent-grants, 一（二）: 10 patents or more, once a year. `granted` None: not said."""

    granted: int | None = 12


@dataclass(frozen=True, slots=True)
class Prize:
    """patent-award-match, 一（二）: the prize once more, once for each award whoever asks."""

    award_id: str
    amount: int
    project: str | None = None
    level: Literal["national", "municipal"] = "national"


@dataclass(frozen=True, slots=True)
class Navigation:
    """navigation, 一（三）: once for each project whoever asks."""

    project: str
    rating: Literal["national", "provincial", "none"] = "national"


@dataclass(frozen=True, slots=True)
class Loan:
    """pledge-financing, 二（六）: half of the costs, each loan once a year, 200,000 yuan a year."""

    loan_id: str
    cost: int
    repaid: bool = True


@dataclass(frozen=True, slots=True)
class Licensing:
    """open-licensing, 二（四）: up to 100,000 yuan, once, for a university with 10 transfers."""

    transfers: int = 10


@dataclass(frozen=True, slots=True)
class Outlet:
    """service-outlet, 五（十四）: once for each level."""

    level: Literal["national", "provincial", "none"] = "national"


@dataclass(frozen=True, slots=True)
class Mark:
    """gi-trademark, 二（七）: its fees, once for each application whoever asks."""

    application_no: str
    fees: int


Ask = Grants | Prize | Navigation | Loan | Licensing | Outlet | Mark
MEASURE: dict[type[Any], str] = {
    Grants: "patent-grants",
    Prize: "patent-award-match",
    Navigation: "navigation",
    Licensing: "open-licensing",
    Loan: "pledge-financing",
    Mark: "gi-trademark",
    Outlet: "service-outlet",
}
"""In the order of the catalogue."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one application asks for."""

    asks: tuple[Ask, ...]

    def measures(self) -> list[str]:
        kinds = {type(ask) for ask in self.asks}
        return [name for kind, name in MEASURE.items() if kind in kinds]

    def of(self, kind: type[Any]) -> list[Any]:
        return [ask for ask in self.asks if type(ask) is kind]

    @property
    def applicant(self) -> dict[str, Any]:
        """A university where patents are licensed, else a small technology enterprise."""
        if self.of(Licensing):
            return {"kind": "university"}
        return {"kind": "enterprise", "size": "small", "technology_innovative": True}

    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for grants in self.of(Grants):
            found["patents"] = {"granted": grants.granted, "invention_granted": 0, "high_value_granted": 0}
        if prizes := self.of(Prize):
            found["patent_awards"] = [_prize(prize) for prize in prizes]
        if results := self.of(Navigation):
            found["navigation_projects"] = [
                {"project": one.project, "excellence": one.rating} for one in results
            ]
        if loans := self.of(Loan):
            found["pledge_financing"] = {"provincial_subsidy_received": False}
            found["pledge_loans"] = [_loan(loan) for loan in loans]
        for licensing in self.of(Licensing):
            found["open_licensing"] = {"transfers_to_district_smes": licensing.transfers}
        for outlet in self.of(Outlet):
            found["service_outlet"] = {"recognised_level": outlet.level}
        if marks := self.of(Mark):
            found["gi_trademarks"] = [
                {"application_no": one.application_no, "product": "hongxiangsu_pear", "fees": yuan(one.fees)}
                for one in marks
            ]
        return found

    def body(self, uscc: str, name: str, year: int, ref: str | None = None) -> dict[str, Any]:
        """The body of POST /v1/applications."""
        return {
            "policy": POLICY,
            "year": year,
            "measures": self.measures(),
            "applicant": {"name": name, "uscc": uscc, **self.applicant},
            "facts": self.facts(),
            **({} if ref is None else {"external_ref": ref}),
        }


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _prize(prize: Prize) -> dict[str, Any]:
    return {
        "award_id": prize.award_id,
        "name": "China Patent Award",
        "level": prize.level,
        "category": "patent",
        "first_unit": True,
        "amount": yuan(prize.amount),
        "project": prize.project,
    }


def _loan(loan: Loan) -> dict[str, Any]:
    return {
        "loan_id": loan.loan_id,
        "collateral": "patent",
        "lender": "bank",
        "interest": yuan(loan.cost),
        "guarantee_fee": "0.00",
        "appraisal_fee": "0.00",
        "repaid_on_time": loan.repaid,
    }
