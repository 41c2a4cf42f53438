"""Evaluations in the OpenAPI document: typed by each pack's own facts, with examples that were really decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.routers.bodies import JSON, NDJSON
from app.routers.documenting import ID_PATTERN, MOST_ID, PUBLIC, problem
from app.routers.problem_kinds import (
    BODY_TOO_LARGE,
    INVALID_REQUEST,
    NOT_FOUND,
    NOT_JSON,
    UNSUPPORTED_MEDIA_TYPE,
)
from app.rules.fact_json_schema import request_json_schema
from app.services.decided_examples import decided_examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.services.decided_examples import Example
    from app.services.published_policies import PublishedPolicy

_REF = "#/components/schemas/"
_POLICY = {
    "name": "policy",
    "in": "path",
    "required": True,
    "description": "The policy's id.",
    "schema": {"type": "string", "pattern": ID_PATTERN, "maxLength": MOST_ID},
    "example": "yanhu-ip",
}
_TRACE = {
    "name": "trace",
    "in": "query",
    "description": "Whether each measure carries the whole tree of its decision.",
    "schema": {"type": "boolean", "default": False},
}
_LINES = {
    "type": "string",
    "format": "binary",
    "contentMediaType": NDJSON,
}


def evaluation_paths(published: PublishedPolicy | None) -> dict[str, Any]:
    """The two paths of a policy; None: of whichever policy, for packs that are published later."""
    policy_id = "{policy}" if published is None else published.policy.id
    path = f"/v1/policies/{policy_id}/evaluations"
    return {path: {"post": _evaluate(published)}, f"{path}/batch": {"post": _batch(published)}}


def request_components(published: PublishedPolicy) -> dict[str, Any]:
    """The schema of a policy's requests under its name, its definitions beside it."""
    name = _component(published)
    schema = request_json_schema(published.policy)
    definitions: dict[str, Any] = schema.pop("$defs", {})
    schema.pop("$schema", None)
    schema.pop("$id", None)
    prefix = _camel(published.policy.id)
    found = {name: schema, **{f"{prefix}{_camel(key)}": value for key, value in definitions.items()}}
    return {key: _pointed(value, prefix) for key, value in found.items()}


def _evaluate(published: PublishedPolicy | None) -> dict[str, Any]:
    operation = _common("evaluate", published)
    examples = () if published is None else decided_examples(published)
    answer: dict[str, Any] = {"schema": {"$ref": f"{_REF}EvaluationAnswer"}}
    asked: dict[str, Any] = {"schema": {"$ref": _REF + _component(published)}}
    if examples:
        asked["examples"] = {one.name: _example(one, one.request) for one in examples}
        answer["examples"] = {one.name: _example(one, one.answer) for one in examples}
    operation["parameters"] = [*operation["parameters"], _TRACE]
    operation["requestBody"] = {"required": True, "content": {JSON: asked}}
    operation["responses"] = {
        "200": {
            "description": "The decision: verdicts, amounts, reasons.",
            "content": {JSON: answer},
        },
        "400": problem(NOT_JSON),
        **operation["responses"],
        "413": problem(BODY_TOO_LARGE),
    }
    operation["summary"] = f"Decide one applicant{_under(published)}"
    operation["description"] = (
        "Stores nothing. The same request, policy digest, engine version and `as_of` give the same bytes for ever."
    )
    return operation


def _batch(published: PublishedPolicy | None) -> dict[str, Any]:
    operation = _common("evaluate_batch", published)
    examples = () if published is None else decided_examples(published)
    content: dict[str, Any] = {"schema": _LINES}
    if examples:
        content["examples"] = {"lines": {"summary": "Two requests", "value": _ndjson(examples[:2])}}
    operation["requestBody"] = {
        "required": True,
        "description": f"One `{_component(published)}` a line, with an optional `ref` (text or integer).",
        "content": {NDJSON: content},
    }
    operation["responses"] = {
        "200": {
            "description": (
                "For each line, in order, a `BatchResultLine` or `BatchErrorLine`; at the end a `BatchSummaryLine`, "
                "whose absence means that the answer was cut off."
            ),
            "content": {NDJSON: {"schema": _LINES}},
        },
        **operation["responses"],
    }
    operation["summary"] = f"Decide many applicants{_under(published)}, one a line"
    operation["description"] = (
        "Streamed both ways in constant memory. A bad line is answered in its place and never stops the rest; a line "
        "over 1 MiB is answered with a 413 problem. Blank lines are skipped but counted. A client may send everything "
        "before it reads anything."
    )
    return operation


def _common(verb: str, published: PublishedPolicy | None) -> dict[str, Any]:
    suffix = "" if published is None else "_" + published.policy.id.replace("-", "_")
    responses = {"415": problem(UNSUPPORTED_MEDIA_TYPE), "422": problem(INVALID_REQUEST)}
    if published is None:
        responses = {"404": problem(NOT_FOUND), **responses}
    return {
        "tags": ["evaluations"],
        "operationId": verb + suffix,
        "parameters": [_POLICY] if published is None else [],
        "responses": responses,
        **PUBLIC,
    }


def _component(published: PublishedPolicy | None) -> str:
    return "EvaluationRequest" if published is None else f"{_camel(published.policy.id)}EvaluationRequest"


def _under(published: PublishedPolicy | None) -> str:
    return "" if published is None else f" under {published.policy.id}"


def _camel(text: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in text.replace("_", "-").split("-"))


def _pointed(value: Any, prefix: str) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """The schema with its references made to point at the components."""
    if isinstance(value, dict):
        return {
            key: f"{_REF}{prefix}{_camel(part.removeprefix('#/$defs/'))}"
            if key == "$ref" and isinstance(part, str)
            else _pointed(part, prefix)
            for key, part in value.items()
        }
    return [_pointed(part, prefix) for part in value] if isinstance(value, list) else value


def _example(example: Example, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"summary": example.summary, "value": value}


def _ndjson(examples: tuple[Example, ...]) -> str:
    return "".join(
        json.dumps({"ref": one.name, **one.request}, ensure_ascii=False) + "\n" for one in examples
    )
