"""A batch over HTTP: its lines are what single evaluations answer, however it is split."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.yanhu.generating import REQUESTS
from tests.yanhu.serving import PATH

if TYPE_CHECKING:
    from tests.yanhu.serving import Service

HEADERS = {"content-type": "application/x-ndjson"}


def batch(service: Service, lines: list[Any]) -> tuple[list[Any], Any]:
    content = "".join(json.dumps(line) + "\n" for line in lines)
    answer = service.post(f"{PATH}/batch", content=content.encode(), headers=HEADERS)
    assert answer.status_code == 200, answer.text
    *results, summary = [json.loads(line) for line in answer.text.splitlines()]
    return results, summary["summary"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(REQUESTS, min_size=1, max_size=6), st.data())
def test_splitting_a_batch_changes_nothing(service: Service, bodies: list[Any], data: st.DataObject) -> None:
    broken = data.draw(st.sampled_from([None, 0, len(bodies) - 1]))
    if broken is not None:
        bodies[broken] = {**bodies[broken], "wrong": 1}
    bodies = [{**body, "ref": f"r{i}"} for i, body in enumerate(bodies)]
    cut = data.draw(st.integers(0, len(bodies)))
    whole, summary = batch(service, bodies)
    first, _ = batch(service, bodies[:cut])
    second, _ = batch(service, bodies[cut:])
    assert [without_line(x) for x in whole] == [without_line(x) for x in (*first, *second)]
    assert [x["line"] for x in whole] == list(range(1, len(bodies) + 1))
    errors = 0 if broken is None else 1
    assert summary == {"lines": len(bodies), "results": len(bodies) - errors, "errors": errors}
    for position, (body, line) in enumerate(zip(bodies, whole, strict=True)):
        assert line["ref"] == body["ref"]
        assert ("error" in line) == (position == broken)
        if position != broken:
            single = {key: value for key, value in body.items() if key != "ref"}
            assert line["result"] == service.evaluate(single)


def without_line(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "line"}
