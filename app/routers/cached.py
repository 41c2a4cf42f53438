"""Representations that clients may keep: a strong ETag, and 304 for those who have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from app.services.catalogue import Representation

CACHE_CONTROL = "public, max-age=60"
"""Short: what is in force changes with the day, and a policy with the next start."""


def conditional(request: Request, found: Representation, media_type: str = "application/json") -> Response:
    """The representation, or 304 when the client has it already."""
    etag = f'"{found.fingerprint}"'
    headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL}
    if _has(request.headers.getlist("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=media_type, headers=headers)


def _has(sent: list[str], etag: str) -> bool:
    """RFC 9110, 13.1.2: `*`, or a list compared weakly. Our tags hold no comma."""
    tags = [tag.strip() for line in sent for tag in line.split(",")]
    return "*" in tags or any(tag.removeprefix("W/") == etag for tag in tags)
