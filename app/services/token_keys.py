"""The public keys of a token issuer (RFC 7517): fetched when wanted, kept a while, fetched anew with restraint."""

from __future__ import annotations

import asyncio
import time
import warnings
from typing import TYPE_CHECKING, Any

import httpx
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from app.logs import log
from app.rules.input.strict_json import NotJson, parse_json
from app.rules.policy import Words
from app.services.refusals import Unreachable
from app.services.token_rules import is_private_channel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PublicKey = RSAKey | ECKey | OKPKey

_FRESH_SECONDS = 600.0
"""How long keys are used without asking again."""
_STALE_SECONDS = 3600.0
"""How long they are used while the issuer does not answer."""
_PAUSE_SECONDS = 10.0
"""Between two fetches: a stream of unknown key ids is no stream of requests to the issuer."""
_TIMEOUT_SECONDS = 5.0
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 100
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_UNREACHABLE = Words(
    "暂时无法取得令牌签发方的公钥，请稍后重试",
    "The token issuer's keys cannot be had at the moment; try again later",
)

_log = log(__name__)


class _Unusable(Exception):
    """What the issuer answered is not what it must be."""


class TokenKeys:
    """The issuer's keys. Only keys that verify signatures are taken: never a shared secret."""

    def __init__(self, issuer: str, url: str | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`url` of the key set; None: found by discovery at the issuer (OpenID Connect Discovery 1.0)."""
        self._issuer = issuer
        self._url = url
        self._clock = clock
        self._keys: tuple[PublicKey, ...] = ()
        self._fetched = -_STALE_SECONDS
        self._tried = -_STALE_SECONDS
        self._turn = asyncio.Lock()

    async def find(self, kid: str | None, algorithm: str) -> PublicKey | None:
        """The key for a token's header; None where there is none, or not exactly one. Raises Unreachable."""
        if self._clock() - self._fetched >= _FRESH_SECONDS:
            await self._refresh()
        found = self._pick(kid, algorithm)
        if found is None:
            await self._refresh()
            found = self._pick(kid, algorithm)
        if found is None and self._clock() - self._fetched >= _STALE_SECONDS:
            raise Unreachable(_UNREACHABLE)
        return found

    def _pick(self, kid: str | None, algorithm: str) -> PublicKey | None:
        if self._clock() - self._fetched >= _STALE_SECONDS:
            return None
        fitting = [key for key in self._keys if (kid is None or key.kid == kid) and _fits(key, algorithm)]
        return fitting[0] if len(fitting) == 1 else None

    async def _refresh(self) -> None:
        asked = self._clock()
        async with self._turn:
            if self._tried > asked or self._clock() - self._tried < _PAUSE_SECONDS:
                return
            self._tried = self._clock()
            try:
                self._keys = await self._fetch()
            except (httpx.HTTPError, httpx.InvalidURL, NotJson, OSError, _Unusable) as error:
                _log.warning("token keys not fetched", reason=type(error).__name__)
                return
            self._fetched = self._clock()

    async def _fetch(self) -> tuple[PublicKey, ...]:
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False) as client:
            url = self._url or await self._discover(client)
            found = await _read(client, url)
        listed = found.get("keys")
        if not isinstance(listed, list):
            raise _Unusable
        keys = [key for one in listed[:_MOST_KEYS] if (key := _usable(one)) is not None]
        if not keys:
            raise _Unusable
        return tuple(keys)

    async def _discover(self, client: httpx.AsyncClient) -> str:
        found = await _read(client, self._issuer.rstrip("/") + "/.well-known/openid-configuration")
        url = found.get("jwks_uri")
        if found.get("issuer") != self._issuer or not isinstance(url, str) or not is_private_channel(url):
            raise _Unusable
        return url


async def _read(client: httpx.AsyncClient, url: str) -> Mapping[str, Any]:
    """A JSON object, no larger than it needs to be."""
    async with asyncio.timeout(_TIMEOUT_SECONDS), client.stream("GET", url) as answer:
        if answer.status_code != httpx.codes.OK:
            raise _Unusable
        data = b""
        async for part in answer.aiter_bytes():
            data += part
            if len(data) > _MOST_BYTES:
                raise _Unusable
    found = parse_json(data)
    if not isinstance(found, dict):
        raise _Unusable
    return found


def _usable(given: object) -> PublicKey | None:
    """A key that verifies signatures, RSA of 2048 bits or more; None for any other."""
    if not isinstance(given, dict) or given.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    operations = given.get("key_ops", ["verify"])
    if given.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)
            found = JWKRegistry.import_key(given)
            found.public_key  # noqa: B018 - what is imported lazily must be whole
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError):
        return None
    return None if not isinstance(found, PublicKey) else found


def _fits(key: PublicKey, algorithm: str) -> bool:
    if key.alg is not None and key.alg != algorithm:
        return False
    if algorithm.startswith(("RS", "PS")):
        return isinstance(key, RSAKey)
    if algorithm in _CURVES:
        return isinstance(key, ECKey) and key.curve_name == _CURVES[algorithm]
    return isinstance(key, OKPKey) and key.curve_name in ("Ed25519", "Ed448")
