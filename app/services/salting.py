"""Personal data in events: only as a digest with a salt of the application's own, so that it can be erased.

Once the salt is gone, nobody can tell whose the digest was, and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping

_SALT_BYTES = 16


def new_salt() -> bytes:
    """A salt that nobody can guess."""
    return secrets.token_bytes(_SALT_BYTES)


def salted(salt: bytes, value: Mapping[str, Any]) -> str:
    """`sha256:` and the SHA-256 of the salt and the RFC 8785 form of the value."""
    return f"sha256:{hashlib.sha256(salt + rfc8785.dumps(dict(value))).hexdigest()}"
