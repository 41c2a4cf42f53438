"""The cases that live with a policy: a request in, what must come out.

A file `cases/<name>.yaml` holds a list under `cases`. Each has a `name`, a `request` as the API takes it and
`expect`: measure -> what of its answer is fixed (verdict, amount, kind, ceiling, potential, reasons, missing,
flags, obligations; the last four as lists of codes or facts). A verdict alone may stand for `{verdict: ...}`.
`lines` (one an item) and `obligations` may be lists of mappings: of each only what is named is compared, reasons and
flags by their codes. `payment` names what it fixes of `parts` and `hold`, likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from app.rules.reading import InputErrors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from app.services.answer_locally import LocalPolicy

_CODES = {"reasons": "code", "missing": "fact", "flags": "code", "obligations": "code"}
_OF_AWARD = ("amount", "kind", "ceiling", "potential")
_PARTLY = ("lines", "obligations")
ASPECTS = ("verdict", *_OF_AWARD, *_CODES, "lines", "limits", "payment")
"""What a case can expect of a measure."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case and where it stands."""

    file: str
    name: str
    request: object
    expect: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a case wants and does not get; `measure` is empty when the whole request was refused."""

    case: Case
    measure: str
    aspect: str
    expected: object
    found: object


class _CaseLoader(yaml.SafeLoader):
    """YAML whose values are those of JSON: dates stay text, decimals are exact."""


_CaseLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node))


_CaseLoader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read_cases(files: Mapping[str, str]) -> Iterator[Case]:
    """All cases of a pack, in the order of files and lines."""
    for path, text in sorted(files.items()):
        if not path.startswith("cases/"):
            continue
        found: Any = yaml.load(text, Loader=_CaseLoader)  # noqa: S506  (a SafeLoader)
        for given in found["cases"]:
            expect = {
                measure: {"verdict": wanted} if isinstance(wanted, str) else wanted
                for measure, wanted in given["expect"].items()
            }
            yield Case(path, given["name"], given["request"], expect)


def differences(policy: LocalPolicy, case: Case, today: date) -> tuple[Difference, ...]:
    """Where the policy decides otherwise than the case wants; empty when it holds."""
    try:
        answer = policy.decide(case.request, today)
    except InputErrors as refused:
        told = "; ".join(f"{error.pointer}: {error.code}" for error in refused.errors)
        return (Difference(case, "", "request", "accepted", told),)
    measures = {measure["id"]: measure for measure in answer["measures"]}
    return tuple(
        Difference(case, measure_id, aspect, expected, found)
        for measure_id, wanted in case.expect.items()
        for aspect, expected in wanted.items()
        if (found := _found(measures.get(measure_id), aspect, expected)) != expected
    )


def _found(measure: Mapping[str, Any] | None, aspect: str, expected: object) -> object:
    if measure is None:
        return "not evaluated"
    if aspect in _OF_AWARD:
        return measure["award"][aspect]
    if aspect == "payment":
        return _named(measure.get("payment"), expected)
    if aspect in _PARTLY and isinstance(expected, list) and any(isinstance(one, dict) for one in expected):
        return _partly(measure[aspect], expected)
    if aspect in _CODES:
        return [entry[_CODES[aspect]] for entry in measure[aspect]]
    return measure[aspect]


def _named(found: object, expected: object) -> object:
    """Of mappings within, only what the case names; lists must be of one length."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return {name: _named(found[name], wanted) for name, wanted in expected.items() if name in found}
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [_named(one, wanted) for one, wanted in zip(found, expected, strict=True)]
    return found


def _partly(entries: list[dict[str, Any]], expected: list[object]) -> list[object]:
    """Of each entry what the case names of it; the whole of those that it does not name."""
    found: list[object] = []
    for place, entry in enumerate(entries):
        wanted = expected[place] if place < len(expected) else entry
        names = wanted if isinstance(wanted, dict) else entry
        found.append({name: _coded(name, entry[name]) for name in names if name in entry})
    return found


def _coded(name: str, value: object) -> object:
    return (
        [one["code"] for one in value] if name in ("reasons", "flags") and isinstance(value, list) else value
    )
