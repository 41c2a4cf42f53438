"""The fast way of reading a request and the careful one: what the first takes is what the second makes of it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.rules.input.strict_json import NotJson, NotPlainJson, parse_json, parse_plain
from app.rules.reading import InputErrors
from tests.rules.small_policy import READ, TODAY
from tests.yanhu.cases_bad import BAD, GOOD, Bad
from tests.yanhu.engine import yanhu
from tests.yanhu.generating import REQUESTS

if TYPE_CHECKING:
    from datetime import date

    from app.rules.reading import Reader
    from app.rules.requests import EvaluationRequest

MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
ODD = [
    *(
        None,
        True,
        0,
        -1,
        8,
        10**15,
        2**64,
        10**30,
        1.5,
        1e300,
        [],
        {},
        [None],
        {"x": None},
        "",
        " ",
        "x" * 201,
    ),
    *("8", "1.5", "1.50", "01.50", ".50", "-0.00", "+1.00", "1_0.00", "１.00", "1.00\n", "4.35%", "1" * 20),
    *(
        "2026-11-23",
        "2026-02-30",
        "2026-W01-1",
        "20261123",
        "patent",
        "P1",
        "p-1",
        " P1 ",
        "é",
        "e\u0301",
        "\u3000x",
    ),
    *("a\x00b", "enterprise", "Enterprise", "91140802MA0GT0018G", "91140802ma0gt0018g", "\ud800"),
]
FULL: dict[str, Any] = {
    **GOOD,
    "facts": {
        "patents": {"granted": 8, "invention_granted": 2, "high_value_granted": None},
        "patent_awards": [
            {"award_id": "A-1", "name": "奖", "level": "national", "amount": "30000.00"},
            {"award_id": "A-2", "name": "b", "level": None, "amount": 5},
        ],
        "alliance": {"operating_since": "2024-02-29"},
        "pledge_financing": {},
    },
    "history": [{"measure": "pledge-financing", "year": 2026, "amount": "10.00", "items": ["L1"]}],
    "other_funding": [{"source": "district", "amount": "1.00", "project": "P1"}],
    "assume": {"applicant.size": "small"},
}


def careful(read: Reader, body: Any, today: date) -> EvaluationRequest | None:
    try:
        return read.careful(body, today)
    except InputErrors:
        return None


def check(read: Reader, body: Any, today: date = TODAY) -> bool:
    """Both ways on one body, neither of which may change it; whether the fast one took it."""
    sent = copy.deepcopy(body)
    fast = read.plain(body, today)
    assert body == sent
    slow = careful(read, parse_json(json.dumps(body).encode()), today)
    if fast is not None:
        assert fast == slow
        assert type(fast.facts) is dict
        for name, value in fast.facts.items():
            assert type(value) is type(slow.facts[name])  # type: ignore[union-attr]
    return fast is not None


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a body where something can be put: the container and the key."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found += [(value, key), *places(inner)]
    if isinstance(value, dict):
        found.append((value, "no_such_field"))
    return found


@MANY
@given(REQUESTS)
def test_a_request_without_mistakes_is_read_the_same(body: dict[str, Any]) -> None:
    floats = any(
        type(container.get(key) if isinstance(container, dict) else container[key]) is float
        for container, key in places(body)
    )
    sound = careful(yanhu().read, parse_json(json.dumps(body).encode()), TODAY) is not None
    assert check(yanhu().read, body) is (sound and not floats)


@MANY
@given(st.data())
def test_whatever_is_put_anywhere_is_taken_by_both_or_left_to_the_careful_one(data: st.DataObject) -> None:
    for read in (yanhu().read, READ):
        body = copy.deepcopy(FULL)
        for _ in range(data.draw(st.integers(1, 3))):
            container, key = data.draw(st.sampled_from(places(body)))
            container[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        check(read, body)


def test_the_usual_request_goes_the_fast_way() -> None:
    assert check(yanhu().read, FULL)
    assert check(yanhu().read, GOOD)


@pytest.mark.parametrize("bad", [bad for bad in BAD if bad.code and not bad.query], ids=lambda bad: bad.name)
def test_no_bad_request_does(bad: Bad) -> None:
    try:
        body = parse_plain(bad.content)
    except NotPlainJson:
        return
    assert yanhu().read.plain(body, TODAY) is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def floats_of(value: Any) -> Any:
    """Numbers that are not whole, or have more than 64 bits, as floats."""
    return json.loads(
        json.dumps(value, default=float),
        parse_int=lambda text: int(text) if -(2**63) <= int(text) < 2**64 else float(text),
    )


@given(JSON, st.booleans(), st.sampled_from([None, 2]))
def test_plain_json_is_what_json_is(value: Any, ascii_only: bool, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    try:
        found = parse_plain(data)
    except NotPlainJson:
        return
    assert floats_of(found) == floats_of(parse_json(data))


@given(st.text('{}":,a\\u003A 1.e', max_size=40).map(str.encode) | st.binary(max_size=40))
def test_plain_json_is_never_what_is_refused(data: bytes) -> None:
    try:
        parse_plain(data)
    except NotPlainJson:
        return
    parse_json(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":"\\u003a","a":2}',
        b'{"a":"\\u003A","a":2}',
        b'[{"b":{"a":":","a":1}}]',
        b'{"a":NaN}',
        b"\xef\xbb\xbf{}",
        b'"\xed\xa0\x80"',
        b"",
    ],
)
def test_what_plain_json_leaves_to_the_careful_parser(data: bytes) -> None:
    with pytest.raises(NotPlainJson):
        parse_plain(data)
    with pytest.raises(NotJson):
        parse_json(data)
