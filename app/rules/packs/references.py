"""`award( )` and `paid( )` in a pack: what they may name, and that no two measures wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.language.naming import Referable
from app.rules.packs.errors import Mistake, mistake
from app.rules.packs.node_reading import words_of
from app.rules.packs.yaml_nodes import ListNode, MapNode, TextNode
from app.rules.policy import Words
from app.rules.referring import cycle_in, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.packs.content import Content
    from app.rules.packs.yaml_nodes import Node
    from app.rules.policy import Measure

ALL = "all"


def referable(content: Content) -> Mapping[str, Referable]:
    """Every measure that pays and every group of a pack, as far as they can be read."""
    titles = {name: _title(node) for name, (_, node) in content.measures.items()}
    found = {name: Referable((name,), title) for name, title in titles.items()}
    groups = content.get("groups")
    for name, (_, node) in groups.entries.items() if isinstance(groups, MapNode) else ():
        members = node.get("measures") if isinstance(node, MapNode) else None
        if members is not None and name not in found:
            named = tuple(_members(members, titles))
            found[name] = Referable(named, _title(node) or _together([titles[one] for one in named]))
    return found


def _members(node: Node, measures: Iterable[str]) -> list[str]:
    if isinstance(node, ListNode):
        named = {item.text for item in node.items if isinstance(item, TextNode)}
        return [name for name in measures if name in named]
    return list(measures)


def _title(node: Node) -> Words | None:
    title = node.get("title") if isinstance(node, MapNode) else None
    try:
        return None if title is None else words_of(title)
    except Mistake:
        return None  # told where the measure itself is read


def _together(titles: Iterable[Words | None]) -> Words:
    """What a group without a title is called."""
    known = [title for title in titles if title is not None]
    return Words("、".join(one.zh for one in known), ", ".join(one.en for one in known))


def check_cycles(content: Content, measures: Mapping[str, Measure]) -> None:
    """Tell of measures that ask for each other's awards."""
    path = cycle_in(needs_of(list(measures.values())))
    if path:
        shown = " → ".join(path)
        key = content.measures[path[0]][0]
        zh, en = f"奖励互相引用：{shown}", f"awards that refer to each other: {shown}"
        content.problems.tell(mistake(key, zh, en))
