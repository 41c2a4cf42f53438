"""The gate as the settings have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.access import CredentialGate
from app.services.token_keys import TokenKeys
from app.services.tokens import Tokens
from app.store.key_line import KeyLine

if TYPE_CHECKING:
    from app.access_settings import AccessSettings


def open_gate(settings: AccessSettings, database_url: str) -> CredentialGate:
    """The gate of this process; nothing connects before the first caller."""
    rules = settings.token_rules
    tokens = None if rules is None else Tokens(rules, TokenKeys(rules.issuer, rules.jwks_url))
    return CredentialGate(
        KeyLine(database_url), tokens, requests=settings.rate_limit, failures=settings.failed_rate_limit
    )
