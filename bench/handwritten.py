"""The four measures as a careful programmer would write them by hand: fen, no reasons, nothing unknown."""

from __future__ import annotations

from typing import Any

ENTERPRISES = ("enterprise", "state_owned_enterprise")
SMES = ("micro", "small", "medium")
PLEDGED = ("patent", "trademark", "copyright")
LENDERS = ("bank", "financial_institution")
EXCELLENT = {"national": 30_000_000, "provincial": 20_000_000}
OUTLETS = {"national": 10_000_000, "provincial": 5_000_000}


def amounts(case: dict[str, Any]) -> tuple[int, int, int, int]:
    """patent-grants, navigation, pledge-financing, service-outlet, in fen."""
    who, facts = case["applicant"], case["facts"]
    if who["joint_punishment"]:
        return 0, 0, 0, 0
    patents = facts["patents"]
    grants = (
        patents["granted"] >= 10 or patents["invention_granted"] >= 5 or patents["high_value_granted"] >= 1
    )
    navigation = sum(EXCELLENT.get(p["excellence"], 0) for p in facts["navigation_projects"])
    pledge = 0
    if (
        who["kind"] in ENTERPRISES
        and who["size"] in SMES
        and who["technology_innovative"]
        and not facts["provincial_subsidy_received"]
    ):
        costs = sum(
            loan["interest"] + loan["guarantee_fee"] + loan["appraisal_fee"]
            for loan in facts["pledge_loans"]
            if loan["collateral"] in PLEDGED and loan["lender"] in LENDERS and loan["repaid_on_time"]
        )
        pledge = min((costs + 1) // 2, max(0, 20_000_000 - case["pledge_paid"]))
    outlet = OUTLETS.get(facts["recognised_level"], 0)
    return (20_000_000 if grants else 0), navigation, pledge, outlet


def plain(request: dict[str, Any]) -> dict[str, Any]:
    """A request in the shape the peers read: money in fen, groups flattened, history already summed."""
    who, facts = request["applicant"], request["facts"]
    loans = [
        {**loan, **{k: _fen(loan[k]) for k in ("interest", "guarantee_fee", "appraisal_fee")}}
        for loan in facts["pledge_loans"]
    ]
    return {
        "applicant": {
            "kind": who["kind"],
            "size": who["size"],
            "technology_innovative": who["technology_innovative"],
            "joint_punishment": who["credit"]["joint_punishment"],
        },
        "facts": {
            "patents": facts["patents"],
            "navigation_projects": facts["navigation_projects"],
            "provincial_subsidy_received": facts["pledge_financing"]["provincial_subsidy_received"],
            "pledge_loans": loans,
            "recognised_level": facts["service_outlet"]["recognised_level"],
        },
        "pledge_paid": sum(_fen(h["amount"]) for h in request["history"]),
    }


def _fen(text: str) -> int:
    yuan, _, cents = text.partition(".")
    return int(yuan) * 100 + int(cents or 0)
