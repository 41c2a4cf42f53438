"""`duixian import`: whole or not at all, once, from files as offices keep them."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.applications.importing import (
    FUNDED,
    LISTED,
    ONE,
    THREE,
    TWO,
    code_of,
    command,
    csv_of,
    kept,
    ndjson_of,
    xlsx_of,
)

if TYPE_CHECKING:
    from pathlib import Path

FUNDING = (
    "SELECT uscc, source, project, measure, amount, granted_on, reference FROM funding_records ORDER BY id"
)
PUNISHMENT = (
    "SELECT uscc, list, listed_on, removed_on, source, reference FROM joint_punishment ORDER BY listed_on, id"
)


def take_in(url: str, kind: str, file: Path, *options: str) -> Any:
    return command(url, "import", kind, file, *options)


def given(folder: Path, name: str, data: bytes) -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_every_encoding_with_what_people_type(
    database_url: str, tmp_path: Path, encoding: str
) -> None:
    rows = [
        FUNDED,
        [ONE.lower(), "区级", "导航-7号", "", "1,234.50", "2024-01-02", "盐财〔2024〕7号"],
        [ONE, "国家级", "", "navigation", "１２万", "2024/1/3", "A1"],
        [TWO, "other", "-", "", "￥0.5亿元", "2024年1月4日", "A2"],
        ["", "", "", "", "", "", ""],
        [TWO, "省级", "P", "", "7", "20240105", "A3"],
    ]
    file = given(tmp_path, "资金.csv", csv_of(*rows, encoding=encoding))
    done = take_in(database_url, "funding", file, "--by", "p-9")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "4 rows: 4 added (0 in place of earlier ones), 0 were there already"
    assert kept(database_url, FUNDING) == [
        (ONE, "district", "导航-7号", None, 123_450, date(2024, 1, 2), "盐财〔2024〕7号"),
        (ONE, "national", None, "navigation", 12_000_000, date(2024, 1, 3), "A1"),
        (TWO, "other", None, None, 5_000_000_000, date(2024, 1, 4), "A2"),
        (TWO, "provincial", "P", None, 700, date(2024, 1, 5), "A3"),
    ]
    assert kept(database_url, "SELECT project_key, recorded_by FROM funding_records ORDER BY id")[0] == (
        "导航7号",
        "p-9",
    )


def test_xlsx_with_days_and_numbers_of_the_spreadsheet(database_url: str, tmp_path: Path) -> None:
    headings = ["序号", "统一社会信用代码", "单位名称", "资金来源", "金额（万元）", "拨付日期", "凭证号"]
    rows = [
        headings,
        [1, ONE, "甲公司", "市级", 12.5, date(2024, 1, 2), 20240001],
        [2, TWO, "乙公司", "市级", "3元", datetime(2024, 1, 3), "B-2"],  # noqa: DTZ001 - a cell of a sheet
        [3, THREE, None, "市级", 0.1 + 0.2, 45_295, "B-3"],
    ]
    file = given(tmp_path, "资金.xlsx", xlsx_of(*rows))
    done = take_in(database_url, "funding", file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [(row[0], row[4], row[5], row[6]) for row in kept(database_url, FUNDING)] == [
        (ONE, 12_500_000, date(2024, 1, 2), "20240001"),
        (TWO, 300, date(2024, 1, 3), "B-2"),
        (THREE, 300_000, date(2024, 1, 4), "B-3"),
    ]
    names = kept(database_url, "SELECT name FROM organisations ORDER BY 1")
    assert {name for (name,) in names} == {"甲公司", "乙公司", THREE}


def test_ndjson_by_the_names_of_the_api(database_url: str, tmp_path: Path) -> None:
    rows = [
        {"uscc": ONE, "list": "court", "listed_on": "2024-01-02", "removed_on": None, "source": "c"},
        {"统一社会信用代码": TWO, "名单": "税务", "列入日期": "2024/1/3", "来源": "t", "文号": "（2024）1号"},
    ]
    file = given(tmp_path, "a.jsonl", ndjson_of(*rows) + b"\n\n")
    assert take_in(database_url, "joint-punishment", file).returncode == 0
    assert kept(database_url, PUNISHMENT) == [
        (ONE, "court", date(2024, 1, 2), None, "c", None),
        (TWO, "tax", date(2024, 1, 3), None, "t", "（2024）1号"),
    ]


def test_every_bad_row_is_told_and_nothing_is_taken(database_url: str, tmp_path: Path) -> None:
    rows = [
        LISTED,
        [ONE, "court", "2024-01-02", "", "c", ""],
        ["91140802MA0GT0018H", "court", "2024-01-02", "", "c", ""],
        [ONE, "某名单", "2024-02-30", "2023-01-01", "", ""],
        [ONE, "court", "2999-01-01", "", "c", ""],
        [ONE, "court", "2024-01-02", "2024-01-01", "c", ""],
        [ONE, "court", "2024-01-02", "", "c", "", "more"],
    ]
    file = given(tmp_path, "名单.csv", csv_of(*rows, encoding="gb18030"))
    done = take_in(database_url, "joint-punishment", file)
    assert done.returncode == 2
    lines = (tmp_path / "名单.csv.errors.ndjson").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert [(one["row"], one["column"], one["value"], one["code"]) for one in told] == [
        (3, "统一社会信用代码", "91140802MA0GT0018H", "check_character"),
        (4, "名单", "某名单", "choice"),
        (4, "列入日期", "2024-02-30", "format"),
        (4, "来源", None, "required"),
        (5, "列入日期", "2999-01-01", "range"),
        (6, "移出日期", "2024-01-01", "relation"),
        (7, None, "more", "length"),
    ]
    assert all(one["message"]["zh"] and one["message"]["en"] for one in told)
    assert "名单.csv:4" in done.stdout
    assert kept(database_url, "SELECT count(*) FROM organisations") == [(0,)]
    fixed = given(tmp_path, "名单.csv", csv_of(*rows[:2]))
    assert take_in(database_url, "joint-punishment", fixed).returncode == 0
    assert not (tmp_path / "名单.csv.errors.ndjson").exists()


@pytest.mark.parametrize(
    ("name", "data", "code", "row"),
    [
        ("a.csv", b"", "format", 0),
        ("a.csv", b"\xff\xff\xff", "format", 0),
        ("a.csv", b'"' + "统一社会信用代码".encode(), "format", 1),
        ("a.csv", csv_of(["统一社会信用代码", "来源"]), "required", 1),
        ("a.csv", csv_of([*LISTED, "颜色"]), "unknown_field", 1),
        ("a.csv", csv_of([*LISTED, "uscc"]), "duplicate_id", 1),
        ("a.xlsx", b"PK\x03\x04 no workbook", "format", 0),
        ("a.xlsx", xlsx_of([], sheets=["a"]), "format", 0),
        ("a.xlsx", xlsx_of(LISTED, sheets=["a", "b"]), "format", 0),
        ("a.ndjson", b"", "format", 0),
        ("a.ndjson", b'{"uscc": 1, "uscc": 2}\n', "format", 1),
        ("a.ndjson", b"[]\n", "type", 1),
        ("a.ndjson", b'{"uscc": {"a": 1}}\n', "type", 1),
        ("a.ndjson", b'{"colour": "red"}\n', "unknown_field", 1),
        ("a.ndjson", b'{"uscc": "x", "list": "y"}\n', "required", 1),
    ],
)
def test_a_file_that_is_no_table_of_records(
    database_url: str, tmp_path: Path, name: str, data: bytes, code: str, row: int
) -> None:
    file = given(tmp_path, name, data)
    done = take_in(database_url, "joint-punishment", file)
    assert done.returncode == 2, done.stdout + done.stderr
    told = [json.loads(line) for line in (tmp_path / f"{name}.errors.ndjson").read_text("utf-8").splitlines()]
    assert (code, row) in [(one["code"], one["row"]) for one in told]


def test_the_same_file_twice_adds_nothing_and_an_overlapping_one_what_is_new(
    database_url: str, tmp_path: Path
) -> None:
    first = [LISTED, [ONE, "court", "2024-01-02", "", "c", "1"], [TWO, "court", "2024-01-03", "", "c", "2"]]
    file = given(tmp_path, "a.csv", csv_of(*first))
    assert take_in(database_url, "joint-punishment", file).returncode == 0
    again = take_in(database_url, "joint-punishment", given(tmp_path, "b.csv", csv_of(*first)))
    assert "nothing is added" in again.stdout
    later = [
        LISTED,
        [ONE, "court", "2024-01-02", "2024-06-01", "c", "1"],
        [TWO, "court", "2024-01-03", "", "c", "2"],
        [THREE, "court", "2024-01-04", "", "c", "3"],
        [THREE, "court", "2024-01-04", "", "c", "3"],
    ]
    done = take_in(database_url, "joint-punishment", given(tmp_path, "c.csv", csv_of(*later)))
    assert done.stdout.strip() == "4 rows: 2 added (1 in place of earlier ones), 2 were there already"
    counting = kept(
        database_url,
        "SELECT uscc, removed_on FROM joint_punishment j WHERE NOT EXISTS"
        " (SELECT FROM joint_punishment l WHERE l.supersedes = j.id) ORDER BY uscc",
    )
    assert counting == [(ONE, date(2024, 6, 1)), (TWO, None), (THREE, None)]
    events = kept(database_url, "SELECT type, data FROM events WHERE chain = 'records' ORDER BY seq")
    assert [(kind, data["rows"], data["added"], data["superseded"]) for kind, data in events] == [
        ("records.imported", 2, 2, 0),
        ("records.imported", 4, 2, 1),
    ]


def test_a_row_can_declare_an_earlier_one_void(database_url: str, tmp_path: Path) -> None:
    row = [ONE, "区级", "P", "", "10", "2024-01-02", "A"]
    assert take_in(database_url, "funding", given(tmp_path, "a.csv", csv_of(FUNDED, row))).returncode == 0
    void = csv_of([*FUNDED, "作废"], [*row, "是"])
    assert take_in(database_url, "funding", given(tmp_path, "b.csv", void)).returncode == 0
    [(first, _, _), (_, supersedes, is_void)] = kept(
        database_url, "SELECT id, supersedes, void FROM funding_records ORDER BY id"
    )
    assert (supersedes, is_void) == (first, True)
    again = take_in(database_url, "funding", given(tmp_path, "c.csv", void + b"\r\n"))
    assert again.returncode == 2
    named = csv_of([*FUNDED, "取代"], [*row, first])
    refused = take_in(database_url, "funding", given(tmp_path, "d.csv", named))
    assert refused.returncode == 2
    assert "取代" in refused.stdout


def test_a_dry_run_says_all_and_writes_nothing(database_url: str, tmp_path: Path) -> None:
    file = given(tmp_path, "a.csv", csv_of(LISTED, [ONE, "court", "2024-01-02", "", "c", "1"]))
    done = take_in(database_url, "joint-punishment", file, "--dry-run")
    assert "1 added" in done.stdout
    assert "nothing was written" in done.stdout
    for table in ("organisations", "joint_punishment", "imports", "events"):
        assert kept(database_url, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - names from above
    assert "1 added" in take_in(database_url, "joint-punishment", file).stdout


def test_a_database_that_is_not_there_ends_it_with_one(tmp_path: Path) -> None:
    file = given(tmp_path, "a.csv", csv_of(LISTED, [ONE, "court", "2024-01-02", "", "c", "1"]))
    done = take_in("postgresql://nobody@127.0.0.1:1/nothing", "joint-punishment", file)
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert take_in("postgresql://nobody@127.0.0.1:1/nothing", "joint-punishment", tmp_path).returncode == 2
    unknown = given(tmp_path, "a.dat", b"x")
    assert take_in("postgresql://nobody@127.0.0.1:1/nothing", "funding", unknown).returncode == 2


@pytest.mark.slow
def test_thousands_of_organisations_at_once(database_url: str, tmp_path: Path) -> None:
    rows = [[code_of(n), "法院", "2024-01-02", "", "最高人民法院", f"（2024）执{n}号"] for n in range(20_000)]
    file = given(tmp_path, "a.csv", csv_of(LISTED, *rows))
    done = take_in(database_url, "joint-punishment", file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert kept(database_url, "SELECT count(*) FROM joint_punishment") == [(20_000,)]
    assert kept(database_url, "SELECT count(*) FROM organisations") == [(20_000,)]
