"""A plain route that leaves its name in the scope, as FastAPI's own do: logs and metrics go by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Match, Route

if TYPE_CHECKING:
    from starlette.types import Scope


class NamedRoute(Route):
    """A route to an ASGI endpoint, without FastAPI's dependencies and validation around it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The match, and in the scope the route itself."""
        match, child_scope = super().matches(scope)
        if match is not Match.NONE:
            child_scope["route"] = self
        return match, child_scope
