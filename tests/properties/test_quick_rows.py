"""Items that are all settled go through one generated function: it says what the general way says of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.rules.deciding.items import CompiledItems
from app.rules.deciding.measures import FREE, Circumstances
from app.rules.policy import Exclusion, Words
from tests.properties.completing import complete
from tests.properties.packs import request
from tests.properties.test_generated_packs import made, parsed
from tests.yanhu.engine import TODAY, yanhu
from tests.yanhu.generating import REQUESTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.policy import Policy
    from app.rules.requests import EvaluationRequest

BY_PROJECT: Mapping[str, Exclusion] = {
    "project": Exclusion("same-project", "六", Words("同一项目", "same project"), item_key="project")
}
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def with_items(policy: Policy) -> list[CompiledItems]:
    return [CompiledItems(one, policy, BY_PROJECT) for one in policy.measures if one.each is not None]


def circumstances(asked: EvaluationRequest) -> Circumstances:
    """Nobody barred, nothing of an item paid before."""
    b: dict[str, object] = {"year": asked.year, "as_of": asked.as_of}
    history: dict[str, list[Any]] = {}
    for entry in asked.history:
        history.setdefault(entry.measure, []).append(entry)
    return Circumstances(asked.facts, b, asked.year, FREE, history, {})


def both_ways(one: CompiledItems, c: Circumstances) -> None:
    quick, settled = one.evaluate(c), one.settled
    one.settled = None
    try:
        assert one.evaluate(c) == quick
    finally:
        one.settled = settled


@MANY
@given(st.integers(0, 2**32))
def test_on_generated_policies(seed: int) -> None:
    engine, _, chance = made(seed)
    measures = with_items(engine.policy)
    for _ in range(6):
        body = request(chance)
        if chance.random() < 0.7:
            body = complete(body, engine.policy.facts, chance)
        c = circumstances(engine.read(parsed(body), TODAY))
        for one in measures:
            both_ways(one, c)


REAL = with_items(yanhu().policy)


@MANY
@given(REQUESTS)
def test_on_the_real_policy(body: dict[str, Any]) -> None:
    c = circumstances(yanhu().read(parsed(body), TODAY))
    for one in REAL:
        both_ways(one, c)


def loans(**changed: object) -> dict[str, object]:
    known: dict[str, object] = {
        "loan_id": "L-1", "collateral": "patent", "lender": "bank", "repaid_on_time": True,
        "interest": 100, "guarantee_fee": 20, "appraisal_fee": 3,
    }  # fmt: skip
    return {**known, **changed}


def test_it_is_taken_where_all_is_known_and_left_where_something_is_not() -> None:
    pledge = next(one for one in REAL if one.measure.id == "pledge-financing")
    assert pledge.settled is not None
    found = pledge.settled({}, [loans(), loans(loan_id="L-2", lender="other")], {})
    assert found is not None
    lines, certain, total = found
    assert [(line.item, line.verdict, line.counted) for line in lines] == [
        ("L-1", "eligible", 123),
        ("L-2", "ineligible", 0),
    ]
    assert (certain, total) == (1, 123)
    without = loans()
    del without["interest"]
    assert pledge.settled({}, [loans(), without], {}) is None


def test_the_generated_source_can_be_read() -> None:
    pledge = next(one for one in REAL if one.measure.id == "pledge-financing")
    text = pledge.settled.__doc__
    assert text is not None
    assert text.startswith("def pledge_financing_rows(facts, rows, b):")
    assert "item.get('collateral')" in text


def test_most_generated_requests_take_it() -> None:
    """Or the comparison above would compare the general way with itself."""
    taken = 0
    for seed in range(40):
        engine, _, _ = made(seed)
        body = complete(request(random.Random(seed)), engine.policy.facts, random.Random(seed))  # noqa: S311 - reproducible
        c = circumstances(engine.read(parsed(body), TODAY))
        for one in with_items(engine.policy):
            rows = c.facts.get("things")
            if rows and one.settled is not None:
                assert isinstance(rows, list)
                taken += one.settled(c.facts, rows, c.b) is not None
    assert taken > 20
