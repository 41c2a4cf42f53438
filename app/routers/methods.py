"""Which methods a path takes: one route knows its own only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.routing import iter_route_contexts

if TYPE_CHECKING:
    from starlette.types import Scope


def methods_at(scope: Scope) -> list[str]:
    """Those of every route of the path that was asked, sorted; GET brings HEAD."""
    asked = getattr(scope.get("route"), "path", None)
    found: set[str] = set()
    for context in iter_route_contexts(scope["app"].routes):
        route = context.original_route
        if getattr(route, "path", None) == asked:
            found |= set(getattr(route, "methods", None) or ())
    if "GET" in found:
        found.add("HEAD")
    return sorted(found)
