"""An evaluation over HTTP: the bytes of the engine, the trace when asked for, today by default."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from app.schemas.answers import EvaluationAnswer
from tests.http.asking import GOOD, PATH
from tests.yanhu.engine import yanhu

if TYPE_CHECKING:
    from tests.yanhu.serving import Service


def test_the_answer_is_the_engines_bytes(service: Service) -> None:
    answer = service.post(json=GOOD)
    assert answer.content == yanhu().answer(GOOD)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


def test_the_answer_is_what_the_document_says(service: Service) -> None:
    every = {**GOOD, "measures": None}
    for body in (GOOD, every):
        found = service.evaluate(body)
        EvaluationAnswer.model_validate(found, strict=False)
        assert list(found) == list(EvaluationAnswer.model_fields)


def test_without_a_day_it_is_today_in_china(service: Service) -> None:
    body = {name: value for name, value in GOOD.items() if name != "as_of"}
    before = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    found = service.evaluate(body)
    assert found["as_of"] in (before.isoformat(), (before + timedelta(days=1)).isoformat())
    assert found["year"] == int(found["as_of"][:4])


def test_the_trace_comes_when_it_is_asked_for(service: Service) -> None:
    plain = service.evaluate(GOOD)
    assert all("trace" not in measure for measure in plain["measures"])
    assert service.post(f"{PATH}?trace=false", json=GOOD).json() == plain
    traced = service.post(f"{PATH}?trace=true", json=GOOD).json()
    (measure,) = traced["measures"]
    assert codes_of(measure.pop("trace")) >= {reason["code"] for reason in measure["reasons"]}
    assert traced == plain


def codes_of(node: dict[str, Any]) -> set[str]:
    return {node["code"]}.union(*(codes_of(part) for part in node["of"]))
