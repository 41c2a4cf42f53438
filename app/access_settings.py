"""Who may call and how often: the settings for it, part of all settings."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from app.services.token_rules import ALGORITHMS, TokenRules, is_private_channel

_ADMIN_KEY = re.compile(r"[A-Za-z0-9_~+/-]{32,200}=*\Z")


class AccessSettings(BaseSettings):
    """Keys, tokens, limits."""

    admin_key: SecretStr | None = None
    """An administrator's key that is there from the start: 32 characters or more, random."""
    rate_limit: int = Field(default=600, ge=0, le=1_000_000)
    """Requests a minute of one credential, in each worker; 0: no limit."""
    failed_rate_limit: int = Field(default=60, ge=0, le=1_000_000)
    """Credentials that do not hold, a minute from one address, in each worker; 0: no limit."""
    oidc_issuer: str | None = None
    """The `iss` of tokens that are taken; unset: keys only."""
    oidc_audience: str | None = None
    """The `aud` that tokens must have."""
    oidc_jwks_url: str | None = None
    """The issuer's keys; unset: found by discovery."""
    oidc_algorithms: Annotated[tuple[str, ...], NoDecode] = ("RS256", "ES256")
    """Signatures that are taken, separated by commas."""
    oidc_person_claim: str = Field(default="sub", min_length=1)
    """The claim with the officer's staff number, the same as in keys; dots lead into objects."""
    oidc_scopes_claim: str = Field(default="scope", min_length=1)
    """The claim with the scopes: a text with spaces, or a list."""
    oidc_mode_claim: str | None = None
    """The claim that says live or test; unset: every token is live."""
    oidc_platform_claim: str | None = None
    """The claim with a platform's id; unset: tokens are for officers only."""

    @field_validator(
        "admin_key",
        "oidc_issuer",
        "oidc_audience",
        "oidc_jwks_url",
        "oidc_mode_claim",
        "oidc_platform_claim",
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("oidc_algorithms", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("oidc_algorithms")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not set(value) <= set(ALGORITHMS):
            raise ValueError(f"must be some of {', '.join(ALGORITHMS)}")
        return value

    @field_validator("oidc_issuer", "oidc_jwks_url")
    @classmethod
    def _unspoiled(cls, value: str | None) -> str | None:
        if value is not None and not is_private_channel(value):
            raise ValueError("must be an https address (http only on this machine)")
        return value

    @field_validator("admin_key")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _ADMIN_KEY.match(value.get_secret_value()):
            raise ValueError("must have 32 to 200 characters of letters, digits and -_~+/=")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.oidc_issuer is not None and not self.oidc_audience:
            raise ValueError("DUIXIAN_OIDC_ISSUER needs DUIXIAN_OIDC_AUDIENCE")
        return self

    @property
    def token_rules(self) -> TokenRules | None:
        """Whose tokens are taken; None: nobody's."""
        if self.oidc_issuer is None or self.oidc_audience is None:
            return None
        return TokenRules(
            issuer=self.oidc_issuer,
            audience=self.oidc_audience,
            jwks_url=self.oidc_jwks_url,
            algorithms=self.oidc_algorithms,
            person_claim=self.oidc_person_claim,
            scopes_claim=self.oidc_scopes_claim,
            mode_claim=self.oidc_mode_claim,
            platform_claim=self.oidc_platform_claim,
        )
