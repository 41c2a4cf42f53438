"""What HTTP itself can get wrong: methods, paths, media types, sizes. Always a problem, never the framework's page."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from app.routers.problem_kinds import KINDS
from tests.http.asking import GOOD, PATH, POLICY, refused

if TYPE_CHECKING:
    from tests.yanhu.serving import Service

BODY = json.dumps(GOOD).encode()
READ = "GET, HEAD"
ALLOWED = {
    "/v1/policies": f"{READ}, POST",
    POLICY: READ,
    f"{POLICY}/measures": READ,
    f"{POLICY}/measures/patent-grants": READ,
    f"{POLICY}/schema": READ,
    PATH: "POST",
    f"{PATH}/batch": "POST",
    "/livez": READ,
    "/readyz": READ,
    "/metrics": READ,
    "/problems": READ,
    "/problems/not-found": READ,
    "/openapi.json": READ,
    "/docs": READ,
}


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_method_that_is_not_supported_is_told_which_are(service: Service, path: str, method: str) -> None:
    answer = service.request(method, path)
    refused(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == ALLOWED[path]


@pytest.mark.parametrize("path", [path for path, allowed in ALLOWED.items() if allowed == READ])
def test_head_is_get_without_the_body(service: Service, path: str) -> None:
    got, head = service.get(path), service.request("HEAD", path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    if path != "/metrics":
        assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers.get("etag") == got.headers.get("etag")


def test_head_where_only_post_is_supported(service: Service) -> None:
    answer = service.request("HEAD", PATH)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.content == b""


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v1/", "/v1/policies/", f"{POLICY}/", f"{PATH}/", "/V1/policies", "/v1/policies/%00"],
)
def test_another_path_is_not_found_and_never_redirected(service: Service, path: str) -> None:
    refused(service.get(path), 404, "not-found")


def test_a_path_is_repeated_percent_encoded_only(service: Service) -> None:
    problem = refused(service.get("/v1/政策/<script>"), 404, "not-found")
    assert problem["instance"] == "/v1/%E6%94%BF%E7%AD%96/%3Cscript%3E"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON;Charset=UTF-8",
        'application/json ; charset="utf-8"',
        "application/json; profile=x",
    ],
)
def test_json_is_taken_however_it_is_spelt(service: Service, content_type: str) -> None:
    assert service.post(content=BODY, headers={"content-type": content_type}).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        *(None, "", "text/json", "application/problem+json", "application/x-ndjson", "application/jsonx"),
        *("application/json; charset=gb18030", "application/json; charset=utf-16", "multipart/form-data"),
    ],
)
def test_anything_else_is_no_json(service: Service, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    refused(service.post(content=BODY, headers=headers), 415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("path", "content_type"), [(PATH, "application/json"), (f"{PATH}/batch", "application/x-ndjson")]
)
def test_a_compressed_body_is_not_taken(service: Service, path: str, content_type: str) -> None:
    headers = {"content-type": content_type, "content-encoding": "gzip"}
    answer = service.post(path, content=gzip.compress(BODY), headers=headers)
    refused(answer, 415, "unsupported-media-type")
    assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "text/plain", "application/x-ndjson; charset=gbk"]
)
def test_a_batch_is_ndjson(service: Service, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = service.post(f"{PATH}/batch", content=BODY, headers=headers)
    refused(answer, 415, "unsupported-media-type")


def test_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_not(service: Service) -> None:
    headers = {"content-type": "application/json"}
    most = BODY + b" " * (1024 * 1024 - len(BODY))
    assert service.post(content=most, headers=headers).status_code == 200
    refused(service.post(content=most + b" ", headers=headers), 413, "body-too-large")


@pytest.mark.parametrize("query", ["trace=1", "trace=True", "trace=", "trace=true&trace=true", "ref=x"])
def test_the_query_of_an_evaluation_is_read_strictly(service: Service, query: str) -> None:
    refused(service.post(f"{PATH}?{query}", json=GOOD), 422, "invalid-request")


def test_a_batch_has_no_query(service: Service) -> None:
    headers = {"content-type": "application/x-ndjson"}
    answer = service.post(f"{PATH}/batch?trace=true", content=BODY, headers=headers)
    refused(answer, 422, "invalid-request")


def test_an_unknown_policy_has_no_batch(service: Service) -> None:
    headers = {"content-type": "application/x-ndjson"}
    answer = service.post("/v1/policies/none/evaluations/batch", content=BODY, headers=headers)
    assert refused(answer, 404, "not-found")["known"] == ["yanhu-ip"]


@pytest.mark.parametrize("kind", KINDS, ids=[kind.slug for kind in KINDS])
def test_every_kind_of_problem_has_its_page(service: Service, kind: object) -> None:
    path = kind.type  # type: ignore[attr-defined]
    found = service.get(path).json()
    assert found["type"] == path
    assert found["fix"]["zh"]
    assert found["fix"]["en"]
    page = service.get(path, headers={"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["vary"] == "Accept"
    assert found["title"]["zh"] in page.text


def test_all_kinds_of_problem_are_listed(service: Service) -> None:
    assert [one["type"] for one in service.get("/problems").json()["problems"]] == [k.type for k in KINDS]
    known = refused(service.get("/problems/none"), 404, "not-found")["known"]
    assert known == [kind.slug for kind in KINDS]


def test_pages_load_nothing_from_elsewhere(service: Service) -> None:
    for path in ("/docs", "/problems"):
        page = service.get(path, headers={"accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")
        assert "://" not in page.text
        assert "<script" not in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_every_answer_carries_the_headers_that_browsers_heed(service: Service) -> None:
    for answer in (service.post(json=GOOD), service.get("/nowhere"), service.get(POLICY)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
