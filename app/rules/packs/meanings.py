"""A name has one meaning in a pack: facts, sets, tables and what the language has built in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.language.naming import BUILT_IN
from app.rules.language.syntax import AGGREGATES, ARGUMENTS
from app.rules.packs.errors import mistake
from app.rules.packs.yaml_nodes import MapNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.facts import FactSchema
    from app.rules.packs.content import Content
    from app.rules.packs.tables import Tables
    from app.rules.packs.yaml_nodes import TextNode


def check_tables(content: Content, schema: FactSchema, tables: Tables) -> None:
    """A table is called by its name, which means nothing else."""
    node = content.get("tables")
    taken = {
        *schema.facts,
        *schema.sets,
        *ARGUMENTS,
        *AGGREGATES,
        *BUILT_IN,
        "paid",
        "award",
        "year",
        "as_of",
    }
    for name in tables.tables:
        if name in taken and isinstance(node, MapNode):
            words = f"名称 {name} 已另有所指", f"the name {name!r} means something else already"
            content.problems.tell(mistake(node.key(name), *words))


def check_names(
    content: Content, keys: Mapping[str, TextNode], sets: Mapping[str, tuple[str, tuple[str, ...]]]
) -> None:
    """A name has one meaning: facts, sets and what the language has built in."""
    built_in = {*BUILT_IN, "year", "as_of", "reading", "history", "other_funding"}
    for name, key in keys.items():
        if name.split(".", 1)[0] in built_in or name in sets:
            words = f"名称 {name} 已另有所指", f"the name {name!r} means something else already"
            content.problems.tell(mistake(key, *words))
    node = content.get("sets")
    for name in sets:
        if name in built_in and isinstance(node, MapNode):
            words = f"名称 {name} 已另有所指", f"the name {name!r} means something else already"
            content.problems.tell(mistake(node.key(name), *words))
