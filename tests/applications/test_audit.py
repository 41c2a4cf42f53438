"""`duixian audit`: the whole database, exported heads, and the page that shows a stranger how."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from app.cli import app
from app.settings import read_settings
from tests.applications.test_events_chain import alter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.applications.desk import Desk


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A few applications and chains of the office."""
    desk.post("admin", "/v1/keys", {"name": "x", "scopes": ["audit"], "person": "p-1"})
    desk.approved(["patent-grants"])
    desk.draft(["patent-grants"])
    return desk


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DUIXIAN_AUDIT_KEY", "a key that only the auditor has")
    yield
    read_settings.cache_clear()


def run(*arguments: str) -> tuple[int, str]:
    read_settings.cache_clear()
    result = CliRunner().invoke(app, ["audit", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_all_of_an_untouched_database_holds(filled: Desk) -> None:
    code, said = run("verify")
    assert code == 0, said
    found = re.search(r"(\d+) chains, (\d+) events, (\d+) assessments: valid", said)
    assert found is not None
    with psycopg.connect(filled.url) as connection:
        counted = connection.execute(
            "SELECT count(DISTINCT chain), count(*), (SELECT count(*) FROM assessments) FROM events"
        ).fetchone()
    assert tuple(map(int, found.groups())) == counted


def test_the_first_break_of_each_chain_is_said(filled: Desk) -> None:
    alter(
        filled.url,
        "UPDATE events SET data = data || '{\"note\": 1}' WHERE application IS NOT NULL AND seq IN (1, 2)",
    )
    code, said = run("verify")
    assert code == 1
    lines = said.splitlines()
    assert len(lines) == 3
    assert all(re.fullmatch(r"live app_[0-9a-f]{32} at 1: altered", line) for line in lines[:2])
    assert lines[2].endswith(": 2 broken")
    assert run("verify", "--mode", "test") == (0, "0 chains, 0 events, 0 assessments: valid\n")


def test_an_altered_assessment_is_found_though_its_hash_fits(filled: Desk) -> None:
    alter(
        filled.url,
        "UPDATE assessments SET result = '{}', result_hash = 'sha256:' || encode(sha256('{}'), 'hex') WHERE n = 1",
    )
    code, said = run("verify")
    assert code == 1
    assert ": assessment-altered" in said


def test_exported_heads_show_a_chain_that_was_rewritten_with_its_head(filled: Desk, tmp_path: Path) -> None:
    file = tmp_path / "heads.ndjson"
    assert run("heads", "--out", str(file))[0] == 0
    code, said = run("verify", "--heads", str(file))
    assert code == 0
    assert "exported heads: valid" in said
    draft = filled.draft(["patent-grants"])["id"]
    assert run("verify", "--heads", str(file))[0] == 0, "a chain that only grew holds"
    assert run("heads", "--out", str(file))[0] == 0
    alter(
        filled.url,
        "WITH gone AS (DELETE FROM events WHERE chain = %s) UPDATE applications SET event_hash = repeat('b', 64)"
        " WHERE id = %s",
        draft,
        draft,
    )
    code, said = run("verify", "--heads", str(file))
    assert code == 1
    assert f"live {draft} at 1: removed" in said


def test_a_file_that_was_touched_or_cut_or_signed_by_another_is_refused(
    filled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert filled.mode == "live"
    file, wrong = tmp_path / "heads.ndjson", tmp_path / "wrong.ndjson"
    run("heads", "--out", str(file))
    lines = file.read_bytes().splitlines(keepends=True)
    for content in (
        b"".join(lines[:-1]),
        b"".join([lines[0], *lines[2:]]),
        b"".join(lines).replace(b'"seq":1', b'"seq":2', 1),
        b"",
        b"x\n",
    ):
        wrong.write_bytes(content)
        assert run("verify", "--heads", str(wrong))[0] == 2
    assert run("verify", "--heads", str(tmp_path / "none"))[0] == 2
    monkeypatch.setenv("DUIXIAN_AUDIT_KEY", "another key altogether")
    assert run("verify", "--heads", str(file))[0] == 2
    monkeypatch.delenv("DUIXIAN_AUDIT_KEY")
    assert run("heads")[0] == 2


def test_who_checks_needs_the_public_key_only(
    filled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert filled.mode == "live"
    key = Ed25519PrivateKey.generate()
    private, public, file = (tmp_path / name for name in ("audit.pem", "audit.pub", "heads.ndjson"))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    monkeypatch.delenv("DUIXIAN_AUDIT_KEY")
    monkeypatch.setenv("DUIXIAN_AUDIT_PRIVATE_KEY", str(private))
    assert run("heads", "--out", str(file))[0] == 0
    assert json.loads(file.read_text().splitlines()[0])["algorithm"] == "ed25519"
    monkeypatch.delenv("DUIXIAN_AUDIT_PRIVATE_KEY")
    monkeypatch.setenv("DUIXIAN_AUDIT_PUBLIC_KEY", str(public))
    assert run("verify", "--heads", str(file))[0] == 0
    assert run("heads")[0] == 2
    file.write_bytes(file.read_bytes().replace(b'"seq":1', b'"seq":2', 1))
    assert run("verify", "--heads", str(file))[0] == 2


def test_the_page_shows_a_stranger_how(filled: Desk, root: Path) -> None:
    """The program of docs/audit.md, run as it stands there on the events that the API gives."""
    page = (root / "docs" / "audit.md").read_text("utf-8")
    block = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert block is not None
    program = block.group(1)
    assert len([line for line in program.splitlines() if line.strip()]) <= 11
    application = filled.get("apply", "/v1/applications").json()["items"][-1]["id"]
    events: list[dict[str, Any]] = filled.get("apply", f"/v1/applications/{application}/events").json()[
        "items"
    ]
    assert len(events) > 1

    def verify(content: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(content),
            capture_output=True,
            text=True,
            check=False,
        )

    well = verify(events)
    assert (well.returncode, well.stdout) == (0, f"valid, head {events[-1]['hash']}\n"), well.stderr
    changed = json.loads(json.dumps(events))
    changed[1]["data"]["note"] = "x"
    for broken in (events[1:], [events[1], events[0], *events[2:]], changed):
        assert verify(broken).returncode == 1
