"""The OpenAPI document: valid, equal to the committed one, complete, and its examples are real."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.main import create_app
from app.routers.documenting_orders import BODY_MODELS
from app.rules.limits import LimitKind
from app.schemas.bodies import read_body
from app.settings import PACKAGED_POLICIES
from tests.conftest import new_database
from tests.http.filling import filled_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.http.filling import Filled
    from tests.yanhu.serving import Service

DOCUMENT: dict[str, Any] = create_app().openapi()
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]
_PUBLIC = {
    "list_policies": "200 304",
    "get_policy": "200 304 404",
    "list_measures": "200 304 404",
    "get_measure": "200 304 404",
    "get_fact_schema": "200 304 404",
    "evaluate_yanhu_ip": "200 400 413 415",
    "evaluate_batch_yanhu_ip": "200 415",
    "evaluate": "200 400 404 413 415",
    "evaluate_batch": "200 404 415",
    "list_public_notices": "200",
    "get_liveness": "200",
    "get_readiness": "200 503",
    "get_metrics": "200",
    "list_problem_kinds": "200 304",
    "explain_problem_kind": "200 304 404",
}
_MADE = {
    "201": "create_application upload_document add_organisation_code record_joint_punishment record_funding create_key "
    "create_webhook upload_population roll_back_policy run_allocation",
    "200 201": "put_organisation publish_policy",
    "202": "match_register simulate_policy replay_webhook redeliver_webhook_delivery",
    "204": "delete_document revoke_key remove_webhook",
}
"""Operations that answer otherwise than with 200."""
_NEVER_MISSING = {
    *("upload_document", "put_organisation", "put_list_reading", "record_joint_punishment", "record_funding"),
    *("create_key", "create_webhook", "upload_population", "publish_policy", "run_allocation"),
}
"""Orders that find nothing first; `create_application` finds its policy."""


_REPLAYS = ("replay_assessment", "replay_allocation")
"""They change nothing, and need no key."""
_GUARDED_WHERE_NEEDED = ("put_organisation",)
"""If-Match is needed of some only, and declared as one that may be left out."""


def expected_statuses(path: str, method: str, operation: dict[str, Any]) -> set[str]:
    """By the contract: what each kind of operation answers with."""
    name, always = operation["operationId"], {"405", "422"}
    if name in _PUBLIC:
        return always | set(_PUBLIC[name].split())
    good = next((statuses for statuses, names in _MADE.items() if name in names.split()), "200")
    found = always | set(good.split()) | {"401", "429", "503"}
    if operation["x-scopes"]:
        found.add("403")
    if method == "get" or name in _REPLAYS:
        return found | ({"404"} if "{" in path else set())
    found |= {"400", "409", "413", "415"}
    is_action = path.startswith("/v1/applications/{application}/")
    is_answer = path.startswith("/v1/offers/{offer}/")
    guarded = name in ("rotate_webhook_secret", *_GUARDED_WHERE_NEEDED)
    if method in ("patch", "delete") or is_action or is_answer or guarded:
        found |= {"412", "428"}
    return found if name in _NEVER_MISSING else found | {"404"}


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """The component that a reference names, or the value itself."""
    if "$ref" not in value:
        return value
    found: dict[str, Any] = DOCUMENT
    for name in value["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


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
    for path, method, operation in OPERATIONS:
        assert set(operation["responses"]) == expected_statuses(path, method, operation), operation[
            "operationId"
        ]
        for status, named in operation["responses"].items():
            response = resolved(named)
            assert "X-Request-Id" in response["headers"]
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]
            elif status in ("204", "304"):
                assert "content" not in response
            else:
                assert all(content["schema"] for content in response["content"].values())


def test_what_an_order_needs_is_declared() -> None:
    for path, method, operation in OPERATIONS:
        if operation.get("x-public") or method == "get" or operation["operationId"] in _REPLAYS:
            continue
        headers = {
            one["name"]
            for one in map(resolved, operation["parameters"])
            if one["in"] == "header" and one.get("required")
        }
        assert ("Idempotency-Key" in headers) == (method == "post"), path
        if operation["operationId"] not in _GUARDED_WHERE_NEEDED:
            assert ("If-Match" in headers) == ("412" in operation["responses"]), path
        good = resolved(next(value for status, value in operation["responses"].items() if status < "300"))
        assert ("Idempotency-Replayed" in good["headers"]) == (method == "post"), path
        assert ("ETag" in good["headers"]) >= ("412" in operation["responses"] and method != "delete"), path


def test_bodies_are_components_with_examples_that_their_models_read() -> None:
    for path, _, operation in OPERATIONS:
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if media_type != "application/json" or "evaluations" in path:
                continue
            model = content["schema"]["$ref"].removeprefix("#/components/schemas/")
            assert content["examples"], path
            for example in content["examples"].values():
                read_body(BODY_MODELS[model], example["value"])


def test_models_are_named_once_and_plainly() -> None:
    names = DOCUMENT["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"([A-Z][a-z]+)+", name)] == []
    assert not {"HTTPValidationError", "ValidationError"} & set(names)
    # Two enumerations with the same values are one, and have a name.
    found: dict[tuple[str, ...], str] = {}
    for place, values in enumerations(names):
        assert found.setdefault(values, place) == place, values


def enumerations(value: Any, place: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where models list values; those of a policy's facts are the policy's."""
    if isinstance(value, dict):
        if isinstance(value.get("enum"), list):
            yield place, tuple(value["enum"])
        for name, part in value.items():
            if not name.startswith("YanhuIp"):
                yield from enumerations(part, f"{place}/{name}")
    elif isinstance(value, list):
        for part in value:
            yield from enumerations(part, f"{place}/-")


