"""Who a credential stands for, and how often it may ask."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Protocol

from app.rules.policy import Words
from app.services.instants import now
from app.services.limiting import Buckets, Quota
from app.services.refusals import RateLimited, Unauthenticated, Unreachable
from app.store.key_line import DatabaseGone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.rules.procedure.callers import Caller
    from app.services.limiting import Allowance
    from app.services.tokens import Tokens
    from app.store.key_line import KeyLine
    from app.store.keys import Holder

_NONE = Words("请带上 Authorization: Bearer <密钥或令牌>", "Send Authorization: Bearer with a key or token")
_BAD = Words("凭证无效、已过期或已撤销", "The credential is not valid, has expired or was revoked")
_GONE = Words("数据库暂时没有应答，请稍后重试", "The database does not answer at the moment; try again later")
_MOST_KNOWN = 20_000


@dataclass(frozen=True, slots=True)
class Admission:
    """A caller who may come in."""

    caller: Caller
    expires_at: datetime | None
    """When the credential ends; None: never by itself."""
    allowance: Allowance
    """What is left of its requests, this one taken."""


class Gate(Protocol):
    """Admits callers."""

    async def admit(self, authorizations: Sequence[str], address: str) -> Admission:
        """The caller whose credential the one Authorization header holds. `address` is the client's.

        Raises Unauthenticated, RateLimited, and Unreachable when the database, or a token's issuer, does not answer.
        """
        ...

    async def close(self) -> None:
        """Ends what it holds open."""
        ...


class CredentialGate:
    """Admits by API key, and by token where an issuer is set up.

    A key is looked up each time, so that a revocation holds from the moment it is committed. Whoever sends too many
    credentials that do not hold is refused before the look-up; credentials that held lately are exempt, so that one
    client cannot lock out another behind the same address.
    """

    def __init__(self, keys: KeyLine, tokens: Tokens | None, *, requests: int, failures: int) -> None:
        """`requests` and `failures`: a minute, of each credential and of each address; 0: no limit."""
        self._keys = keys
        self._tokens = tokens
        self._requests = Buckets(Quota("default", requests))
        self._failures = Buckets(Quota("failed-authentication", failures))
        self._known: OrderedDict[bytes, str] = OrderedDict()
        """Hashes of credentials that held lately, and whose bucket each draws on."""

    async def admit(self, authorizations: Sequence[str], address: str) -> Admission:
        secret = _bearer(authorizations)
        digest = hash_of(secret)
        self._check_limits(digest, network := network_of(address))
        found = await self._find(secret, digest)
        if found is None:
            self._known.pop(digest, None)
            self._failures.take(network)
            raise Unauthenticated(_BAD, sent=True)
        holder = self._remember(digest, found.caller)
        allowance = self._requests.take(holder)
        if allowance is None:
            raise _too_often(self._requests.look(holder))
        return Admission(found.caller, found.expires_at, allowance)

    async def close(self) -> None:
        await self._keys.close()

    def _check_limits(self, digest: bytes, network: str) -> None:
        """Spares the database what is refused anyway."""
        holder = self._known.get(digest)
        left = self._failures.look(network) if holder is None else self._requests.look(holder)
        if left.wait:
            raise _too_often(left)

    async def _find(self, secret: str, digest: bytes) -> Holder | None:
        if self._tokens is not None and secret.count(".") == 2:
            return await self._tokens.holder_of(secret, now())
        try:
            return await self._keys.holder_of(digest, now())
        except DatabaseGone:
            raise Unreachable(_GONE) from None

    def _remember(self, digest: bytes, caller: Caller) -> str:
        # A person's tokens are many and short-lived: they share one bucket.
        holder = f"{caller.mode}:{caller.owner}" if caller.credential == "jwt" else caller.credential
        self._known[digest] = holder
        self._known.move_to_end(digest)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return holder


def _bearer(authorizations: Sequence[str]) -> str:
    """The credential. Raises Unauthenticated."""
    if len(authorizations) != 1:
        raise Unauthenticated(_NONE)
    kind, _, secret = authorizations[0].partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Unauthenticated(_NONE)
    return secret.strip()


def _too_often(left: Allowance) -> RateLimited:
    return RateLimited(left.wait, left.headers)


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """Whose failures are counted together: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(ip_network((int(found), 64), strict=False)) if mapped is None else str(mapped)
    return str(found)


def hash_of(secret: str) -> bytes:
    """What is kept of a secret. It has 256 random bits, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
