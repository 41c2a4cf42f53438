"""Derived facts: worked out of others and used by name like a fact; no request states them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.expression import ANY, Derived, Domain, Expression, Literal
from app.rules.facts import FactDeclaration
from app.rules.language.lexing import LanguageError, nearest, tokens_of
from app.rules.language.value_ranges import ends_above, range_of_value, scale_of
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.node_reading import check_keys, label_of, map_of, text_of
from app.rules.packs.texts import Texts
from app.rules.packs.values import ValueReader
from app.rules.packs.yaml_nodes import ListNode, MapNode, TextNode
from app.rules.values import ByLevel, Cases, Steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.language.naming import Scope
    from app.rules.packs.errors import Problems
    from app.rules.packs.yaml_nodes import Node
    from app.rules.values import Value

TYPES = ("bool", "count", "money", "percent", "number", "choice")
KEYS = ("type", "of", "label", "unit", "value")
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def with_derived(node: Node | None, scope: Scope, problems: Problems) -> tuple[Scope, frozenset[str]]:
    """The scope with the derived facts in it, each read after those it names, and the parameters they use.

    A cycle is told with its path. Nothing is added after a mistake: what follows would only repeat it.
    """
    used: set[str] = set()
    before = len(problems.found)
    with problems.gather():
        for key, value in _in_order(map_of(node)) if node is not None else ():
            texts = Texts(problems, scope)
            with problems.gather():
                derived, declared = _read(key, map_of(value), texts)
                facts = replace(scope.facts, derived={**scope.facts.derived, key.text: declared})
                scope = replace(scope, facts=facts, derived={**scope.derived, key.text: derived})
                used |= texts.uses.keys()
            if len(problems.found) > before:
                break
    return scope, frozenset(used)


def _read(key: TextNode, node: MapNode, texts: Texts) -> tuple[Derived, FactDeclaration]:
    _check_name(key, texts.scope)
    check_keys(texts.problems, node, KEYS, ("type", "label", "value"))
    if not {"type", "label", "value"} <= node.entries.keys():
        raise mistake(node, "推导事实不完整", "a derived fact has type, label and value")
    kind = text_of(node.entries["type"][1])
    if kind.text not in TYPES:
        zh, en = f"type 为 {'、'.join(TYPES)} 之一", f"`type` is one of {', '.join(TYPES)}"
        refuse(kind, zh, en, nearest(kind.text, TYPES))
    label, value = label_of(node.entries["label"][1]), node.entries["value"][1]
    unit = None if (given := node.get("unit")) is None else label_of(given)
    declared = FactDeclaration(key.text, kind.text, label, unit, stated=False)
    scope = texts.within()
    if kind.text == "choice":
        return _choice(key, node, declared, texts)
    if "of" in node.entries:
        refuse(node.key("of"), "of 只用于选项", "`of` is for a choice")
    if kind.text == "bool":
        test = ValueReader(texts, scope).condition(value)
        return Derived("bool", 1, key.text, test), declared
    found = ValueReader(texts, scope).read(value, kind.text)
    low, high = range_of_value(found)
    if low < 0:
        refuse(value, "推导事实可能小于 0", "a derived fact that may be below 0")
    return Derived(
        kind.text, scale_of(found), key.text, found, Domain(low, high, ends=ends_above(found))
    ), declared


def _choice(
    key: TextNode, node: MapNode, declared: FactDeclaration, texts: Texts
) -> tuple[Derived, FactDeclaration]:
    choices = texts.scope.facts.choices
    of = text_of(node.entries["of"][1]) if "of" in node.entries else None
    if of is None or of.text not in choices:
        place = node.key("type") if of is None else of
        close = None if of is None else nearest(of.text, choices)
        refuse(place, "of 写明取哪个选项的代码", "`of` names the choice whose codes it takes", close)
    codes = tuple(code for code, _ in choices[of.text])
    found = CodeReader(texts, texts.within(), codes).read(node.entries["value"][1], "count")
    declared = replace(declared, of=of.text, choices=choices[of.text])
    return Derived("choice", 1, key.text, found, Domain(codes=codes)), declared


class CodeReader(ValueReader):
    """Values of a choice: a code, or the forms that choose one; a code is kept as its place among the codes."""

    def __init__(self, texts: Texts, scope: Scope, codes: tuple[str, ...]) -> None:
        super().__init__(texts, scope)
        self._codes = codes

    def leaf(self, node: TextNode, expect: str) -> Expression:
        code = text_of(node).text
        if code not in self._codes:
            refuse(node, f"没有代码 {code}", f"there is no code {code!r}", nearest(code, self._codes))
        return Literal(expect, 1, self._codes.index(code))

    def value(self, node: Node, expect: str) -> Value:
        found = super().value(node, expect)
        match found:
            case Literal():
                return found
            case ByLevel(key=key, rows=rows, otherwise=otherwise):
                whole = otherwise is not None or set(getattr(key, "domain", ANY).codes) <= set(rows)
            case Steps(below=otherwise) | Cases(otherwise=otherwise):
                whole = otherwise is not None
            case _:
                refuse(
                    node, "选项只能由 by、steps 或 cases 选出", "a choice comes from by, steps or cases only"
                )
        if not whole:
            wanted = "below" if isinstance(found, Steps) else "else"
            refuse(
                node,
                f"缺少 {wanted}：任何情形都须有代码",
                f"`{wanted}` is missing: there is always a code",
                wanted,
            )
        return found


# Names and order


def _check_name(key: TextNode, scope: Scope) -> None:
    name = text_of(key).text
    if NAME.fullmatch(name) is None:
        zh = "名称由小写字母、数字和下划线组成，以字母开头"
        refuse(key, zh, "a name is lower-case letters, digits and _, and begins with a letter")
    groups = {known.split(".", 1)[0] for known in scope.facts.facts if "." not in name}
    taken = {*groups, *scope.facts.facts, *scope.sets, *scope.parameters, *scope.tables, *BUILT_IN}
    if name in taken or name.split(".", 1)[0] in BUILT_IN:
        refuse(key, f"名称 {name} 已另有所指", f"the name {name!r} means something else already")


BUILT_IN = frozenset({
    "year", "as_of", "counted", "items", "granted", "due", "paid", "this", "reading", "history", "other_funding",
})  # fmt: skip


def _in_order(node: MapNode) -> list[tuple[TextNode, Node]]:
    """Each after those it names. Raises Mistake for a cycle, with its path."""
    given = {key.text: (key, value) for key, value in node.items()}
    names = {
        name: [one for one in _named(_worth(value)) if one in given] for name, (_, value) in given.items()
    }
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            way = " → ".join((*path[path.index(name) :], name))
            refuse(given[path[-1]][0], f"推导事实循环引用：{way}", f"derived facts in a cycle: {way}")
        if name not in done:
            for other in dict.fromkeys(names[name]):
                visit(other, (*path, name))
            done[name] = None

    for name in given:
        visit(name, ())
    return [given[name] for name in done]


def _worth(node: Node) -> Node:
    """What a derived fact is worked out of: labels name nothing."""
    return (node.get("value") or node) if isinstance(node, MapNode) else node


def _named(node: Node) -> Iterator[str]:
    """The names in every text under a node; a text that is no expression names none."""
    if isinstance(node, TextNode):
        try:
            yield from (token.text for token in tokens_of(node.text) if token.kind == "name")
        except LanguageError:
            return
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _named(item)
    elif isinstance(node, MapNode):
        for key, value in node.items():
            yield from _named(key)
            yield from _named(value)
