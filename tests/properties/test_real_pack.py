"""Properties of every evaluation of the real policy, on generated requests."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.rules.reading import InputErrors
from tests.properties.completing import complete, unknowns
from tests.properties.laws import check_learning, check_learning_of, check_one, money
from tests.yanhu.engine import TODAY, yanhu
from tests.yanhu.generating import REQUESTS

if TYPE_CHECKING:
    import random

MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
CHANCE = st.randoms(use_true_random=False)


def parsed(body: Any) -> Any:
    return json.loads(json.dumps(body), parse_float=Decimal)


def decide(body: Any) -> dict[str, Any]:
    return yanhu().decide(parsed(body))


def completed(body: dict[str, Any], chance: random.Random, only: Any = None) -> dict[str, Any]:
    """A completion that the relations between facts allow, or no example at all."""
    for _ in range(5):
        filled = complete(body, yanhu().policy.facts, chance, only)
        try:
            yanhu().read(parsed(filled), TODAY)
        except InputErrors:
            continue
        return filled
    assume(False)
    return body


@MANY
@given(REQUESTS)
def test_an_answer_is_sound_by_itself(body: dict[str, Any]) -> None:
    for measure in decide(body)["measures"]:
        check_one(measure)


@MANY
@given(REQUESTS, CHANCE)
def test_learning_never_overturns_and_potential_bounds_every_completion(
    body: dict[str, Any], chance: random.Random
) -> None:
    some = completed(body, chance, lambda _: chance.random() < 0.5)
    everything = completed(some, chance)
    answers = [decide(each) for each in (body, some, everything)]
    check_learning(answers[0], answers[1])
    check_learning(answers[1], answers[2])
    check_learning(answers[0], answers[2])


@MANY
@given(REQUESTS, CHANCE)
def test_with_everything_known_nothing_is_missing(body: dict[str, Any], chance: random.Random) -> None:
    full = completed(body, chance)
    # A list that was filled may itself hold items with gaps.
    full = completed(full, chance)
    for measure in decide(full)["measures"]:
        assert measure["verdict"] != "undetermined"
        assert measure["missing"] == []


@MANY
@given(REQUESTS, CHANCE)
def test_what_is_not_missing_cannot_matter(body: dict[str, Any], chance: random.Random) -> None:
    first = decide(body)
    for measure in first["measures"]:
        asked = {m["fact"] for m in measure["missing"]}
        filled = completed(body, chance, lambda unknown, asked=asked: unknown.name not in asked)
        second = next(m for m in decide(filled)["measures"] if m["id"] == measure["id"])
        assert second["verdict"] == measure["verdict"]
        assert second["award"]["amount"] == measure["award"]["amount"]
        check_learning_of(measure, second)


@MANY
@given(REQUESTS)
def test_missing_names_unknown_facts_by_name_and_place(body: dict[str, Any]) -> None:
    known = {
        unknown.name: "/" + "/".join(str(part) for part in unknown.path)
        for unknown in unknowns(body, yanhu().policy.facts)
    }
    for measure in decide(body)["measures"]:
        for missing in measure["missing"]:
            assert known[missing["fact"]] == missing["pointer"]


@MANY
@given(REQUESTS, CHANCE)
def test_the_same_request_gives_the_same_bytes_in_any_key_order(
    body: dict[str, Any], chance: random.Random
) -> None:
    first = yanhu().answer(parsed(body))
    assert yanhu().answer(parsed(body)) == first
    assert yanhu().answer(parsed(shuffled(body, chance))) == first


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        return [shuffled(each, chance) for each in value]
    return value


@MANY
@given(REQUESTS)
def test_null_and_absent_are_the_same(body: dict[str, Any]) -> None:
    assert yanhu().answer(parsed(body)) == yanhu().answer(parsed(without_nulls(body)))


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


@MANY
@given(
    REQUESTS,
    st.sampled_from([["granted"], ["granted", "invention_granted"], ["granted", "high_value_granted"]]),
)
def test_one_more_patent_never_lowers(body: dict[str, Any], words: list[str]) -> None:
    counts = (body.get("facts") or {}).get("patents")
    assume(counts is not None and all(counts.get(word) is not None for word in words))
    more = copy.deepcopy(body)
    for word in words:
        more["facts"]["patents"][word] += 1
    assert not lower(decide(more), decide(body))


@MANY
@given(REQUESTS, st.sampled_from(["punished", "funded", "paid"]))
def test_an_added_exclusion_or_payment_never_raises(body: dict[str, Any], how: str) -> None:
    more = copy.deepcopy(body)
    if how == "punished":
        more["applicant"]["credit"] = {"joint_punishment": True}
    elif how == "funded":
        funds = {"source": "district", "project": "P1", "amount": "1.00"}
        more["other_funding"] = [*(body.get("other_funding") or []), funds]
    else:
        paid = {"measure": "navigation", "year": 2026, "amount": "1.00", "item": "P1"}
        more["history"] = [*(body.get("history") or []), paid]
    assert not lower(decide(body), decide(more))


RANK = {"ineligible": 0, "undetermined": 1, "eligible": 2}


def lower(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Measures whose verdict, amount, ceiling or potential is lower in `one` than in `other`."""
    found = []
    for a, b in zip(one["measures"], other["measures"], strict=True):
        falls = RANK[a["verdict"]] < RANK[b["verdict"]]
        for key in ("amount", "potential"):
            low, high = money(a["award"][key]), money(b["award"][key])
            unbounded = (
                key == "potential" and high is None and low is not None and a["award"]["kind"] != "service"
            )
            falls |= unbounded or (low is not None and high is not None and low < high)
        if falls:
            found.append(a["id"])
    return found
