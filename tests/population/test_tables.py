"""CSV and XLSX as people keep them: headings in Chinese, amounts as written, lists in files and sheets of their own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from app.services.population.batches import PopulationError
from tests.population.populations import CODES, read_all, told

if TYPE_CHECKING:
    from pathlib import Path

MAIN = f"编号,单位名称,统一社会信用代码\na1,甲,{CODES[0]}\na2,乙,{CODES[1]}\n"


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path


def refusal(path: Path) -> str:
    with pytest.raises(PopulationError) as refused:
        read_all(path)
    assert refused.value.message.zh
    return refused.value.message.en


def one(tmp_path: Path, heading: str, cell: str) -> tuple[dict[str, Any] | None, list[Any]]:
    """The row of a table with one more column, and what is wrong with it."""
    quoted = cell.replace('"', '""')
    (tmp_path / "p.csv").write_text(f'单位名称,uscc,{heading}\n甲,{CODES[0]},"{quoted}"\n', "utf-8")
    frame, _, errors = read_all(tmp_path / "p.csv")
    return (frame.to_dicts()[0] if frame.height else None), told(errors)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_usual_encoding_is_read(tmp_path: Path, encoding: str, line_end: str) -> None:
    (tmp_path / "p.csv").write_bytes(MAIN.replace("\n", line_end).encode(encoding))
    frame, rows, errors = read_all(tmp_path / "p.csv")
    assert errors == []
    assert rows == [2, 3]
    assert [row["name"] for row in frame["applicant"]] == ["甲", "乙"]


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(b"\xff\xfe" + MAIN.encode("utf-16-le"))
    assert refusal(tmp_path / "p.csv") == "p.csv is neither UTF-8 nor GB18030"


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("12万", 12_000_000),
        ("１２．５", 1250),
        ("¥8", 800),
        (" 7 ", 700),
        ("1.2亿元", 12_000_000_000),
        ("", None),
    ],
)
def test_yuan_are_read_as_people_write_them(tmp_path: Path, cell: str, fen: int | None) -> None:
    row, errors = one(tmp_path, "营业收入", cell)
    assert errors == []
    assert row is not None
    assert row["applicant"]["statistics"]["revenue"] == fen


def test_a_heading_may_say_that_it_counts_in_ten_thousands(tmp_path: Path) -> None:
    row, _ = one(tmp_path, "营业收入（万元）", "1.5")
    assert row is not None
    assert row["applicant"]["statistics"]["revenue"] == 1_500_000


@pytest.mark.parametrize(
    ("cell", "known"),
    [
        ("是", True),
        ("true", True),
        ("TRUE", True),
        ("1", True),
        ("否", False),
        ("False", False),
        ("0", False),
    ],
)
def test_yes_and_no_in_every_usual_way(tmp_path: Path, cell: str, known: bool) -> None:
    row, _ = one(tmp_path, "高新技术企业", cell)
    assert row is not None
    assert row["applicant"]["high_tech"] is known


@pytest.mark.parametrize("cell", ["small", "小型", "Small", "ＳＭＡＬＬ", " 小型 "])
@pytest.mark.parametrize("heading", ["企业规模", "applicant.size", "* 企业规模", "Size of the enterprise"])
def test_choices_by_code_or_label_under_headings_by_name_or_label(
    tmp_path: Path, heading: str, cell: str
) -> None:
    row, errors = one(tmp_path, heading, cell)
    assert errors == []
    assert row is not None
    assert row["applicant"]["size"] == "small"


@pytest.mark.parametrize("cell", ["2024-03-01", "2024/3/1", "2024年3月1日", "20240301", "45352"])
def test_days_in_every_usual_way(tmp_path: Path, cell: str) -> None:
    row, _ = one(tmp_path, "alliance.operating_since", cell)
    assert row is not None
    assert row["facts"]["alliance"]["operating_since"] == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("heading", "cell", "found"),
    [
        ("企业规模", "tiny", ("applicant.size", "choice")),
        ("高新技术企业", "也许", ("applicant.high_tech", "type")),
        ("年度专利授权量", "8.5", ("patents.granted", "type")),
        ("年度专利授权量", "-1", ("patents.granted", "range")),
        ("年度专利授权量", "9" * 30, ("patents.granted", "range")),
        ("营业收入", "1.234", ("applicant.statistics.revenue", "format")),
        ("营业收入", "abc", ("applicant.statistics.revenue", "format")),
        ("营业收入", "9" * 14, ("applicant.statistics.revenue", "range")),
        ("alliance.operating_since", "2024-02-30", ("alliance.operating_since", "format")),
        ("行政区划代码", "1408", ("applicant.division", "format")),
    ],
)
def test_a_cell_that_does_not_fit_is_told_by_its_column(
    tmp_path: Path, heading: str, cell: str, found: tuple[str, str]
) -> None:
    row, errors = one(tmp_path, heading, cell)
    assert row is None
    assert errors == [(2, *found)]


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("年度专利授权", "did you mean patents.granted (年度专利授权量)?"),
        ("patents.grantd", "did you mean patents.granted (年度专利授权量)?"),
        ("applicant.name", "'applicant.name' is a second column for applicant.name"),
        ("xyzzy", "there is no column 'xyzzy'; there are ref, applicant.name"),
    ],
)
def test_a_heading_that_means_nothing_is_refused_with_what_was_meant(
    tmp_path: Path, heading: str, said: str
) -> None:
    (tmp_path / "p.csv").write_text(f"单位名称,uscc,{heading}\n", "utf-8")
    assert said in refusal(tmp_path / "p.csv")


def test_lists_are_unknown_without_a_file_empty_without_a_row_and_items_unknown_without_cells(
    tmp_path: Path,
) -> None:
    path = folder(
        tmp_path,
        applicants=MAIN + f"a3,丙,{CODES[2]}\n",
        exhibition_awards="ref,event,won\na3,,\na1,other,是\na3,国际,\n".replace("国际", "other"),
        质押贷款=f"统一社会信用代码,单位名称,loan_id,贷款利息\n{CODES[1].lower()},乙,L1,12万\n",
    )
    frame, _, errors = read_all(path)
    assert errors == []
    facts = frame["facts"].to_list()
    assert facts[0]["gi_trademarks"] is None
    assert facts[0]["exhibition_awards"] == [{"event": "other", "own_brand": None, "won": True}]
    assert facts[1]["exhibition_awards"] == []
    assert [one["event"] for one in facts[2]["exhibition_awards"]] == [None, "other"]
    assert [len(one["pledge_loans"]) for one in facts] == [0, 1, 0]
    assert facts[1]["pledge_loans"][0]["interest"] == 12_000_000


def test_history_and_other_funding_are_lists_like_the_others(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        applicants=MAIN,
        history="编号,措施,年度,金额,项目编号,已计项目,keys.project\n"
        "a1,pledge-financing,2026,10万,,L1；L2,\na1,navigation,2025,200000,N1,,\n",
        其他资助="编号,资金来源,项目,金额\na2,区级,N2,5\n",
    )
    frame, _, errors = read_all(path / "applicants.csv")
    assert errors == []
    history = frame["history"].to_list()
    assert [(one["measure"], one["amount"], one["items"]) for one in history[0]] == [
        ("pledge-financing", 10_000_000, ["L1", "L2"]),
        ("navigation", 20_000_000, None),
    ]
    assert history[1] == []
    assert frame["other_funding"].to_list()[1] == [{"source": "district", "project": "N2", "amount": 500}]


def test_a_bad_item_makes_its_applicant_a_bad_row(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        applicants=MAIN,
        pledge_loans="ref,loan_id,interest\na1,L1,5\na1,l-1,x\na1,,3\na2,L1,5\n",
    )
    _, rows, errors = read_all(path)
    assert rows == [3]
    assert told(errors) == [
        (2, "pledge_loans[1].interest", "format"),
        (2, "pledge_loans[1].loan_id", "duplicate_id"),
        (2, "pledge_loans[2].loan_id", "required"),
    ]


def test_items_of_nobody_and_keys_of_two_rows_are_told(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        applicants=MAIN + f"a1,丙,{CODES[2]}\n",
        pledge_loans="ref,loan_id\na9,L1\na2,L1\na1,L1\n",
    )
    frame, rows, errors = read_all(path)
    assert rows == [3]
    assert frame["facts"].to_list()[0]["pledge_loans"][0]["loan_id"] == "L1"
    assert sorted(told(errors)) == [
        (2, "pledge_loans.ref", "relation"),
        (2, "ref", "duplicate_id"),
        (4, "ref", "duplicate_id"),
    ]


def test_rows_that_are_not_sound_are_told_and_stop_nothing(tmp_path: Path) -> None:
    text = f'单位名称,uscc\n甲,{CODES[0]},x\n\n"乙"z,{CODES[1]}\n丙\n丁,{CODES[3]},,\n'
    (tmp_path / "p.csv").write_text(text, "utf-8")
    _, rows, errors = read_all(tmp_path / "p.csv")
    assert rows == [6]
    assert told(errors) == [(2, "", "length"), (4, "", "format"), (5, "applicant.uscc", "required")]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"applicants": MAIN, "pledge_loan": "ref\n"}, "did you mean pledge_loans?"),
        ({"applicants": MAIN, "pledge_loans": "loan_id\n"}, "needs a column ref or applicant.uscc"),
        ({"applicants": MAIN, "pledge_loans": "ref\n", "质押贷款": "ref\n"}, "are both pledge_loans"),
        ({"pledge_loans": "ref\n"}, "has no main file"),
        ({"one": MAIN, "two": MAIN}, "more than one main file"),
        ({"applicants": ""}, "applicants.csv is empty"),
    ],
)
def test_files_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    assert said in refusal(folder(tmp_path, **files))


def test_a_workbook_has_a_sheet_a_list(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    main = book.active
    main.title = "任意"
    main.append(
        ["编号", "单位名称", "统一社会信用代码", "营业收入", "alliance.operating_since", "高新技术企业"]
    )
    main.append([1, "甲", CODES[0], 1234.5, date(2024, 3, 1), True])
    main.append([2, "乙", CODES[1], "12万", "2024/3/1", "否"])
    main.append([3, "丙", CODES[2], 1e16, None, None])
    loans = book.create_sheet("质押贷款")
    loans.append(["编号", "loan_id", "interest"])
    loans.append([2, 77, 0.1])
    book.create_sheet("展会奖项").append(["编号", "event"])
    book.save(tmp_path / "p.xlsx")
    frame, rows, errors = read_all(tmp_path / "p.xlsx")
    assert rows == [2, 3]
    assert told(errors) == [(4, "", "format")]
    first, second = frame.to_dicts()
    assert first["applicant"]["statistics"]["revenue"] == 123450
    assert first["facts"]["alliance"]["operating_since"] == date(2024, 3, 1)
    assert (first["applicant"]["high_tech"], second["applicant"]["high_tech"]) == (True, False)
    assert first["facts"]["exhibition_awards"] == []
    assert first["facts"]["patent_awards"] is None
    assert second["facts"]["pledge_loans"][0]["loan_id"] == "77"
    assert second["facts"]["pledge_loans"][0]["interest"] == 10


def test_a_sheet_that_means_nothing_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["单位名称", "uscc"])
    book.create_sheet("质押货款").append(["ref"])
    book.save(tmp_path / "p.xlsx")
    assert "there is no list called 质押货款" in refusal(tmp_path / "p.xlsx")
    (tmp_path / "q.xlsx").write_bytes(b"PK nothing")
    assert "q.xlsx is not a sound XLSX workbook" in refusal(tmp_path / "q.xlsx")
