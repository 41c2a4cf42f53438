"""What bars from a policy's money, and what its general provisions say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.language.lexing import nearest
from app.rules.packs.conditions import Codes, ConditionReader, Given
from app.rules.packs.errors import refuse
from app.rules.packs.node_reading import check_keys, id_of, map_of, text_of, words_of
from app.rules.packs.texts import Texts
from app.rules.policy import Exclusion, Provision, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.language.naming import Scope
    from app.rules.packs.errors import Problems
    from app.rules.packs.yaml_nodes import MapNode, Node, TextNode

ITEMS_WITH = re.compile(r"items with ([a-z][a-z0-9_]*)")


def read_exclusions(node: Node | None, scope: Scope, problems: Problems) -> Iterator[Exclusion]:
    """Those that could be read; no two bar items by the same key."""
    keys: set[str] = set()
    with problems.gather():
        for key, value in map_of(node).items() if node is not None else ():
            with problems.gather():
                found = _exclusion(key, map_of(value), scope, problems)
                if found.item_key is not None and found.item_key in keys:
                    barred = found.item_key
                    refuse(key, f"{barred} 已有排除规则", f"items with {barred} are barred already")
                keys |= {found.item_key} if found.item_key is not None else set()
                yield found


def _exclusion(key: TextNode, node: MapNode, scope: Scope, problems: Problems) -> Exclusion:
    """`bars: money` on a condition, or `bars: items with <key>` by what was supported before."""
    name, known = id_of(key), ("when", "bars", "clause", "title")
    check_keys(problems, node, known)
    for needed in known[1:]:
        if needed not in node.entries:
            refuse(node, f"缺少 {needed}", f"{needed!r} is missing", needed)
    clause, title = text_of(node.entries["clause"][1]).text, words_of(node.entries["title"][1])
    bars, when = text_of(node.entries["bars"][1]), node.get("when")
    items = ITEMS_WITH.fullmatch(bars.text)
    if items is None and bars.text != "money":
        close = nearest(bars.text, ("money", "items with project"))
        refuse(bars, "bars 为 money 或 items with <键>", "`bars` is money or items with <key>", close)
    if items is not None:
        if when is not None:
            zh, en = "尚不支持按条件排除项目", "barring items on a condition is not supported yet"
            refuse(node.key("when"), zh, en)
        return Exclusion(name, clause, title, item_key=items.group(1))
    if when is None:
        refuse(node, "缺少 when", "'when' is missing", "when")
    code = f"exclusion.{name}"
    reader = ConditionReader(Texts(problems, replace(scope, parameters={})), Codes("exclusion"))
    test = reader.condition(when, reader.texts.within(), Given(fixed=code))
    return Exclusion(name, clause, title, when=test)


def read_provisions(node: Node | None, problems: Problems) -> Iterator[Provision]:
    """Those that could be read, with their clause."""
    with problems.gather():
        for key, value in map_of(node).items() if node is not None else ():
            with problems.gather():
                given = map_of(value)
                check_keys(problems, given, ("clause", "zh", "en"), ("clause", "zh", "en"))
                if {"clause", "zh", "en"} <= given.entries.keys():
                    said = (text_of(given.entries[name][1]).text for name in ("zh", "en"))
                    clause = text_of(given.entries["clause"][1]).text
                    yield Provision(id_of(key), clause, Words(*said))
