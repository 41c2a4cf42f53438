"""Every operation of the document against every kind of caller: 401, 403, 404, or through the gate.

The expectation is the document's own word: `x-scopes` or `x-public`. An operation that has neither fails here, and so
does a path parameter that this table does not know.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.routers.access import Administrator, Reviewer
from app.routers.documenting import IS_PUBLIC, PUBLIC
from app.routers.guarding import SCOPES, Unguarded, check_guarded
from app.store import TABLES
from app.store.database import driver_url
from tests.applications.desk import FIRM, PATENTS, ROLES, Desk, secret_of
from tests.applications.issuer import Issuer
from tests.applications.rows import row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

OFFICE = ("review", "approve", "finance", "admin", "audit")
OF_A_PLATFORM = ("application", "document", "webhook", "delivery")
"""Path parameters that name what belongs to one platform: to another it is not there."""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
COMMON = {
    "policy": "yanhu-ip",
    "measure": "patent-grants",
    "kind": "not-json",
    "key": "key_" + "0" * 32,
    "uscc": FIRM["uscc"],
    "list": "national",
    "record": "jpr_" + "0" * 32,
    "n": "1",
    "offer": "off_" + "0" * 32,
    "allocation": "alr_" + "0" * 32,
    "match": "mat_" + "0" * 32,
    "job": "job_" + "0" * 32,
    "name": "report.json",
}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    open_issuer = Issuer()
    yield open_issuer
    open_issuer.close()


@pytest.fixture
def desk(
    database_url: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Desk]:
    settings = {**issuer.settings, "DUIXIAN_RATE_LIMIT": "0", "DUIXIAN_FAILED_RATE_LIMIT": "0"}
    monkeypatch.setenv("DUIXIAN_DOCUMENTS", str(tmp_path / "documents"))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    running = Desk(database_url)
    yield running
    running.close()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def callers(desk: Desk, issuer: Issuer) -> dict[str, tuple[str | None, frozenset[str] | None]]:
    """Kinds of callers: their credential, and the scopes it carries; None: it must not hold."""
    found: dict[str, tuple[str | None, frozenset[str] | None]] = {
        "nobody": (None, None),
        "a test key's secret in a live one's form": (
            secret_of("admin", "test").replace("test", "live"),
            None,
        ),
        "token, alg none": (issuer.forged("none", None, scope="admin"), None),
        "token, wrong audience": (issuer.token(aud="other", scope="admin"), None),
        "token, HS256 with the public key": (issuer.signed_with_the_public_key(scope="admin"), None),
        "token, expired": (issuer.token(exp=1, scope="admin"), None),
        "token, no scope of ours": (issuer.token(scope="openid apply"), frozenset()),
        "token, review": (issuer.token(scope="openid review"), frozenset({"review"})),
    }
    for role in ("apply", "other", *OFFICE):
        found[role] = (secret_of(role, "live"), frozenset(ROLES[role]["scopes"]))
    for ended in ("expires_at", "revoked_at"):
        secret = f"dx_live_{ended}"
        with psycopg.connect(desk.url) as connection:
            connection.execute(
                "INSERT INTO api_keys (mode, id, name, secret_hash, hint, scopes, person, created_by, created_at)"
                " VALUES ('live', %s, 'ended', sha256(%s::bytea), '', %s, 'p-ended', 'tests', now())",
                [secret, secret, list(OFFICE)],
            )
            connection.execute(
                f"UPDATE api_keys SET {ended} = now() - interval '1 second' WHERE id = %s",  # noqa: S608
                [secret],
            )
        found[f"key, {ended}"] = (secret, None)
    return found


def things_of_a_platform(desk: Desk) -> dict[str, str]:
    """One of each that belongs to the platform `portal`, by path parameter."""
    engine = create_engine(driver_url(desk.url), poolclass=NullPool)
    tables = {table.name: table for table in TABLES}
    application = desk.draft(["patent-grants"], PATENTS)["id"]
    file = {"file": ("a.png", PNG, "image/png")}
    document = desk.ask("apply", "POST", "/v1/documents", files=file).json()["id"]
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = 'replica'"))
        made = row(tables["webhook_endpoints"], "live", "portal") | {"id": "whe-portal"}
        connection.execute(tables["webhook_endpoints"].insert().values(made))
        made = row(tables["webhook_deliveries"], "live", "portal")
        made |= {"id": "whd-portal", "endpoint": "whe-portal", "application": application}
        connection.execute(tables["webhook_deliveries"].insert().values(made))
    engine.dispose()
    return {
        "application": application,
        "document": document,
        "webhook": "whe-portal",
        "delivery": "whd-portal",
    }


def ask(desk: Desk, secret: str | None, method: str, path: str) -> httpx.Response:
    """With nothing that a change needs beside the credential: what gets through changes nothing."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": ""}
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    return desk.ask(None, method, path, headers=headers, content=b"" if method == "GET" else b"{}")


