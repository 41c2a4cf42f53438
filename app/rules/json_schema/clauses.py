"""Which clauses read a fact: shown beside it, so that a form can say why it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.expression import Fact, ItemField
from app.rules.language.constancy import facts_of
from app.rules.words.required_facts import required_facts, tests_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.rules.expression import Condition
    from app.rules.policy import Measure, Policy


def clauses_by_fact(policy: Policy) -> Mapping[str, tuple[str, ...]]:
    """Fact, list or `list[].field` -> the clauses of the measures and exclusions that read it, in their order.

    What a year's notice requires is read by the measure's clause.
    """
    found: dict[str, dict[str, None]] = {}
    noticed = (notice.policy.measures for notice in policy.notices)
    for readings in zip(policy.measures, *noticed, strict=True):
        for measure in readings:
            for name in (*required_facts(measure), *_of_flags(measure)):
                found.setdefault(name, {})[measure.clause] = None
    for exclusion in policy.exclusions:
        for name in _names([] if exclusion.when is None else [exclusion.when]):
            found.setdefault(name, {})[exclusion.clause] = None
    return {name: tuple(clauses) for name, clauses in found.items()}


def _of_flags(measure: Measure) -> Iterator[str]:
    each = measure.each
    for flag in (*measure.flags, *(each.flags if each is not None else ())):
        yield from _names(condition for condition in (flag.when, flag.unless) if condition is not None)


def _names(conditions: Iterable[Condition]) -> Iterator[str]:
    for test in tests_of(conditions):
        for mention in facts_of(test):
            if isinstance(mention, Fact):
                yield mention.name
            elif isinstance(mention, ItemField):
                yield f"{mention.list_name}[].{mention.field}"
            else:
                yield mention
