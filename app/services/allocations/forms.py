"""A run and its lines as the API shows them, each applicant's result told in words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from app.rules.allotting.claims import Outcome
from app.rules.money import format_yuan
from app.rules.words.allotment_words import allotment_words, score_words, share_words
from app.rules.words.answer_values import json_value
from app.services.allocations.claiming import UNDETERMINED
from app.services.instants import say
from app.services.simulating.allotments import factor_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.allotment import Allotment
    from app.rules.policy import Policy, Words
    from app.store.allocations import LineRow, RunRow

OUTCOMES = (*(str(one) for one in Outcome), UNDETERMINED)


def run_form(run: RunRow, allotment: Allotment, policy: Policy) -> dict[str, Any]:
    """The run, by the policy that it was made by."""
    in_money = allotment.in_money
    taken = run.spent if in_money else sum(run.outcomes.get(one, 0) for one in ("granted", "partly"))
    factor = None if run.factor is None else factor_form(Fraction(run.factor))
    return {
        "id": run.id,
        "policy": {
            "id": run.policy, "version": run.policy_version, "digest": run.policy_digest, "notice": run.notice,
        },
        "year": run.year,
        "measure": run.measure,
        "by": str(allotment.by),
        "text": _words(allotment_words(allotment, policy.facts, policy.currency)),
        "scores": [_words(one) for one in score_words(allotment, policy.facts, policy.currency)],
        "budget": format_yuan(run.cap) if in_money else None,
        "places": None if in_money else run.cap,
        "used_before": _figure(run.used, in_money),
        "left": _figure(max(0, run.cap - run.used - taken), in_money),
        "demand": format_yuan(run.demand),
        "spent": format_yuan(run.spent),
        "outcomes": {name: run.outcomes.get(name, 0) for name in OUTCOMES},
        "factor": factor,
        "cut_off": _scores(run.cut_off, allotment),
        "precedence": run.precedence,
        "reason": run.reason,
        "as_of": run.as_of.isoformat(),
        "engine_version": run.engine_version,
        "input_digest": run.input_digest,
        "result_digest": run.result_digest,
        "run_by": run.run_by,
        "run_at": say(run.run_at),
    }  # fmt: skip


def line_form(line: LineRow, run: RunRow, allotment: Allotment, policy: Policy) -> dict[str, Any]:
    """What the run says of one application."""
    factor = None if run.factor is None else Fraction(run.factor)
    outcome = None if line.outcome == UNDETERMINED else Outcome(line.outcome)
    told = share_words(
        allotment, outcome, line.rank, (line.amount, line.granted), factor, _scores(run.cut_off, allotment),
        policy.currency,
    )  # fmt: skip
    return {
        "position": line.position,
        "application": line.application,
        "award": line.award,
        "arrival": line.arrival,
        "amount": format_yuan(line.amount),
        "scores": _scores(line.scores, allotment),
        "rank": line.rank,
        "outcome": line.outcome,
        "granted": format_yuan(line.granted),
        "message": _words(told),
    }


def _figure(value: int, in_money: bool) -> str | int:
    return format_yuan(value) if in_money else value


def _scores(scores: Sequence[int] | None, allotment: Allotment) -> list[Any] | None:
    if scores is None:
        return None
    both = zip(scores, allotment.scores, strict=True)
    return [json_value(value, score.type, score.scale) for value, score in both]


def _words(text: Words) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