def test_limits_are_told_apart_by_kind() -> None:
    limit = DOCUMENT["components"]["schemas"]["Limit"]
    assert limit["discriminator"]["propertyName"] == "kind"
    assert set(limit["discriminator"]["mapping"]) == {str(kind) for kind in LimitKind}


def test_no_description_speaks_of_more_than_the_contract() -> None:
    told = json.dumps(DOCUMENT)
    for ours in ("https://json-schema.org", "https://platform.example"):
        told = told.replace(ours, "")
    assert "://" not in told


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    for _, _, operation in OPERATIONS:
        contents = [("request", operation.get("requestBody", {}).get("content", {}))]
        contents += [
            (status, resolved(response).get("content", {}))
            for status, response in operation["responses"].items()
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


@pytest.fixture(scope="module")
def filled(_migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A service with one of everything that can be read."""
    with filled_desk(new_database(_migrated_template), tmp_path_factory.mktemp("documents")) as found:
        yield found


@pytest.mark.parametrize("path", [path for path, method, _ in OPERATIONS if method == "get"])
def test_what_is_read_is_of_its_schema(filled: Filled, path: str) -> None:
    operation = DOCUMENT["paths"][path]["get"]
    answer = filled.read(path, operation.get("x-scopes"))
    # The feed waits for every transaction on the server, those of other workers' tests too.
    deadline = time.monotonic() + 60
    while path == "/v1/events" and not answer.json()["items"] and time.monotonic() < deadline:
        time.sleep(0.2)
        answer = filled.read(path, operation.get("x-scopes"))
    assert answer.status_code == 200, answer.text
    content = operation["responses"]["200"]["content"]
    media_type = answer.headers["content-type"].split(";")[0]
    if media_type.startswith("image/"):
        assert content[media_type]["schema"]["format"] == "binary"
        return
    value = answer.text if media_type == "text/plain" else answer.json()
    valid_and_complete(content[media_type]["schema"], value)
    if isinstance(value, dict) and {"items", "next"} <= value.keys():
        assert value["items"], "nothing to compare with the schema"


@pytest.mark.parametrize("role", ["apply", "audit"])
def test_every_application_is_of_its_schema(filled: Filled, role: str) -> None:
    """On hold, refused, paid and claimed back; as a platform and as an officer see it."""
    found = filled.desk.get(role, "/v1/applications").json()["items"]
    assert {one["status"] for one in found} == {"paid", "approved", "rejected", "accepted"}
    for one in found:
        answer = filled.desk.get(role, f"/v1/applications/{one['id']}")
        valid_and_complete({"$ref": "#/components/schemas/ApplicationAnswer"}, answer.json())


@pytest.mark.parametrize(("role", "statuses"), [("apply", {"accepted"}), ("audit", {"accepted", "offered"})])
def test_every_offer_is_of_its_schema(filled: Filled, role: str, statuses: set[str]) -> None:
    """Open and taken; as a platform and, with what it rests on, as an officer sees it."""
    found = filled.desk.get(role, "/v1/offers").json()["items"]
    assert {one["status"] for one in found} == statuses
    for one in found:
        answer = filled.desk.get(role, f"/v1/offers/{one['id']}").json()
        assert (answer["basis"] is None) == (role == "apply")
        valid_and_complete({"$ref": "#/components/schemas/OfferAnswer"}, answer)


def valid_and_complete(schema: dict[str, Any], value: Any) -> None:
    """As the schema has it, and with no field that the schema does not have."""
    components = {"schemas": _closed(DOCUMENT["components"]["schemas"])}
    whole = {**schema, "components": components}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def _closed(value: Any) -> Any:
    if isinstance(value, list):
        return [_closed(part) for part in value]
    if not isinstance(value, dict):
        return value
    found = {name: _closed(part) for name, part in value.items()}
    if isinstance(value.get("properties"), dict) and value.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found


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
