"""The JSON answer as bytes: compact, UTF-8, the same for the same input, whatever was rendered before.

What a policy never changes is encoded when the renderer is made; a reason's bytes are remembered, since most answers
are made of the same few hundred reasons.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from itertools import starmap
from typing import TYPE_CHECKING

import orjson

from app.rules.results import MeasureResult, Reason
from app.rules.words.answer_parts import ReasonBytes, money_json, obligation_form, required_json, words_json
from app.rules.words.answer_values import TYPE_NAMES, declaration_at, json_value, place, scale_of
from app.rules.words.payment_words import payment_json
from app.rules.words.reasons import Messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.limits import LimitKind
    from app.rules.policy import Flag, Measure, Policy
    from app.rules.requests import EvaluationRequest
    from app.rules.results import Evaluation, Line, Missing, PaymentPlan, Totals, Trace

MOST_FACTS = 4_096
MOST_OPENINGS = 256
MOST_RENDERERS = 64
MOST_TOLD = 512
"""Tuples of reasons of one measure's items."""

Figures = tuple[str, int | None, int | None, int | None]

_AFTER_REASONS = MeasureResult._fields.index("reasons") + 1
_JSON = "json"
_KEPT = MeasureResult._fields.index("kept")
_NOTHING_ELSE = ((), (), (), (), (), None, None)
_ENDING = b'],"missing":[],"lines":[],"limits":[],"obligations":[],"flags":[]}'
_VERDICTS_OF_ITEMS = {
    verdict: b',"verdict":"%b","amount":' % verdict.encode()
    for verdict in ("eligible", "ineligible", "undetermined")
}
_VERDICTS = {verdict: verdict.encode() for verdict in ("eligible", "ineligible", "undetermined")}


def facts_digest(request: EvaluationRequest) -> str:
    """`sha256:` and SHA-256 over the RFC 8785 form of the normalised request.

    Its keys are ASCII and its numbers whole, so sorted keys and compact UTF-8 are that form.
    """
    return f"sha256:{sha256(orjson.dumps(request.normalised, option=orjson.OPT_SORT_KEYS)).hexdigest()}"


@lru_cache(maxsize=4096)
def _limit(
    kind: LimitKind, item: str | None, cap: int, used: int | None, remaining: int, reduced_by: int
) -> bytes:
    shown = {"cap": cap, "used": used, "remaining": remaining, "reduced_by": reduced_by}
    values = {name: json_value(n, "money" if kind.in_money else "count") for name, n in shown.items()}
    return orjson.dumps({"kind": str(kind), "item": item, **values})


@lru_cache(maxsize=1024)
def _flag(code: str, zh: str, en: str) -> bytes:
    return orjson.dumps({"code": code, "message": {"zh": zh, "en": en}})


def _flags(flags: tuple[Flag, ...]) -> bytes:
    return b",".join([_flag(flag.code, flag.says.zh, flag.says.en) for flag in flags])


def _missing(fact: Missing) -> bytes:
    declaration = fact.declaration
    name, pointer = place(fact.name, fact.list_name, fact.position)
    choices = [{"code": code, "label": words_json(label)} for code, label in declaration.choices]
    return orjson.dumps(
        {
            "fact": name,
            "pointer": pointer if declaration.stated else "",
            "label": words_json(declaration.label),
            "type": TYPE_NAMES.get(declaration.type, declaration.type),
            "choices": choices if declaration.type == "choice" else None,
        }
    )


def _trace(node: Trace) -> dict[str, object]:
    return {
        "code": node.code,
        "clause": node.clause,
        "outcome": node.outcome,
        "value": json_value(node.value, node.type, node.scale),
        "required": required_json(node.operator, node.required, node.type, node.scale),
        "of": [_trace(part) for part in node.of],
    }


class _Openings(dict[Figures, bytes]):
    """A measure's answer up to its reasons, by verdict, amount, ceiling and potential."""

    def __init__(self, measure: Measure) -> None:
        super().__init__()
        named = {"id": measure.id, "clause": measure.clause, "title": words_json(measure.title)}
        self._named = orjson.dumps(named)[:-1]
        self._kind = str(measure.award.kind).encode()

    def __missing__(self, figures: Figures) -> bytes:
        if len(self) >= MOST_OPENINGS:
            self.clear()
        verdict, amount, ceiling, potential = figures
        found = self[figures] = (
            b'%b,"verdict":"%b","award":{"kind":"%b","amount":%b,"ceiling":%b,"potential":%b},"reasons":['
            % (
                self._named,
                _VERDICTS[verdict],
                self._kind,
                money_json(amount),
                money_json(ceiling),
                money_json(potential),
            )
        )
        return found


class _Frame(dict[tuple[Figures, tuple[Reason, ...]], bytes]):
    """What is remembered of one measure's answers; by figures and reasons, those that have nothing else."""

    def __init__(self, measure: Measure, messages: Messages) -> None:
        super().__init__()
        self.openings = _Openings(measure)
        self.reason = ReasonBytes(measure, messages).__getitem__
        self.line = _Lines(self.reason)
        self.obligation = {duty.code: obligation_form(duty) for duty in measure.obligations}

    def __missing__(self, key: tuple[Figures, tuple[Reason, ...]]) -> bytes:
        if len(self) >= MOST_OPENINGS:
            self.clear()
        figures, reasons = key
        found = self[key] = b"".join((self.openings[figures], b",".join(map(self.reason, reasons)), _ENDING))
        return found


