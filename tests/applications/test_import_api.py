"""POST /v1/imports/{kind}: the same files over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.applications.importing import FUNDED, LISTED, ONE, TWO, csv_of, kept, ndjson_of, xlsx_of
from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk

CSV, NDJSON = "text/csv; charset=gb18030", "application/x-ndjson"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROW = [ONE, "court", "2024-01-02", "", "c", "1"]


def send(desk: Desk, kind: str, data: bytes, media_type: str = CSV, query: str = "", **headers: str) -> Any:
    sent = {"Content-Type": media_type, **headers}
    return desk.ask("review", "POST", f"/v1/imports/{kind}{query}", content=data, headers=sent)


def test_a_file_is_taken_in_once(desk: Desk) -> None:
    data = csv_of(LISTED, ROW, [TWO, "税务", "2024年1月3日", "", "t", ""], encoding="gb18030")
    first = send(desk, "joint-punishment", data)
    assert first.status_code == 200, first.text
    told = first.json()
    assert (told["rows"], told["added"], told["present"], told["repeated"]) == (2, 2, 0, False)
    assert told["errors"] == []
    again = send(desk, "joint-punishment", data).json()
    assert (again["added"], again["repeated"]) == (0, True)
    assert len(desk.get("audit", "/v1/joint-punishment").json()["items"]) == 2
    [(recorded_by,)] = kept(desk.url, "SELECT DISTINCT recorded_by FROM joint_punishment")
    assert recorded_by == "p-review"


def test_every_format(desk: Desk) -> None:
    money = [ONE, "区级", "NAV-7", "", "12.00", "2024-01-02", "A"]
    assert send(desk, "funding", xlsx_of(FUNDED, money), XLSX).json()["added"] == 1
    row = {"uscc": ONE, "source": "district", "project": "nav 7", "amount": 12, "granted_on": "2024/1/2"}
    answer = send(desk, "funding", ndjson_of(row | {"reference": "A"}), NDJSON).json()
    assert (answer["added"], answer["present"]) == (0, 1)


def test_a_funded_project_is_not_paid_again(desk: Desk) -> None:
    """What is imported is what the next assessment sees, whoever had the money."""
    facts = {"navigation_projects": [{"project": "NAV-7", "excellence": "national"}]}
    draft = desk.draft(["navigation"], facts)
    money = [TWO, "区级", "nav 7", "", "12.00", "2024-01-02", "A"]
    assert send(desk, "funding", csv_of(FUNDED, money)).status_code == 200
    problem = refused(desk.act("apply", draft["id"], "submit"), 409, "not-eligible")
    assert problem["measures"][0]["lines"][0]["reasons"][0]["code"] == "exclusion.same-project"


def test_bad_rows_are_told_by_row_and_column_and_never_by_value(desk: Desk) -> None:
    data = csv_of(LISTED, ROW, ["9114", "court", "2024-01-02", "", "c", ""], [*ROW[:2], "x", "", "c", ""])
    problem = refused(send(desk, "joint-punishment", data), 422, "invalid-request")
    assert [(one["row"], one["column"], one["code"]) for one in problem["errors"]] == [
        (3, "统一社会信用代码", "format"),
        (4, "列入日期", "format"),
    ]
    assert problem["mistakes"] == 2
    assert all("value" not in one for one in problem["errors"])
    assert kept(desk.url, "SELECT count(*) FROM joint_punishment") == [(0,)]


def test_a_row_that_names_no_record_of_its_organisation(desk: Desk) -> None:
    data = csv_of([*LISTED, "取代"], [*ROW, "jpr_unknown"])
    problem = refused(send(desk, "joint-punishment", data), 422, "invalid-request")
    assert (problem["errors"][0]["row"], problem["errors"][0]["column"]) == (2, "取代")


def test_validate_only_writes_nothing(desk: Desk) -> None:
    answer = send(desk, "joint-punishment", csv_of(LISTED, ROW), query="?validate_only=true")
    assert answer.json()["added"] == 1
    assert kept(desk.url, "SELECT count(*) FROM joint_punishment") == [(0,)]


@pytest.mark.parametrize(
    ("kind", "media_type", "status", "slug"),
    [
        ("joint-punishment", "application/json", 415, "unsupported-media-type"),
        ("joint-punishment", "", 415, "unsupported-media-type"),
        ("colours", CSV, 404, "not-found"),
        ("colours", "application/json", 404, "not-found"),
    ],
)
def test_what_is_no_import(desk: Desk, kind: str, media_type: str, status: int, slug: str) -> None:
    refused(send(desk, kind, csv_of(LISTED, ROW), media_type), status, slug)


def test_too_large_and_unkeyed(desk: Desk) -> None:
    refused(send(desk, "funding", b"x" * (20 * 1024 * 1024 + 1)), 413, "body-too-large")
    refused(send(desk, "funding", csv_of(FUNDED), **{"Idempotency-Key": ""}), 400, "idempotency-key-missing")
    refused(
        send(desk, "funding", csv_of(FUNDED), **{"Content-Encoding": "gzip"}), 415, "unsupported-media-type"
    )


def test_the_same_key_gives_the_first_answer(desk: Desk) -> None:
    key = {"Idempotency-Key": "one"}
    first = send(desk, "joint-punishment", csv_of(LISTED, ROW), **key)
    again = send(desk, "joint-punishment", csv_of(LISTED, ROW), **key)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = send(desk, "joint-punishment", csv_of(LISTED, [TWO, *ROW[1:]]), **key)
    refused(other, 422, "idempotency-key-reused")


@pytest.mark.parametrize("role", ["apply", "approve", "audit", "admin"])
def test_only_reviewers_import(desk: Desk, role: str) -> None:
    headers = {"Content-Type": CSV}
    answer = desk.ask(role, "POST", "/v1/imports/funding", content=csv_of(FUNDED), headers=headers)
    refused(answer, 403, "forbidden")
    assert kept(desk.url, "SELECT count(*) FROM imports") == [(0,)]
