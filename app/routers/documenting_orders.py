"""The parts of the OpenAPI document that all orders and all reads behind a credential share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.routers.bodies import JSON
from app.routers.documenting import problem
from app.routers.problem_kinds import (
    BODY_TOO_LARGE,
    BY_SLUG,
    FORBIDDEN,
    INVALID_REQUEST,
    KEY_MISSING,
    NOT_FOUND,
    NOT_JSON,
    PRECONDITION_FAILED,
    PRECONDITION_REQUIRED,
    RATE_LIMITED,
    UNAUTHENTICATED,
    UNSUPPORTED_MEDIA_TYPE,
)
from app.schemas.bodies import MOMENT_PATTERN
from app.schemas.body_examples import BODY_EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": (
        "A value of your own for this change; the same one when you retry. Used for another request, it is a 422 "
        "`idempotency-key-reused`."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "0192f0c1-5a7e-7bb0-8a54-1f0f8a6b2c11",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that you read.",
    "schema": {"type": "string"},
    "example": '"7"',
}
VALIDATE_ONLY = {
    "name": "validate_only",
    "in": "query",
    "description": "Do everything but the write; no Idempotency-Key is needed.",
    "schema": {"type": "boolean", "default": False},
}
TEST_TIME = {
    "name": "Duixian-Test-Time",
    "in": "header",
    "description": "Test keys only: the instant (RFC 3339) that windows, notices and answer dates go by.",
    # Not `format`: makers of clients take no date for a header.
    "schema": {"type": "string", "pattern": MOMENT_PATTERN},
    "example": "2026-11-24T09:00:00+08:00",
}
ETAG: dict[str, Any] = {
    "ETag": {
        "required": True,
        "description": "The version, for If-Match.",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
NO_STORE: dict[str, Any] = {
    "Cache-Control": {"required": True, "schema": {"type": "string", "const": "no-store"}}
}
REPLAYED: dict[str, Any] = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the first answer again.",
        "schema": {"type": "string", "const": "true"},
    }
}
LOCATION: dict[str, Any] = {
    "Location": {"required": True, "description": "Where it is.", "schema": {"type": "string"}}
}
_GATE: dict[int | str, dict[str, Any]] = {
    401: problem(UNAUTHENTICATED),
    403: problem(FORBIDDEN),
    429: problem(RATE_LIMITED),
}
AFTER = {
    "name": "after",
    "in": "query",
    "description": "The `next` of the page before.",
    "schema": {"type": "string", "maxLength": 1_000},
}
LIMIT = {
    "name": "limit",
    "in": "query",
    "description": "How many items at most.",
    "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
}


def filter_of(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """A query parameter that narrows a list."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


def read_operation(
    answer: type[BaseModel] | None,
    *,
    parameters: tuple[dict[str, Any], ...] = (),
    headers: dict[str, Any] | None = None,
    found: bool = True,
) -> dict[str, Any]:
    """Keyword arguments for a route that reads; `found`: whether it can be a 404."""
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": "The representation.", "headers": {**NO_STORE, **(headers or {})}},
        422: problem(INVALID_REQUEST),
        **_GATE,
    }
    if answer is not None:
        responses[200]["model"] = answer
    if found:
        responses[404] = problem(NOT_FOUND)
    return {"responses": responses, "openapi_extra": {"parameters": list(parameters)}}


def order_operation(
    model: type[BaseModel] | None,
    answer: type[BaseModel] | None,
    *,
    status: int = 200,
    guarded: bool = False,
    keyed: bool = True,
    may_validate: bool = False,
    bare: bool = False,
    found: bool = True,
    problems: tuple[str, ...] = (),
    headers: dict[str, Any] | None = None,
    timed: bool = False,
) -> dict[str, Any]:
    """Keyword arguments for a route that changes something. `problems`: slugs of its 409s; `timed`: sandbox time."""
    parameters = [
        *([IDEMPOTENCY_KEY] if keyed else []),
        *([IF_MATCH] if guarded else []),
        *([VALIDATE_ONLY] if may_validate else []),
        *([TEST_TIME] if timed else []),
    ]
    extra: dict[str, Any] = {"parameters": parameters}
    if model is not None:
        extra["requestBody"] = {"required": not bare, "content": {JSON: _content_of(model)}}
    return {
        "status_code": status,
        "responses": _responses(answer, status, guarded, keyed, found, problems, headers),
        "openapi_extra": extra,
    }


def _responses(
    answer: type[BaseModel] | None,
    status: int,
    guarded: bool,
    keyed: bool,
    found: bool,
    problems: tuple[str, ...],
    headers: dict[str, Any] | None,
) -> dict[int | str, dict[str, Any]]:
    shown = {**NO_STORE, **(REPLAYED if keyed else {}), **(headers or {})}
    done: dict[str, Any] = {"description": "Done, and committed.", "headers": shown}
    if answer is not None:
        done["model"] = answer
    responses: dict[int | str, dict[str, Any]] = {
        status: done,
        400: _malformed(keyed=keyed),
        413: problem(BODY_TOO_LARGE),
        415: problem(UNSUPPORTED_MEDIA_TYPE),
        422: problem(INVALID_REQUEST),
        409: _conflict((*problems, "in-flight")),
        **_GATE,
    }
    if found:
        responses[404] = problem(NOT_FOUND)
    if guarded:
        responses[412] = {**problem(PRECONDITION_FAILED), "headers": ETAG}
        responses[428] = problem(PRECONDITION_REQUIRED)
    return responses


def _conflict(slugs: tuple[str, ...]) -> dict[str, Any]:
    made = problem(BY_SLUG[slugs[0]])
    made["description"] = _listed("Not now", slugs)
    return made


def _malformed(*, keyed: bool) -> dict[str, Any]:
    kinds = (NOT_JSON, KEY_MISSING) if keyed else (NOT_JSON,)
    return {**problem(NOT_JSON), "description": _listed("Malformed", [kind.slug for kind in kinds])}


def _listed(title: str, slugs: Iterable[str]) -> str:
    return f"{title}: " + ", ".join(f"`{slug}`" for slug in slugs) + "."


def _content_of(model: type[BaseModel]) -> dict[str, Any]:
    """The body's schema as a component of its own, with examples; the document collects it under the model's name."""
    BODY_MODELS[model.__name__] = model
    return {
        "schema": {"$ref": f"#/components/schemas/{model.__name__}"},
        "examples": {name: {"value": value} for name, value in BODY_EXAMPLES[model.__name__].items()},
    }


BODY_MODELS: dict[str, type[BaseModel]] = {}
"""Models of bodies that are read by hand: the document's components, filled as routes are declared."""
