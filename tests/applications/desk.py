"""The service with a caller for every role, and short ways through the procedure."""

from __future__ import annotations

import asyncio
import hashlib
import os
import uuid
from typing import TYPE_CHECKING, Any

import httpx
import psycopg

from app.main import create_app
from app.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES: dict[str, dict[str, Any]] = {
    "apply": {"scopes": ["apply"], "platform": "portal"},
    "other": {"scopes": ["apply"], "platform": "bureau"},
    "review": {"scopes": ["review"], "person": "p-review"},
    "approve": {"scopes": ["approve"], "person": "p-approve"},
    "approve2": {"scopes": ["approve"], "person": "p-approve-2"},
    "finance": {"scopes": ["finance"], "person": "p-finance"},
    "admin": {"scopes": ["admin"], "person": "p-admin"},
    "audit": {"scopes": ["audit"], "person": "p-audit"},
    "all": {"scopes": ["review", "approve", "finance"], "person": "p-all"},
}
"""Kinds of callers, each with a live key and a test key; the test key's secret ends in `-test`."""
PATENTS = {"patents": {"granted": 12, "invention_granted": 2, "high_value_granted": 0}}
FIRM = {"name": "示例企业", "uscc": "91140802MA0GT0018G", "kind": "enterprise", "size": "small"}
FIRM_2 = {"name": "第二企业", "uscc": "91140802MA0GT0026B", "kind": "enterprise", "size": "small"}


def secret_of(role: str, mode: str) -> str:
    return f"dx_{mode}_{role}{'-test' if mode == 'test' else ''}"


def make_keys(url: str) -> None:
    """Put a key of every role and mode into the database."""
    with psycopg.connect(url) as connection:
        for mode in ("live", "test"):
            for role, holder in ROLES.items():
                secret = secret_of(role, mode)
                connection.execute(
                    "INSERT INTO api_keys (mode, id, name, secret_hash, hint, scopes, platform, person, created_by,"
                    " created_at) VALUES (%s, %s, %s, %s, '0000', %s, %s, %s, 'tests', now())",
                    [
                        mode,
                        f"key_{uuid.uuid4().hex}",
                        role,
                        hashlib.sha256(secret.encode()).digest(),
                        holder["scopes"],
                        holder.get("platform"),
                        holder.get("person"),
                    ],
                )
            connection.execute(
                "INSERT INTO list_readings (mode, id, list, source, queried_at, recorded_by, recorded_at)"
                " VALUES (%s, %s, 'national', 'tests', now(), 'tests', now())",
                [mode, f"lrd_{uuid.uuid4().hex}"],
            )


class Desk:
    """A running service over HTTP in this process; `mode` says whose keys are used."""

    def __init__(self, url: str, mode: str = "live") -> None:
        self.url = url
        self.mode = mode
        make_keys(url)
        os.environ["DUIXIAN_DATABASE_URL"] = url
        read_settings.cache_clear()
        self._runner = asyncio.Runner()
        self.app = create_app()
        self._lifespan: Any = self.app.router.lifespan_context(self.app)
        self._runner.run(self._lifespan.__aenter__())
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://service"
        )

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.run(self._lifespan.__aexit__(None, None, None))
        self._runner.close()
        os.environ.pop("DUIXIAN_DATABASE_URL", None)
        read_settings.cache_clear()

    def run(self, work: Any) -> Any:
        """Run a coroutine on the service's loop."""
        return self._runner.run(work)

    def ask(
        self,
        role: str | None,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if role is not None:
            sent.setdefault("Authorization", f"Bearer {secret_of(role, self.mode)}")
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid.uuid4().hex)
        return self._runner.run(self._client.request(method, path, headers=sent, **more))

    def get(self, role: str | None, path: str, **more: Any) -> httpx.Response:
        return self.ask(role, "GET", path, **more)

    def post(self, role: str | None, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.ask(role, "POST", path, **({} if body is None else {"json": body}), **more)

    def draft(
        self, measures: list[str], facts: Any = None, applicant: Any = None, **more: Any
    ) -> dict[str, Any]:
        """A new application of `portal`."""
        body = {
            "policy": "yanhu-ip",
            "year": more.pop("year", 2026),
            "measures": measures,
            "applicant": applicant or FIRM,
            "facts": PATENTS if facts is None else facts,
            **more,
        }
        answer = self.post("apply", "/v1/applications", body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def act(
        self,
        role: str,
        application: str,
        action: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """An action with the current ETag."""
        etag = self.get(role, f"/v1/applications/{application}").headers["etag"]
        sent = {"If-Match": etag, **(headers or {})}
        return self.post(role, f"/v1/applications/{application}/{action}", body, headers=sent)

    def done(self, role: str, application: str, action: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """An action that must succeed."""
        answer = self.act(role, application, action, body, **more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def submitted(
        self, measures: list[str], facts: Any = None, applicant: Any = None, **more: Any
    ) -> dict[str, Any]:
        return self.done("apply", self.draft(measures, facts, applicant, **more)["id"], "submit")

    def accepted(
        self, measures: list[str], facts: Any = None, applicant: Any = None, **more: Any
    ) -> dict[str, Any]:
        return self.done("review", self.submitted(measures, facts, applicant, **more)["id"], "accept")

    def approved(
        self, measures: list[str], facts: Any = None, applicant: Any = None, **more: Any
    ) -> dict[str, Any]:
        """Approved: fixed and calculated awards as assessed, others at their ceiling."""
        accepted = self.accepted(measures, facts, applicant, **more)
        return self.done("approve", accepted["id"], "approve", {"awards": decisions(accepted)})


def decisions(application: dict[str, Any]) -> list[dict[str, Any]]:
    """Approve every eligible award."""
    found = []
    for award in application["awards"]:
        if award["state"] != "assessed":
            continue
        decision = {"award": award["id"], "decision": "approve"}
        if award["kind"] in ("fixed", "calculated"):
            decision["expected_amount"] = award["assessed"]
        else:
            decision |= {"amount": award["ceiling"], "reason": "符合条件"}
        found.append(decision)
    return found
