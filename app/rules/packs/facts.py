"""The facts of a pack: choices with their codes, and what an applicant may state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.facts import (
    MOST_COUNT,
    MOST_FEN,
    MOST_NUMBER,
    MOST_PERCENT,
    SCALAR_TYPES,
    FactDeclaration,
)
from app.rules.language.lexing import TYPE_NAMES, LanguageError, nearest, tokens_of
from app.rules.language.literals import constant_of
from app.rules.language.syntax import Constant
from app.rules.packs.errors import Problems, in_text, mistake, refuse
from app.rules.packs.node_reading import check_keys, label_of, map_of, text_of, word_of, yes_of
from app.rules.packs.yaml_nodes import MapNode, Node, TextNode
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Codes = tuple[tuple[str, Words], ...]

TYPES = (*sorted(SCALAR_TYPES), "list")
NUMERIC = {"count": MOST_COUNT, "money": MOST_FEN, "percent": MOST_PERCENT, "number": MOST_NUMBER}
NO_CODES = frozenset({"by", "else", "cap", "floor", "less", "ordered"})
MOST_PLACES = 8
OWN = (
    FactDeclaration("applicant.name", "text", Words("单位名称", "name of the applicant")),
    FactDeclaration("applicant.uscc", "text", Words("统一社会信用代码", "unified social credit code")),
    FactDeclaration("applicant.division", "text", Words("行政区划代码", "administrative division code")),
    FactDeclaration(
        "applicant.credit.joint_punishment",
        "bool",
        Words("列入失信联合惩戒名单", "on the joint-punishment list for dishonesty"),
    ),
)
"""What the engine itself knows of every applicant."""
ALLOWED = {
    "choice": ("of", "else"),
    "id": ("optional",),
    "list": ("item",),
    "count": ("unit", "min", "max"),
    "number": ("unit", "min", "max", "places"),
    "money": ("min", "max"),
    "percent": ("min", "max"),
}
"""The keys beside the type key."""


def read_choices(problems: Problems, node: Node) -> tuple[Mapping[str, Codes], frozenset[str]]:
    """Every choice with its codes and their labels, and which are ordered."""
    found: dict[str, Codes] = {}
    ordered = set()
    for key, value in map_of(node).items():
        with problems.gather():
            name = word_of(key)
            codes = map_of(value)
            found[name] = tuple(_codes(problems, codes))
            if (order := codes.get("ordered")) is not None:
                if text_of(order).text != "low to high":
                    refuse(
                        order, "ordered 只能是 low to high", "ordered is always `low to high`", "low to high"
                    )
                ordered.add(name)
            if not found[name]:
                refuse(value, f"{name} 没有代码", f"{name!r} has no codes")
    return found, frozenset(ordered)


def _codes(problems: Problems, node: MapNode) -> Iterator[tuple[str, Words]]:
    for key, label in node.items():
        if key.text == "ordered":
            continue
        with problems.gather():
            if key.text in NO_CODES:
                refuse(key, f"{key.text} 不能作代码", f"{key.text!r} cannot be a code")
            yield text_of(key).text, label_of(label)


class FactReader:
    """Declarations of facts, of the fields of items, and of lists."""

    def __init__(self, problems: Problems, choices: Mapping[str, Codes]) -> None:
        self._problems = problems
        self._choices = choices
        self.keys: dict[str, TextNode] = {}
        """Where each fact is declared."""

    def applicant(self, node: Node | None) -> dict[str, FactDeclaration]:
        """The engine's own facts of an applicant, then the pack's."""
        found = {own.name: own for own in OWN}
        for fact in self._group(node, "applicant.") if node is not None else ():
            key = self.keys[fact.name]
            if fact.name in found:
                words = f"{fact.name} 是引擎自有的事实", f"{fact.name!r} is the engine's own"
                self._problems.tell(mistake(key, *words))
            elif fact.type == "list":
                words = "申请单位的事实不能是列表", "a fact of the applicant is no list"
                self._problems.tell(mistake(key, *words))
            else:
                found[fact.name] = fact
        return found

    def facts(self, node: Node) -> dict[str, FactDeclaration]:
        return {fact.name: fact for fact in self._group(node, "")}

    def _group(self, node: Node, prefix: str) -> Iterator[FactDeclaration]:
        _check_group(node)
        for key, value in map_of(node).items():
            with self._problems.gather():
                name = prefix + word_of(key)
                self.keys[name] = key
                if name == "applicant":
                    refuse(key, "applicant 自成一节", "`applicant` is a section of its own")
                if _is_leaf(map_of(value)):
                    yield self._leaf(name, map_of(value), within_list=False)
                else:
                    yield from self._group(value, f"{name}.")

    def _leaf(self, name: str, node: MapNode, *, within_list: bool) -> FactDeclaration:
        kinds = [key for key in node.entries if key in TYPES]
        if len(kinds) != 1:
            place = node.key(kinds[1]) if kinds else node
            near = (nearest(key, TYPES) for key in node.entries)
            close = None if kinds else next(filter(None, near), None)
            refuse(place, "一个事实只有一个类型", f"a fact has exactly one type: {', '.join(TYPES)}", close)
        kind = kinds[0]
        check_keys(self._problems, node, (kind, *ALLOWED.get(kind, ())))
        if kind == "list":
            if within_list:
                refuse(node.key(kind), "列表不能嵌套", "lists do not nest")
            return self._list(name, node)
        if kind == "id" and not within_list:
            refuse(node.key(kind), "id 只用于列表的项目", "`id` is for the items of a list")
        found = FactDeclaration(name, kind, label_of(node.entries[kind][1]))
        if kind == "choice":
            if within_list and "else" in node.entries:
                zh, en = "列表项目的字段不能有 else", "a field of an item has no `else`"
                refuse(node.key("else"), zh, en)
            return self._choice(found, node)
        if (optional := node.get("optional")) is not None and kind == "id":
            return replace(found, optional=yes_of(optional))
        return self._number(found, node) if kind in NUMERIC else found

    def _choice(self, found: FactDeclaration, node: MapNode) -> FactDeclaration:
        if (of := node.get("of")) is None:
            refuse(
                node.key("choice"),
                "缺少 of：取哪个选项的代码",
                "`of` is missing: the choice whose codes it takes",
            )
        name = text_of(of).text
        if name not in self._choices:
            refuse(of, f"未知的选项 {name}", f"unknown choice {name!r}", nearest(name, self._choices))
        return replace(found, of=name, choices=self._choices[name])

    def _number(self, found: FactDeclaration, node: MapNode) -> FactDeclaration:
        places, unit = node.get("places"), node.get("unit")
        if found.type == "number":
            if places is None:
                refuse(
                    node.key("number"), "数值须有 places：小数位数", "a number states its `places`", "places"
                )
            found = replace(found, places=_places(places))
        if unit is not None:
            found = replace(found, unit=label_of(unit))
        most = NUMERIC[found.type] * 10**found.places
        low, high = node.get("min"), node.get("max")
        least = 0 if low is None else _bound(found, low)
        greatest = None if high is None else _bound(found, high)
        if low is not None and least < (0 if found.type in ("count", "money") else -most):
            refuse(low, "min 过小", "`min` is below what can be stated")
        if high is not None and greatest is not None:
            if greatest > most:
                refuse(high, "max 过大", "`max` is above what can be stated")
            if greatest < least:
                refuse(high, "max 小于 min", "`max` is below `min`")
        return replace(found, min=least, max=greatest)

    def _list(self, name: str, node: MapNode) -> FactDeclaration:
        if (item := node.get("item")) is None:
            refuse(
                node.key("list"), "缺少 item：项目的字段", "`item` is missing: the fields of an item", "item"
            )
        fields: dict[str, FactDeclaration] = {}
        for key, value in map_of(item).items():
            with self._problems.gather():
                field = word_of(key)
                fields[field] = self._leaf(field, map_of(value), within_list=True)
        if not map_of(item).entries:
            refuse(item, "项目没有字段", "an item without fields")
        return FactDeclaration(name, "list", label_of(node.entries["list"][1]), fields=fields)


def _check_group(node: Node) -> None:
    """A group holds facts and groups; anything else in it is most likely a type that is none."""
    for key, value in map_of(node).items():
        if not isinstance(value, MapNode):
            zh, en = (
                f"{key.text} 既不是类型，也不是事实的分组",
                f"{key.text!r} is no type, and no group of facts",
            )
            refuse(key, zh, en, nearest(key.text, TYPES))


def _is_leaf(node: MapNode) -> bool:
    """A leaf's type key holds a label, where a group's keys hold mappings."""
    return any(
        key.text in TYPES and (not isinstance(value, MapNode) or "zh" in value.entries)
        for key, value in node.items()
    )


def _places(node: Node) -> int:
    text = text_of(node).text
    if text not in map(str, range(MOST_PLACES + 1)):
        refuse(node, f"小数位数是 0 到 {MOST_PLACES} 的整数", f"places are whole, from 0 to {MOST_PLACES}")
    return int(text)


def _bound(fact: FactDeclaration, node: Node) -> int:
    """A stated limit in the engine's units."""
    text = text_of(node)
    with in_text(text):
        tokens = tokens_of(text.text)
        negative = tokens[0].text == "-"
        token = tokens[1] if negative else tokens[0]
        if len(tokens) != 2 + negative or token.kind not in ("number", "percent"):
            raise LanguageError("expected a number", "这里应为数字", token.offset)
        found = constant_of(Constant(token.offset, token.kind, token.text), fact.type)
        if found.type != fact.type:
            zh = f"这里应为{TYPE_NAMES[fact.type]}"
            raise LanguageError(f"expected {fact.type}, this is {found.type}", zh, token.offset)
        scale = 10**fact.places if fact.type == "number" else found.scale
        if scale % found.scale:
            raise LanguageError(
                f"more than {fact.places} decimals", f"小数超过 {fact.places} 位", token.offset
            )
        assert isinstance(found.value, int)
        value = found.value * scale // found.scale
    return -value if negative else value


__all__ = ["OWN", "FactReader", "read_choices"]
