"""The OpenAPI document: valid, equal to the committed one, complete, and its examples are real."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.main import create_app
from app.settings import PACKAGED_POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.yanhu.serving import Service

DOCUMENT: dict[str, Any] = create_app().openapi()
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]
STATUSES = {
    "list_policies": "200 304 405 422",
    "get_policy": "200 304 404 405 422",
    "list_measures": "200 304 404 405 422",
    "get_measure": "200 304 404 405 422",
    "get_fact_schema": "200 304 404 405 422",
    "evaluate_yanhu_ip": "200 400 405 413 415 422",
    "evaluate_batch_yanhu_ip": "200 405 415 422",
    "evaluate": "200 400 404 405 413 415 422",
    "evaluate_batch": "200 404 405 415 422",
    "get_liveness": "200 405 422",
    "get_readiness": "200 405 422 503",
    "get_metrics": "200 405 422",
    "list_problem_kinds": "200 304 405 422",
    "explain_problem_kind": "200 304 404 405 422",
}


def valid_against(schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()
    assert DOCUMENT["openapi"].startswith("3.1")


def test_the_committed_document_is_the_one_served(root: Path, service: Service) -> None:
    committed = json.loads((root / "openapi" / "openapi.json").read_text("utf-8"))
    assert committed == DOCUMENT, "write it anew: make openapi"
    answer = service.get("/openapi.json")
    assert answer.json() == DOCUMENT
    etag = answer.headers["etag"]
    assert service.get("/openapi.json", headers={"if-none-match": etag}).status_code == 304


def test_every_pack_has_its_own_paths() -> None:
    for folder in PACKAGED_POLICIES.glob("*/policy.yaml"):
        path = f"/v1/policies/{folder.parent.name}/evaluations"
        assert {path, f"{path}/batch"} <= DOCUMENT["paths"].keys()


def test_operations_have_names_for_clients_and_words_for_people() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for _, _, operation in OPERATIONS:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"])
        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert {tag for _, _, operation in OPERATIONS for tag in operation["tags"]} == tags


def test_every_status_is_listed_with_its_schema() -> None:
    assert {
        operation["operationId"]: " ".join(sorted(operation["responses"])) for _, _, operation in OPERATIONS
    } == STATUSES
    for _, _, operation in OPERATIONS:
        for status, response in operation["responses"].items():
            assert "X-Request-Id" in response["headers"]
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]
            elif status == "304":
                assert "content" not in response
            else:
                assert all(content["schema"] for content in response["content"].values())


def test_limits_are_told_apart_by_kind() -> None:
    limit = DOCUMENT["components"]["schemas"]["Limit"]
    assert limit["discriminator"]["propertyName"] == "kind"
    assert set(limit["discriminator"]["mapping"]) == {"once", "once_per_year", "once_per_item", "annual_cap"}


def test_no_description_speaks_of_more_than_the_contract() -> None:
    assert "://" not in json.dumps(DOCUMENT).replace("https://json-schema.org", "")


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    for _, _, operation in OPERATIONS:
        contents = [("request", operation.get("requestBody", {}).get("content", {}))]
        contents += [
            (status, response.get("content", {})) for status, response in operation["responses"].items()
        ]
        for where, content in contents:
            for body in content.values():
                for name, example in body.get("examples", {}).items():
                    yield f"{operation['operationId']} {where} {name}", body["schema"], example["value"]


@pytest.mark.parametrize(("schema", "value"), [pytest.param(s, v, id=i) for i, s, v in examples()])
def test_examples_are_valid(schema: dict[str, Any], value: Any) -> None:
    valid_against(schema, value)


def test_examples_are_what_the_service_answers(service: Service) -> None:
    path = "/v1/policies/yanhu-ip/evaluations"
    operation = DOCUMENT["paths"][path]["post"]
    asked = operation["requestBody"]["content"]["application/json"]["examples"]
    answered = operation["responses"]["200"]["content"]["application/json"]["examples"]
    assert list(asked) == list(answered) == ["ineligible", "eligible", "undetermined"]
    for name, example in asked.items():
        assert service.evaluate(example["value"]) == answered[name]["value"]
        assert answered[name]["value"]["measures"][0]["verdict"] == name
    lines = DOCUMENT["paths"][f"{path}/batch"]["post"]["requestBody"]["content"]["application/x-ndjson"]
    content = lines["examples"]["lines"]["value"]
    answer = service.post(
        f"{path}/batch", content=content.encode(), headers={"content-type": "application/x-ndjson"}
    )
    assert json.loads(answer.text.splitlines()[-1]) == {"summary": {"lines": 2, "results": 2, "errors": 0}}


GET_PATHS = {"policy": "yanhu-ip", "measure": "patent-grants", "kind": "not-json"}


@pytest.mark.parametrize("path", [path for path, method, _ in OPERATIONS if method == "get"])
def test_what_is_read_is_of_its_schema(service: Service, path: str) -> None:
    answer = service.get(path.format(**GET_PATHS))
    content = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]
    media_type = answer.headers["content-type"].split(";")[0]
    value = answer.text if media_type == "text/plain" else answer.json()
    valid_against(content[media_type]["schema"], value)


def test_the_fact_schema_is_a_schema_that_takes_the_examples(service: Service) -> None:
    schema = service.get("/v1/policies/yanhu-ip/schema").json()
    Draft202012Validator.check_schema(schema)
    content = DOCUMENT["paths"]["/v1/policies/yanhu-ip/evaluations"]["post"]["requestBody"]["content"]
    for example in content["application/json"]["examples"].values():
        Draft202012Validator(schema).validate(example["value"].get("facts", {}))
    with pytest.raises(Exception, match="grantd"):
        Draft202012Validator(schema).validate({"patents": {"grantd": 1}})


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_the_documents_take_no_parameter(service: Service, path: str) -> None:
    assert service.get(f"{path}?x=1").status_code == 422
