"""The given golden cases, as they are, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.yanhu.cases import seen

if TYPE_CHECKING:
    from tests.yanhu.serving import Service

GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text("utf-8"))
PLAIN = ("verdict", "amount", "ceiling", "potential", "kind", "missing", "codes", "lines", "shortfall")


@pytest.mark.parametrize("golden", GOLDEN, ids=[g["name"] for g in GOLDEN])
def test_golden_case_over_http(service: Service, golden: dict[str, Any]) -> None:
    found = {m["id"]: seen(m) for m in service.evaluate(golden["request"])["measures"]}
    assert set(found) == set(golden["expect"])
    for measure, expected in golden["expect"].items():
        got = found[measure]
        assert set(expected) <= {*PLAIN, "obligation"}
        assert {k: got[k] for k in PLAIN if k in expected} == {k: expected[k] for k in PLAIN if k in expected}
        if "obligation" in expected:
            assert list(got["due"].values()) == [expected["obligation"]]
