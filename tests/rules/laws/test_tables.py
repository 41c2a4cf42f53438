"""Tables: the row in force by day, by code and year; rows that are not there; by hand, and both engines alike."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rules.laws.firms import DAY, decide, missing, policy_of, refused, same_in_columns, yuan

LPR = """
tables:
  lpr:
    by: date
    gives: percent
    from: {2023-08-21: 3.45%, 2024-10-21: 3.1%, 2025-05-20: 3%}
    until: 2026-12-31
    label: [一年期贷款市场报价利率, one-year loan prime rate]
"""
RATE = "award:\n  calculated: firm.spent * min(firm.rate, lpr(firm.founded))"
LEVELS = """
tables:
  allowance:
    by: [levels, year]
    gives: money
    rows: {high: {2025: 300, 2026: 310.5}, middle: {2026: 20}}
"""
ALLOWED = "award:\n  calculated: allowance(firm.level, year) * firm.staff"


@pytest.mark.parametrize(
    ("day", "rate", "amount"),
    [
        (date(2023, 8, 21), 50_000_000, 3450),  # the first day of a row is its own: 3.45 % of 100,000
        (date(2024, 10, 20), 50_000_000, 3450),
        (date(2024, 10, 21), 50_000_000, 3100),
        (date(2024, 10, 21), 2_500_000, 2500),  # the loan's own 2.5 % is lower
        (date(2026, 12, 31), 50_000_000, 3000),  # until, its day included
    ],
)
def test_the_row_in_force_on_a_day(day: date, rate: int, amount: int) -> None:
    found = decide(policy_of(RATE, LPR), founded=day, rate=rate, spent=100_000_00)
    assert yuan(found) == (amount, amount)


@pytest.mark.parametrize("day", [date(2023, 8, 20), date(2027, 1, 1)])
def test_outside_its_rows_a_table_is_unknown_and_it_is_what_is_missing(day: date) -> None:
    found = decide(policy_of(RATE, LPR), date(2028, 1, 1), founded=day, rate=50_000_000, spent=100_000_00)
    assert found.verdict == "undetermined"
    assert missing(found) == ["lpr"]


def test_a_low_rate_of_its_own_needs_no_row() -> None:
    found = decide(policy_of(RATE, LPR), founded=date(2020, 1, 1), rate=0, spent=100_000_00)
    assert found.verdict == "ineligible"
    assert missing(found) == []


def test_an_unknown_day_ranges_over_the_rows() -> None:
    found = decide(policy_of(RATE, LPR), rate=50_000_000, spent=100_000_00)
    assert found.verdict == "undetermined"
    assert missing(found) == ["firm.founded"]


@pytest.mark.parametrize(
    ("level", "year", "amount"),
    [("high", 2025, 600), ("high", 2026, 621), ("middle", 2026, 40)],  # two people
)
def test_rows_by_code_and_year(level: str, year: int, amount: int) -> None:
    found = decide(policy_of(ALLOWED, LEVELS), date(year, 6, 1), level=level, staff=2)
    assert yuan(found) == (amount, amount)


@pytest.mark.parametrize(("level", "year"), [("low", 2026), ("middle", 2025), ("high", 2024)])
def test_a_code_or_year_without_a_row_is_unknown(level: str, year: int) -> None:
    found = decide(policy_of(ALLOWED, LEVELS), date(year, 6, 1), level=level, staff=2)
    assert (found.verdict, missing(found)) == ("undetermined", ["allowance"])


def test_a_notice_replaces_a_row_and_adds_one() -> None:
    notice = """
notices:
  '2026':
    year: 2026
    published: 2026-03-01
    tables: {allowance: {high: {2026: 400}, low: {2026: 5}}}
"""
    policy = policy_of(ALLOWED, LEVELS + notice)
    assert yuan(decide(policy.as_read(2026, DAY), level="high", staff=2))[0] == 800
    assert yuan(decide(policy.as_read(2026, DAY), level="low", staff=2))[0] == 10
    assert (
        yuan(decide(policy.as_read(2026, date(2026, 2, 1)), date(2026, 2, 1), level="high", staff=2))[0]
        == 621
    )


@pytest.mark.parametrize(
    ("measure", "before"),
    [(RATE, LPR), (ALLOWED, LEVELS), ("require: [firm.rate <= lpr(firm.founded)]\naward: {fixed: 5}", LPR)],
)
def test_columns_say_the_same(measure: str, before: str) -> None:
    same_in_columns(policy_of(measure, before))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2024-10-21: 3.1%", "2023-01-01: 3.1%", "ascend"),
        ("2024-10-21: 3.1%", "2024-10-21: 3.1", "written with %"),
        ("2024-10-21: 3.1%", "2024-10-21: three", "is a number"),
        ("until: 2026-12-31", "until: 2025-05-19", "before the last row"),
        ("gives: percent", "gives: percnt", "is one of"),
        ("by: date", "by: dat", "or a choice"),
        ("2023-08-21", "2023-08-32", "day"),
        ("by: date", "by: levels", "under `rows`"),
        ("gives: percent", "gives: percent\n    unit: x", "unknown key 'unit'"),
    ],
)
def test_a_mistake_in_a_table_is_told_on_its_line(old: str, new: str, says: str) -> None:
    found = refused(RATE, LPR.replace(old, new))
    assert says in found[0][1], found


@pytest.mark.parametrize(
    ("award", "says"),
    [
        ("firm.spent * lrp(firm.founded)", "no function or table 'lrp'"),
        ("firm.spent * lpr(firm.level)", "date"),
        ("firm.spent * lpr(firm.founded, year)", "takes date"),
        ("firm.spent * lpr", "lpr"),
    ],
)
def test_a_table_is_called_with_the_keys_that_it_has(award: str, says: str) -> None:
    found = refused(f"award:\n  calculated: {award}", LPR)
    assert any(says in words for _, words in found), found


def test_a_table_takes_no_name_that_means_something_else() -> None:
    found = refused("award: {fixed: 5}", LPR.replace("lpr:", "min:", 1))
    assert found == [("min:", "the name 'min' means something else already")]