def wrong(
    operation: dict[str, Any], names: list[str], caller: str, scopes: frozenset[str] | None, status: int
) -> str:
    """What is wrong with the answer; empty when it is right."""
    needed = operation.get(SCOPES)
    if status >= 500:
        return f"{status}"
    if needed is None:
        return f"{status}: it is public" if status in (401, 403) else ""
    if scopes is None:
        return "" if status == 401 else f"{status}, not 401"
    if needed and not scopes & set(needed):
        return "" if status == 403 else f"{status}, not 403"
    if status in (401, 403):
        return f"{status}, but it has the scope"
    belongs = [name for name in names if name in OF_A_PLATFORM]
    if caller == "other" and belongs:
        return "" if status == 404 else f"{status}, not 404"
    if caller == "apply" and belongs and "n" not in names:
        return "404, but it is its own" if status == 404 else ""
    return ""


def test_every_operation_for_every_kind_of_caller(desk: Desk, issuer: Issuer) -> None:
    values = {**COMMON, **things_of_a_platform(desk)}
    everybody = callers(desk, issuer)
    asked, mistakes = 0, []
    for method, path, operation in operations(desk.app.openapi()):
        names = re.findall(r"\{([a-z_]+)\}", path)
        assert set(names) <= set(values), f"{path}: say here what its parameters may be"
        for caller, (secret, scopes) in everybody.items():
            answer = ask(desk, secret, method, path.format(**values))
            asked += 1
            found = wrong(operation, names, caller, scopes, answer.status_code)
            if found:
                mistakes.append(f"{method} {path} as {caller}: {found}")
    assert asked >= len(everybody) * 20
    assert mistakes == []


def test_the_document_says_who_may_ask(desk: Desk) -> None:
    document = desk.app.openapi()
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for _, path, operation in operations(document):
        guarded = SCOPES in operation
        assert guarded != bool(operation.get(IS_PUBLIC)), path
        assert operation.get("security", []) == ([{"bearer": []}] if guarded else []), path
        refusals = {"401", "429", *(["403"] if operation.get(SCOPES) else [])} if guarded else set()
        assert refusals <= set(operation["responses"]), path
        if not guarded:
            assert not {"401", "403"} & set(operation["responses"]), path


def test_what_is_public_is_known_by_name(desk: Desk) -> None:
    """A new public operation is a decision: write it down here."""
    public = {
        operation["operationId"]
        for _, _, operation in operations(desk.app.openapi())
        if IS_PUBLIC in operation
    }
    assert public == {
        "list_policies",
        "get_policy",
        "list_measures",
        "get_measure",
        "get_fact_schema",
        "evaluate_yanhu_ip",
        "evaluate_batch_yanhu_ip",
        "evaluate",
        "evaluate_batch",
        "list_public_notices",
        "get_liveness",
        "get_readiness",
        "get_metrics",
        "list_problem_kinds",
        "explain_problem_kind",
    }


def test_an_operation_that_guards_itself_badly_keeps_the_service_from_starting() -> None:
    async def endpoint() -> None:
        """Nothing."""

    async def guarded(caller: Reviewer) -> None:
        """Nothing."""

    async def twice(one: Reviewer, two: Administrator) -> None:
        """Nothing."""

    for function, extra in ((endpoint, None), (guarded, PUBLIC), (twice, None)):
        app = FastAPI()
        app.get("/x", openapi_extra=extra)(function)
        with pytest.raises(Unguarded):
            check_guarded(app.routes)
    app = FastAPI()
    app.get("/x", openapi_extra=PUBLIC)(endpoint)
    app.get("/y")(guarded)
    check_guarded(app.routes)
