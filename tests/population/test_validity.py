"""A row is bad exactly when the service would refuse it, and a good one is what the service would make of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.columns.schema import REF, population_schema
from app.rules.identifiers import uscc_mistake
from app.rules.reading import InputErrors, compile_reader
from app.services.population.checking import Checker, Chunk
from app.services.population.credit_codes import is_code
from tests.population.populations import DAY, ODD, YEAR, mutated, published, sample
from tests.rules import small_policy

if TYPE_CHECKING:
    from app.rules.policy import Policy
    from app.services.population.batches import Batch

YANHU = published().policy
POLICIES = pytest.mark.parametrize("policy", [YANHU, small_policy.POLICY], ids=["yanhu-ip", "every type"])


CHECKERS = {policy.id: Checker(policy, year=YEAR, as_of=DAY) for policy in (YANHU, small_policy.POLICY)}
READERS = {policy.id: compile_reader(policy) for policy in (YANHU, small_policy.POLICY)}


def checked(policy: Policy, frame: pl.DataFrame) -> Batch:
    rows = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True)
    return CHECKERS[policy.id].check(Chunk(frame, rows))


def one_by_one(policy: Policy, frame: pl.DataFrame) -> dict[int, Any]:
    """Row -> what the reader of requests makes of it: the request, or its errors."""
    read, bodies = READERS[policy.id], CHECKERS[policy.id].bodies
    found: dict[int, Any] = {}
    for row, body in enumerate(bodies.bodies(frame), 1):
        try:
            found[row] = read(body | {"year": YEAR}, DAY)
        except InputErrors as refused:
            found[row] = refused.errors
    return found


@POLICIES
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_columns_and_reader_refuse_the_same_rows(policy: Policy, seed: int) -> None:
    frame = mutated(policy, 60, seed)
    batch, singly = checked(policy, frame), one_by_one(policy, frame)
    bad = {row for row, found in singly.items() if isinstance(found, tuple)}
    assert {error.row for error in batch.errors} == bad
    assert batch.rows.to_list() == [row for row in singly if row not in bad]
    for row in bad:
        assert [(e.code, e.message) for e in batch.errors if e.row == row] == [
            (error.code, error.message) for error in singly[row]
        ]


@POLICIES
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_good_rows_are_what_the_reader_makes_of_them(policy: Policy, seed: int) -> None:
    frame = mutated(policy, 60, seed, share=0.4)
    batch, singly = checked(policy, frame), one_by_one(policy, frame)
    bodies = CHECKERS[policy.id].bodies
    again = one_by_one(policy, batch.frame)
    for position, row in enumerate(batch.rows, 1):
        # Read again, a kept row gives the very request that the row in the file gives.
        assert again[position] == singly[row]
    kept = [bodies.row(singly[row], ref) for row, ref in zip(batch.rows, batch.frame[REF], strict=True)]
    assert again == one_by_one(policy, bodies.frame(kept))


@POLICIES
def test_rows_that_are_all_good_need_no_closer_look(policy: Policy) -> None:
    frame = sample(policy, 500, 7)
    batch = checked(policy, frame)
    assert batch.errors == ()
    assert batch.frame.height == 500


def test_every_odd_text_as_a_name_is_taken_or_refused_as_the_reader_does() -> None:
    good = sample(YANHU, 1, 3).to_dicts()[0]
    rows = [good | {"applicant": good["applicant"] | {"name": text}} for text in ODD[pl.String]]
    frame = pl.DataFrame(rows, schema=population_schema(YANHU), orient="row")
    batch, singly = checked(YANHU, frame), one_by_one(YANHU, frame)
    assert {error.row for error in batch.errors} == {r for r, v in singly.items() if isinstance(v, tuple)}
    assert 5 < batch.frame.height < len(rows)


def test_a_day_beyond_the_calendar_is_a_bad_row() -> None:
    frame = sample(YANHU, 40, 3).with_columns(
        facts=pl.col("facts").struct.with_fields(
            alliance=pl.field("alliance").struct.with_fields(
                operating_since=pl.lit(10**7, pl.Int32).cast(pl.Date)
            )
        )
    )
    stated = frame.select(pl.col("facts").struct.field("alliance").struct.field("operating_since"))
    batch = checked(YANHU, frame)
    assert batch.frame.height == stated.to_series().null_count() < 10
    assert ("alliance.operating_since", "format") in {(e.column, e.code) for e in batch.errors}


@settings(max_examples=60, deadline=None)
@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZabz -é", min_size=16, max_size=19))
def test_the_check_of_codes_by_column_is_the_check_of_one(text: str) -> None:
    found = pl.select(is_code(pl.lit(text))).item()
    assert found == (uscc_mistake(text) is None and len(text) == 18 and text == text.upper())


def test_valid_codes_of_every_kind_pass_the_check_by_column() -> None:
    codes = [
        *("91110108551385082Q", "9144030071526726XG", "91110000710926094P", "91310000631696382C"),
        *("91420684MA4927PJ7B", "91620105MA73NBBLXE", "121200004013590816", "N1140802MF0000101R"),
        *("N2140802MF000011XE", "51140802500000074H"),
    ]
    assert pl.DataFrame({"code": codes}).select(is_code(pl.col("code"))).to_series().all()


def test_a_bad_row_is_told_with_column_value_code_and_both_languages() -> None:
    good = sample(YANHU, 1, 3).to_dicts()[0]
    loan = dict.fromkeys(("loan_id", "collateral", "lender", "interest", "guarantee_fee", "appraisal_fee"))
    good["facts"]["pledge_loans"] = [
        {**loan, "loan_id": "L 1", "repaid_on_time": True},
        {**loan, "loan_id": "l1"},
    ]
    good["applicant"]["division"] = "1408"
    (row,) = [good]
    frame = pl.DataFrame([row], schema=population_schema(YANHU), orient="row")
    errors = checked(YANHU, frame).errors
    assert [(e.row, e.column, e.value, e.code) for e in errors] == [
        (1, "applicant.division", "1408", "format"),
        (1, "pledge_loans[1].loan_id", "l1", "duplicate_id"),
    ]
    assert all(error.message.zh and error.message.en for error in errors)
    assert errors[0].form()["message"]["en"].endswith("such as 140802")


def test_the_reader_is_asked_about_the_year_of_the_run() -> None:
    frame = sample(YANHU, 5, 1)
    checker = Checker(YANHU, year=2031, as_of=date(2026, 1, 1))
    assert checker.careful(next(checker.bodies.bodies(frame))).year == 2031
