"""Reopening, revoking, recovering and writing off, and what each leaves of claims and caps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.applications.desk import FIRM, FIRM_2
from tests.applications.walking import (
    DAY_AFTER,
    PRIZES,
    Walk,
    approved,
    draft,
    granted,
    held,
    paid,
    publicised,
)
from tests.http.asking import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.applications.desk import Desk

MATCH = ["patent-award-match"]
LOAN = {
    "pledge_financing": {"provincial_subsidy_received": False},
    "pledge_loans": [
        {
            "loan_id": "L-1",
            "collateral": "patent",
            "lender": "bank",
            "interest": "300000.00",
            "guarantee_fee": "0.00",
            "appraisal_fee": "0.00",
            "repaid_on_time": True,
        }
    ],
}
BORROWER = {**FIRM, "technology_innovative": True}


def claim_back(*awards: tuple[str, str], restores: bool = False) -> dict[str, Any]:
    named = [{"award": award, "amount": amount} for award, amount in awards]
    return {"reason": "骗取", "restores_entitlement": restores, **({"awards": named} if named else {})}


def money_back(walk: Walk, amount: str, reference: str = "R-1", award: str | None = None) -> dict[str, Any]:
    return {
        "award": award or walk.award["id"],
        "amount": amount,
        "reference": reference,
        "received_on": walk.day,
    }


@pytest.mark.parametrize("reach", [approved, publicised, granted])
def test_reopen_takes_it_back_to_where_it_is_decided(sandbox: Desk, reach: Callable[..., Walk]) -> None:
    walk = reach(sandbox, ["pledge-financing"], LOAN, BORROWER)
    assert held(sandbox)["used"] == [15_000_000]
    walk.do("hold", {"reason": "核查"}).do("reopen", {"reason": "金额有误"})
    assert (walk.status, walk.states()) == ("accepted", ["assessed"])
    assert walk.award["amount"] is None
    assert (walk.seen["on_hold"], walk.seen["public_notice"]) == (None, None)
    assert held(sandbox) == {"claims": [], "used": [0]}
    decision = {"award": walk.award["id"], "decision": "approve", "expected_amount": "150000.00"}
    again = walk.do("approve", {"awards": [decision]}, "approve2")
    assert again.states() == ["reserved"]
    assert held(sandbox)["used"] == [15_000_000]


def test_who_approved_does_not_reopen(sandbox: Desk) -> None:
    walk = approved(sandbox)
    refused(walk.ask("reopen", {"reason": "自行更正"}, "approve"), 409, "same-person")
    walk.do("reopen", {"reason": "更正"})
    # Nor later, when somebody else has approved it in between.
    decision = {"award": walk.award["id"], "decision": "approve", "expected_amount": "200000.00"}
    walk.do("approve", {"awards": [decision]}, "approve2")
    refused(walk.ask("reopen", {"reason": "自行更正"}, "approve"), 409, "same-person")


def test_reopening_brings_back_what_an_objection_ended_and_what_was_declined(sandbox: Desk) -> None:
    walk = publicised(sandbox, MATCH, PRIZES)
    body = {"by": "某人", "contact": "无", "text": "异议", "received_on": "2026-11-26"}
    walk.on("2026-11-26").do("object", {**body, "awards": [walk.seen["awards"][0]["id"]]})
    walk.do("resolve", {"objection": walk.seen["objections"][0]["id"], "outcome": "upheld", "reason": "属实"})
    assert walk.do("reopen", {"reason": "重新审定"}).states() == ["assessed", "assessed"]
    assert walk.seen["objections"][0]["outcome"] == "upheld"
    assert held(sandbox) == {"claims": [], "used": []}


@pytest.mark.parametrize("reach", [approved, publicised, granted])
def test_before_payment_revoking_releases_everything(sandbox: Desk, reach: Callable[..., Walk]) -> None:
    walk = reach(sandbox).do("revoke", {"reason": "撤销"})
    assert (walk.status, walk.states()) == ("revoked", ["released"])
    assert held(sandbox) == {"claims": [], "used": []}
    assert approved(sandbox, None, None, None, walk.day).status == "approved"


def test_before_payment_nothing_is_claimed_back_in_part(sandbox: Desk) -> None:
    walk = approved(sandbox)
    body = claim_back((walk.award["id"], "1.00"))
    problem = refused(walk.ask("revoke", body), 422, "invalid-request")
    assert [error["pointer"] for error in problem["errors"]] == ["/awards", "/restores_entitlement"]


def test_after_payment_everything_becomes_owed(sandbox: Desk) -> None:
    walk = paid(sandbox)
    problem = refused(walk.ask("revoke", {"reason": "骗取"}), 422, "invalid-request")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
        ("/restores_entitlement", "required")
    ]
    walk.do("revoke", claim_back())
    assert (walk.status, walk.states()) == ("revoked", ["owed"])
    assert walk.award["clawed_back"] == "200000.00"
    assert held(sandbox)["claims"]


def test_part_of_it_may_be_claimed_back_more_than_once(sandbox: Desk) -> None:
    walk = paid(sandbox)
    award = walk.award["id"]
    walk.do("revoke", claim_back((award, "50000.00")))
    assert (walk.status, walk.states()) == ("paid", ["owed"])
    problem = refused(walk.ask("revoke", claim_back((award, "150000.01"))), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/awards/0/amount"
    walk.do("recover", money_back(walk, "50000.00"))
    assert (walk.status, walk.states()) == ("paid", ["paid"])
    walk.do("revoke", claim_back((award, "150000.00")))
    assert (walk.status, walk.states()) == ("revoked", ["owed"])
    assert walk.award["clawed_back"] == "200000.00"
    held(sandbox)


def test_one_award_of_two_is_revoked(sandbox: Desk) -> None:
    walk = paid(sandbox, MATCH, PRIZES)
    first, second = (award["id"] for award in walk.seen["awards"])
    twice = claim_back((first, "1.00"), (first, "1.00"))
    assert refused(walk.ask("revoke", twice), 422, "invalid-request")["errors"][0]["code"] == "duplicate_id"
    walk.do("revoke", claim_back((first, "30000.00")))
    assert (walk.status, walk.states()) == ("paid", ["owed", "paid"])
    walk.do("revoke", claim_back((second, "50000.00")))
    assert (walk.status, walk.states()) == ("revoked", ["owed", "owed"])


def test_a_second_award_keeps_what_was_said_of_the_first(sandbox: Desk) -> None:
    walk = paid(sandbox, MATCH, PRIZES)
    first, second = (award["id"] for award in walk.seen["awards"])
    walk.do("revoke", claim_back((first, "30000.00"), restores=True))
    walk.do("revoke", claim_back((second, "50000.00"), restores=False))
    walk.do("recover", money_back(walk, "30000.00", "R-1", first))
    walk.do("recover", money_back(walk, "50000.00", "R-2", second))
    assert walk.states() == ["recovered", "recovered"]
    assert [key.rsplit("|", 1)[-1] for key in held(sandbox)["claims"]] == ["cn2"]


def test_the_cap_is_free_as_far_as_the_money_came_back(sandbox: Desk) -> None:
    walk = paid(sandbox, ["pledge-financing"], LOAN, BORROWER).do("revoke", claim_back())
    assert held(sandbox)["used"] == [15_000_000]
    walk.do("recover", money_back(walk, "40000.00"))
    assert (walk.states(), walk.award["recovered"]) == (["owed"], "40000.00")
    assert held(sandbox)["used"] == [11_000_000]
    walk.do("write-off", {"award": walk.award["id"], "reason": "单位已注销"})
    assert walk.states() == ["written_off"]
    assert held(sandbox)["used"] == [11_000_000]


def test_the_entitlement_comes_back_with_the_last_fen_if_the_revocation_said_so(sandbox: Desk) -> None:
    walk = paid(sandbox).do("revoke", claim_back(restores=True))
    walk.do("recover", money_back(walk, "199999.99"))
    assert held(sandbox)["claims"]
    again = draft(sandbox, day=DAY_AFTER)
    refused(again.ask("submit"), 409, "not-eligible")
    walk.do("recover", money_back(walk, "0.01", "R-2"))
    assert walk.states() == ["recovered"]
    assert held(sandbox)["claims"] == []
    assert again.do("submit").states() == ["assessed"]


def test_without_it_the_claim_stays_though_all_came_back(sandbox: Desk) -> None:
    walk = paid(sandbox).do("revoke", claim_back(restores=False))
    walk.do("recover", money_back(walk, "200000.00"))
    assert walk.states() == ["recovered"]
    assert held(sandbox)["claims"]
    refused(draft(sandbox, day=DAY_AFTER).ask("submit"), 409, "not-eligible")


def test_an_object_that_came_back_may_be_awarded_to_another(sandbox: Desk) -> None:
    prize = {"patent_awards": PRIZES["patent_awards"][:1]}
    walk = paid(sandbox, MATCH, prize).do("revoke", claim_back(restores=True))
    other = draft(sandbox, MATCH, prize, FIRM_2, DAY_AFTER)
    refused(other.ask("submit"), 409, "not-eligible")
    walk.do("recover", money_back(walk, "30000.00"))
    assert other.do("submit").states() == ["assessed"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": "200000.01"}, "/amount"),
        ({"amount": "0.00"}, "/amount"),
        ({"award": "awd_none"}, "/award"),
        ({"received_on": "2026-12-04"}, "/received_on"),
    ],
)
def test_what_comes_back_was_owed(sandbox: Desk, change: dict[str, str], pointer: str) -> None:
    walk = paid(sandbox).do("revoke", claim_back())
    problem = refused(walk.ask("recover", {**money_back(walk, "1.00"), **change}), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == pointer


def test_a_reference_belongs_to_one_recovery(sandbox: Desk) -> None:
    walk = paid(sandbox).do("revoke", claim_back())
    walk.do("recover", money_back(walk, "1.00"))
    refused(walk.ask("recover", money_back(walk, "1.00")), 409, "reference-used")


def test_nothing_is_recovered_where_nothing_is_owed(sandbox: Desk) -> None:
    walk = paid(sandbox)
    answer = walk.ask("recover", money_back(walk, "1.00"))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/not-allowed-now"
    assert walk.ask("write-off", {"award": walk.award["id"], "reason": "无"}).status_code == 409


def test_part_written_off_and_part_claimed_back_again(sandbox: Desk) -> None:
    walk = paid(sandbox)
    award = walk.award["id"]
    walk.do("revoke", claim_back((award, "80000.00")))
    walk.do("write-off", {"award": award, "reason": "无法追回"})
    assert walk.states() == ["paid"]
    walk.do("revoke", claim_back((award, "120000.00")))
    assert (walk.status, walk.states()) == ("revoked", ["owed"])
    problem = refused(walk.ask("recover", money_back(walk, "120000.01")), 422, "invalid-request")
    assert "120000.00" in problem["errors"][0]["message"]["en"]
    walk.do("recover", money_back(walk, "120000.00"))
    assert walk.states() == ["written_off"]
    assert held(sandbox)["claims"]
