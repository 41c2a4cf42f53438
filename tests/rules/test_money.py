"""Yuan and fen: exact, both ways."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.decimals import NotExact, TooLarge, scaled, text_of
from app.rules.money import format_yuan, parse_yuan


@given(st.integers(0, 10**14))
def test_an_amount_comes_back_as_it_was_written(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen
    assert parse_yuan(Decimal(format_yuan(fen))) == fen


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**13), max_value=10**13))
def test_a_number_counts_by_its_value(value: Decimal) -> None:
    hundredfold = Fraction(value) * 100
    if hundredfold.denominator == 1:
        assert parse_yuan(value) == hundredfold
    else:
        with pytest.raises(NotExact):
            parse_yuan(value)


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("0", 0),
        ("0.00", 0),
        ("1", 100),
        ("1.5", 150),
        ("200000.00", 20_000_000),
        ("007.10", 710),
        ("1000000000000.00", 10**14),
        ("-1.05", -105),
        ("0" * 5000 + "3", 300),
        (3, 300),
        (-3, -300),
        (Decimal("1e5"), 10_000_000),
        (Decimal("1.10000"), 110),
        (Decimal("0E-400000"), 0),
    ],
)
def test_what_is_an_amount(written: str | int | Decimal, fen: int) -> None:
    assert parse_yuan(written) == fen


@pytest.mark.parametrize(
    "written",
    [
        *("", ".", "1.", ".50", "1.001", "1.000", "+1", "1,000", "1_000", "1e5", "NaN", " 1", "1 ", "1.0\n"),
        *("１００", "٣.00", "1.٣٣", "²²²²", "壹", "--1", "¥1", "1.2.3", "-.50"),
        *(Decimal("1.001"), Decimal("1e-400000"), Decimal("NaN"), Decimal("Infinity")),
    ],
)
def test_what_is_none(written: str | Decimal) -> None:
    with pytest.raises(NotExact):
        parse_yuan(written)


@pytest.mark.parametrize("written", [10**30, "9" * 4000, Decimal("1e400000"), "1" + "0" * 16, "-" + "9" * 40])
def test_more_than_any_input_may_be(written: str | int | Decimal) -> None:
    with pytest.raises(TooLarge):
        parse_yuan(written)


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (100, "1.00"), (123456, "1234.56"), (-5, "-0.05"), (-250, "-2.50")],
)
def test_two_decimals_always(fen: int, text: str) -> None:
    assert format_yuan(fen) == text


@pytest.mark.parametrize(
    ("number", "places", "least", "text"),
    [
        (4_350_000, 6, 0, "4.35"),
        (50_000_000, 6, 0, "50"),
        (15, 1, 0, "1.5"),
        (-5, 1, 0, "-0.5"),
        (7, 0, 0, "7"),
        (10, 1, 2, "1.00"),
    ],
)
def test_a_decimal_without_needless_zeros(number: int, places: int, least: int, text: str) -> None:
    assert text_of(number, places, least) == text


@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_decimals_come_back(number: int, places: int) -> None:
    assert scaled(text_of(number, places), places) == number
