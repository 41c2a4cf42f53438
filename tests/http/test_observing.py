"""Request ids, metrics and logs: enough to find a request again, nothing of what it held."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.logs import configure_logs
from app.main import create_app
from tests.http.asking import GOOD, PATH, POLICY, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from tests.yanhu.serving import Service

CANARY = "金丝雀420104199001010017"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@contextlib.contextmanager
def logged() -> Iterator[list[dict[str, Any]]]:
    """The log lines written in the block, as the service writes them."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logs("DEBUG")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    lines: list[dict[str, Any]] = []
    try:
        yield lines
    finally:
        root.handlers, level = before
        root.setLevel(level)
        lines.extend(json.loads(line) for line in stream.getvalue().splitlines())


def ask(app: FastAPI, method: str, path: str, **arguments: Any) -> httpx.Response:
    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.request(method, path, **arguments)

    return asyncio.run(once())


@pytest.mark.parametrize("sent", ["abc-123", "0195:a_b.c~d", "x" * 128])
def test_a_safe_request_id_is_kept(service: Service, sent: str) -> None:
    assert service.get(POLICY, headers={"x-request-id": sent}).headers["x-request-id"] == sent
    problem = refused(service.get("/nowhere", headers={"x-request-id": sent}), 404, "not-found")
    assert problem["request_id"] == sent


@pytest.mark.parametrize("sent", [None, "", "x" * 129, "a b", "<script>", 'a"b', "a\tb", "é".encode()])
def test_any_other_gives_way_to_a_new_one(service: Service, sent: str | bytes | None) -> None:
    headers = {} if sent is None else {"x-request-id": sent}
    found = service.get(POLICY, headers=headers).headers["x-request-id"]
    assert uuid.UUID(found).version == 7


def test_requests_are_counted_by_route_and_status(service: Service) -> None:
    service.post(json=GOOD)
    service.post("/v1/policies/none/evaluations", json=GOOD)
    service.get(f"{POLICY}/measures/patent-grants")
    service.get(f"/nowhere/{CANARY}")
    service.request("PROPFIND", "/v1/policies")
    service.request("HEAD", "/livez")
    text = service.get("/metrics").text
    for labels in (
        'method="POST",route="/v1/policies/{policy}/evaluations",status="200"',
        'method="POST",route="/v1/policies/{policy}/evaluations",status="404"',
        'method="GET",route="/v1/policies/{policy}/measures/{measure}",status="200"',
        'method="GET",route="unmatched",status="404"',
        'method="other",route="/v1/policies",status="405"',
        'method="HEAD",route="/livez",status="200"',
    ):
        assert f"duixian_http_requests_total{{{labels}}}" in text
    assert 'duixian_http_request_seconds_count{route="/v1/policies/{policy}/evaluations"}' in text
    assert CANARY not in text


def test_evaluations_are_counted_by_policy_and_verdict(service: Service) -> None:
    def counted() -> tuple[float, float]:
        values = {
            line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in service.get("/metrics").text.splitlines()
            if not line.startswith("#")
        }
        return (
            values.get('duixian_evaluations_total{policy="yanhu-ip"}', 0.0),
            values.get('duixian_verdicts_total{policy="yanhu-ip",verdict="ineligible"}', 0.0),
        )

    before = counted()
    service.post(json=GOOD)
    lines = "\n".join(json.dumps(GOOD) for _ in range(2))
    service.post(f"{PATH}/batch", content=lines, headers={"content-type": "application/x-ndjson"})
    assert counted() == (before[0] + 3, before[1] + 3)


def test_each_request_has_one_line_with_its_id_and_trace() -> None:
    app = create_app()
    with logged() as lines:
        headers = {"x-request-id": "r-1", "traceparent": TRACEPARENT}
        ask(app, "POST", f"{PATH}?trace=true", json=GOOD, headers=headers)
        ask(app, "POST", PATH, json={}, headers={"traceparent": "00-zz-1"})
    first, second = [line for line in lines if line["event"] == "request"]
    assert first["level"] == second["level"] == "info"
    assert first["request_id"] == "r-1"
    assert first["traceparent"] == TRACEPARENT
    assert first["route"] == "/v1/policies/{policy}/evaluations"
    assert (first["method"], first["status"], second["status"]) == ("POST", 200, 422)
    assert first["milliseconds"] > 0
    assert "traceparent" not in second


def test_nothing_that_was_sent_reaches_logs_metrics_or_problems() -> None:
    app = create_app()
    who = {**GOOD["applicant"], "name": CANARY}
    bodies: list[Any] = [
        {**GOOD, "applicant": who},
        {**GOOD, "applicant": {**who, "uscc": CANARY}},
        {**GOOD, "measures": [CANARY]},
        {**GOOD, "applicant": {**who, "kind": CANARY, "size": 7}},
        {**GOOD, "assume": {"applicant.size": CANARY}},
        {**GOOD, "history": [{"measure": CANARY, "year": 2026, "amount": CANARY}]},
    ]
    ndjson = {"content-type": "application/x-ndjson"}
    with logged() as lines:
        answers = [ask(app, "POST", PATH, json=body) for body in bodies]
        answers.append(
            ask(app, "POST", PATH, content=f'{{"a": "{CANARY}"', headers={"content-type": "application/json"})
        )
        batch = "\n".join(json.dumps(body) for body in bodies)
        ask(app, "POST", f"{PATH}/batch", content=batch, headers=ndjson)
        ask(app, "GET", f"/v1/policies/{CANARY}?{CANARY}={CANARY}")
        ask(app, "GET", f"{POLICY}?as_of={CANARY}&version={CANARY}")
        metrics = ask(app, "GET", "/metrics").text
    assert answers[0].status_code == 200
    assert [answer.status_code for answer in answers[1:]] == [422] * 5 + [400]
    assert all(CANARY not in answer.text for answer in answers[1:])
    assert CANARY not in json.dumps(lines, ensure_ascii=False)
    assert CANARY not in metrics


def test_a_failure_is_a_problem_and_its_text_stays_inside() -> None:
    app = create_app()

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError(CANARY)

    with logged() as lines:
        answer = ask(app, "GET", "/broken", headers={"x-request-id": "r-2"})
    refused(answer, 500, "internal-error")
    assert CANARY not in answer.text
    assert CANARY not in json.dumps(lines, ensure_ascii=False)
    (failure,) = [line for line in lines if line["event"] == "request failed"]
    assert (failure["level"], failure["error"], failure["request_id"]) == ("error", "RuntimeError", "r-2")
    assert failure["at"][-1].endswith(" broken")
