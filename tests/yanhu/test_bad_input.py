"""Every refusal: the status, a problem document, and where and what in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.yanhu.cases_bad import BAD, SEVERAL, SEVERAL_AT, Bad
from tests.yanhu.serving import PATH

if TYPE_CHECKING:
    import httpx

    from tests.yanhu.serving import Service

CODES = {
    *("required", "type", "choice", "range", "format", "unknown_field"),
    *("duplicate_id", "relation", "check_character", "length", "text"),
}


def send(service: Service, bad: Bad) -> httpx.Response:
    headers = {} if bad.content_type is None else {"content-type": bad.content_type}
    return service.post(PATH + bad.query, content=bad.content, headers=headers)


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert problem["status"] == answer.status_code
    return problem


@pytest.mark.parametrize("bad", BAD, ids=[b.name for b in BAD])
def test_bad_input_is_refused_where_it_is_wrong(service: Service, bad: Bad) -> None:
    answer = send(service, bad)
    assert answer.status_code == bad.status, answer.text
    problem = problem_of(answer)
    if bad.status == 422:
        errors = problem["errors"]
        assert all(e["code"] in CODES for e in errors)
        assert all(e["message"]["zh"] and e["message"]["en"] for e in errors)
        if bad.pointer is not None:
            assert [e["pointer"] for e in errors] == [bad.pointer]
        if bad.code is not None:
            assert errors[0]["code"] == bad.code
    if bad.status == 400:
        assert "line" in problem["detail"] or "column" in problem["detail"] or "UTF-8" in problem["detail"]


def test_all_mistakes_come_at_once_in_body_order(service: Service) -> None:
    answer = service.post(content=SEVERAL, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert [e["pointer"] for e in problem_of(answer)["errors"]] == SEVERAL_AT


def test_at_most_a_hundred_errors_are_listed(service: Service) -> None:
    body = {"applicant": {f"wrong{i}": 1 for i in range(150)}}
    answer = service.post(json=body)
    assert answer.status_code == 422
    assert len(problem_of(answer)["errors"]) == 100


def test_an_answer_never_repeats_what_was_sent(service: Service) -> None:
    body = {"applicant": {"name": "张三的秘密", "uscc": "x", "idcard": "140802199001010017"}}
    text = service.post(json=body).text
    assert "张三的秘密" not in text
    assert "140802199001010017" not in text


def test_an_unknown_policy_is_not_found(service: Service) -> None:
    answer = service.post("/v1/policies/yanhu-pi/evaluations", json={})
    assert answer.status_code == 404
    problem_of(answer)
