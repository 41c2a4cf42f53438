"""Short ways to write requests and what they must come to, for the hand-worked cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

USCC = "91140802MA0GT0018G"
ABSENT = object()


@dataclass(frozen=True)
class Case:
    name: str
    request: dict[str, Any]
    expect: dict[str, dict[str, Any]]
    """By measure; under "totals" and "assumptions" what the whole answer must hold."""


def applicant(**changes: Any) -> dict[str, Any]:
    """A small innovative enterprise that is not punished; ABSENT leaves a fact out."""
    facts: dict[str, Any] = {
        "name": "测试单位",
        "uscc": USCC,
        "kind": "enterprise",
        "size": "small",
        "technology_innovative": True,
        "credit": {"joint_punishment": changes.pop("punished", False)},
    }
    facts.update(changes)
    if facts["credit"]["joint_punishment"] is ABSENT:
        del facts["credit"]
    return {key: value for key, value in facts.items() if value is not ABSENT}


def ask(
    measures: str | list[str], facts: dict[str, Any], who: dict[str, Any] | None = None, **top: Any
) -> Any:
    wanted = measures.split() if isinstance(measures, str) else measures
    body = {"as_of": "2026-11-23", "year": 2026, "applicant": applicant(**(who or {})), "facts": facts}
    return {**body, "measures": wanted, **top}


def past(
    measure: str, amount: str = "1000.00", year: int = 2026, item: str | None = None, **more: Any
) -> Any:
    return {"measure": measure, "year": year, "amount": amount, "item": item, **more}


def case(name: str, measure: str, facts: dict[str, Any], expect: dict[str, Any], **more: Any) -> Case:
    """One measure asked, one measure expected; more: who, history, other_funding, as_of, year, assume."""
    return Case(name, ask(measure, facts, more.pop("who", None), **more), {measure: expect})


def award(award_id: str = "A1", **changes: Any) -> dict[str, Any]:
    item = {"award_id": award_id, "name": "奖", "level": "provincial", "category": "patent"}
    item.update({"first_unit": True, "amount": "50000"})
    return _with(item, changes)


def loan(loan_id: str = "L1", **changes: Any) -> dict[str, Any]:
    item = {"loan_id": loan_id, "collateral": "patent", "lender": "bank", "repaid_on_time": True}
    item.update({"interest": "60000", "guarantee_fee": "0", "appraisal_fee": "0"})
    return _with(item, changes)


def project(name: str = "NAV-1", excellence: Any = "national") -> dict[str, Any]:
    return _with({"project": name, "excellence": excellence}, {})


def trademark(number: str = "T1", **changes: Any) -> dict[str, Any]:
    return _with({"application_no": number, "product": "linkui_peach", "fees": "3000"}, changes)


def prize(**changes: Any) -> dict[str, Any]:
    return _with({"event": "international_expo", "own_brand": True, "won": True}, changes)


def pledge(*loans: dict[str, Any], subsidy: Any = False) -> dict[str, Any]:
    return {
        "pledge_financing": _with({"provincial_subsidy_received": subsidy}, {}),
        "pledge_loans": list(loans),
    }


def _with(item: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**item, **changes}.items() if value is not ABSENT}
