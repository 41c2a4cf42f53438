"""Pieces of the OpenAPI document that several operations share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path

from app.routers.problem_kinds import METHOD_NOT_ALLOWED
from app.routers.problems import MEDIA_TYPE
from app.routers.query import VERSION_PATTERN

if TYPE_CHECKING:
    from app.routers.problem_kinds import ProblemKind

ID_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
MOST_ID = 100
_ID: dict[str, Any] = {"pattern": ID_PATTERN, "maxLength": MOST_ID}

PolicyId = Annotated[str, Path(description="The policy's id.", examples=["yanhu-ip"], json_schema_extra=_ID)]
MeasureId = Annotated[
    str,
    Path(description="A measure's or service's id.", examples=["patent-grants"], json_schema_extra=_ID),
]

REQUEST_ID: dict[str, Any] = {
    "X-Request-Id": {
        "description": "Names the request in the logs: the one sent, if it is plain enough, or a new one.",
        "required": True,
        "schema": {"type": "string"},
    }
}
CACHED: dict[str, Any] = {
    "ETag": {
        "description": "SHA-256 of the representation, in quotes.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
    },
    "Cache-Control": {
        "required": True,
        "description": "For how long it may be kept.",
        "schema": {"type": "string"},
    },
}
NOT_MODIFIED: dict[str, Any] = {"description": "The client has this representation.", "headers": CACHED}

AS_OF: dict[str, Any] = {
    "name": "as_of",
    "in": "query",
    "description": "Picks the version in force on this day; by default today in Asia/Shanghai.",
    "schema": {"type": "string", "format": "date"},
    "example": "2026-11-23",
}
VERSION: dict[str, Any] = {
    "name": "version",
    "in": "query",
    "description": "Pins one version; with `as_of`, it must be in force on that day.",
    "schema": {"type": "string", "pattern": VERSION_PATTERN},
    "example": "2023-draft",
}
IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETags that the client has, or *.",
    "schema": {"type": "string"},
}


IS_PUBLIC = "x-public"
PUBLIC: dict[str, Any] = {IS_PUBLIC: True}
"""In `openapi_extra`: anybody may ask, no credential is looked at."""


def problem(kind: ProblemKind, model: str = "Problem") -> dict[str, Any]:
    """A response that is a problem document of this kind."""
    return {
        "description": kind.title.en,
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{model}"}}},
    }


METHOD_REFUSED: dict[str, Any] = {
    **problem(METHOD_NOT_ALLOWED),
    "headers": {"Allow": {"required": True, "schema": {"type": "string"}}},
}
