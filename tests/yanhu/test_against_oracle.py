"""The engine and the oracle agree on generated requests: unknowns, boundaries, histories, funding."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.yanhu.cases import shape
from tests.yanhu.deciding import decide
from tests.yanhu.engine import yanhu
from tests.yanhu.generating import REQUESTS


def as_parsed(body: Any) -> Any:
    """The body as the service's parser gives it: decimals exact."""
    return json.loads(json.dumps(body), parse_float=Decimal)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(REQUESTS)
def test_engine_and_oracle_agree(body: dict[str, Any]) -> None:
    answer = yanhu().decide(as_parsed(body))
    expected = decide(body)
    found = {m["id"]: shape(m) for m in answer["measures"]}
    assert list(found) == list(expected["measures"])
    for measure, wanted in expected["measures"].items():
        assert {measure: found[measure]} == {measure: wanted}
    assert answer["totals"] == expected["totals"]
