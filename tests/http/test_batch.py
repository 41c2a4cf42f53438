"""Batches over HTTP in this process: what each line is answered with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.schemas.batches import BatchErrorLine, BatchResultLine, BatchSummaryLine
from tests.http.asking import GOOD, PATH

if TYPE_CHECKING:
    from tests.yanhu.serving import Service

HEADERS = {"content-type": "application/x-ndjson"}


def batch(service: Service, content: bytes) -> tuple[list[Any], dict[str, int]]:
    answer = service.post(f"{PATH}/batch", content=content, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.text.endswith("\n")
    *lines, last = [json.loads(line) for line in answer.text.splitlines()]
    BatchSummaryLine.model_validate(last)
    for line in lines:
        (BatchResultLine if "result" in line else BatchErrorLine).model_validate(line)
    return lines, last["summary"]


def line(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode() + b"\n"


def test_lines_are_what_single_evaluations_answer(service: Service) -> None:
    lines, summary = batch(service, line(ref="a") + line(ref=7) + line(ref=None) + line())
    single = service.evaluate(GOOD)
    assert [one["ref"] for one in lines] == ["a", 7, None, None]
    assert [one["line"] for one in lines] == [1, 2, 3, 4]
    assert all(one["result"] == single for one in lines)
    assert summary == {"lines": 4, "results": 4, "errors": 0}


def test_an_empty_batch_has_only_its_summary(service: Service) -> None:
    assert batch(service, b"") == ([], {"lines": 0, "results": 0, "errors": 0})


def test_blank_lines_are_skipped_but_counted(service: Service) -> None:
    lines, summary = batch(service, b"\n" + line() + b"  \t\r\n\n" + line().strip())
    assert [one["line"] for one in lines] == [2, 5]
    assert summary == {"lines": 5, "results": 2, "errors": 0}


def test_a_bad_line_is_answered_in_its_place_and_stops_nothing(service: Service) -> None:
    too_long = json.dumps({**GOOD, "ref": "x" * (1 << 20)}).encode() + b"\n"
    content = b"{\n" + line(ref="two", wrong=1) + too_long + b'"text"\n\xff\n' + line(ref="six")
    lines, summary = batch(service, content)
    assert [one.get("error", {}).get("status") for one in lines] == [400, 422, 413, 422, 400, None]
    assert [one["ref"] for one in lines] == [None, "two", None, None, None, "six"]
    assert summary == {"lines": 6, "results": 1, "errors": 5}
    (error,) = lines[1]["error"]["errors"]
    assert (error["pointer"], error["code"]) == ("/wrong", "unknown_field")
    assert all(one["error"]["instance"] == f"{PATH}/batch" for one in lines[:5])
    assert [one["error"]["type"] for one in lines[:3]] == [
        "/problems/not-json",
        "/problems/invalid-request",
        "/problems/body-too-large",
    ]


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        *((True, "type"), (1.5, "type"), ([], "type"), ({}, "type"), (2**53, "range"), (-(2**53), "range")),
        *(("x" * 201, "length"), ("a\x00b", "text"), ("\ud800", "text"), ("a\nb", "text")),
    ],
)
def test_a_ref_is_short_text_or_an_integer(service: Service, ref: Any, code: str) -> None:
    lines, _ = batch(service, line(ref=ref) + line(ref=ref, wrong=1))
    first, second = [one["error"]["errors"] for one in lines]
    assert [(e["pointer"], e["code"]) for e in first] == [("/ref", code)]
    assert [e["pointer"] for e in second] == ["/ref", "/wrong"]
    assert [one["ref"] for one in lines] == [None, None]


def test_a_line_without_its_newline_at_the_end_counts(service: Service) -> None:
    lines, summary = batch(service, line() + line().strip())
    assert [one["line"] for one in lines] == [1, 2]
    assert summary["lines"] == 2
