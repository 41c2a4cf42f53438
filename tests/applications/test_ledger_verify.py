"""The ledger is what its entries say, and whatever was changed behind them is found."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.services import ledger_verify
from tests.applications.desk import FIRM, FIRM_2
from tests.applications.test_revoking import BORROWER, LOAN, MATCH, claim_back, money_back
from tests.applications.walking import PRIZES, approved, draft, granted, held, paid, publicised
from tests.http.asking import refused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.applications.desk import Desk


BRAND = {"brand_plan": {"newly_recognised": True}}


@pytest.fixture
def ledger(sandbox: Desk) -> Desk:
    """Awards in every state."""
    granted(sandbox).pay()
    draft(sandbox, ["brand-plan"], BRAND).do("submit")
    two = paid(sandbox, MATCH, PRIZES)
    first = two.seen["awards"][0]["id"]
    two.do("revoke", claim_back((first, "10000.00")))
    two.do("recover", money_back(two, "4000.00", award=first))
    granted(sandbox, ["pledge-financing"], LOAN, BORROWER)
    approved(sandbox, None, None, FIRM_2)
    publicised(sandbox, ["brand-plan"], BRAND).do("withdraw")
    lost = granted(sandbox, ["brand-plan"], BRAND, FIRM_2).pay()
    lost.confirm("V-2").do("revoke", claim_back())
    lost.do("write-off", {"award": lost.award["id"], "reason": "无法追回"})
    return sandbox


def verified(desk: Desk) -> dict[str, Any]:
    answer = desk.get("audit", "/v1/ledger/verify")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def behind(desk: Desk, *statements: str) -> None:
    """As the database's superuser, with triggers and references out of force."""
    with psycopg.connect(desk.url) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in ("ledger_entries", "awards", "claims", "limit_usage"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # type: ignore[arg-type]
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement  # type: ignore[arg-type]


def test_every_state_is_valid(ledger: Desk) -> None:
    report = verified(ledger)
    assert report == {"valid": True, "awards": 8, "differences": []}


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE awards SET amount = amount + 1 WHERE state = 'reserved'", "amounts"),
        ("UPDATE awards SET state = 'released' WHERE state = 'reserved'", "state"),
        ("UPDATE awards SET state = 'paid' WHERE state = 'owed'", "state"),
        ("UPDATE awards SET state = 'reserved', amount = 1 WHERE state = 'assessed'", "state"),
        ("UPDATE awards SET recovered = recovered + 1 WHERE state = 'owed'", "amounts"),
        ("UPDATE awards SET written_off = 0, recovered = written_off WHERE state = 'written_off'", "amounts"),
        ("UPDATE awards SET limit_keys = '{}' WHERE limit_keys <> '{}'", "caps"),
        ("DELETE FROM claims WHERE claim_key LIKE 'item|%cn1'", "claims"),
        ("UPDATE claims SET claim_key = claim_key || 'x' WHERE claim_key LIKE 'item|%cn1'", "claims"),
        (
            "INSERT INTO claims SELECT mode, 'once|x', id, organisation, now() FROM awards WHERE state = 'released'",
            "claims",
        ),
        ("UPDATE limit_usage SET used = used - 1", "usage"),
        ("DELETE FROM limit_usage", "usage"),
        ("INSERT INTO limit_usage VALUES ('test', 'annual|another', NULL, 5, 10)", "usage"),
        ("DELETE FROM ledger_entries WHERE to_account = 'written_off'", "state"),
        ("DELETE FROM ledger_entries WHERE from_account = 'free' AND amount = 3000000", "entries"),
        ("UPDATE ledger_entries SET amount = amount + 1 WHERE to_account = 'recovered'", "amounts"),
        (
            "UPDATE ledger_entries SET from_account = 'payable' WHERE to_account = 'free'",
            "entries",
        ),
        ("DELETE FROM awards WHERE state = 'reserved'", "orphan"),
        ("UPDATE awards SET measure = 'no-such-measure' WHERE state = 'reserved'", "orphan"),
    ],
)
def test_what_is_changed_behind_the_entries_is_found(ledger: Desk, statement: str, what: str) -> None:
    behind(ledger, statement)
    report = verified(ledger)
    assert not report["valid"]
    assert what in {one["what"] for one in report["differences"]}, report["differences"]
    for one in report["differences"]:
        assert (one["award"] is None) == (one["what"] == "usage")


def test_an_auditor_verifies_and_nobody_else(ledger: Desk) -> None:
    for role in ("apply", "review", "approve", "finance", "admin"):
        refused(ledger.get(role, "/v1/ledger/verify"), 403, "forbidden")
    refused(ledger.get(None, "/v1/ledger/verify"), 401, "unauthenticated")


def test_each_mode_has_a_ledger_of_its_own(sandbox: Desk) -> None:
    approved(sandbox)
    behind(sandbox, "UPDATE awards SET state = 'released'")
    assert not verified(sandbox)["valid"]
    sandbox.mode = "live"
    assert verified(sandbox) == {"valid": True, "awards": 0, "differences": []}


def test_a_merger_of_two_that_both_held_a_claim_is_valid(sandbox: Desk) -> None:
    approved(sandbox)
    approved(sandbox, None, None, FIRM_2)
    approved(sandbox, ["pledge-financing"], LOAN, {**BORROWER, **{k: FIRM_2[k] for k in ("name", "uscc")}})
    body = {"uscc": FIRM_2["uscc"], "from": "2026-11-01", "reason": "吸收合并"}
    path = f"/v1/organisations/{FIRM['uscc']}"
    etag = sandbox.get("review", path).headers["etag"]
    answer = sandbox.post("admin", f"{path}/codes", body, headers={"If-Match": etag})
    assert answer.status_code in (200, 201), answer.text
    assert held(sandbox)["used"] == [15_000_000]


def run(desk: Desk, *more: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "ledger", "verify", *more],
        cwd=folder,
        env={**os.environ, "DUIXIAN_DATABASE_URL": desk.url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_command_says_valid_or_names_what_differs(ledger: Desk, root: Path) -> None:
    told = run(ledger, folder=root)
    assert (told.returncode, told.stdout) == (0, "8 awards: valid\n"), told.stderr
    behind(ledger, "UPDATE awards SET amount = amount + 1 WHERE state = 'reserved'")
    told = run(ledger, "--mode", "test", folder=root)
    assert (told.returncode, told.stdout) == (1, "8 awards: 1 differences\n")
    assert "amounts" in told.stderr
    assert "20000001" in told.stderr
    assert run(ledger, "--mode", "live", folder=root).stdout == "0 awards: valid\n"


def test_it_is_read_as_a_stream_in_one_snapshot(ledger: Desk) -> None:
    """Progress is told award by award, and a change made meanwhile is not seen."""
    heard: list[tuple[int, int]] = []

    def progress(done: int, of: int) -> None:
        if not heard:
            behind(ledger, "UPDATE awards SET state = 'released' WHERE state = 'reserved'")
        heard.append((done, of))

    report = ledger.run(ledger_verify.verify(ledger.app.state.office, "test", progress))
    assert heard == [(n, 8) for n in range(1, 9)]
    assert report.valid
    assert not verified(ledger)["valid"]


def test_differences_are_counted_and_the_first_are_shown(
    ledger: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_verify, "MOST_DIFFERENCES", 2)
    behind(ledger, "DELETE FROM claims")
    report = ledger.run(ledger_verify.verify(ledger.app.state.office, "test"))
    assert len(report.differences) == 2
    assert report.found > 2
