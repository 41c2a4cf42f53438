"""Who takes part in the proofs: platforms and officers, each with a key of their own, made by the first admin key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.proofs.service import ADMIN_SECRET
from tests.proofs.speaking import Call, Speaker, new_key


@dataclass(frozen=True, slots=True)
class Member:
    """A platform or a person, with a key."""

    name: str
    secret: str
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return self.name


FIRST = Member("first-admin", ADMIN_SECRET, ("admin",))
PLATFORMS = ("platform-a", "platform-b")
OFFICERS: dict[str, tuple[str, ...]] = {
    "reviewer-1": ("review",),
    "reviewer-2": ("review",),
    "approver-1": ("approve",),
    "approver-2": ("approve",),
    "cashier-1": ("finance",),
    "cashier-2": ("finance",),
    "all-round-1": ("review", "approve", "finance"),
    "all-round-2": ("review", "approve", "finance"),
    "administrator": ("admin",),
    "auditor": ("audit",),
    "onlooker": ("review", "approve", "finance", "admin", "audit"),
}
"""Name and scopes; the onlooker only reads, to see what is open to anyone."""
Cast = dict[str, Member]


def make_key(speaker: Speaker, by: Member, **fields: Any) -> str:
    """A new key's secret."""
    heard = speaker.send(Call("POST", "/v1/keys", by, fields, new_key()))
    assert heard.status == 201, f"no key for {fields}: {heard}"
    return str(heard.body["secret"])


def engage(speaker: Speaker, mode: str = "test") -> Cast:
    """Keys for everybody."""
    found: Cast = {}
    for name in PLATFORMS:
        secret = make_key(speaker, FIRST, name=name, scopes=["apply"], platform=name, mode=mode)
        found[name] = Member(name, secret, ("apply",))
    for name, scopes in OFFICERS.items():
        secret = make_key(speaker, FIRST, name=name, scopes=list(scopes), person=name, mode=mode)
        found[name] = Member(name, secret, scopes)
    return found


def read_list(speaker: Speaker, by: Member, at: str, name: str = "national") -> None:
    """Say that a joint-punishment list was read at an instant."""
    call = Call("PUT", f"/v1/joint-punishment/lists/{name}", by, {"source": "proofs", "queried_at": at})
    heard = speaker.send(call)
    assert heard.status in (200, 201), f"list not read: {heard}"
