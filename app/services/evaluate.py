"""Decide one request: from the bytes of a body to the bytes of the answer. Stores nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.input.strict_json import NotPlainJson, parse_json, parse_plain
from app.services.legal_day import legal_day
from app.services.published_policies import day_of

if TYPE_CHECKING:
    from datetime import date

    from app.rules.requests import EvaluationRequest
    from app.rules.results import Evaluation
    from app.services.published_policies import PublishedPolicies, PublishedPolicy


class Decided(NamedTuple):
    """An answer and what it was made of."""

    content: bytes
    """JSON, UTF-8."""
    policy: PublishedPolicy
    evaluation: Evaluation


def decide(policies: PublishedPolicies, policy_id: str, data: bytes, *, traced: bool = False) -> Decided:
    """Raises NoSuchPolicy, NotJson, and InputErrors for a body that is no request."""
    return decide_plain(policies, policy_id, data, traced=traced) or decide_body(
        policies, policy_id, parse_json(data), traced=traced
    )


def decide_plain(
    policies: PublishedPolicies, policy_id: str, data: bytes, *, traced: bool = False
) -> Decided | None:
    """The same for most bodies in much less time; None for those that `decide` must look at. Raises NoSuchPolicy."""
    policies.versions(policy_id)
    try:
        body = parse_plain(data)
    except NotPlainJson:
        return None
    today = legal_day()
    chosen = _version_for(policies, policy_id, body, today)
    request = chosen.read.plain(body, today)
    return None if request is None else _decided(chosen, request, traced=traced)


def decide_body(
    policies: PublishedPolicies, policy_id: str, body: object, *, traced: bool = False
) -> Decided:
    """The same for a parsed body."""
    today = legal_day()
    chosen = _version_for(policies, policy_id, body, today)
    return _decided(chosen, chosen.read(body, today), traced=traced)


def _decided(chosen: PublishedPolicy, request: EvaluationRequest, *, traced: bool) -> Decided:
    evaluation = chosen.evaluator.evaluate(request, traced=traced)
    return Decided(chosen.render(evaluation, request), chosen, evaluation)


def _version_for(policies: PublishedPolicies, policy_id: str, body: object, today: date) -> PublishedPolicy:
    """The version in force on the body's day, under its year's notice.

    None is in force: the latest, whose reader then says what is wrong.
    """
    versions = policies.versions(policy_id)
    chosen = versions[-1]
    if len(versions) > 1:
        day = day_of(body) or today
        chosen = next((one for one in reversed(versions) if one.policy.in_force(day)), chosen)
    return chosen.for_body(body, today)
