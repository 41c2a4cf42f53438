"""Standards that packs share: choices, tables and derived facts in files of their own, laid under a pack's sections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.language.lexing import nearest
from app.rules.packs.errors import Mistake, mistake, refuse
from app.rules.packs.node_reading import check_keys, id_of, list_of, text_of, words_of
from app.rules.packs.yaml_nodes import ListNode, MapNode
from app.rules.packs.yaml_source import read_yaml
from app.rules.policy import Standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.packs.content import Content
    from app.rules.packs.yaml_nodes import Node, TextNode

FOLDER = "standards"
SECTION = "standards"
SHARED = ("choices", "sets", "tables", "applicant", "facts", "derived", "relations")
KEYS = ("title", "source", *SHARED)


def standards_named(policy: str) -> tuple[str, ...]:
    """The standards that a policy.yaml names, as far as it can be read: what is wrong with it the loader tells."""
    try:
        node = read_yaml("policy.yaml", policy)
        named = node.get(SECTION) if isinstance(node, MapNode) else None
        return () if named is None else tuple(id_of(one) for one in list_of(named).items)
    except Mistake:
        return ()


def path_of(standard: str) -> str:
    """Where a standard stands among the files of a pack."""
    return f"{FOLDER}/{standard}.yaml"


def with_standards(content: Content, files: Mapping[str, MapNode]) -> None:
    """Lay the standards that the pack names under its sections; `files` has what was read of each."""
    problems = content.problems
    named: dict[str, TextNode] = {}
    with problems.gather():
        node = content.get(SECTION)
        for item in list_of(node).items if node is not None else ():
            with problems.gather():
                name = id_of(item)
                if name in named:
                    refuse(item, f"{name} 重复", f"{name!r} twice")
                if name not in files:
                    refuse(item, f"没有标准 {name}", f"there is no standard {name!r}", nearest(name, files))
                named[name] = text_of(item)
    for name, file in files.items():
        with problems.gather():
            if name not in named:
                refuse(file, f"standards 没有列出 {name}", f"`standards` does not name {name!r}", name)
            _lay(content, file)


def standards_used(content: Content) -> tuple[Standard, ...]:
    """Those that the pack names, as their files call them: in the order named, once all of it could be read."""
    node = content.get(SECTION)
    named = [text_of(item).text for item in list_of(node).items] if node is not None else []
    found = ((name, content.standards[name]) for name in named)
    return tuple(
        Standard(name, words_of(file.entries["title"][1]), text_of(file.entries["source"][1]).text)
        for name, file in found
    )


def _lay(content: Content, file: MapNode) -> None:
    check_keys(content.problems, file, KEYS, ("title", "source"))
    if (title := file.get("title")) is not None:
        words_of(title)
    for section in SHARED:
        if section not in file.entries:
            continue
        key, shared = file.entries[section]
        own = content.top.get(section)
        content.top[section] = (key, shared) if own is None else (own[0], _both(shared, own[1]))


def _both(shared: Node, own: Node) -> Node:
    """What the standard says, then what the pack does. Raises Mistake for what both say."""
    if isinstance(shared, ListNode) and isinstance(own, ListNode):
        return replace(own, items=(*shared.items, *own.items))
    if isinstance(shared, MapNode) and isinstance(own, MapNode):
        for name in own.entries.keys() & shared.entries.keys():
            path = shared.source.path
            raise mistake(own.key(name), f"{name} 已见于 {path}", f"{name!r} stands in {path} already")
        return replace(own, entries={**shared.entries, **own.entries})
    return own
