"""What an award takes so that nothing is paid twice: claims (unique keys) and uses of caps.

A claim's key is text made from the measure's ledger key, which stays when a policy is issued anew, and of what the
limit counts by. An object that is paid once whoever asks is claimed without the organisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.identifiers import item_key
from app.rules.policy import LimitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from app.rules.policy import Limit, Measure, Policy
    from app.rules.requests import EvaluationRequest

PROJECT = "project"


class Use(NamedTuple):
    """A cap that the award counts against. `cap` in fen: fixed when the key is first used."""

    limit_key: str
    cap: int


class Taking(NamedTuple):
    """All that one award takes."""

    claims: tuple[str, ...]
    uses: tuple[Use, ...]


class Counted(NamedTuple):
    """What one award is counted by."""

    organisation: str
    year: int
    item: str | None = None
    """The item's id, where items are awarded one by one."""
    level: str | None = None
    items: tuple[str, ...] = ()
    """The items counted in a total."""
    keys: Mapping[str, str] = {}
    """Other keys that the item publishes, e.g. its project."""


def taking(policy: Policy, measure: Measure, counted: Counted) -> Taking:
    """The claims and uses of an award under this measure."""
    claims: list[str] = []
    uses: list[Use] = []
    for limit in measure.limits:
        if limit.kind is LimitKind.ANNUAL_CAP:
            uses.append(Use(_key("annual", measure, counted.organisation, str(counted.year)), limit.cap))
        else:
            claims.extend(_claims(limit, measure, counted))
    if PROJECT in counted.keys:
        claims.append(project_claim(policy, counted.keys[PROJECT]))
    return Taking(tuple(dict.fromkeys(claims)), tuple(uses))


def project_claim(policy: Policy, project: str) -> str:
    """One key for all measures of the policy: a project is supported once."""
    return f"project|{policy.family}|{item_key(project)}"


def object_claims(policy: Policy, request: EvaluationRequest) -> tuple[str, ...]:
    """The claims, whoever may hold them, that a request's items would meet: objects and projects."""
    found: list[str] = []
    for measure in policy.measures:
        each = measure.each
        if each is None or measure.id not in request.measures:
            continue
        for_anyone = [limit for limit in measure.limits if limit.for_anyone]
        for position in range(len(rows_of(request, each.list_name))):
            counted = counted_of(measure, request, "", position)
            for limit in for_anyone:
                found.extend(_claims(limit, measure, counted))
            if PROJECT in counted.keys:
                found.append(project_claim(policy, counted.keys[PROJECT]))
    return tuple(dict.fromkeys(found))


def projects(policy: Policy, request: EvaluationRequest) -> tuple[str, ...]:
    """The project keys that a request's items name."""
    return projects_among(policy, object_claims(policy, request))


def projects_among(policy: Policy, claims: Iterable[str]) -> tuple[str, ...]:
    """The project keys that these claims are of."""
    prefix = project_claim(policy, "")
    return tuple(key.removeprefix(prefix) for key in claims if key.startswith(prefix))


def counted_of(
    measure: Measure,
    request: EvaluationRequest,
    organisation: str,
    position: int | None = None,
    counting: Sequence[int] = (),
) -> Counted:
    """What an award of this request is counted by: of the item at `position`, or of the measure.

    `counting`: positions of the items that count in a total.
    """
    level = _level(measure, request)
    each = measure.each
    if each is None:
        return Counted(organisation, request.year, level=level)
    rows = rows_of(request, each.list_name)
    if position is None:
        ids = () if each.id_field is None else tuple(str(rows[place][each.id_field]) for place in counting)
        return Counted(organisation, request.year, level=level, items=ids)
    row = rows[position]
    item = str(row[each.id_field]) if each.id_field is not None else str(position)
    keys = {name: str(row[field]) for name, field in each.keys.items() if row.get(field) is not None}
    return Counted(organisation, request.year, item, level, keys=keys)


def rows_of(request: EvaluationRequest, list_name: str) -> Sequence[Mapping[str, object]]:
    """The items of a list; empty when it is unknown."""
    rows = request.facts.get(list_name)
    return rows if isinstance(rows, list | tuple) else ()


def _level(measure: Measure, request: EvaluationRequest) -> str | None:
    key = next((limit.key for limit in measure.limits if limit.key is not None), None)
    value = None if key is None else request.facts.get(key)
    return None if value is None else str(value)


def _claims(limit: Limit, measure: Measure, counted: Counted) -> Iterator[str]:
    who = () if limit.for_anyone else (counted.organisation,)
    when = (str(counted.year),) if limit.per_year or limit.kind is LimitKind.ONCE_PER_YEAR else ()
    if limit.kind is not LimitKind.ONCE_PER_ITEM:
        yield _key("once", measure, *who, *when)
    elif limit.key is not None:
        if counted.level is not None:
            yield _key("level", measure, *who, *when, item_key(counted.level))
    else:
        for item in (counted.item, *counted.items):
            if item is not None:
                yield _key("item", measure, *who, *when, item_key(item))


def _key(kind: str, measure: Measure, *parts: str) -> str:
    return "|".join((kind, measure.ledger_key, *parts))
