"""A cap that is reached whatever the items come to settles the award, though no item was settled before it."""

from __future__ import annotations

import polars as pl
import pytest

from app.rules.columns.deciding import Columns
from app.rules.columns.schema import population_schema
from tests.rules.laws import several
from tests.rules.laws.firms import DAY, missing

GRANT = """
  grant:
    clause: 一
    title: {zh: 补助, en: grant}
    each:
      item: work in works
      id: work.no
      award: {calculated: work.cost + 500}
    limits: [at most CAP per year]
"""


@pytest.mark.parametrize(
    ("cap", "verdict", "amount"), [(500, "eligible", 500_00), (501, "undetermined", None)]
)
def test_a_cap_that_binds_whatever_the_cost_is(cap: int, verdict: str, amount: int | None) -> None:
    policy = several.policy_of(GRANT.replace("CAP", str(cap)), "grant")
    found = several.decide(policy, works=[{"no": "A"}])["grant"]
    assert (found.verdict, found.amount, found.potential) == (verdict, amount, cap * 100)
    assert missing(found) == ([] if amount else ["cost"])
    row = {
        "ref": "1", "applicant": {"name": "测", "uscc": "91140802MA0GT0018G"}, "history": None, "other_funding": None,
        "facts": {"firm": None, "works": [{"no": "A", "cost": None}]},
    }  # fmt: skip
    population = pl.DataFrame([row], schema=population_schema(policy))
    answer = Columns(policy, year=2026, as_of=DAY).decide(population).answers["grant"][0]
    assert (answer["verdict"], answer["amount"], answer["potential"]) == (verdict, amount, cap * 100)
