"""Requests that are refused: everything at once, at its place, in words that help and repeat nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.rules.input.strict_json import NotJson, parse_json
from app.rules.reading import InputErrors
from tests.rules.small_policy import READ, TODAY, asked, mistakes
from tests.yanhu.asking import award, past
from tests.yanhu.cases_bad import BAD, GOOD, SEVERAL, SEVERAL_AT, Bad, put

if TYPE_CHECKING:
    from app.rules.policy import Words

REFUSED = [
    bad for bad in BAD if bad.status == 422 and not bad.query and bad.content_type == "application/json"
]
NOT_JSON = [bad for bad in BAD if bad.status == 400]


@pytest.mark.parametrize("bad", REFUSED, ids=[bad.name for bad in REFUSED])
def test_what_must_be_refused_is(bad: Bad) -> None:
    found = mistakes(parse_json(bad.content))
    assert found
    if bad.pointer is not None:
        assert [pointer for pointer, _ in found] == [bad.pointer]
    if bad.code is not None:
        assert found[0][1] == bad.code


@pytest.mark.parametrize("bad", NOT_JSON, ids=[bad.name for bad in NOT_JSON])
def test_what_is_no_json_never_gets_here(bad: Bad) -> None:
    with pytest.raises(NotJson):
        parse_json(bad.content)


def test_all_mistakes_come_at_once_in_the_order_of_the_body() -> None:
    assert [pointer for pointer, _ in mistakes(parse_json(SEVERAL))] == SEVERAL_AT


def test_the_order_is_the_bodys_own_with_missing_fields_after_those_that_are_there() -> None:
    body = {
        "assume": {"nothing": 1},
        "facts": {
            "patent_awards": [{"amount": -1, "x": 1}, award("B"), award("b")],
            "patents": {"invention_granted": 4, "wrong": 1, "granted": 3},
        },
        "history": [{"amount": "0"}],
        "zzz": 1,
        "applicant": {"sise": 1},
        "year": 1,
    }
    assert [pointer for pointer, _ in mistakes(body)] == [
        "/assume/nothing",
        "/facts/patent_awards/0/amount",
        "/facts/patent_awards/0/x",
        "/facts/patent_awards/0/award_id",
        "/facts/patent_awards/2/award_id",
        "/facts/patents/invention_granted",
        "/facts/patents/wrong",
        "/history/0/amount",
        "/history/0/measure",
        "/history/0/year",
        "/zzz",
        "/applicant/sise",
        "/applicant/name",
        "/applicant/uscc",
        "/year",
    ]


@pytest.mark.parametrize(
    "top",
    [
        {f"wrong{i}": 1 for i in range(150)},
        {"applicant": {**GOOD["applicant"], **{f"wrong{i}": 1 for i in range(150)}}},
        {"facts": {"patents": {f"wrong{i}": 1 for i in range(150)}}},
        {"facts": {"patent_awards": [{} for _ in range(150)]}},
        {"facts": {"patent_awards": [{**award(), **{f"wrong{i}": 1 for i in range(150)}}]}},
        {"history": [1] * 150},
        {"assume": {f"wrong{i}": 1 for i in range(150)}},
        {"measures": ["no"] * 150},
        {"history": [past("patent-grants", keys={f"wrong{i}": "x" for i in range(150)})]},
    ],
)
def test_a_hundred_mistakes_are_told_and_no_more(top: dict[str, Any]) -> None:
    assert len(mistakes(asked(**top))) == 100


def test_a_mebibyte_of_mistakes_is_refused_at_once() -> None:
    body = asked(facts={f"{i}": {} for i in range(100_000)}, **{f"x{i}": 1 for i in range(50_000)})
    assert len(mistakes(body)) == 100


def test_pointers_are_escaped_and_can_always_be_sent() -> None:
    assert mistakes(asked(**{"a/b~c\ud800": 1})) == [("/a~1b~0c\N{REPLACEMENT CHARACTER}", "unknown_field")]


def errors(body: Any) -> list[Words]:
    with pytest.raises(InputErrors) as refused:
        READ(body, TODAY)
    return [error.message for error in refused.value.errors]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (put("/facts/patents/grantd", 3), "did you mean granted?"),
        (put("/facts/granted", 3), "did you mean facts.patents.granted?"),
        (put("/facts/size", "small"), "did you mean applicant.size?"),
        (put("/applicant/kind", "Enterprise"), "did you mean enterprise?"),
        (
            put("/applicant/kind", "univercity"),
            "it must be one of: enterprise, state_owned_enterprise, university",
        ),
        (put("/measures/0", "patent-grant"), "did you mean patent-grants?"),
        (put("/measures/0", "talent"), "no condition"),
        (put("/fact", {}), "did you mean facts?"),
        (put("/ref", "r1"), "batch"),
        (put("/assume", {"patents.grantd": 3}), "did you mean patents.granted?"),
        (put("/assume", {"patents": {}}), "one by one"),
        (put("/as_of", "2022-12-31"), "2023-01-01"),
        (put("/facts/patents/granted", -1), "patents.granted: it must lie between 0 and 1000000000"),
        (put("/facts/finance/turnover", "10000001"), "between 0.00 and 10000000.00"),
        (put("/facts/finance/rate", "0.5"), "percent"),
        (
            put("/facts/patents/invention_granted", 11),
            '"patents.invention_granted" may not exceed "patents.granted"',
        ),
        (put("/applicant/uscc", "9114O802MA0GT0018G"), "is 0 meant?"),
    ],
)
def test_a_message_helps(body: bytes, hint: str) -> None:
    found = errors(parse_json(body))
    assert len(found) == 1
    assert hint in found[0].en
    assert found[0].zh


def test_no_message_repeats_what_was_sent() -> None:
    secret = "張三的秘密140802199001010017"  # noqa: S105 - it stands for a person's data
    body = {
        "applicant": {"name": [secret], "uscc": secret, "kind": secret, "division": secret, "size": 1},
        "facts": {
            "patents": {"granted": secret},
            "alliance": {"operating_since": secret},
            "finance": {"rate": secret, "score": secret, "turnover": secret, "remark": f"{secret}\0"},
        },
        "measures": [secret],
        "history": [{"measure": secret, "year": secret, "amount": secret, "item": f"{secret}\0"}],
        "other_funding": [{"source": secret, "amount": secret}],
        "assume": {"patents.granted": secret},
    }
    found = errors(body)
    assert len(found) == 19
    assert not any(
        "140802" in words.en.replace("140802)", "").replace("such as 140802", "") for words in found
    )
    assert not any(secret[:3] in words.zh + words.en for words in found)


@pytest.mark.parametrize("body", [None, [], "hello", 5, True])
def test_a_body_that_is_no_object(body: object) -> None:
    assert mistakes(body) == [("", "type")]
