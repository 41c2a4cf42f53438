"""Named sets of codes, and the relations between facts that refuse a request."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from app.rules.expression import Comparison, Fact
from app.rules.facts import Relation
from app.rules.language.lexing import nearest
from app.rules.language.parsing import facts_of, settles
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.node_reading import check_keys, list_of, map_of, one_key, text_of, word_of
from app.rules.packs.texts import condition_of
from app.rules.packs.yaml_nodes import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.rules.language.naming import Scope
    from app.rules.packs.content import Content
    from app.rules.packs.yaml_nodes import MapNode
    from app.rules.policy import Words

    Choices = Mapping[str, tuple[tuple[str, Words], ...]]


def read_sets(content: Content, node: Node, choices: Choices) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Set name -> the choice its members are of (or `text`), and the members."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    used: set[str] = set()
    for key, value in map_of(node).items():
        with content.problems.gather():
            given = map_of(value)
            check_keys(content.problems, given, ("of", "are", "file"), ("of",))
            if (of := given.get("of")) is None:
                continue
            name = text_of(of).text
            if name != "text" and name not in choices:
                close = nearest(name, (*choices, "text"))
                refuse(of, f"未知的选项 {name}", f"unknown choice {name!r}", close)
            codes = None if name == "text" else tuple(code for code, _ in choices[name])
            found[word_of(key)] = name, _members(content, given, codes, used)
    _check_files(content, used)
    return found


def _members(
    content: Content, given: MapNode, codes: tuple[str, ...] | None, used: set[str]
) -> tuple[str, ...]:
    where = one_key(given, ("are", "file"), "集合", "a set")
    node = given.entries[where][1]
    if where == "are":
        members = [unicodedata.normalize("NFC", text_of(item).text) for item in list_of(node).items]
        places: Iterable[Node] = list_of(node).items
    else:
        path = text_of(node).text
        if path not in content.members:
            close = nearest(path, content.members)
            refuse(node, f"没有文件 {path}", f"there is no file {path!r}", close)
        used.add(path)
        members = list(content.members[path][1])
        places = [node] * len(members)
    if not members:
        refuse(node, "集合没有成员", "a set without members")
    _check_members(members, places, codes)
    return tuple(members)


def _check_members(members: list[str], places: Iterable[Node], codes: tuple[str, ...] | None) -> None:
    seen: set[str] = set()
    for member, place in zip(members, places, strict=True):
        if codes is not None and member not in codes:
            refuse(place, f"没有代码 {member}", f"there is no code {member!r}", nearest(member, codes))
        if member in seen:
            refuse(place, f"{member} 重复", f"{member!r} twice")
        seen.add(member)


def _check_files(content: Content, used: set[str]) -> None:
    for path, (source, _) in content.members.items():
        if path not in used:
            words = "没有集合使用这个文件", "no set uses this file"
            content.problems.tell(mistake(Node(source, 0, 0, 1, 1), *words))


def read_relations(content: Content, node: Node, scope: Scope) -> Iterator[Relation]:
    """`a <= b` between facts: it validates, it never infers."""
    for item in list_of(node).items:
        with content.problems.gather():
            test = condition_of(item, scope)
            mentions = facts_of(test)
            if not isinstance(test, Comparison) or not mentions:
                refuse(item, "关系是事实之间的一个比较", "a relation is one comparison of facts")
            if not all(isinstance(mention, Fact) for mention in mentions):
                refuse(item, "关系只用列表之外的事实", "a relation is between facts, not lists or items")
            if settles(test) is not None:
                refuse(item, "这个关系总是或从不成立", "a relation that always or never holds")
            yield Relation(test)
