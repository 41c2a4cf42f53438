"""Answers as files: the same in every form, and the same bytes every time."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest

from app.services.population import writing
from app.services.population.writing import Named, OutForm, lines_path, out_form_of, write_tables

if TYPE_CHECKING:
    from pathlib import Path

META = {
    "policy": "yanhu-ip",
    "version": "1",
    "digest": "sha256:0",
    "as_of": "2026-11-23",
    "year": "2026",
    "engine_version": "1",
}
DECIDED = pl.Struct(
    {
        "verdict": pl.String,
        "amount": pl.Int64,
        "ceiling": pl.Int64,
        "potential": pl.Int64,
        "reasons": pl.List(pl.String),
        "missing": pl.List(pl.String),
    }
)
SCHEMA = pl.Schema(
    {
        "ref": pl.String,
        "uscc": pl.String,
        "grants": DECIDED,
        "totals": pl.Struct({"amount": pl.Int64, "discretionary_ceiling": pl.Int64, "potential": pl.Int64}),
    }
)
LINES = pl.Schema(
    {
        "ref": pl.String,
        "row": pl.Int64,
        "measure": pl.String,
        "item": pl.String,
        "amount": pl.Int64,
        "flags": pl.List(pl.String),
    }
)


def frame(start: int, count: int) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "ref": f"=r{n}",
            "uscc": "91140802MA0GT0018G",
            "grants": {
                "verdict": "undetermined" if n % 2 else "eligible",
                "amount": None if n % 2 else 20_000_005,
                "ceiling": None,
                "potential": n,
                "reasons": ["a.b", "a.c"],
                "missing": ["patents.granted"] if n % 2 else [],
            },
            "totals": {"amount": 20_000_005, "discretionary_ceiling": 0, "potential": 99},
        }
        for n in range(start, start + count)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def items() -> pl.DataFrame:
    return pl.DataFrame(
        [["=r0", 2, "grants", "L1", 150, ["x.y"]], ["=r0", 2, "grants", "L2", None, []]],
        schema=LINES,
        orient="row",
    )


def write(out: Path, *, lines: bool = True, pieces: tuple[tuple[int, int], ...] = ((0, 3), (3, 2))) -> Path:
    tables = [Named("answers", SCHEMA, (frame(*piece) for piece in pieces))]
    if lines:
        tables.append(Named("lines", LINES, iter([items()])))
    write_tables(out, out_form_of(out), tables, META)
    return out


@pytest.mark.parametrize("form", list(OutForm))
def test_the_same_answers_give_the_same_bytes(tmp_path: Path, form: OutForm) -> None:
    first, second = write(tmp_path / f"a.{form}"), write(tmp_path / f"b.{form}")
    assert first.read_bytes() == second.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_parquet_holds_structs_and_fen_and_says_what_it_was_made_with(tmp_path: Path) -> None:
    out = write(tmp_path / "a.parquet")
    file = pq.ParquetFile(out)
    assert {key.decode(): value.decode() for key, value in file.schema_arrow.metadata.items()} == META
    grants = file.schema_arrow.field("grants").type
    assert grants.field("amount").metadata == {b"unit": b"fen"}
    assert grants.field("reasons").metadata is None
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert pl.read_parquet(out).to_dicts() == frame(0, 5).to_dicts()
    lines = lines_path(out, OutForm.PARQUET)
    assert lines == tmp_path / "a.parquet.lines.parquet"
    assert pl.read_parquet(lines).to_dicts() == items().to_dicts()


def test_csv_has_dotted_columns_yuan_and_lists_with_semicolons(tmp_path: Path) -> None:
    out = write(tmp_path / "a.csv")
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert len(rows) == 5
    assert rows[0] == {
        "ref": "=r0",
        "uscc": "91140802MA0GT0018G",
        "grants.verdict": "eligible",
        "grants.amount": "200000.05",
        "grants.ceiling": "",
        "grants.potential": "0.00",
        "grants.reasons": "a.b;a.c",
        "grants.missing": "",
        "totals.amount": "200000.05",
        "totals.discretionary_ceiling": "0.00",
        "totals.potential": "0.99",
    }
    assert rows[1]["grants.amount"] == ""
    assert rows[1]["grants.missing"] == "patents.granted"
    assert (tmp_path / "a.csv.lines.csv").read_text("utf-8").splitlines() == [
        "ref,row,measure,item,amount,flags",
        "=r0,2,grants,L1,1.50,x.y",
        "=r0,2,grants,L2,,",
    ]
    assert json.loads((tmp_path / "a.csv.meta.json").read_bytes()) == META


def test_ndjson_is_nested_with_yuan_as_text(tmp_path: Path) -> None:
    out = write(tmp_path / "a.ndjson")
    first, second, *_ = (json.loads(line) for line in out.read_bytes().splitlines())
    assert first["grants"]["amount"] == "200000.05"
    assert second["grants"] == {
        "verdict": "undetermined",
        "amount": None,
        "ceiling": None,
        "potential": "0.01",
        "reasons": ["a.b", "a.c"],
        "missing": ["patents.granted"],
    }
    assert first["totals"]["discretionary_ceiling"] == "0.00"


def test_a_workbook_holds_both_tables_as_text_and_no_formulas(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path / "a.xlsx"))
    assert book.sheetnames == ["answers", "lines"]
    answers, lines = book["answers"], book["lines"]
    assert [cell.value for cell in answers[1]][:4] == ["ref", "uscc", "grants.verdict", "grants.amount"]
    assert [cell.value for cell in answers[2]][:4] == ["=r0", "91140802MA0GT0018G", "eligible", "200000.05"]
    assert answers["A2"].data_type == "s"
    assert [cell.value for cell in lines[2]] == ["=r0", 2, "grants", "L1", "1.50", "x.y"]
    assert {one.name: one.value for one in book.custom_doc_props.props} == META


def test_what_does_not_fit_on_a_sheet_goes_on_on_the_next(tmp_path: Path) -> None:
    tables = [Named("answers", SCHEMA, (frame(*piece) for piece in ((0, 3), (3, 2))))]
    writing.write_workbook(tmp_path / "a.xlsx", tables, META, most_rows=2)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["answers", "answers 2", "answers 3"]
    assert [[row[0].value for row in sheet.iter_rows()] for sheet in book] == [
        ["ref", "=r0", "=r1"],
        ["ref", "=r2", "=r3"],
        ["ref", "=r4"],
    ]


@pytest.mark.parametrize("form", list(OutForm))
def test_no_rows_are_a_file_with_columns_and_without_rows(tmp_path: Path, form: OutForm) -> None:
    out = write(tmp_path / f"a.{form}", lines=False, pieces=())
    match form:
        case OutForm.PARQUET:
            assert pl.read_parquet(out).columns == SCHEMA.names()
        case OutForm.CSV:
            assert out.read_text("utf-8").startswith("ref,uscc,grants.verdict")
        case OutForm.NDJSON:
            assert out.read_bytes() == b""
        case OutForm.XLSX:
            assert openpyxl.load_workbook(out)["answers"]["A1"].value == "ref"
