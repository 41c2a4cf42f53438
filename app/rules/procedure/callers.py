"""Who acts: a platform with its key, or an officer, named as a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Mode = Literal["live", "test"]


class Scope(StrEnum):
    """What a credential may do."""

    APPLY = "apply"
    REVIEW = "review"
    APPROVE = "approve"
    FINANCE = "finance"
    ADMIN = "admin"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller. A platform has scope `apply` and nothing else; an officer names a person."""

    mode: Mode
    scopes: frozenset[Scope]
    credential: str
    """The key's id, or `jwt`."""
    platform: str | None = None
    person: str | None = None

    def __post_init__(self) -> None:
        if (Scope.APPLY in self.scopes) != (self.platform is not None):
            raise ValueError("a platform has the scope apply, and only a platform")
        if (self.platform is None) == (self.person is None):
            raise ValueError("a caller is a platform or a person")
        if Scope.APPLY in self.scopes and len(self.scopes) > 1:
            raise ValueError("a platform's key has no other scope")
        if self.platform in ("", "*"):
            raise ValueError("no platform is nobody or everybody")

    @property
    def owner(self) -> str:
        """Whose idempotency keys they are: the platform's or the person's, whatever the credential."""
        return f"platform:{self.platform}" if self.platform is not None else f"person:{self.person}"

    @property
    def name(self) -> str:
        """The immutable id that events name."""
        named = self.platform if self.platform is not None else self.person
        assert named is not None
        return named

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def actor(self, scope: Scope) -> dict[str, str]:
        """What an event says of who acted, and in which role."""
        kind = "platform" if self.platform is not None else "person"
        return {"kind": kind, "id": self.name, "role": str(scope), "credential": self.credential}


SYSTEM: dict[str, str] = {"kind": "system", "id": "duixian", "role": "system", "credential": "none"}
"""The actor of what the service does by itself, such as a withdrawal when nobody answered."""

SYSTEM_CALLER = Caller("live", frozenset({Scope.REVIEW}), "none", person="duixian")
"""Stands in where the service acts by itself; events then name SYSTEM."""
