"""Cases that turn on a fact and on what no request states: read, and decided alike by both engines."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.loading import load_policy
from tests.rules.laws.firms import DAY, decide, pack, same_in_columns, yuan

BEFORE = """  works: {list: [作品, works], item: {no: {id: [编号, no.]}, worth: {money: [价值, worth]}}}
tables:
  edge: {by: year, gives: count, rows: {2025: 10, 2026: 20}}
derived:
  large: {type: bool, label: [大, large], value: year >= 2026 and firm.staff >= 20}
"""
AWARD = """
award:
  fixed:
    cases:
      - {when: WHEN, then: 900}
      - {when: firm.staff < 20, then: 5}
"""
EACH = "each: {item: work in works, id: work.no, counts: work.worth}\n"


@pytest.mark.parametrize(
    ("when", "each"),
    [
        ("year >= 2026 and firm.staff >= 20", ""),
        ("as_of >= 2026-11-23 and firm.staff >= 20", ""),
        ("large and firm.staff < 100", ""),
        ("firm.staff >= edge(year)", ""),
        ("items >= 2 and firm.staff >= 20", EACH),
        ("counted >= 300 and firm.staff >= 20", EACH),
    ],
)
def test_tiers_of_a_fact_and_of_what_the_engine_knows(when: str, each: str) -> None:
    policy = load_policy({"policy.yaml": pack(each + AWARD.replace("WHEN", when), BEFORE)})
    same_in_columns(policy)
    if not each:
        assert yuan(decide(policy, staff=20)) == (900, 900)
        assert yuan(decide(policy, DAY, 2026, staff=19)) == (5, 5)
        assert yuan(decide(policy, date(2025, 11, 23), staff=9)) == (5, 5)
