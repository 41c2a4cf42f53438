"""The same properties on policies nobody wrote by hand: every kind of fact, award form, item and limit."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.rules.loading import load_policy
from app.services.packs import read_pack
from app.settings import PACKAGED_POLICIES
from tests.properties.completing import complete
from tests.properties.laws import check_learning, check_one
from tests.properties.packs import Made, pack, request
from tests.yanhu.engine import Engine

FEW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 2**32)
GIVEN_BY_MEASURES = ("order", "parameters")


def template() -> dict[str, Any]:
    """The head of the real policy: what a pack must say of itself."""
    head: dict[str, Any] = text_only(read_pack(PACKAGED_POLICIES / "yanhu-ip")["policy.yaml"])
    return {key: value for key, value in head.items() if key not in GIVEN_BY_MEASURES}


def text_only(text: str) -> Any:
    """YAML as packs have it: every scalar is text."""
    loader = yaml.BaseLoader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def made(seed: int) -> tuple[Engine, Made, random.Random]:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    generated = pack(chance, template())
    return Engine(load_policy(generated.files)), generated, chance


def parsed(body: Any) -> Any:
    return json.loads(json.dumps(body), parse_float=Decimal)


@FEW
@given(SEEDS)
def test_every_answer_is_sound_and_keeps_its_caps(seed: int) -> None:
    engine, generated, chance = made(seed)
    for _ in range(5):
        answer = engine.decide(parsed(request(chance)))
        for measure in answer["measures"]:
            check_one(measure)
            cap, amount = generated.caps.get(measure["id"]), measure["award"]["amount"]
            assert cap is None or amount is None or Decimal(amount) <= cap


@FEW
@given(SEEDS)
def test_learning_never_overturns_and_potential_bounds_every_completion(seed: int) -> None:
    engine, _, chance = made(seed)
    for _ in range(5):
        body = request(chance)
        some = complete(body, engine.policy.facts, chance, lambda _: chance.random() < 0.5)
        full = complete(complete(some, engine.policy.facts, chance), engine.policy.facts, chance)
        answers = [engine.decide(parsed(each)) for each in (body, some, full)]
        check_learning(answers[0], answers[1])
        check_learning(answers[1], answers[2])
        check_learning(answers[0], answers[2])
        assert all(not m["missing"] for m in answers[2]["measures"])


@FEW
@given(SEEDS)
def test_what_is_not_missing_cannot_matter(seed: int) -> None:
    engine, _, chance = made(seed)
    body = request(chance)
    for measure in engine.decide(parsed(body))["measures"]:
        asked = {m["fact"] for m in measure["missing"]}
        filled = complete(
            body, engine.policy.facts, chance, lambda unknown, asked=asked: unknown.name not in asked
        )
        second = next(m for m in engine.decide(parsed(filled))["measures"] if m["id"] == measure["id"])
        assert second["verdict"] == measure["verdict"]
        assert second["award"]["amount"] == measure["award"]["amount"]


@FEW
@given(SEEDS)
def test_an_exclusion_never_raises_and_the_same_request_gives_the_same_bytes(seed: int) -> None:
    engine, _, chance = made(seed)
    body = request(chance)
    assert engine.answer(parsed(body)) == engine.answer(parsed(body))
    body["applicant"]["credit"] = {"joint_punishment": True}
    for measure in engine.decide(parsed(body))["measures"]:
        assert measure["verdict"] == "ineligible"
        assert measure["award"]["amount"] == "0.00"


@pytest.mark.parametrize("seed", range(40))
def test_generated_packs_load_alike_twice(seed: int) -> None:
    first, second = made(seed)[0].policy, made(seed)[0].policy
    assert first.digest == second.digest
