"""The empty workbook: drop-downs, notes, a sheet a list; and what is filled in is read back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from app.cli import app
from app.rules.columns.schema import arrow_schema
from app.services.population.sections import sections_of
from app.services.population.template import write_template
from tests.population.populations import CODES, published, read_all
from tests.rules import small_policy

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from app.rules.policy import Policy

POLICY = published().policy


def template(tmp_path: Path) -> openpyxl.Workbook:
    result = CliRunner().invoke(app, ["policy", "template", "yanhu-ip", str(tmp_path / "t.xlsx")])
    assert result.exit_code == 0, result.output
    return openpyxl.load_workbook(tmp_path / "t.xlsx")


def fill(sheet: Worksheet, row: int, **cells: object) -> None:
    columns = {str(cell.value).strip("*"): cell.column for cell in sheet[1]}
    for heading, value in cells.items():
        sheet.cell(row, columns[heading]).value = value  # type: ignore[union-attr]


def test_it_has_a_sheet_a_list_with_notes_and_drop_downs(tmp_path: Path) -> None:
    book = template(tmp_path)
    assert book.sheetnames[:3] == ["申报单位", "专利奖项", "专利导航项目"]
    assert {"质押贷款", "历史奖励", "其他资助", "说明"} <= set(book.sheetnames)
    main = book["申报单位"]
    cells = {cell.value: cell for cell in main[1]}
    assert "一（二）" in cells["年度专利授权量"].comment.text
    assert "单位：件 / unit: patents" in cells["年度专利授权量"].comment.text
    assert "*统一社会信用代码" in cells
    offered = {
        str(rule.sqref).split("1048576", maxsplit=1)[0]: rule.formula1
        for rule in main.data_validations.dataValidation
    }
    assert '"是,否"' in offered.values()
    assert any("choices" in str(formula) for formula in offered.values())
    sizes = [[cell.value for cell in column if cell.value] for column in book["choices"].columns]
    assert ["微型", "小型", "中型", "大型"] in sizes
    assert book["choices"].sheet_state == "hidden"


def test_what_is_filled_in_is_read_back(tmp_path: Path) -> None:
    book = template(tmp_path)
    fill(
        book["申报单位"],
        2,
        编号="x",
        单位名称="甲",
        统一社会信用代码=CODES[0],
        企业规模="小型",
        年度专利授权量=12,
    )
    fill(book["申报单位"], 2, 联盟开始运营日期=date(2024, 1, 2), 高新技术企业="是", 营业收入="12万")
    fill(book["质押贷款"], 2, 编号="x", 贷款编号="L1", 质押物="专利", 贷款利息=1234.5)
    fill(book["历史奖励"], 2, 编号="x", 措施="navigation", 年度=2025, 金额="20万", 项目编号="N1")
    fill(book["其他资助"], 2, 统一社会信用代码=None, 编号="x", 资金来源="省级", 金额=3)
    book.save(tmp_path / "t.xlsx")
    frame, rows, errors = read_all(tmp_path / "t.xlsx")
    assert (rows, errors) == ([2], [])
    (row,) = frame.to_dicts()
    assert row["applicant"]["size"] == "small"
    assert row["applicant"]["statistics"]["revenue"] == 12_000_000
    assert row["facts"]["alliance"]["operating_since"] == date(2024, 1, 2)
    assert row["facts"]["pledge_loans"][0]["interest"] == 123450
    assert row["facts"]["patent_awards"] == []
    assert row["history"][0]["amount"] == 20_000_000
    assert row["other_funding"][0]["source"] == "provincial"


@pytest.mark.parametrize("policy", [POLICY, small_policy.POLICY], ids=["yanhu-ip", "every type"])
def test_empty_as_it_is_it_is_read_and_the_same_every_time(tmp_path: Path, policy: Policy) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(policy, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert len(book.sheetnames) == len(set(book.sheetnames))


def test_every_choice_that_is_offered_is_taken_as_another_code() -> None:
    main, lists = sections_of(POLICY)
    for section in (main, *lists):
        for column in section.columns:
            codes = [column.kind(1).read(offered) for offered in column.choices]
            assert len(set(codes)) == len(codes)


def test_the_schema_is_written_as_arrow_and_as_json(tmp_path: Path) -> None:
    runner = CliRunner()
    out = tmp_path / "s.arrows"
    assert runner.invoke(app, ["policy", "schema", "yanhu-ip", str(out), "--format", "arrow"]).exit_code == 0
    assert pa.ipc.open_stream(out.read_bytes()).schema.equals(arrow_schema(POLICY), check_metadata=True)
    printed = runner.invoke(app, ["policy", "schema", "yanhu-ip"])
    assert '"$schema"' in printed.output
    wrong = runner.invoke(app, ["policy", "schema", "yanhu"])
    assert wrong.exit_code == 2
    assert "Did you mean yanhu-ip?" in wrong.output
