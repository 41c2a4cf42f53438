"""NDJSON: a request a line, as in a batch of the service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.population.populations import CODES, read_all, told

if TYPE_CHECKING:
    from pathlib import Path

GOOD: dict[str, Any] = {
    "ref": "a",
    "applicant": {"name": "甲", "uscc": CODES[0]},
    "facts": {"patents": {"granted": 8}, "pledge_loans": [{"loan_id": "L", "interest": "12.5"}]},
    "history": [{"measure": "navigation", "year": 2024, "amount": 200000, "item": "N1"}],
    "other_funding": [{"source": "district", "amount": "5.00", "project": "N2"}],
}


def written(tmp_path: Path, *lines: Any) -> Path:
    path = tmp_path / "p.ndjson"
    path.write_bytes(b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines))
    return path


def test_a_line_is_read_as_a_request_with_its_own_name(tmp_path: Path) -> None:
    frame, rows, errors = read_all(written(tmp_path, GOOD, b"", GOOD | {"ref": 7}, GOOD | {"ref": None}))
    assert errors == []
    assert rows == [1, 3, 4]
    assert frame["ref"].to_list() == ["a", "7", "4"]
    first = frame.to_dicts()[0]
    assert first["facts"]["pledge_loans"][0]["interest"] == 1250
    assert first["history"][0] == {
        "measure": "navigation",
        "year": 2024,
        "amount": 20_000_000,
        "item": "N1",
        "items": None,
        "keys": {"project": "N1"} if first["history"][0]["keys"] else None,
    }
    assert first["other_funding"] == [{"source": "district", "project": "N2", "amount": 500}]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"{", ("", "format")),
        (b"[]", ("", "type")),
        (b'{"a": 1, "a": 2}', ("", "format")),
        (b"{" + b" " * 1024**2 + b"}", ("", "length")),
        ({**GOOD, "ref": True}, ("ref", "type")),
        ({**GOOD, "ref": 2**60}, ("ref", "range")),
        ({**GOOD, "fact": {}}, ("fact", "unknown_field")),
        ({**GOOD, "applicant": {"name": "甲"}}, ("applicant.uscc", "required")),
        ({**GOOD, "facts": {"patents": {"granted": 8.5}}}, ("patents.granted", "type")),
        ({**GOOD, "year": 2025}, ("year", "relation")),
        ({**GOOD, "as_of": "2026-11-22"}, ("as_of", "relation")),
        ({**GOOD, "measures": ["navigation"]}, ("measures", "relation")),
        ({**GOOD, "assume": {"applicant.high_tech": True}}, ("assume", "relation")),
    ],
    ids=lambda value: "" if isinstance(value, tuple) else None,
)
def test_a_bad_line_is_told_and_stops_nothing(tmp_path: Path, line: Any, found: tuple[str, str]) -> None:
    frame, rows, errors = read_all(written(tmp_path, line, GOOD))
    assert told(errors) == [(1, *found)]
    assert rows == [2]
    assert frame.height == 1


def test_a_line_may_say_what_the_run_says(tmp_path: Path) -> None:
    same = {**GOOD, "year": 2026, "as_of": "2026-11-23", "measures": ["navigation"], "assume": {}}
    _, rows, errors = read_all(written(tmp_path, same), measures=("navigation",))
    assert (rows, errors) == ([1], [])
