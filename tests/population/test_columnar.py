"""Parquet and Arrow: read by name, types as near as they may be, and refused with the nearest right name."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.rules.columns.schema import arrow_schema
from app.services.population.batches import PopulationError
from tests.population.populations import CODES, opened, published, read_all, requests, sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLICY = published().policy


def refusal(path: Path) -> str:
    with pytest.raises(PopulationError) as refused:
        read_all(path)
    assert refused.value.message.zh
    return refused.value.message.en


def write_file(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def write_stream(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=70)


WRITERS = pytest.mark.parametrize(
    ("name", "write"),
    [("p.parquet", pq.write_table), ("p.arrow", write_file), ("p.arrows", write_stream)],
)


@WRITERS
@pytest.mark.parametrize("batch_rows", [64, 1000])
def test_what_is_written_comes_back_in_batches(
    tmp_path: Path, name: str, write: Callable[[pa.Table, Path], None], batch_rows: int
) -> None:
    frame = sample(POLICY, 200, 11)
    table = frame.to_arrow().cast(arrow_schema(POLICY))
    write(table, tmp_path / name)
    found, rows, errors = read_all(tmp_path / name, batch_rows=batch_rows)
    assert errors == []
    assert rows == list(range(1, 201))
    assert found.schema == frame.schema
    assert found["ref"].to_list() == [ref or str(row) for row, ref in enumerate(frame["ref"], 1)]
    assert requests(POLICY, found) == requests(POLICY, frame)


def test_the_number_of_batches_depends_on_nothing_but_the_rows_asked_for(tmp_path: Path) -> None:
    table = sample(POLICY, 100, 2).to_arrow()
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=7)
    pq.write_table(table, tmp_path / "b.parquet")
    for path in (tmp_path / "a.parquet", tmp_path / "b.parquet"):
        population = opened(path, batch_rows=30)
        assert population.rows == 100
        assert [batch.rows.to_list()[0] for batch in population] == [1, 31, 61, 91]
        assert [batch.rows.to_list()[0] for batch in population.batches(2)] == [61, 91]


def row(**facts: Any) -> dict[str, Any]:
    return {"applicant": {"name": "甲", "uscc": CODES[0]}, "facts": facts}


def loan_type(interest: pa.DataType) -> pa.DataType:
    return pa.struct(
        [
            ("loan_id", pa.large_string()),
            ("collateral", pa.dictionary(pa.int8(), pa.string())),
            ("interest", interest),
        ]
    )


@pytest.mark.parametrize(
    ("interest", "value"),
    [
        (pa.int64(), 123450),
        (pa.int32(), 123450),
        (pa.uint64(), 123450),
        (pa.decimal128(18, 2), Decimal("1234.50")),
        (pa.decimal128(10, 1), Decimal("1234.5")),
    ],
    ids=str,
)
def test_narrow_types_dictionaries_and_decimals_of_yuan_are_taken(
    tmp_path: Path, interest: pa.DataType, value: Any
) -> None:
    facts = pa.struct(
        [
            ("patents", pa.struct([("granted", pa.uint8())])),
            ("pledge_loans", pa.large_list(loan_type(interest))),
        ]
    )
    applicant = pa.struct([("name", pa.string_view()), ("uscc", pa.large_string())])
    rows = [
        row(
            patents={"granted": 8},
            pledge_loans=[{"loan_id": "L1", "collateral": "patent", "interest": value}],
        ),
        row(patents=None, pledge_loans=[]),
        row(patents={"granted": None}, pledge_loans=None),
    ]
    table = pa.Table.from_pylist(rows, schema=pa.schema([("applicant", applicant), ("facts", facts)]))
    write_file(table, tmp_path / "p.arrow")
    found, _, errors = read_all(tmp_path / "p.arrow")
    assert errors == []
    facts_found = found["facts"].to_list()
    assert found["ref"].to_list() == ["1", "2", "3"]
    assert facts_found[0]["patents"]["granted"] == 8
    assert facts_found[0]["pledge_loans"][0]["interest"] == 123450
    assert facts_found[0]["pledge_loans"][0]["collateral"] == "patent"
    assert facts_found[0]["pledge_loans"][0]["appraisal_fee"] is None
    assert facts_found[1]["pledge_loans"] == []
    assert facts_found[2]["pledge_loans"] is None


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"aplicant": pa.string()}, "there is no column aplicant; did you mean applicant?"),
        (
            {"facts": pa.struct([("patents", pa.struct([("grantd", pa.int64())]))])},
            "there is no column facts.patents.grantd; did you mean granted?",
        ),
        (
            {"facts": pa.struct([("pledge_loans", pa.list_(pa.struct([("intrest", pa.int64())])))])},
            "there is no column facts.pledge_loans.intrest; did you mean interest?",
        ),
        (
            {"facts": pa.struct([("patents", pa.struct([("granted", pa.float64())]))])},
            "the column facts.patents.granted is Float64; int64 is expected",
        ),
        (
            {"facts": pa.struct([("patents", pa.struct([("granted", pa.decimal128(18, 2))]))])},
            "int64 is expected",
        ),
        (
            {"facts": pa.struct([("gi_trademarks", pa.list_(pa.struct([("fees", pa.float64())])))])},
            "int64 fen / decimal128(18,2) yuan is expected",
        ),
        ({"history": pa.string()}, "the column history is String; list is expected"),
    ],
    ids=["column", "field", "field of items", "float", "count as decimal", "money as float", "text as list"],
)
def test_a_column_that_does_not_belong_is_named_with_what_was_meant(
    tmp_path: Path, columns: dict[str, pa.DataType], said: str
) -> None:
    pq.write_table(pa.schema(list(columns.items())).empty_table(), tmp_path / "p.parquet")
    assert said in refusal(tmp_path / "p.parquet")


@pytest.mark.parametrize("name", ["p.parquet", "p.arrow"])
def test_a_file_that_is_no_such_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 not at all")
    assert f"{name} is not a sound" in refusal(tmp_path / name)


def test_a_file_that_breaks_off_is_refused_where_it_does(tmp_path: Path) -> None:
    path = tmp_path / "p.arrows"
    write_stream(sample(POLICY, 300, 4).to_arrow(), path)
    path.write_bytes(path.read_bytes()[:-200_000])
    assert "is not a sound Arrow IPC file" in refusal(path)


def test_an_unknown_ending_is_told_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "p.doc").write_bytes(b"")
    assert ".parquet" in refusal(tmp_path / "p.doc")
    assert "there is no file" in refusal(tmp_path / "q.parquet")
