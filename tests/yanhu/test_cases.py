"""The hand-worked cases over HTTP, each also held against the oracle, so that neither drifts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.yanhu.cases import CASES, differences, shape
from tests.yanhu.deciding import decide

if TYPE_CHECKING:
    from tests.yanhu.asking import Case
    from tests.yanhu.serving import Service

IDS = [f"{next(iter(c.expect))}: {c.name}" for c in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_case_worked_by_hand(service: Service, case: Case) -> None:
    assert differences(case, service.evaluate(case.request)) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_oracle_agrees_on_the_case(service: Service, case: Case) -> None:
    answer = service.evaluate(case.request)
    expected = decide(case.request)
    assert {m["id"]: shape(m) for m in answer["measures"]} == expected["measures"]
    assert answer["totals"] == expected["totals"]


def test_case_names_are_unique() -> None:
    assert len(set(IDS)) == len(IDS)
