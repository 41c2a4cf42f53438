"""Bodies: the media type they are sent in, and no more bytes than are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from app.routers.problems import BodyTooLarge, MediaTypeRefused

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

MOST_BYTES = 1024 * 1024
JSON = "application/json"
NDJSON = "application/x-ndjson"
_PLAIN = {JSON: b"application/json", NDJSON: b"application/x-ndjson"}


def check_media_type(scope: Scope, wanted: str) -> int | None:
    """The announced length of the body, if any. Raises MediaTypeRefused."""
    content_type: bytes | None = None
    length: int | None = None
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value
        elif name == b"content-length":
            length = int(value) if value.isdigit() else None
        elif name == b"content-encoding" and value.strip().lower() not in (b"identity", b""):
            raise MediaTypeRefused(wanted)
    if content_type != _PLAIN[wanted] and not _is(content_type, wanted):
        raise MediaTypeRefused(wanted)
    return length


def media_type_of(scope: Scope, known: tuple[str, ...]) -> str:
    """The one of these that a body is sent in. Raises MediaTypeRefused."""
    named = [value for name, value in scope["headers"] if name == b"content-type"]
    given = named[0].decode("latin-1").split(";")[0].strip().lower() if len(named) == 1 else ""
    if given not in known:
        raise MediaTypeRefused(" / ".join(known))
    return given


def _is(content_type: bytes | None, wanted: str) -> bool:
    if content_type is None:
        return False
    essence, *parameters = content_type.decode("latin-1").lower().split(";")
    if essence.strip() != wanted:
        return False
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            return False
    return True


async def read_body(receive: Receive, announced: int | None, most: int = MOST_BYTES) -> bytes:
    """The whole body. Raises BodyTooLarge as soon as it is, and ClientDisconnect.

    What is still under way then is read and dropped by the server, so that a client that sends first gets its answer.
    """
    if announced is not None and announced > most:
        raise BodyTooLarge(most)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        whole: bytes = message.get("body", b"")
        if len(whole) > most:
            raise BodyTooLarge(most)
        return whole
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] != "http.request":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > most:
            raise BodyTooLarge(most)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
        message = await receive()
