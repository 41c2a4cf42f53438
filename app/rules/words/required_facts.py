"""The facts that a measure reads: what a platform must ask for, or know, to have it decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.deciding.limits import facts_counted_by
from app.rules.expression import Fact, ItemField
from app.rules.language.constancy import facts_of, mentions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.rules.expression import Condition, Expression
    from app.rules.policy import Exclusion, Measure


def required_facts(
    measure: Measure, exclusions: Sequence[Exclusion] = (), needed: Sequence[Measure] = ()
) -> tuple[str, ...]:
    """Names in the order they are looked at, each once: `patents.granted`, `prizes`, `prizes[].level`.

    Facts that only flags read are not among them. Those of the measures whose awards it turns on (`needed`) come
    after its own, the facts of exclusions last, where the measure pays.
    """
    found = [name for one in (measure, *needed) for mention in _mentions(one) for name in _names(mention)]
    if measure.pays:
        barring = [exclusion.when for exclusion in exclusions if exclusion.when is not None]
        found += [
            name for test in tests_of(barring) for mention in facts_of(test) for name in _names(mention)
        ]
    return tuple(dict.fromkeys(found))


def tests_of(conditions: Iterable[Condition]) -> Iterator[Expression]:
    """The expressions at the leaves, as the clause reads."""
    for condition in conditions:
        if condition.test is not None:
            yield condition.test
        yield from tests_of(condition.parts)


def _mentions(measure: Measure) -> Iterator[Fact | ItemField | str]:
    for test in tests_of(measure.require):
        yield from facts_of(test)
    each = measure.each
    if each is not None:
        yield each.list_name
        for test in tests_of(each.require):
            yield from facts_of(test)
        if each.counts is not None:
            yield from facts_of(each.counts)
        if each.award is not None:
            yield from mentions_of(each.award.value)
    yield from mentions_of(measure.award.value)
    for limit in measure.limits:
        yield from facts_counted_by(limit)
    for score in () if measure.allotment is None else measure.allotment.scores:
        yield from facts_of(score)


def _names(mention: Fact | ItemField | str) -> tuple[str, ...]:
    if isinstance(mention, Fact):
        return (mention.name,)
    if isinstance(mention, ItemField):
        return mention.list_name, f"{mention.list_name}[].{mention.field}"
    return (mention,)
