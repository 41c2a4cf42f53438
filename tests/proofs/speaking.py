"""How the proofs speak to the service: plain HTTP, one credential a call, every answer kept as it came."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.proofs.cast import Member


KEPT_SECONDS = 2.0
"""Clients close idle connections before the service does (after 5 seconds), or an order meets a closed one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer. `slug` is the last part of a problem's type."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else None

    @property
    def slug(self) -> str | None:
        if self.status < 400:
            return None
        return str(self.body["type"]).rstrip("/").rsplit("/", 1)[-1]

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotency-replayed") == "true"

    def __str__(self) -> str:
        return f"{self.status} {self.raw[:1500].decode('utf-8', 'replace')}"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it is sent, so that it can be sent again."""

    method: str
    path: str
    by: Member
    body: Any = None
    key: str | None = None
    version: str | None = None
    """For If-Match."""
    at: datetime | None = None
    """The sandbox's time."""

    def headers(self) -> dict[str, str]:
        found = {"Authorization": f"Bearer {self.by.secret}"}
        if self.key is not None:
            found["Idempotency-Key"] = self.key
        if self.version is not None:
            found["If-Match"] = self.version
        if self.at is not None:
            found["Duixian-Test-Time"] = self.at.isoformat()
        if self.body is not None:
            found["Content-Type"] = "application/json"
        return found

    def content(self) -> bytes | None:
        return None if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


def new_key() -> str:
    return uuid.uuid4().hex


class Speaker:
    """One client, connections kept alive."""

    def __init__(self, address: str) -> None:
        limits = httpx.Limits(keepalive_expiry=KEPT_SECONDS)
        self._client = httpx.Client(base_url=address, timeout=60.0, limits=limits, trust_env=False)

    def send(self, call: Call) -> Heard:
        answer = self._client.request(call.method, call.path, headers=call.headers(), content=call.content())
        return Heard(answer.status_code, answer.headers, answer.content)

    def get(self, path: str, by: Member) -> Any:
        """What is there. Raises AssertionError for anything but 200."""
        heard = self.send(Call("GET", path, by))
        assert heard.status == 200, f"GET {path} by {by.name}: {heard}"
        return heard.body

    def all_of(self, path: str, by: Member) -> list[Any]:
        """Every item of a list, page by page."""
        found: list[Any] = []
        mark, after = "&" if "?" in path else "?", ""
        while True:
            page = self.get(f"{path}{mark}limit=200{after}", by)
            found += page["items"]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    def close(self) -> None:
        self._client.close()
