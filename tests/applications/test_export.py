"""`duixian export`: everything about one applicant, and nothing about anybody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.applications.desk import FIRM, FIRM_2
from tests.applications.importing import command, kept

if TYPE_CHECKING:
    from pathlib import Path

    from tests.applications.desk import Desk

ONE, TWO = FIRM["uscc"], FIRM_2["uscc"]


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """Two applicants, each with an approved application and records."""
    for firm in (FIRM, FIRM_2):
        desk.approved(["patent-grants"], applicant=firm)
        listed = {"uscc": firm["uscc"], "list": "tax", "listed_on": "2020-01-02", "removed_on": "2021-01-02"}
        assert desk.post("review", "/v1/joint-punishment", {**listed, "source": "tax"}).status_code == 201
        money = {"uscc": firm["uscc"], "source": "municipal", "amount": "12.5", "granted_on": "2022-01-02"}
        assert desk.post("review", "/v1/funding-records", {**money, "reference": "F-1"}).status_code == 201
    return desk


def exported(desk: Desk, uscc: str, *options: Any) -> Any:
    done = command(desk.url, "export", "--uscc", uscc, *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


def test_all_of_one_applicant(filled: Desk, tmp_path: Path) -> None:
    found = exported(filled, ONE.lower())
    assert found["organisation"]["name"] == FIRM["name"]
    [application] = found["applications"]
    assert (application["status"], application["uscc"]) == ("approved", ONE)
    assert "salt" not in application
    [award] = found["awards"]
    assert (award["amount"], award["state"]) == ("200000.00", "reserved")
    assert [one["occasion"] for one in found["assessments"]] == ["submit", "approve"]
    assert found["assessments"][0]["result"]["measures"][0]["verdict"] == "eligible"
    assert [(one["from_account"], one["to_account"], one["amount"]) for one in found["ledger_entries"]] == [
        ("free", "reserved", "200000.00")
    ]
    assert [one["type"] for one in found["events"]][-1] == "application.approved"
    assert [one["list"] for one in found["joint_punishment"]] == ["tax"]
    assert [one["amount"] for one in found["funding_records"]] == ["12.50"]
    assert len(found["claims"]) == 1
    assert [one["type"] for one in found["organisation_events"]] == [
        "joint_punishment.recorded",
        "funding.recorded",
    ]
    assert TWO not in json.dumps(found)
    assert FIRM_2["name"] not in json.dumps(found, ensure_ascii=False)
    file = tmp_path / "all.json"
    assert exported(filled, ONE, "--out", file) is None
    assert file.stat().st_mode & 0o777 == 0o600
    again = json.loads(file.read_text("utf-8"))
    assert {**again, "exported_at": None} == {**found, "exported_at": None}


def test_whoever_was_merged_is_part_of_the_applicant(filled: Desk) -> None:
    code = {"uscc": TWO, "from": "2026-01-01", "reason": "合并"}
    assert filled.post("admin", f"/v1/organisations/{ONE}/codes", code).status_code == 201
    found = exported(filled, TWO)
    assert len(found["applications"]) == 2
    assert len(found["joint_punishment"]) == 3
    assert found["organisation_events"][-1]["type"] == "funding.recorded"
    assert [one["type"] for one in found["organisation_events"]].count("organisation.merged") == 1


def test_an_objector_is_nobody_in_it(sandbox: Desk) -> None:
    application = sandbox.approved(["patent-grants"])["id"]
    sandbox.done("review", application, "publicise")
    [(day,)] = kept(sandbox.url, "SELECT public_from FROM applications WHERE id = %s", application)
    body = {"by": "李四", "contact": "13812345678", "text": "不符合条件", "received_on": day.isoformat()}
    at = {"Duixian-Test-Time": f"{day}T12:00:00+08:00"}
    sandbox.done("review", application, "object", body, headers=at)
    found = exported(sandbox, ONE, "--mode", "test")
    assert [one["outcome"] for one in found["objections"]] == [None]
    told = json.dumps(found, ensure_ascii=False)
    for text in ("李四", "13812345678", "不符合条件"):
        assert text not in told


def test_nobody_of_that_code(desk: Desk) -> None:
    assert command(desk.url, "export", "--uscc", ONE).returncode == 2
    assert command(desk.url, "export", "--uscc", ONE, "--mode", "test").returncode == 2
