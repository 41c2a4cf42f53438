"""The claims of a run, and what it comes to: worked out from what is kept, so that it can be done again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.rules.allotment import AllotBy
from app.rules.allotting.claims import Claim
from app.rules.allotting.scoring import Scoring
from app.rules.allotting.sharing import share
from app.rules.input.mistakes import InputErrors
from app.services.applications.assessing import request_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.rules.allotment import Allotment
    from app.rules.allotting.claims import Allotted, Scores
    from app.rules.policy import Measure
    from app.services.published_policies import PublishedPolicy
    from app.store.allocations import LineRow, Ready
    from app.store.applications import ApplicationRow

UNDETERMINED = "undetermined"


class Asked(NamedTuple):
    """What one application brings to a run."""

    application: str
    award: str
    arrival: int
    amount: int
    scores: Scores | None
    """None where an unknown fact leaves one open: it has no claim, and is told apart."""


class Inputs(NamedTuple):
    """All that the result of a run depends on."""

    allotment: Allotment
    left: int
    """What there is to share: fen, or places."""
    precedence: tuple[str, ...]
    asked: tuple[Asked, ...]

    def digest(self) -> str:
        """`sha256:…` over all of it."""
        rule = self.allotment
        return digest_of(
            {
                "by": str(rule.by),
                "in_money": rule.in_money,
                "ties": str(rule.ties),
                "last": str(rule.last),
                "left": self.left,
                "precedence": self.precedence,
                "asked": sorted(self.asked),
            }
        )


class Result(NamedTuple):
    """What becomes of every application, in the order in which it is told."""

    allotted: Allotted
    lines: tuple[Told, ...]
    cut_off: Scores | None
    """Without what precedence adds."""

    def digest(self) -> str:
        return digest_of([list(line) for line in self.lines])


class Told(NamedTuple):
    """The result of one application."""

    application: str
    rank: int | None
    outcome: str
    granted: int


def asked_of(
    ready: Sequence[Ready], published: PublishedPolicy, measure: Measure, as_of: date
) -> tuple[Asked, ...]:
    """What the applications bring, in the order in which they were submitted."""
    scoring = Scoring(measure, published.policy)
    return tuple(
        Asked(one.row.id, one.award, arrival, one.assessed or 0, _scores(one.row, published, scoring, as_of))
        for arrival, one in enumerate(ready, 1)
    )


def _scores(row: ApplicationRow, published: PublishedPolicy, scoring: Scoring, as_of: date) -> Scores | None:
    """By the version that shares; None also for facts that it does not take."""
    if scoring.allotment is None or not scoring.allotment.scores:
        return ()
    try:
        request = published.read(request_body(row, as_of), as_of)
    except InputErrors:
        return None
    return scoring.of(published.evaluator.circumstances(request))


def result_of(inputs: Inputs) -> Result:
    """The run itself: the same inputs, the same result."""
    rule, ranked = inputs.allotment, inputs.allotment.by is AllotBy.RANK
    first = {name: len(inputs.precedence) - place for place, name in enumerate(inputs.precedence)}
    claims = [
        Claim(
            one.application,
            one.amount,
            (*one.scores, first.get(one.application, 0)) if ranked else (),
            one.arrival,
        )
        for one in inputs.asked
        if one.scores is not None
    ]
    allotted = share(rule, claims, inputs.left)
    told = [Told(one.claim.id, one.rank, str(one.outcome), one.granted) for one in allotted.shares]
    told += [Told(one.application, None, UNDETERMINED, 0) for one in inputs.asked if one.scores is None]
    cut_off = None if allotted.cut_off is None else allotted.cut_off[:-1]
    return Result(allotted, tuple(told), cut_off)


def kept_inputs(
    allotment: Allotment, left: int, precedence: Iterable[str], lines: Iterable[LineRow]
) -> Inputs:
    """The inputs of a run that is kept."""
    asked = (
        Asked(
            one.application,
            one.award,
            one.arrival,
            one.amount,
            None if one.scores is None else tuple(one.scores),
        )
        for one in lines
    )
    return Inputs(allotment, left, tuple(precedence), tuple(sorted(asked, key=lambda one: one.arrival)))


def with_cap(allotment: Allotment, cap: int) -> Allotment:
    """The same with another budget, or other places."""
    return replace(allotment, budget=cap) if allotment.in_money else replace(allotment, places=cap)


def digest_of(said: Any) -> str:  # noqa: ANN401 - JSON
    """`sha256:` and the SHA-256 of a value as JSON with sorted keys; large numbers as text."""
    text = orjson.dumps(_plain(said), option=orjson.OPT_SORT_KEYS)
    return f"sha256:{hashlib.sha256(text).hexdigest()}"


def _plain(said: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(said, dict):
        return {name: _plain(value) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [_plain(value) for value in said]
    return str(said) if isinstance(said, int) else said
