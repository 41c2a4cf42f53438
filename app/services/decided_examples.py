"""Examples for the documents: cases that live with a pack, with the answers that they really get."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from app.services.pack_cases import read_cases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.services.published_policies import PublishedPolicy

_VERDICTS = ("ineligible", "eligible", "undetermined")
"""One example for each, in this order: what is refused is explained best."""


class Example(NamedTuple):
    """A request and its answer as JSON values."""

    name: str
    summary: str
    request: Mapping[str, Any]
    answer: Mapping[str, Any]


def decided_examples(published: PublishedPolicy) -> tuple[Example, ...]:
    """The pack's first case for each verdict, of those that name their day; none where it has none."""
    found: dict[str, Example] = {}
    for case in read_cases(published.files):
        request = _json_value(case.request)
        wanted = [expected.get("verdict") for expected in case.expect.values()]
        if len(wanted) != 1 or wanted[0] in found or "as_of" not in request:
            continue
        verdict = str(wanted[0])
        found[verdict] = Example(verdict, case.name, request, _answer(published, request))
    return tuple(found[verdict] for verdict in _VERDICTS if verdict in found)


def _answer(published: PublishedPolicy, request: Mapping[str, Any]) -> dict[str, Any]:
    today = published.policy.in_force_from
    chosen = published.for_body(request, today)
    read = chosen.read(request, today)
    content = chosen.render(chosen.evaluator.evaluate(read), read)
    found: dict[str, Any] = json.loads(content)
    return found


def _json_value(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(value, dict):
        return {key: _json_value(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_json_value(part) for part in value]
    return str(value) if isinstance(value, Decimal) else value
