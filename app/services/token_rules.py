"""Whose tokens are taken: what the settings say of the issuer."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""What may be allowed: signatures with a public key, never a shared secret, never `none`."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Whose tokens are taken, and which of their claims say what."""

    issuer: str
    audience: str
    jwks_url: str | None
    """Where the issuer's keys are; None: found by discovery."""
    algorithms: tuple[str, ...]
    person_claim: str
    scopes_claim: str
    mode_claim: str | None = None
    """None: every token is live."""
    platform_claim: str | None = None
    """None: tokens are for officers only, and `apply` in them opens nothing."""


def is_private_channel(url: str) -> bool:
    """Whether nobody between can change what comes from there: https, or this very machine."""
    try:
        parsed = urlsplit(url)
        host = parsed.hostname
    except ValueError:
        return False
    local = host in ("localhost", "127.0.0.1", "::1")
    return bool(host) and (parsed.scheme == "https" or (parsed.scheme == "http" and local))
