"""Decide one request: from the bytes of a body to the bytes of the answer. Stores nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from app.rules.input.strict_json import parse_json
from app.services.legal_day import legal_day

if TYPE_CHECKING:
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
    policies.versions(policy_id)
    return decide_body(policies, policy_id, parse_json(data), traced=traced)


def decide_body(
    policies: PublishedPolicies, policy_id: str, body: object, *, traced: bool = False
) -> Decided:
    """The same for a parsed body."""
    today = legal_day()
    chosen = _version_for(policies, policy_id, body, today)
    request = chosen.read(body, today)
    evaluation = chosen.evaluator.evaluate(request, traced=traced)
    return Decided(chosen.render(evaluation, request), chosen, evaluation)


def _version_for(policies: PublishedPolicies, policy_id: str, body: object, today: date) -> PublishedPolicy:
    """The version in force on the body's day. None is: the latest, whose reader then says what is wrong."""
    versions = policies.versions(policy_id)
    if len(versions) == 1:
        return versions[0]
    day = _day_of(body) or today
    return next((one for one in reversed(versions) if one.policy.in_force(day)), versions[-1])


def _day_of(body: object) -> date | None:
    given = body.get("as_of") if isinstance(body, dict) else None
    try:
        return date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
