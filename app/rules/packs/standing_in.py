"""`else:` of a choice fact: the derived fact that stands in for it where a request does not state it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.expression import Comparison, Condition, Derived, Domain, Fact
from app.rules.language.lexing import nearest
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.node_reading import text_of
from app.rules.packs.yaml_nodes import MapNode, TextNode
from app.rules.policy import Flag, Words
from app.rules.reaching import every_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.language.naming import Scope
    from app.rules.packs.content import Content
    from app.rules.policy import Measure, Policy, StandIn

DIFFERS = "differs"
"""Ends the code of the flag that what is stated is not what is worked out."""


def read_stand_ins(content: Content, scope: Scope) -> tuple[StandIn, ...]:
    """Each fact that has one, with the derived fact. Every mistake is told."""
    named = dict(_named(content))
    found: list[StandIn] = []
    for name, node in named.items():
        with content.problems.gather():
            found.append((name, _derived(name, node, scope)))
    for name, derived in found:
        read = {one.name for one in every_node(derived.value) if isinstance(one, Fact)}
        if both := sorted(read & named.keys()):
            zh = f"{derived.name} 读取了 {both[0]}，而后者自己可由推导得出"
            en = f"{derived.name!r} reads {both[0]!r}, which a derived fact may stand in for"
            content.problems.tell(mistake(named[name], zh, en))
    return tuple(found)


def _named(content: Content) -> Iterator[tuple[str, TextNode]]:
    """Facts with `else`, and what it says."""
    for section, prefix in (("applicant", "applicant."), ("facts", "")):
        if isinstance(node := content.get(section), MapNode):
            yield from _within(node, prefix)


def _within(node: MapNode, prefix: str) -> Iterator[tuple[str, TextNode]]:
    for key, value in node.items():
        if isinstance(value, MapNode):
            stated = value.get("else")
            if "choice" in value.entries and stated is not None:
                yield prefix + key.text, text_of(stated)
            elif "choice" not in value.entries:
                yield from _within(value, f"{prefix}{key.text}.")


def _derived(name: str, node: TextNode, scope: Scope) -> Derived:
    found = scope.derived.get(node.text)
    if found is None:
        close = nearest(node.text, scope.derived)
        refuse(node, f"没有推导事实 {node.text}", f"there is no derived fact {node.text!r}", close)
    wanted, given = scope.facts.facts[name].of, scope.facts.derived[node.text].of
    if given != wanted:
        refuse(node, f"{node.text} 不是选项 {wanted}", f"{node.text!r} is no choice of {wanted!r}")
    return found


def flagged(policy: Policy) -> Policy:
    """With a flag in each measure that reads such a fact: what is stated is not what is worked out."""
    if not policy.stand_ins:
        return policy
    measures = tuple(
        replace(measure, flags=(*measure.flags, *_flags(measure, policy))) for measure in policy.measures
    )
    notices = tuple(replace(notice, policy=flagged(notice.policy)) for notice in policy.notices)
    return replace(policy, measures=measures, notices=notices)


def _flags(measure: Measure, policy: Policy) -> Iterator[Flag]:
    read = {node.name for node in every_node(measure) if isinstance(node, Fact)}
    for name, derived in policy.stand_ins:
        if name in read:
            yield _flag(measure, name, derived, policy.facts.facts[name].label)


def _flag(measure: Measure, name: str, derived: Derived, label: Words) -> Flag:
    code = f"{measure.id}.{name.rsplit('.', 1)[-1]}_{DIFFERS}"
    fact = Fact("choice", 1, name, Domain(codes=derived.domain.codes))
    test = Comparison("bool", 1, "!=", fact, derived)
    says = Words(
        f"所报{label.zh}与推算的结果不一致，请核对",
        f"The {label.en} stated is not the one that is worked out: to be checked",
    )
    return Flag(code, says, when=Condition("is", code, test=test))
