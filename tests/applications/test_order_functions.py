"""The functions that orders read and write by: they see and change no more than their caller may."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors

from app.services.instants import now
from app.services.trail import chained
from app.store import cases, idempotency
from app.store.acting import Sight, entering
from app.store.applications import save_rest
from app.store.cases import AwardChanges
from app.store.events import Head
from app.store.idempotency import Claim, KeyOf
from app.store.pipelining import BEGIN, COMMIT, send
from migrations.order_functions import SIGNATURES
from tests.applications.rows import fill

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from app.store.events import EventRow

pytestmark = pytest.mark.anyio

OWN, OTHER = Sight("live", "portal"), Sight("live", "bureau")
APPLICATION = "live-portal"


def test_they_run_as_their_caller_with_a_pinned_path_and_for_the_serving_role_alone(
    database_url: str,
) -> None:
    with psycopg.connect(database_url) as catalogue:
        found = catalogue.execute(
            "SELECT proname, prosecdef, proconfig, has_function_privilege('public', oid, 'EXECUTE'),"
            " has_function_privilege('duixian_service', oid, 'EXECUTE') FROM pg_proc"
            " WHERE oid = ANY (%s::regprocedure[])",
            [list(SIGNATURES)],
        ).fetchall()
    assert len(found) == len(SIGNATURES)
    for name, sees_over, settings, anybody, serving in found:
        assert (sees_over, anybody, serving) == (False, False, True), name
        assert settings == ["search_path=public, pg_temp"], name


def claim(key: str, owner: str = "platform:portal", fingerprint: bytes = b"f" * 32) -> Claim:
    return Claim(KeyOf("live", owner, "POST", "/v1/x", key), fingerprint)


async def opened(connection: AsyncConnection, sight: Sight, claimed: Claim | None = None) -> Any:
    """What is opened for this sight: None where there is nothing to see."""
    _, _, row = await send(
        connection, [BEGIN, entering(sight), cases.opening("live", APPLICATION, claimed, now())]
    )
    assert row is not None
    return None if row[0] is None else cases.opened(row[0])


def an_event() -> EventRow:
    return chained(
        Head(1, "0" * 64),
        mode="live",
        chain=APPLICATION,
        kind="application.accepted",
        at=now(),
        actor={"kind": "platform"},
        data={},
        application=APPLICATION,
        platform="portal",
    )


async def test_another_platforms_case_is_neither_opened_nor_written(
    engine: AsyncEngine, database_url: str
) -> None:
    fill(database_url)
    async with engine.connect() as connection:
        found = await opened(connection, OWN)
        assert found.row.id == APPLICATION
    async with engine.connect() as connection:
        assert await opened(connection, OTHER) is None
        with pytest.raises(errors.InsufficientPrivilege):
            await send(
                connection,
                [
                    cases.changing(
                        replace(found.row, version=7), AwardChanges(gone=["live-portal"]), an_event()
                    )
                ],
            )
    async with engine.connect() as connection:  # nor in the other mode
        assert await opened(connection, Sight("test", "portal")) is None
    with psycopg.connect(database_url) as looking:
        assert looking.execute(
            "SELECT version FROM applications WHERE id = %s", [APPLICATION]
        ).fetchone() == (1,)
        assert looking.execute(
            "SELECT count(*) FROM awards WHERE application = %s", [APPLICATION]
        ).fetchone() == (1,)


async def test_a_key_of_another_is_not_taken_and_its_answer_not_told(
    engine: AsyncEngine, database_url: str
) -> None:
    fill(database_url)
    async with engine.connect() as connection:
        with pytest.raises(errors.InsufficientPrivilege):
            await opened(connection, OWN, claim("k", owner="platform:bureau"))
    async with engine.connect() as connection:
        await opened(connection, OTHER)
        stored = KeyOf("live", "platform:portal", "x", "x", "live-portal")
        assert await idempotency.kept(connection, stored) is None


async def test_a_key_is_ours_once_and_then_tells_the_first_answer(
    engine: AsyncEngine, database_url: str
) -> None:
    fill(database_url)
    wanted = claim("k", fingerprint=hashlib.sha256(b"body").digest())
    headers = {"ETag": '"2"'}
    async with engine.connect() as connection:
        assert (await opened(connection, OWN, wanted)) is not None
        await send(
            connection,
            [idempotency.keeping(wanted.key, 200, headers, "答".encode()), COMMIT],
        )
    async with engine.connect() as connection:
        assert await opened(connection, OWN, wanted) is None  # not ours: nothing is locked, nothing shown
        assert await idempotency.kept(connection, wanted.key) == (
            wanted.fingerprint,
            200,
            headers,
            "答".encode(),
        )


async def test_whatever_an_order_changes_of_an_application_is_written(
    engine: AsyncEngine, database_url: str
) -> None:
    fill(database_url)
    digest = "sha256:" + "a" * 64
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO policy_versions (digest, policy, version, engine_version, files)"
            " VALUES (%s, 'yanhu-ip', '2023-draft', '1', '{\"policy.yaml\": \"x\"}')",
            [digest],
        )
    moment, day = now(), date(2026, 11, 25)
    changes: dict[str, Any] = {
        "uscc": "91140802MA0GT0026B", "external_ref": "new", "policy": "other", "policy_version": "v",
        "policy_digest": digest, "notice": 2025, "year": 2025, "status": "returned", "measures": ("b", "c"),
        "applicant": {"name": "n"}, "facts": {"f": [1, "1.50"]}, "object_claims": ("k",), "projects": ("p",),
        "flags": [{"code": "c"}], "assessment": 3, "insisted": True, "returned": {"reason": "r"},
        "times_returned": 2, "answer_by": day, "on_hold": {"reason": "h"}, "public_days": 7, "public_from": day,
        "public_last_day": day, "restores_entitlement": True, "accepted_by": ("p-1",), "approved_by": ("p-2",),
        "resolved_by": ("p-3",), "paid_by": ("p-4",), "override": {"reason": "o"}, "version": 8, "event_seq": 9,
        "event_hash": "b" * 64, "salt": b"\x00salt", "test_time": moment, "created_at": moment,
        "updated_at": moment, "submitted_at": moment,
    }  # fmt: skip
    async with engine.connect() as connection:
        found = await opened(connection, OWN)
        assert {field.name for field in fields(found.row)} - set(changes) == {
            "mode",
            "id",
            "platform",
            "organisation",
        }
        wanted = replace(found.row, **changes)
        await save_rest(connection, wanted, found.row)
        await send(connection, [cases.changing(wanted, AwardChanges(), an_event()), COMMIT])
    async with engine.connect() as connection:
        assert (await opened(connection, OWN)).row == wanted
