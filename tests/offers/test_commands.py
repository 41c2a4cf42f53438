"""`duixian import organisations` and `duixian match`, as an operator runs them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.applications.desk import FIRM, FIRM_2, PATENTS
from tests.applications.importing import code_of, command, csv_of, ndjson_of
from tests.offers.registering import YEAR, looked_again, offers, registered, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.applications.desk import Desk


def line(firm: dict[str, Any], facts: Any = PATENTS, **more: Any) -> dict[str, Any]:
    return {"applicant": firm, "facts": facts, **more}


def test_a_file_of_organisations_is_taken_in_then_matched(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "组织.ndjson"
    third = {"name": "第三企业", "uscc": code_of(7), "kind": "enterprise"}
    registered(desk)
    file.write_bytes(ndjson_of(line(FIRM), line(FIRM_2), line(third, {"patents": {"granted": 0}})))
    options = ("import", "organisations", file, "--by", "0017", "--source", "市场监管")
    tried = command(desk.url, *options, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "3 organisations: 2 new, 0 changed, 1 as they were; nothing was written" in tried.stdout
    assert rows(desk, "SELECT count(*) FROM organisation_facts") == [(1,)]
    done = command(desk.url, *options)
    assert "3 organisations: 2 new, 0 changed, 1 as they were" in done.stdout, done.stderr
    again = command(desk.url, *options)
    assert "3 organisations: 0 new, 0 changed, 3 as they were" in again.stdout, again.stderr
    kept = desk.get("audit", f"/v1/organisations/{FIRM_2['uscc']}").json()
    assert (kept["name"], kept["kind"]) == (FIRM_2["name"], "enterprise")
    assert kept["facts"]["yanhu-ip"]["facts"] == PATENTS
    assert kept["facts"]["yanhu-ip"]["applicant"] == {"size": "small"}
    assert rows(desk, "SELECT type FROM events WHERE chain = 'organisations' ORDER BY seq DESC LIMIT 1") == [
        ("organisations.imported",)
    ]
    match = command(desk.url, "match", "--by", "0023", "--measure", "patent-grants")
    assert match.returncode == 0, match.stderr
    assert "3 organisations" in match.stdout
    assert "2 made" in match.stdout
    assert len(offers(desk, status="offered")) == 2
    assert rows(desk, "SELECT DISTINCT matched_by FROM offers") == [("0023",)]
    assert looked_again(desk) == 3, "what an import changes is looked at again by itself, too"


def test_bad_rows_keep_all_of_a_file_out_and_are_told(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_bytes(
        ndjson_of(
            line(FIRM),
            line({**FIRM_2, "size": "tiny"}),
            line(FIRM),
            line({**FIRM_2, "uscc": code_of(8), "credit": {"joint_punishment": True}}),
            line({**FIRM_2, "uscc": code_of(9)}, other_funding=[{"source": "district", "amount": "1.00"}]),
        )
    )
    done = command(desk.url, "import", "organisations", file)
    assert done.returncode == 2, done.stderr
    report = [
        json.loads(one) for one in (tmp_path / "bad.ndjson.errors.ndjson").read_text("utf-8").splitlines()
    ]
    assert {(one["row"], one["column"], one["code"]) for one in report} == {
        (2, "applicant.size", "choice"),
        (3, "applicant.uscc", "duplicate_id"),
        (4, "applicant.credit", "unknown_field"),
        (5, "other_funding", "unknown_field"),
    }
    assert rows(desk, "SELECT count(*) FROM organisations") == [(0,)]


def test_a_table_with_chinese_headings_is_read_as_a_population_is(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "组织.csv"
    headings = (
        "applicant.name",
        "applicant.uscc",
        "applicant.kind",
        "patents.granted",
        "patents.invention_granted",
    )
    file.write_bytes(csv_of(headings, ("示例企业", FIRM["uscc"], "enterprise", "12", "2")))
    done = command(desk.url, "import", "organisations", file, "--year", str(YEAR))
    assert "1 organisations: 1 new" in done.stdout, done.stdout + done.stderr
    kept = desk.get("audit", f"/v1/organisations/{FIRM['uscc']}").json()["facts"]["yanhu-ip"]
    assert kept["facts"] == {"patents": {"granted": 12, "invention_granted": 2}}
    assert kept["source"] == "组织.csv"


def test_what_cannot_be_done_is_said_without_a_traceback(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"x")
    for arguments, code in (
        (("match", "--policy", "none"), 2),
        (("match", "--measure", "exhibition-award"), 2),
        (("match", "--year", str(YEAR - 1)), 1),
        (("import", "organisations", file), 2),
        (("import", "organisations", file, "--policy", "none"), 2),
    ):
        done = command(desk.url, *arguments)
        assert done.returncode == code, (arguments, done.stdout + done.stderr)
        assert "Traceback" not in done.stderr
        assert done.stdout + done.stderr
