"""Strict JSON: what is taken, what is refused, and where it stands."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.input.strict_json import MOST_DEPTH, NotJson, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_what_json_writes_is_read_back(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair has no UTF-8
        data = json.dumps(value).encode()
    assert parse_json(data) == value


def test_numbers_are_exact() -> None:
    found = parse_json(b"[1, 1.10, 0.1, 1e400000, -0, 123456789012345678901234567890, 1E2]")
    assert found == [
        1,
        Decimal("1.10"),
        Decimal("0.1"),
        Decimal("1e400000"),
        0,
        int("1234567890" * 3),
        Decimal(100),
    ]
    assert [type(number) for number in found] == [int, Decimal, Decimal, Decimal, int, int, Decimal]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "line", "column", "told"),
    [
        (b"", 1, 1, "empty"),
        (b" \n ", 2, 2, "empty"),
        (b"{", 1, 2, "name"),
        (b'{"a":1,}', 1, 8, ""),
        (b"[1,]", 1, 4, ""),
        (b'{"a":1,,"b":2}', 1, 8, ""),
        (b'{"a" 1}', 1, 6, "colon"),
        (b"[1 2]", 1, 4, "comma"),
        (b"{}\n{}", 2, 1, "end of the JSON value"),
        (b"{} // no", 1, 4, "end of the JSON value"),
        (b"01", 1, 2, "end of the JSON value"),
        (b"+1", 1, 1, "value"),
        (b"{'a':1}", 1, 2, "name in double quotes"),
        (b'["a', 1, 2, "no end"),
        (b'["\x01"]', 1, 3, "control character"),
        (b'["\\q"]', 1, 3, "escape"),
        (b'["\\u12"]', 1, 4, "escape"),
        (b'{"a":\n NaN}', 2, 2, "NaN"),
        (b"[-Infinity]", 1, 2, "Infinity"),
        (b'["NaN", Infinity]', 1, 9, "Infinity"),
        ('{"字":1, "b":{"字":2,\n"字":3}}'.encode(), 2, 1, "twice"),
        (b'{"a":1, "b":[{"c":1}, {"c":1}], "a":2}', 1, 33, "name a is given twice"),
        (b'{"a":1, "\\u0061":2}', 1, 9, "name a is given twice"),
        (b'{"a": ' + b"9" * 5000 + b"}", 1, 7, "digits"),
        (b'{"a": 1.' + b"9" * 5000 + b"}", 1, 7, "digits"),
        (b'{"a": 1e99999999999999999999}', 1, 7, "digits"),
        (b"\xef\xbb\xbf{}", 1, 1, "BOM"),
        (b'{"a":\n"\xff\xfe"}', 2, 2, "UTF-8"),
        ('["é"'.encode() + b"\xc3]", 1, 5, "UTF-8"),
        (b'"\xed\xa0\x80"', 1, 2, "UTF-8"),
        ('{"a":1}'.encode("utf-16"), 1, 1, "UTF-8"),
    ],
)
def test_what_is_refused_and_where(data: bytes, line: int, column: int, told: str) -> None:
    with pytest.raises(NotJson) as refused:
        parse_json(data)
    error = refused.value
    assert (error.line, error.column) == (line, column)
    assert error.message.en.startswith(f"line {line}, column {column}: ")
    assert error.message.zh.startswith(f"第 {line} 行第 {column} 列：")
    assert told in error.message.en
    assert str(error) == error.message.en


def nested(depth: int, opening: str, closing: str, inside: str = "1") -> bytes:
    return (opening * depth + inside + closing * depth).encode()


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_nesting_goes_as_deep_as_32(opening: str, closing: str) -> None:
    each = opening.count("[") + opening.count("{")
    assert parse_json(nested(MOST_DEPTH // each, opening, closing)) is not None
    with pytest.raises(NotJson, match="nested deeper than 32"):
        parse_json(nested(MOST_DEPTH // each + 1, opening, closing))


def test_brackets_in_strings_do_not_nest() -> None:
    inside = json.dumps('[[[{{{\\"[[["\\' * 20)
    assert parse_json(nested(MOST_DEPTH, "[", "]", inside)) is not None
    with pytest.raises(NotJson, match="column 33"):
        parse_json(nested(MOST_DEPTH + 1, "[", "]", json.dumps("]]]]}}}}")))


def test_closed_brackets_do_not_add_up() -> None:
    assert parse_json(b"[" + b"[]," * 1000 + b"{}]") is not None


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b'{"a":' * 100_000, b'["\\"' + b"[" * 100_000, b"[" * 32 + b"]" * 99]
)
def test_rubbish_is_refused_whatever_its_size(data: bytes) -> None:
    with pytest.raises(NotJson):
        parse_json(data)


@given(st.binary(max_size=60) | st.text('[]{}",:\\0123456789.eE+-NaIfinty \n', max_size=40).map(str.encode))
def test_nothing_else_is_raised_than_not_json(data: bytes) -> None:
    try:
        found = parse_json(data)
    except NotJson:
        return
    assert json.loads(data, parse_float=Decimal) == found


def test_a_name_is_shown_only_if_it_looks_like_a_field() -> None:
    for name in ("张三", "a b", "x" * 80, "\\ud800"):
        with pytest.raises(NotJson) as refused:
            parse_json(f'{{"{name}":1,"{name}":2}}'.encode())
        assert refused.value.message.en.endswith("the name is given twice in one object")