class _Lines:
    """One measure's items. What is told of an item is often the very tuple that was told of another before."""

    def __init__(self, reason: Callable[[Reason], bytes]) -> None:
        self._reason = reason
        self._told: dict[int, tuple[tuple[Reason, ...], bytes]] = {}
        """By the identity of the reasons, which are held so that no other tuple can take it."""

    def __call__(self, line: Line) -> bytes:
        item, verdict, amount, counted, reasons, flags, _ = line
        told = self._told.get(id(reasons))
        return b"".join(
            (
                b'{"item":',
                orjson.dumps(item),
                _VERDICTS_OF_ITEMS[verdict],
                money_json(amount),
                b',"counted":',
                money_json(counted),
                self._learn(reasons) if told is None else told[1],
                _flags(flags) if flags else b"",
                b"]}",
            )
        )

    def _learn(self, reasons: tuple[Reason, ...]) -> bytes:
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        found = b',"reasons":[%b],"flags":[' % b",".join(map(self._reason, reasons))
        self._told[id(reasons)] = (reasons, found)
        return found


class Renderer:
    """One policy's answers as bytes. Safe to share: what it remembers never changes an answer."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._schema = policy.facts
        named = {"id": policy.id, "version": policy.version, "status": policy.status, "digest": policy.digest}
        self._head = b'{"policy":%b,"as_of":"' % orjson.dumps(named)
        self._currency = orjson.dumps(policy.currency)
        messages = Messages(policy)
        self._frames = {measure.id: _Frame(measure, messages) for measure in policy.measures}
        self._facts: dict[tuple[str, str | None, int | None], bytes] = {}

    def __call__(self, evaluation: Evaluation, request: EvaluationRequest) -> bytes:
        """The answer to one request."""
        return b"".join(
            (
                self._head,
                b'%b","year":%d,"facts_digest":"%b","assumptions":%b,"totals":'
                % (
                    request.as_of.isoformat().encode(),
                    request.year,
                    facts_digest(request).encode(),
                    self._assumptions(request) if request.assumptions else b"[]",
                ),
                self._totals(evaluation.totals),
                b',"measures":[',
                b",".join([self._measure(result) for result in evaluation.measures]),
                b"]}",
            )
        )

    def _assumptions(self, request: EvaluationRequest) -> bytes:
        shown = []
        for fact, value in request.assumptions:
            declaration = declaration_at(self._schema, fact)
            shown.append({"fact": fact, "value": json_value(value, declaration.type, scale_of(declaration))})
        return orjson.dumps(shown)

    def _totals(self, totals: Totals) -> bytes:
        return b'{"amount":%b,"discretionary_ceiling":%b,"potential":%b,"unbounded":%b,"currency":%b}' % (
            money_json(totals.amount),
            money_json(totals.discretionary_ceiling),
            money_json(totals.potential),
            orjson.dumps(totals.unbounded) if totals.unbounded else b"[]",
            self._currency,
        )

    def _measure(self, result: MeasureResult) -> bytes:
        kept = result.kept
        if kept is None or result.trace is not None:
            return self._encoded(result)
        found = kept.get(_JSON)
        if found is None:
            found = kept[_JSON] = self._encoded(result)
        return found

    def _encoded(self, result: MeasureResult) -> bytes:
        frame = self._frames[result.measure.id]
        figures = (result.verdict, result.amount, result.ceiling, result.potential)
        if result[_AFTER_REASONS:_KEPT] == _NOTHING_ELSE:
            return frame[figures, result.reasons]
        parts = [frame.openings[figures], b",".join(map(frame.reason, result.reasons)), b'],"missing":[']
        if result.missing:
            parts.append(b",".join(map(self._fact, result.missing)))
        parts.append(b'],"lines":[')
        if result.lines:
            parts.append(b",".join(map(frame.line, result.lines)))
        parts.append(b'],"limits":[')
        if result.limits:
            parts.append(b",".join(starmap(_limit, result.limits)))
        parts.append(b'],"obligations":[')
        if result.obligations:
            parts.append(
                b",".join([frame.obligation[due.obligation.code](due) for due in result.obligations])
            )
        parts.append(b'],"flags":[')
        if result.flags:
            parts.append(_flags(result.flags))
        parts.append(b"]")
        if result.plan is not None:
            parts.append(b',"payment":%b' % orjson.dumps(self._payment(result.measure, result.plan)))
        if result.trace is not None:
            parts.append(b',"trace":%b' % orjson.dumps(_trace(result.trace)))
        parts.append(b"}")
        return b"".join(parts)

    def _payment(self, measure: Measure, plan: PaymentPlan) -> dict[str, object]:
        return payment_json(measure, plan, self._schema, self.policy.currency)

    def _fact(self, fact: Missing) -> bytes:
        key = (fact.name, fact.list_name, fact.position)
        found = self._facts.get(key)
        if found is None:
            if len(self._facts) >= MOST_FACTS:
                self._facts.clear()
            found = self._facts[key] = _missing(fact)
        return found


def compile_renderer(policy: Policy) -> Renderer:
    """The policy's renderer; compile once, when the policy is loaded."""
    return Renderer(policy)


_RENDERERS: dict[int, Renderer] = {}
"""By the policy's identity; each holds its policy, so that an identity is not used twice."""


def render(evaluation: Evaluation, request: EvaluationRequest, policy: Policy) -> bytes:
    """The JSON answer, with the renderer of this policy remembered."""
    renderer = _RENDERERS.get(id(policy))
    if renderer is None or renderer.policy is not policy:
        if len(_RENDERERS) >= MOST_RENDERERS:
            _RENDERERS.clear()
        renderer = _RENDERERS[id(policy)] = compile_renderer(policy)
    return renderer(evaluation, request)
