"""The golden cases once more through a real socket, and rubbish that only a socket can send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

GOLDEN = Path(__file__).parents[1] / "yanhu" / "golden.json"
PATH = "/v1/policies/yanhu-ip/evaluations"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text("utf-8"))


def test_golden_cases_over_a_real_socket(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        for case in CASES:
            answer = client.post(PATH, json=case["request"])
            assert answer.status_code == 200, answer.text
            found = {m["id"]: m["verdict"] for m in answer.json()["measures"]}
            assert found == {name: expected["verdict"] for name, expected in case["expect"].items()}


def test_the_same_bytes_twice(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        first, second = (client.post(PATH, json=CASES[0]["request"]).content for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b"9" * 5000, b'{"a":"\xff"}', b'{"year": NaN}', b'"\\ud800"']
)
def test_rubbish_is_the_callers_mistake(address: str, content: bytes) -> None:
    answer = httpx.post(address + PATH, content=content, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_body_sent_in_pieces_past_one_mebibyte_is_refused(address: str) -> None:
    pieces = (b" " * 65_536 for _ in range(17))
    answer = httpx.post(address + PATH, content=pieces, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("application/problem+json")
