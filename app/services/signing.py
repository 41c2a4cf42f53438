"""Signatures under exported heads: HMAC-SHA256 with a shared key, or Ed25519 for those who may read but not sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if TYPE_CHECKING:
    from pathlib import Path

HMAC_SHA256, ED25519 = "hmac-sha256", "ed25519"


class KeyUnusable(ValueError):
    """A key file that holds no key of the kind; the text says which file."""


class Signer(Protocol):
    """Signs and checks what was signed, over a SHA-256 of the content."""

    algorithm: str

    def sign(self, digest: bytes) -> str:
        """In base64."""
        ...

    def holds(self, digest: bytes, signature: str) -> bool: ...


class SharedKey:
    """Who can check can sign as well."""

    algorithm = HMAC_SHA256

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, digest: bytes) -> str:
        return base64.b64encode(hmac.digest(self._key, digest, "sha256")).decode("ascii")

    def holds(self, digest: bytes, signature: str) -> bool:
        return hmac.compare_digest(self.sign(digest), signature)


class KeyPair:
    """Ed25519 (RFC 8032). Without the private half it only checks."""

    algorithm = ED25519

    def __init__(self, public: Ed25519PublicKey, private: Ed25519PrivateKey | None = None) -> None:
        self._public = public
        self._private = private

    def sign(self, digest: bytes) -> str:
        if self._private is None:
            raise KeyUnusable("Signing needs the private key.")
        return base64.b64encode(self._private.sign(digest)).decode("ascii")

    def holds(self, digest: bytes, signature: str) -> bool:
        try:
            self._public.verify(base64.b64decode(signature), digest)
        except (InvalidSignature, ValueError):
            return False
        return True


def private_key(file: Path) -> KeyPair:
    """The key of a PEM file without a password. Raises KeyUnusable and OSError."""
    try:
        found = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnusable(f"{file} holds no private key in PEM without a password.") from None
    if not isinstance(found, Ed25519PrivateKey):
        raise KeyUnusable(f"{file} holds a key of another kind than Ed25519.")
    return KeyPair(found.public_key(), found)


def public_key(file: Path) -> KeyPair:
    """The public key of a PEM file. Raises KeyUnusable and OSError."""
    try:
        found = serialization.load_pem_public_key(file.read_bytes())
    except (ValueError, UnsupportedAlgorithm):
        raise KeyUnusable(f"{file} holds no public key in PEM.") from None
    if not isinstance(found, Ed25519PublicKey):
        raise KeyUnusable(f"{file} holds a key of another kind than Ed25519.")
    return KeyPair(found)


class RunningDigest:
    """SHA-256 of lines as they go by."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, line: bytes) -> None:
        self._hash.update(line)

    def value(self) -> bytes:
        return self._hash.digest()
