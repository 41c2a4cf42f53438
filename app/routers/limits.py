"""Every answer to somebody who came in says how often they may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from app.services.limiting import Allowance

ALLOWANCE = "allowance"
"""In the state of a request: what its caller has left."""


class RateLimitHeaders:
    """Adds RateLimit-Policy and RateLimit, whatever the answer is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_limited(message: Message) -> None:
            if message["type"] == "http.response.start":
                left: Allowance | None = scope.get("state", {}).get(ALLOWANCE)
                if left is not None:
                    added = [(name.lower().encode(), value.encode()) for name, value in left.headers.items()]
                    message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, send_limited if scope["type"] == "http" else send)
