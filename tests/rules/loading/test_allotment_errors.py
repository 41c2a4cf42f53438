"""Mistakes in a budget or places that all applicants share."""

from __future__ import annotations

import pytest

from tests.rules.loading.packs import GRANT, LOANS, MATCH, PACK, check, errors_of

LEDGER = "ledger: {key: small.old-grant}"
RATIO = "limits: [once per item for anyone]"


@pytest.mark.parametrize(
    ("allot", "suggestion", "says"),
    [
        ("{budget: 50, ¦bye: scale}", "by", "unknown key"),
        ("{budget: 50, ¦places: 3, by: arrival}", None, "exactly one of budget, places"),
        ("¦{by: arrival}", None, "exactly one of budget, places"),
        ("{¦bugdet: 50, by: scale}", "budget", "unknown key"),
        ("¦{budget: 50}", "by", "'by' is missing"),
        ("{budget: ¦0, by: scale}", None, "above 0"),
        ("{budget: ¦staff.pay, by: scale}", None, "an amount or a parameter"),
        ("{places: ¦0, by: arrival}", None, "above 0"),
        ("{places: ¦2.5, by: arrival}", None, "is no count"),
        ("{places: ¦mots, by: arrival}", "most", "unknown name"),
        ("{places: 3, by: ¦arival}", "arrival", "unknown name"),
        ("{places: 3, by: ¦staff.scor}", "staff.score", "unknown name"),
        ("{places: 3, by: ¦scale}", None, "scale goes with a budget"),
        ("{places: 3, by: ¦staff.green}", None, "a score is a count"),
        ("{places: 3, by: ¦staff.since}", None, "days(date, as_of)"),
        ("{places: 3, by: ¦year - 2000}", None, "ranks nobody"),
        ("{places: 3, by: ¦staff.pay / staff.total}", None, "no division"),
        ("{places: 3, by: staff.total, then: [¦staff.total]}", None, "the same score twice"),
        ("{places: 3, by: staff.total, then: ¦staff.score}", None, "expected a list"),
        ("{budget: 50, by: scale, ¦then: [staff.total]}", None, "ranks nobody, so there is no `then`"),
        ("{places: 3, per: ¦month, by: arrival}", "year", "always year"),
        ("{places: 3, by: staff.total, ties: ¦decides}", "decide", "one of decide"),
        ("{places: 3, by: arrival, ¦ties: decide}", None, "no ties"),
        ("{budget: 50, by: staff.total, ties: ¦admit, last: refuse}", "decide", "exceed the budget"),
        ("¦{budget: 50, by: staff.total}", "last", "'last' is missing"),
        ("{budget: 50, by: arrival, last: ¦partail}", "partial", "one of partial"),
        ("{places: 3, by: arrival, ¦last: refuse}", None, "nobody crosses"),
        ("{budget: 50, by: scale, ¦last: refuse}", None, "nobody crosses"),
        ("¦50", None, "expected keys"),
    ],
)
def test_a_mistake_is_told_where_it_stands(allot: str, suggestion: str | None, says: str) -> None:
    check(GRANT, LEDGER, f"{LEDGER}\nallot: {allot}", suggestion, says)


def test_items_that_are_awarded_one_by_one_share_nothing_yet() -> None:
    check(
        MATCH, RATIO, f"{RATIO}\nallot: {{¦budget: 50, by: scale}}", None, "one by one is not supported yet"
    )


def test_a_budget_needs_figures_that_the_text_gives() -> None:
    old = "award: {calculated: 50% * counted}"
    check(
        LOANS,
        old,
        "award: {up_to: 50% * counted}\nallot: {¦budget: 50, by: scale}",
        "places",
        "the text gives",
    )


def test_every_mistake_of_an_allotment_is_told_at_once() -> None:
    allot = "allot: {budget: -1, per: month, by: staff.scor, then: [staff.totla], ties: maybe}\n"
    found = errors_of({**PACK, GRANT: PACK[GRANT] + allot})
    assert [error.suggestion for error in found] == [None, "year", "staff.score", "staff.total"]
