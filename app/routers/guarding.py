"""Every operation is behind a credential or says that it is public: checked at start, and told in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute, iter_route_contexts

from app.routers.access import scopes_of
from app.routers.documenting import IS_PUBLIC, problem
from app.routers.problem_kinds import FORBIDDEN, NOT_READY, RATE_LIMITED, UNAUTHENTICATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastapi.dependencies.models import Dependant
    from starlette.routing import BaseRoute

    from app.rules.procedure.callers import Scope

SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`dx_live_` or `dx_test_`), or a token of the identity provider.",
    }
}
SCOPES = "x-scopes"
"""Of an operation: any one of these scopes will do; none listed: every credential that holds."""


class Unguarded(RuntimeError):
    """An operation asks for no credential and does not say that it is public."""


def scopes_needed(route: APIRoute) -> tuple[Scope, ...] | None:
    """The scopes of which a caller must have one; None: the route lets anybody in.

    Raises Unguarded for a route that admits callers twice: it is not clear whom it means.
    """
    found = [scopes for scopes in map(scopes_of, _calls(route.dependant)) if scopes is not None]
    if len(found) > 1:
        raise Unguarded(f"{route.name} admits callers twice")
    return found[0] if found else None


def check_guarded(routes: Sequence[BaseRoute]) -> None:
    """Raises Unguarded for a route that admits nobody and is not marked public, or both."""
    for route in _api_routes(routes):
        is_public = bool((route.openapi_extra or {}).get(IS_PUBLIC))
        if is_public == (scopes_needed(route) is not None):
            raise Unguarded(
                f"{route.name}: take a caller from app.routers.access, or add PUBLIC to its openapi_extra"
            )


def document_access(routes: Sequence[BaseRoute], paths: dict[str, Any]) -> None:
    """Say of each guarded operation which credential it needs, and how it refuses."""
    for route in _api_routes(routes):
        scopes = scopes_needed(route)
        if scopes is None:
            continue
        for method in route.methods or ():
            operation = paths[route.path_format][method.lower()]
            operation["security"] = [{"bearer": []}]
            operation[SCOPES] = [str(scope) for scope in scopes]
            operation["responses"] |= _refusals()
            if not scopes:
                operation["responses"].pop("403", None)
            for status, response in operation["responses"].items():
                if status not in _BEFORE_THE_LIMIT:
                    response["headers"] = {**response.get("headers", {}), **RATE_LIMITS}


_BEFORE_THE_LIMIT = ("401", "503")
RATE_LIMITS: dict[str, Any] = {
    "RateLimit-Policy": {
        "description": "How many requests (`q`) in how many seconds (`w`) this credential may send.",
        "schema": {"type": "string"},
        "example": '"default";q=600;w=60',
    },
    "RateLimit": {
        "description": "How many are left (`r`), and in how many seconds (`t`) all of them are there again.",
        "schema": {"type": "string"},
        "example": '"default";r=598;t=1',
    },
}


def _refusals() -> dict[str, Any]:
    return {
        "401": {
            **problem(UNAUTHENTICATED),
            "headers": {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
        },
        "403": problem(FORBIDDEN),
        "429": {**problem(RATE_LIMITED), "headers": RETRY_AFTER},
        "503": {**problem(NOT_READY), "headers": RETRY_AFTER},
    }


RETRY_AFTER: dict[str, Any] = {
    "Retry-After": {
        "required": True,
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "minimum": 1},
    }
}


def _api_routes(routes: Sequence[BaseRoute]) -> Iterator[APIRoute]:
    """FastAPI's routes, those of included routers too: the latter are no longer in the app's own list."""
    for context in iter_route_contexts(routes):
        if isinstance(context.original_route, APIRoute):
            yield context.original_route


def _calls(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)
