"""Cursors of lists: they say where a page ended, hold for one caller and one set of filters, and cannot be made up."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from app.rules.policy import Words
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAG = hashlib.sha256().digest_size
_MOST = 1_000
_WRONG = Words(
    "游标无效：请原样使用上一页的 next，并保持筛选条件不变",
    "Not a cursor of this list: send the `next` of the page before, with the same filters",
)


class CursorRefused(Refusal):
    """The cursor is none of ours, another caller's, or one of other filters."""

    kind = "invalid-request"

    def __init__(self) -> None:
        told = {"zh": _WRONG.zh, "en": _WRONG.en}
        super().__init__(
            _WRONG, errors=[{"pointer": "", "code": "format", "message": told, "parameter": "after"}]
        )


def seal_cursor(secret: bytes, owner: str, filters: Mapping[str, Any], position: str) -> str:
    """The cursor after `position`, for URLs. `filters` are those that the list was asked with, without the cursor."""
    tag = _tag(secret, owner, filters, position)
    return base64.urlsafe_b64encode(tag + position.encode()).rstrip(b"=").decode("ascii")


def open_cursor(secret: bytes, owner: str, filters: Mapping[str, Any], cursor: str) -> str:
    """The position that the cursor stands for. Raises CursorRefused: 422."""
    if len(cursor) > _MOST:
        raise CursorRefused
    try:
        sent = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        tag, position = sent[:_TAG], sent[_TAG:].decode()
    except (binascii.Error, ValueError):
        raise CursorRefused from None
    if not hmac.compare_digest(tag, _tag(secret, owner, filters, position)):
        raise CursorRefused
    return position


def _tag(secret: bytes, owner: str, filters: Mapping[str, Any], position: str) -> bytes:
    bound = json.dumps(["cursor", owner, filters, position], default=str, sort_keys=True, ensure_ascii=True)
    return hmac.digest(secret, bound.encode("ascii"), "sha256")
