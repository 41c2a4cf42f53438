"""The first administrator's key: made once, kept where its owner alone can read it, or given by the operator."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from app.first_start import open_own_office
from app.services.first_key import ensure_admin_key, first_admin_key
from app.settings import Settings
from app.store.database import open_database
from tests.applications.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine

GIVEN = "operator-key-0123456789-abcdefghijklmn"


def kept(url: str) -> list[tuple[str, str, list[str]]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT mode, person, scopes FROM api_keys").fetchall()


@pytest.mark.anyio
async def test_many_that_start_at_once_make_one_key(engine: AsyncEngine, database_url: str) -> None:
    told: list[str] = []
    others = [open_database(database_url, pool_size=2) for _ in range(4)]
    found = await asyncio.gather(
        *(first_admin_key(one, told.append) for one in (engine, *others) for _ in range(2))
    )
    assert [secret for secret in found if secret is not None] == told
    assert len(told) == 1
    await asyncio.gather(*(ensure_admin_key(one, GIVEN) for one in (engine, *others) for _ in range(2)))
    assert kept(database_url) == [("live", "admin", ["admin"])] * 2
    for one in others:
        await one.dispose()


@pytest.mark.anyio
async def test_a_key_that_could_not_be_told_is_not_made(engine: AsyncEngine, database_url: str) -> None:
    def fail(_: str) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        await first_admin_key(engine, fail)
    assert kept(database_url) == []


def test_an_own_office_writes_it_for_its_owner_alone(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIXIAN_SECRET", "")
    settings = Settings(data=tmp_path, secret=None)
    made = open_own_office(settings, database_url)
    assert made is not None
    assert made.file.read_text("ascii") == made.secret + "\n"
    assert made.secret.startswith("dx_live_")
    secret = os.environ["DUIXIAN_SECRET"]
    assert len(secret) == 43
    for file in ("admin-key", "secret"):
        assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600
    assert open_own_office(settings, database_url) is None
    assert os.environ["DUIXIAN_SECRET"] == secret
    assert made.file.read_text("ascii") == made.secret + "\n"
    desk = Desk(database_url)
    try:
        found = desk.get(None, "/v1/me", headers={"Authorization": f"Bearer {made.secret}"}).json()
        assert (found["mode"], found["person"], found["scopes"]) == ("live", "admin", ["admin"])
    finally:
        desk.close()


def test_the_operators_key_opens_from_the_first_request_at_every_start(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIXIAN_ADMIN_KEY", GIVEN)
    assert GIVEN not in repr(Settings())
    for _ in range(2):
        desk = Desk(database_url)
        try:
            mine = {"Authorization": f"Bearer {GIVEN}"}
            found = desk.get(None, "/v1/me", headers=mine).json()
            assert (found["person"], found["scopes"]) == ("admin", ["admin"])
        finally:
            desk.close()
        with psycopg.connect(database_url) as connection:
            connection.execute("DELETE FROM api_keys WHERE created_by = 'tests'")
    assert kept(database_url) == [("live", "admin", ["admin"])]


def test_the_operators_key_stays_revoked(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIXIAN_ADMIN_KEY", GIVEN)
    mine = {"Authorization": f"Bearer {GIVEN}"}
    desk = Desk(database_url)
    key = desk.get(None, "/v1/me", headers=mine).json()["credential"]
    desk.ask("admin", "DELETE", f"/v1/keys/{key}", headers={"If-Match": '"1"'})
    desk.close()
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM api_keys WHERE created_by = 'tests'")
    desk = Desk(database_url)
    assert desk.get(None, "/v1/me", headers=mine).status_code == 401
    desk.close()


@pytest.mark.parametrize("key", ["short", "x" * 31, "with space " * 4, "dots.in.it." * 4])
def test_a_key_that_can_be_guessed_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="32 to 200 characters"):
        Settings(admin_key=key)


def test_the_command_prints_one_more(database_url: str, root: Path) -> None:
    for count in (1, 2):
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", "keys", "create-admin"],
            cwd=root,
            env={**os.environ, "DUIXIAN_DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith("dx_live_")
        assert len(kept(database_url)) == count
    gone = subprocess.run(
        [sys.executable, "-m", "app.cli", "keys", "create-admin"],
        cwd=root,
        env={**os.environ, "DUIXIAN_DATABASE_URL": database_url + "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert gone.returncode == 1
    assert "does not answer" in gone.stderr
    assert "Traceback" not in gone.stderr
