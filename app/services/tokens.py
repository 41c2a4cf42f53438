"""OpenID Connect tokens (RFC 7519, RFC 8725): one issuer, one audience, pinned algorithms, and who they stand for."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from app.rules.input.strict_json import NotJson, parse_json
from app.rules.procedure.callers import Caller, Scope
from app.schemas.keys import PLATFORM_PATTERN
from app.store.keys import Holder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.procedure.callers import Mode
    from app.services.token_keys import TokenKeys
    from app.services.token_rules import TokenRules

LEEWAY_SECONDS = 30
_MOST_CHARACTERS = 8_192
_MOST_HEADER_BYTES = 4_096
_MOST_PERSON = 200
_TYPES = ("jwt", "at+jwt", "application/at+jwt")
_PLATFORM = re.compile(PLATFORM_PATTERN.removesuffix("$"))


class _Refused(Exception):
    """The token does not hold. Why is nobody's business but the issuer's."""


class Tokens:
    """Reads tokens."""

    def __init__(self, rules: TokenRules, keys: TokenKeys) -> None:
        self._rules = rules
        self._keys = keys
        self._registry = JWSRegistry(algorithms=rules.algorithms, strict_check_header=False)
        self._registry.max_header_length = _MOST_HEADER_BYTES

    async def holder_of(self, token: str, now: datetime) -> Holder | None:
        """Whom the token stands for, or None. Raises Unreachable when the issuer's keys cannot be had."""
        try:
            algorithm, kid = self._header(token)
            key = await self._keys.find(kid, algorithm)
            if key is None:
                return None
            claims = jwt.decode(token, key, algorithms=[algorithm], registry=self._registry).claims
            self._claims_of(now).validate(claims)
            return Holder(self._caller(claims), datetime.fromtimestamp(claims["exp"], UTC))
        except (_Refused, JoseError, NotJson, ValueError, TypeError, OverflowError, RecursionError):
            return None

    def _header(self, token: str) -> tuple[str, str | None]:
        """Algorithm and key id, checked before anything else is looked at. Keys that it brings along are ignored."""
        if len(token) > _MOST_CHARACTERS:
            raise _Refused
        encoded = token.split(".", 1)[0]
        try:
            data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        except binascii.Error:
            raise _Refused from None
        header = parse_json(data)
        if not isinstance(header, dict) or "crit" in header or "b64" in header or "enc" in header:
            raise _Refused
        algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
        if algorithm not in self._rules.algorithms or not isinstance(kid, str | None):
            raise _Refused
        if not isinstance(kind, str) or kind.lower() not in _TYPES:
            raise _Refused
        return algorithm, kid

    def _claims_of(self, now: datetime) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._rules.issuer},
            aud={"essential": True, "value": self._rules.audience},
            exp={"essential": True},
            iat={"essential": True},
        )

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        """Raises _Refused where the claims name nobody."""
        rules = self._rules
        scopes = _scopes(_claim(claims, rules.scopes_claim))
        mode = self._mode(claims)
        if rules.platform_claim is None:
            scopes -= {Scope.APPLY}
        elif Scope.APPLY in scopes:
            platform = _claim(claims, rules.platform_claim)
            if scopes != {Scope.APPLY} or not isinstance(platform, str) or not is_platform(platform):
                raise _Refused
            return Caller(mode, scopes, "jwt", platform=platform)
        return Caller(mode, scopes, "jwt", person=_person(_claim(claims, rules.person_claim)))

    def _mode(self, claims: Mapping[str, Any]) -> Mode:
        if self._rules.mode_claim is None:
            return "live"
        found = _claim(claims, self._rules.mode_claim)
        if found == "live":
            return "live"
        if found == "test":
            return "test"
        raise _Refused


def _claim(claims: Mapping[str, Any], name: str) -> object:
    """A claim by its name, or by a path with dots into objects (`realm_access.roles`)."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found


def _scopes(given: object) -> frozenset[Scope]:
    """Those of our scopes that a text with spaces or a list names; others are somebody else's."""
    names = given.split(" ") if isinstance(given, str) else given if isinstance(given, list) else []
    known = {str(scope) for scope in Scope}
    return frozenset(Scope(name) for name in names if isinstance(name, str) and name in known)


def _person(given: object) -> str:
    """The person's id in the form in which keys name persons."""
    if not isinstance(given, str):
        raise _Refused
    found = unicodedata.normalize("NFC", given).strip()
    plain = all(unicodedata.category(character) not in ("Cc", "Cs") for character in found)
    if not 0 < len(found) <= _MOST_PERSON or not plain:
        raise _Refused
    return found


def is_platform(text: str) -> bool:
    """Whether a text can be a platform's id."""
    return _PLATFORM.fullmatch(text) is not None
