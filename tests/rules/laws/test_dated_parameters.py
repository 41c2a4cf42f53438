"""Parameters by year and by day: the row in force, by hand, in both engines, under notices and what-ifs."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.altering import alter
from app.rules.input.mistakes import InputErrors
from app.rules.loading import load_policy
from tests.rules.laws.firms import DAY, decide, pack, policy_of, refused, same_in_columns, yuan

BOTH = """
parameters:
  rate: {2024: 10%, 2026: 20%}
  most: {2024-01-01: 1000, 2026-07-01: 1500}
require: [firm.staff >= few]
award: {calculated: rate * firm.spent, cap: most}
limits: [at most most per year]
"""
WIDE = "parameters: {few: {2020: 5, 2023: 10, 2025: 20}}\n"
NOTICED = """
notices:
  '2026':
    year: 2026
    published: 2026-03-01
    parameters: {reward.rate: 30%}
"""


@pytest.mark.parametrize(
    ("day", "year", "staff", "amount"),
    [
        (date(2024, 5, 1), 2024, 10, 600),  # 10 % of 6,000; ten people are enough
        (date(2025, 12, 31), 2025, 19, 0),  # twenty are asked for from 2025 on
        (date(2025, 12, 31), 2025, 20, 600),
        (date(2026, 6, 30), 2026, 20, 1000),  # 20 % of 6,000 is 1,200, capped
        (date(2026, 7, 1), 2026, 20, 1200),  # the cap of 1,500 from July on
        (date(2026, 7, 1), 2025, 20, 600),  # the year of the request is not its day
    ],
)
def test_the_row_in_force_decides(day: date, year: int, staff: int, amount: int) -> None:
    policy = policy_of(BOTH, WIDE).as_read(year, day)
    assert yuan(decide(policy, day, year, staff=staff, spent=6000_00))[0] == amount


def test_a_policy_reads_itself_as_in_its_last_term_and_shows_the_rows() -> None:
    policy = policy_of(BOTH, WIDE)
    parameters = policy.measures[0].parameters
    assert parameters["rate"].value == 20_000_000
    assert parameters["rate"].rows == (("2024", 10_000_000), ("2026", 20_000_000))
    assert parameters["most"].rows == (("2024-01-01", 1000_00), ("2026-07-01", 1500_00))
    assert parameters["few"].rows == (("2023", 10), ("2025", 20))
    assert policy.on(2028, date(2028, 1, 1)).measures[0].limits[0].cap == 1500_00
    assert policy.on(2025, date(2025, 1, 1)).measures[0].limits[0].cap == 1000_00
    assert len(policy.terms) == 6
    assert {term.policy.digest for term in policy.terms} == {policy.digest}


@pytest.mark.parametrize("day", [date(2024, 5, 1), date(2026, 6, 30), date(2026, 7, 1)])
def test_columns_say_the_same_in_every_term(day: date) -> None:
    same_in_columns(policy_of(BOTH, WIDE).as_read(day.year, day), day)


def test_a_notice_replaces_the_row_of_its_year() -> None:
    policy = policy_of(BOTH, WIDE + NOTICED)
    firm = {"staff": 20, "spent": 1000_00}
    for day, amount in ((date(2026, 2, 28), 200), (date(2026, 3, 1), 300), (date(2027, 1, 1), 200)):
        assert yuan(decide(policy.as_read(day.year, day), day, **firm))[0] == amount


def test_every_term_and_every_notice_of_it_is_known_by_the_digest_of_the_whole_pack() -> None:
    files = {"policy.yaml": pack(BOTH, WIDE + NOTICED)}
    policy = load_policy(files)
    read = [policy, *(term.policy for term in policy.terms)]
    read += [notice.policy for one in read for notice in one.notices]
    assert len(read) == 14
    assert {one.digest for one in read} == {policy.digest}
    assert all(one.parts == policy.parts for one in read)
    later = load_policy({"policy.yaml": files["policy.yaml"].replace("{2024: 10%,", "{2024: 11%,")})
    assert later.digest != policy.digest


def test_a_what_if_changes_the_row_in_force() -> None:
    files = {"policy.yaml": pack(BOTH, WIDE)}
    firm = {"staff": 20, "spent": 1000_00}
    altered = alter(files, {"reward.rate": "50%", "few": 20}, year=2025, as_of=date(2025, 6, 1))
    assert yuan(decide(altered, date(2025, 6, 1), **firm))[0] == 500
    altered = alter(files, {"reward.rate": "50%"}, year=2026, as_of=DAY)
    assert yuan(decide(altered, **firm))[0] == 500
    with pytest.raises(InputErrors):
        alter(files, {"reward.rate": 5}, year=2026, as_of=DAY)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("{2026: 1000, 2024: 900}", "ascend"),
        ("{2024: 1000, 2025-01-01: 900}", "not both"),
        ("{2024-13-01: 1000}", "day"),
        ("{2025: 1000}", "begins no later"),
        ("{2024-01-02: 1000}", "begins no later"),
        ("{first: 1000}", "a year or a day"),
        ("{}", "has no row"),
        ("{2024: {a: 1}}", "text"),
        ("{2024: firm.spent}", "a number, percent, date"),
    ],
)
def test_a_mistake_in_the_rows_is_told_where_it_stands(rows: str, says: str) -> None:
    line = f"parameters: {{amount: {rows}}}"
    found = refused(f"{line}\naward: {{fixed: amount}}")
    assert found[0][0] == line
    assert says in found[0][1]


def test_what_is_wrong_with_one_row_only_says_with_which() -> None:
    found = refused("parameters: {most: {2024: 100, 2025: 400}}\naward: {fixed: 300, cap: most}")
    assert len(found) == 1
    assert found[0][1].startswith("with the rows from 2024 on: ")


def test_too_many_moments_are_refused() -> None:
    years = ", ".join(f"{year}: 1{year}" for year in range(2024, 2036))
    days = ", ".join(f"20{year}-{month:02}-01: 1" for year in range(24, 26) for month in range(1, 13))
    found = refused(f"parameters: {{a: {{{years}}}, b: {{{days}}}}}\naward: {{fixed: a, cap: b}}")
    assert "moments" in found[0][1]


def test_loading_a_pack_without_rows_gives_no_terms() -> None:
    policy = load_policy({"policy.yaml": pack("award: {fixed: 300}")})
    assert policy.terms == ()
    assert policy.on(2026, DAY) is policy
