"""What a measure of a policy's page turns on beside its facts: readings, derived facts and tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.expression import Derived, Fact, Lookup, ReadingUse
from app.rules.language.constancy import nodes, parts_in
from app.rules.policy import Words
from app.rules.reaching import expressions_in
from app.services.policy_page_parts import Line, chosen_words, named, with_clause

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.expression import Expression
    from app.rules.policy import Measure, Notice, Policy


def read_with(measure: Measure, policy: Policy) -> Iterator[Line]:
    """The readings, derived facts and tables that it turns on, which stand in sections of their own."""
    facts, used = policy.facts, _uses(measure, policy, deep=False)
    for one in policy.readings:
        if one.id in used["readings"]:
            label = with_clause(one.clause, one.question)
            yield Line(named(label, chosen_words(one)), to="readings")
    for name in (derived.name for derived in policy.derived if derived.name in used["derived"]):
        label = facts.derived[name].label
        yield Line(Words(f"推导事实：{label.zh}", f"derived fact: {label.en}"), to="derived")
    for name in (name for name in policy.tables if name in used["tables"]):
        label = facts.tables[name].label
        yield Line(Words(f"表：{label.zh}", f"table: {label.en}"), to="tables")


def _uses(measure: Measure, policy: Policy, *, deep: bool) -> Mapping[str, set[str]]:
    """What it turns on; `deep`: also by way of derived facts. Of the flags nothing does."""
    used: dict[str, set[str]] = {"readings": set(), "derived": set(), "tables": set()}
    stands = dict(policy.stand_ins)
    told = [node for one in expressions_in(replace(measure, flags=())) for node in _nodes(one, deep=deep)]
    facts = {node.name for node in told if isinstance(node, Fact)}
    told += [node for name in facts & stands.keys() for node in _nodes(stands[name], deep=deep)]
    for node in told:
        match node:
            case ReadingUse(name=name):
                used["readings"].add(name)
            case Derived(name=name):
                used["derived"].add(name)
            case Lookup(table=name):
                used["tables"].add(name)
    return used


def _nodes(expression: Expression, *, deep: bool) -> Iterator[Expression]:
    if deep:
        yield from nodes(expression)
        return
    yield expression
    if not isinstance(expression, Derived):
        for part in parts_in(expression):
            yield from _nodes(part, deep=False)


def law_changes(measure: Measure, base: Policy, notice: Notice) -> Iterator[Line]:
    """Readings that the notice chooses, and tables whose rows it changes, where this measure turns on them."""
    used, policy, to = _uses(measure, base, deep=True), notice.policy, f"notice-{notice.year}"
    for before, after in zip(base.readings, policy.readings, strict=True):
        if after.id in used["readings"] and before.chosen != after.chosen:
            yield Line(named(after.question, chosen_words(after)), to=to)
    for name, table in policy.tables.items():
        if name in used["tables"] and table != base.tables[name]:
            label = base.facts.tables[name].label
            yield Line(Words(f"表“{label.zh}”有新的行", f"new rows of the table: {label.en}"), to=to)
