"""Mistakes in items, awards, limits, flags and obligations."""

from __future__ import annotations

import pytest

from tests.rules.loading.packs import GRANT, LOANS, MATCH, PACK, check, errors_of

BY = "    by: staff.level\n"
LIMITS = "limits: [once per staff.level, at most amount per year]"
ONCE = "limits: [once per item for anyone]"
OUTER = "award: {calculated: 50% * counted}"
LOAN_LIMITS = """\
  id: prize.prize_id
  counts: prize.amount
award: {calculated: 50% * counted}
limits:
  - once per item and year"""
UNNAMED_LOANS = LOAN_LIMITS.replace("  id: prize.prize_id\n", "").replace("once per item and year", "¦best 3")
DUE = "    at_least: ratio * granted\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "suggestion", "says"),
    [
        # Awards
        (GRANT, BY, "    by: ¦staff.levl\n", "staff.level", "unknown name"),
        (GRANT, BY, "    by: ¦staff.total\n", None, "takes a fact that is a choice"),
        (GRANT, "    high: amount\n", "    ¦hihg: amount\n", "high", "no code"),
        (GRANT, "    high: amount\n", "    high: ¦amuont\n", "amount", "unknown name"),
        (GRANT, "    high: amount\n", "    high: ¦100 - amount\n", "max(0, 100 - amount)", "below 0"),
        (GRANT, "    high: amount\n", "    high: {steps: staff.total, from: {10: 5, ¦10.5: 6}}\n", None, "is no count"),
        (GRANT, "    high: amount\n", "    high: {cases: ¦[]}\n", None, "without a case"),
        (GRANT, "    high: amount\n", "    high: {value: amount, ¦caps: 5}\n", "cap", "unknown key"),
        (GRANT, "    high: amount\n", "    high: ¦{cap: amount}\n", None, "exactly one of by"),
        (GRANT, "    high: amount\n", "    high: staff.pay ¦* staff.pay\n", None, "money * money"),
        (GRANT, "    high: amount\n", "    high: amount / ¦staff.abroad\n", None, "may be 0"),
        (GRANT, "    high: amount\n", "    high: ¦staff.green\n", None, "expected money"),
        (GRANT, "  fixed:\n", "  ¦fixd:\n", "fixed", "unknown key"),
        (GRANT, "  cap: amount\n", "  round: ¦upp\n", "up", "one of half up"),
        (GRANT, "  cap: amount\n", "  cap: ¦amuont\n", "amount", "unknown name"),
        (LOANS, OUTER, "award: ¦unspecifid", "unspecified", "expected `unspecified`"),
        (LOANS, OUTER, "award: {calculated: 50% * ¦conted}", "counted", "unknown name"),
        (LOANS, OUTER, "award: {calculated: 50% * ¦prize.amount}", None, "unknown name"),
        (LOANS, OUTER, "award: {calculated: counted, ¦fixed: 5}", None, "exactly one of"),
        (MATCH, "{calculated: ratio * prize.amount}", "{calculated: ratio * ¦prize.amont}", "prize.amount", "no field"),
        (MATCH, "limits:", "¦award: {fixed: 5}\nlimits:", None, "no other `award`"),
        (MATCH, "  award: {calculated", "  ¦counts: prize.amount\n  award: {calculated", None, "no `counts`"),
        # Items
        (MATCH, "item: prize in prizes", "item: prize in ¦prices", "prizes", "no list"),
        (MATCH, "item: prize in prizes", "item: ¦prizes", None, "<word> in <list>"),
        (MATCH, "item: prize in prizes", "item: ¦staff in prizes", None, "means something else"),
        (MATCH, "item: prize in prizes", "item: ¦ratio in prizes", None, "means something else"),
        (MATCH, "id: prize.prize_id", "id: ¦prize.priz_id", "prize.prize_id", "no field"),
        (MATCH, "id: prize.prize_id", "id: ¦prize.project", "prize.prize_id", "not optional"),
        (MATCH, "keys: {project: prize.project}", "keys: {project: ¦prize.amount}", None, "a key is"),
        (LOANS, "  counts: prize.amount\n", "  counts: ¦prize.amont\n", "prize.amount", "no field"),
        (LOANS, "  counts: prize", "  ¦count: prize\n  counts: prize", "counts", "unknown key"),
        # Limits
        (GRANT, LIMITS, "limits: [¦onec]", "once", "begins with once"),
        (GRANT, LIMITS, "limits: [once per ¦yaer]", "year", "unknown name"),
        (GRANT, LIMITS, "limits: [once per ¦staff.levl]", "staff.level", "unknown name"),
        (GRANT, LIMITS, "limits: [once per ¦staff.total]", None, "a choice"),
        (GRANT, LIMITS, "limits: [once per ¦item]", None, "needs an `each` with an `id`"),
        (GRANT, LIMITS, "limits: [once per year ¦fro anyone]", "for", "unexpected 'fro'"),
        (GRANT, LIMITS, "limits: [once, ¦once]", None, "same limit twice"),
        (GRANT, LIMITS, "limits: [once per staff.level, ¦once per applicant.kind]", None, "only one fact"),
        (GRANT, LIMITS, "limits: [¦best 3]", None, "among the items"),
        (GRANT, LIMITS, "limits: [first 3 by ¦staff.since]", None, "of the item"),
        (GRANT, LIMITS, "limits: [at most ¦3.5 awards per year]", None, "3.5 is no count"),
        (GRANT, LIMITS, "limits: [at most amount per ¦item]", None, "needs an `each` with an `id`"),
        (GRANT, LIMITS, "limits: [at most ¦0 per year]", None, "above 0"),
        (GRANT, LIMITS, "limits: [at most ¦amuont per year]", "amount", "unknown name"),
        (GRANT, LIMITS, "limits: [at most ¦staff.pay per year]", None, "an amount or a parameter"),
        (GRANT, LIMITS, "limits: [at most 3 awards ¦topped up]", None, "once, best or first"),
        (GRANT, LIMITS, "limits: [once per year and ¦year]", None, "twice"),
        (GRANT, LIMITS, "limits: [{limit: once, when: ¦staff.green}]", None, "readings and parameters"),
        (MATCH, ONCE, "limits: [once per ¦staff.level]", None, "ledger: {keys: [staff.level]}"),
        (MATCH, ONCE, "limits: [once per ¦prize.level]", None, "ledger: {keys: [prize.level]}"),
        (GRANT, LIMITS, "limits: [at most ¦0 awards]", None, "above 0"),
        (GRANT, LIMITS, "limits: [at most ¦awards]", None, "expected a number"),
        (GRANT, LIMITS, "limits: [¦at mots 3 awards]", "at most", "begins with once"),
        (GRANT, LIMITS, "limits: [once ¦for evryone]", "for anyone", "unexpected 'for'"),
        (GRANT, LIMITS, "limits: [at most 3 awards ¦for anyone]", None, "goes with `once` alone"),
        (GRANT, LIMITS, "limits: [at most 3 awards per ¦staff.level and year]", None, "ledger: {keys"),
        (GRANT, LIMITS, "limits: [at most 3 awards per¦]", None, "expected year"),
        (GRANT, LIMITS, "limits: [at most 3 awards, ¦at most 5 awards]", None, "same limit twice"),
        (GRANT, LIMITS, "limits: [at most 3 awards by ¦staff.level]", None, "only best and first"),
        (MATCH, ONCE, "limits: [best 3, ¦once per item]", None, "stands before best"),
        (MATCH, ONCE, "limits: [best 3 by ¦prize.first]", None, "rank by a number"),
        (MATCH, ONCE, "limits: [best 3 by prize.amount ¦form item]", "for", "unexpected 'form'"),
        (MATCH, ONCE, "limits: [best 3 per ¦prize.amount]", None, "is per a fact or field"),
        (MATCH, ONCE, "limits: [at most 300 per ¦prize.level and year]", None, "ledger: {keys"),
        (MATCH, ONCE, "limits: [once per item ¦topped up for anyone]", None, "not taken off"),
        (LOANS, "once per item and year", "at most 5 per ¦item", None, "where each item is awarded"),
        (LOANS, LOAN_LIMITS, UNNAMED_LOANS, None, "need an `id`"),
        # Flags and obligations
        (MATCH, "paid(this) < due", "paid(this) < ¦granted", None, "no meaning here"),
        (GRANT, "    unless: applicant.town in towns", "    unless: ¦due > 5", None, "no meaning here"),
        (GRANT, "    unless: applicant.town in towns", "    ¦unles: applicant.town in towns", "unless", "unknown key"),
        (GRANT, "{zh: 请核对,", '{zh: "请核对 ¦{value}",', None, "no braces"),
        (MATCH, DUE, "    at_least: ratio * ¦grantd\n", "granted", "unknown name"),
        (MATCH, "    per: item\n", "    per: ¦line\n", "item", "always item"),
        (MATCH, "    per: item\n", "    per: item\n    round: ¦upp\n", "up", "one of half up"),
        (MATCH, '{zh: "{item} 至少 {at_least}",', '{zh: "¦{itm} 至少",', "{item}", "in braces"),
        # Measures
        (GRANT, "clause: 一\n", "¦claus: 一\nclause: 一\n", "clause", "unknown key"),
        (GRANT, "clause: 一\n", "clause: 一\ninstalments: ¦[]\n", None, "two or more"),
        (GRANT, "title: {zh: 资助, en: Grant}", "title: ¦{zh: 资助}", "en", "both languages"),
        (GRANT, "ledger: {key: small.old-grant}", "ledger: {key: ¦Small}", None, "ledger key"),
        (GRANT, "ledger: {key: small.old-grant}", "ledger: {key: x, keys: [¦staff.total]}", None, "keeps a choice"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(
    path: str, old: str, new: str, suggestion: str | None, says: str
) -> None:
    check(path, old, new, suggestion, says)


def test_an_award_in_neither_place_is_missing() -> None:
    found = errors_of({**PACK, LOANS: PACK[LOANS].replace(OUTER + "\n", "")})
    assert [(error.line, error.column, error.suggestion) for error in found] == [(1, 1, "award")]


def test_an_obligation_per_item_needs_items_that_are_awarded() -> None:
    duty = "obligations:\n  x: {at_least: 50, per: item, says: {zh: 甲, en: A}}\n"
    found = errors_of({**PACK, LOANS: PACK[LOANS] + duty})
    assert [(error.line, error.column, error.message.en) for error in found] == [
        (12, 26, "no item is awarded on its own here")
    ]


def test_what_an_official_decides_grants_no_figure_to_oblige_by() -> None:
    text = PACK[MATCH].replace(
        "award: {calculated: ratio * prize.amount}", "award: {up_to: ratio * prize.amount}"
    )
    found = errors_of({**PACK, MATCH: text})
    assert [error.message.en for error in found] == ["'granted' has no meaning here"]
