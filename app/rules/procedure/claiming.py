"""What an award takes so that nothing is paid twice: claims (unique keys) and uses of caps.

A claim's key is text made from the measure's ledger key, which stays when a policy is issued anew, and of what the
limit counts by. An object that is paid once whoever asks is claimed without the organisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.identifiers import item_key
from app.rules.limits import LimitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from app.rules.allotment import Allotment
    from app.rules.limits import Limit
    from app.rules.policy import Measure, Policy
    from app.rules.requests import EvaluationRequest

PROJECT = "project"


PLACES = "places"
COUNTED = "counted"
"""What the keys of limits on numbers of awards begin with: an award takes one place, or one for each counted item."""
BUDGET = "budget"
QUOTA = "quota"
"""What the keys of allotments begin with, which all applicants share: an award takes its amount, or one place."""


class Use(NamedTuple):
    """A limit that the award counts against, by a key; `cap` is fixed when the key is first used.

    In fen, or in places where the key says so.
    """

    limit_key: str
    cap: int


def places_of(limit_key: str, items: int) -> int | None:
    """How many places an award takes of a limit, with so many items counted; None where it counts money."""
    kind = limit_key.partition("|")[0]
    return 1 if kind in (PLACES, QUOTA) else items if kind == COUNTED else None


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
        claims.extend(_claims(limit, measure, counted))
        uses.extend(Use(key, limit.cap) for key in _uses(limit, measure, counted))
    for group in policy.groups_of(measure.id):
        name = f"@{policy.family}.{group.id}"
        for limit in group.limits:
            uses.extend(Use(key, limit.cap) for key in _uses(limit, measure, counted, name))
    if measure.allotment is not None:
        uses.append(allotment_use(measure, measure.allotment, counted.year))
    if _has_project(measure) and PROJECT in counted.keys:
        claims.append(project_claim(policy, counted.keys[PROJECT]))
    return Taking(tuple(dict.fromkeys(claims)), tuple(dict.fromkeys(uses)))


def allotment_use(measure: Measure, allotment: Allotment, year: int) -> Use:
    """The budget or the places that every award of the measure takes from, whoever receives it."""
    when = (str(year),) if allotment.per_year else ()
    return Use(_key(BUDGET if allotment.in_money else QUOTA, measure.ledger_key, *when), allotment.whole)


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
            if _has_project(measure) and PROJECT in counted.keys:
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
        return Counted(organisation, request.year, level=level, keys=_kept(measure, request, {}))
    rows = rows_of(request, each.list_name)
    if position is None:
        ids = () if each.id_field is None else tuple(str(rows[place][each.id_field]) for place in counting)
        kept = _kept(measure, request, {})
        return Counted(organisation, request.year, level=level, items=ids, keys=kept)
    row = rows[position]
    item = str(row[each.id_field]) if each.id_field is not None else str(position)
    keys = {name: str(row[field]) for name, field in each.keys.items() if row.get(field) is not None}
    return Counted(organisation, request.year, item, level, keys=keys | _kept(measure, request, row))


def rows_of(request: EvaluationRequest, list_name: str) -> Sequence[Mapping[str, object]]:
    """The items of a list; empty when it is unknown."""
    rows = request.facts.get(list_name)
    return rows if isinstance(rows, list | tuple) else ()


def _kept(measure: Measure, request: EvaluationRequest, row: Mapping[str, object]) -> dict[str, str]:
    """What the ledger keeps of the award beside what the item publishes."""
    found = {
        key.kept_as: (row if key.of_item else request.facts).get(key.name) for key in measure.ledger_keys
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def _has_project(measure: Measure) -> bool:
    return measure.each is not None and PROJECT in measure.each.keys


def _level(measure: Measure, request: EvaluationRequest) -> str | None:
    key = next((limit.key for limit in measure.limits if limit.key is not None), None)
    value = None if key is None else request.facts.get(key)
    return None if value is None else str(value)


def _claims(limit: Limit, measure: Measure, counted: Counted) -> Iterator[str]:
    """What a limit of one award claims whole."""
    who = () if limit.for_anyone else (counted.organisation,)
    when = (str(counted.year),) if limit.yearly else ()
    match limit.kind:
        case LimitKind.ONCE | LimitKind.ONCE_PER_YEAR:
            yield _key("once", measure.ledger_key, *who, *when)
        case LimitKind.ONCE_PER_ITEM if limit.key is not None:
            if counted.level is not None:
                yield _key("level", measure.ledger_key, *who, *when, item_key(counted.level))
        case LimitKind.ONCE_PER_ITEM:
            for item in _items(counted):
                yield _key("item", measure.ledger_key, *who, *when, item_key(item))


def _uses(limit: Limit, measure: Measure, counted: Counted, group: str | None = None) -> Iterator[str]:
    """The keys of what a limit counts in numbers; none for what is counted within one request alone.

    `group`: whose limit it is, by a name that no ledger key can have.
    """
    name = measure.ledger_key if group is None else group
    if limit.within_request:
        return
    who = (counted.organisation,)
    when = (str(counted.year),) if limit.yearly else ()
    match limit.kind:
        case LimitKind.ANNUAL_CAP:
            yield _key("annual", name, *who, str(counted.year))
        case LimitKind.LIFETIME_CAP:
            yield _key("lifetime", name, *who)
        case LimitKind.ITEM_CAP:
            for values in _groups(limit, counted):
                yield _key("cap", name, *who, *when, *values)
        case LimitKind.AT_MOST | LimitKind.BEST | LimitKind.FIRST if not limit.topped_up:
            of_total = measure.each is not None and measure.each.award is None
            by_item = of_total and group is None and limit.kind is not LimitKind.AT_MOST
            for values in _groups(limit, counted):
                # Two limits of a measure may count by the same, one for a year and one for life.
                yield _key(COUNTED if by_item else PLACES, name, *who, limit.kind, *when, *values)


def _groups(limit: Limit, counted: Counted) -> Iterator[tuple[str, ...]]:
    """The values that a limit counts by; none where the award lacks one of them."""
    values: list[str] = []
    for key in limit.keys:
        value = counted.keys.get(key.kept_as or "")
        if value is None:
            return
        values.append(_part(value))
    if not limit.per_item:
        yield tuple(values)
        return
    for item in _items(counted):
        yield (_part(item), *values)


def _items(counted: Counted) -> Iterator[str]:
    return (item for item in (counted.item, *counted.items) if item is not None)


def _part(value: str) -> str:
    """A value as part of a key, whose parts are set apart by bars."""
    return item_key(value).replace("%", "%25").replace("|", "%7c")


def _key(kind: str, name: str, *parts: str) -> str:
    return "|".join((kind, name, *parts))
