"""Changes in what stands beside requirements and awards: whom a measure reaches, rows by time, what is worked out."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from app.rules.language.lexing import tokens_of
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.services.workshop.sites import Site, beside, in_text, shown, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.rules.policy import Policy
    from app.services.workshop.sites import Path

YEAR = re.compile(r"[0-9]{4}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NO_SUCH_TEXT = "〇"
"""Ends a text that no applicant states."""


def in_where(node: Node, path: Path, policy: Policy) -> Iterator[Site]:
    """A fact left out, one of its values left out, its only value another."""
    known = {**policy.facts.facts, **policy.facts.derived}
    for name, (key, value) in _entries(node):
        here = (*path, name)
        yield Site(here, key, None, f"{name}: {shown(value)}", "", "requirement", None)
        items = value.items if isinstance(value, ListNode) else ()
        for index, item in enumerate(items if len(items) > 1 else ()):
            yield Site((*here, index), item, None, shown(item), "", "member", None)
        if isinstance(value, TextNode):
            codes = [code for code, _ in known[name].choices]
            other = _another(value.text, codes) if codes else value.text + NO_SUCH_TEXT
            yield Site(here, value, None, value.text, other, "member", other)


def in_parameters(node: Node, path: Path, since: date) -> Iterator[Site]:
    """Constants one unit up and down; of rows by year or day also where they begin, and each left out."""
    for name, (_, value) in _entries(node):
        here = (*path, name)
        if isinstance(value, MapNode):
            yield from _dated(value, here, since)
        else:
            yield from walk(value, here, "parameters")


def _dated(rows: MapNode, path: Path, since: date) -> Iterator[Site]:
    """What never comes into force, as the next row begins no later than the policy, decides nothing."""
    edges = list(rows.entries)
    for place, (edge, (key, value)) in enumerate(rows.entries.items()):
        if place + 1 < len(edges) and _begun(edges[place + 1], since):
            continue
        yield from in_text(value, (*path, edge), "parameters") if isinstance(value, TextNode) else ()
        if place and not _begun(edge, since):
            yield from _edges(key, (*path, edge))
            yield Site((*path, edge), key, None, f"{edge}: {shown(value)}", "", "row", None)


def _begun(edge: str, since: date) -> bool:
    return int(edge) <= since.year if YEAR.fullmatch(edge) else date.fromisoformat(edge) <= since


def _edges(key: TextNode, path: Path) -> Iterator[Site]:
    """A row that begins a year or a day sooner or later."""
    for changed in beside(tokens_of(key.text)[0]):
        yield Site(path, key, None, key.text, changed, "threshold", changed, key=True)


def in_allot(node: Node, path: Path) -> Iterator[Site]:
    """The figure of a budget or of places. How it is shared an answer to one applicant does not show."""
    for name, (_, value) in _entries(node):
        if name in ("budget", "places"):
            yield from walk(value, (*path, name), "parameters")


def in_tables(node: Node, path: Path) -> Iterator[Site]:
    """Tables of a pack: every row's figure, every row left out, the days on which rows begin, the last day."""
    for name, (_, table) in _entries(node):
        for section, (_, value) in _entries(table):
            here = (*path, name, section)
            if section in ("rows", "from"):
                yield from in_rows(value, here)
            elif section == "until":
                yield from walk(value, here, section)


def in_rows(node: Node, path: Path) -> Iterator[Site]:
    """Rows by key, one within the other; of a level the only row stays."""
    entries = list(_entries(node))
    for name, (key, value) in entries:
        here = (*path, name)
        if len(entries) > 1:
            yield Site(here, key, None, f"{name}: {shown(value)}", "", "row", None)
        if DAY.fullmatch(name):
            yield from _edges(key, here)
        yield from in_rows(value, here) if isinstance(value, MapNode) else walk(value, here, "row")


def in_derived(node: Node, path: Path, policy: Policy) -> Iterator[Site]:
    """Values as those of awards, conditions as requirements; a code that is worked out becomes another one."""
    for name, (_, derived) in _entries(node):
        declared = policy.facts.derived[name]
        for key, (_, value) in _entries(derived):
            if key == "value":
                here = (*path, name, key)
                yield from walk(value, here, "is" if declared.type == "bool" else "award")
                yield from _codes(value, here, [code for code, _ in declared.choices])


def _codes(node: Node, path: Path, codes: Sequence[str]) -> Iterator[Site]:
    """The results of a value: what stands in a row, under `then`, `else` or `below`."""
    if isinstance(node, TextNode):
        if node.text in codes and path[-1] not in ("when", "by", "steps"):
            other = _another(node.text, codes)
            yield Site(path, node, None, node.text, other, "amount", other)
    elif isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            yield from _codes(item, (*path, index), codes)
    else:
        for name, (_, value) in _entries(node):
            yield from _codes(value, (*path, name), codes)


def in_stand_ins(node: Node, path: Path) -> Iterator[Site]:
    """Facts that are left unknown where nothing stands in for them any more."""
    for name, (_, fact) in _entries(node):
        parts = dict(_entries(fact))
        if "choice" not in parts:
            yield from in_stand_ins(fact, (*path, name))
        elif "else" in parts:
            key, value = parts["else"]
            yield Site((*path, name, "else"), key, None, f"else: {shown(value)}", "", "branch", None)


def in_readings(node: Node, path: Path) -> Iterator[Site]:
    """Each option that is not the one chosen."""
    for name, (_, reading) in _entries(node):
        parts = dict(_entries(reading))
        options, chosen = [one for one, _ in _entries(parts["options"][1])], parts["chosen"][1]
        yield from _chosen(chosen, (*path, name, "chosen"), options)


def in_chosen(node: Node, path: Path, policy: Policy) -> Iterator[Site]:
    """The readings that a notice chooses: another option, or what the text has."""
    options = {reading.id: [code for code, _ in reading.options] for reading in policy.readings}
    for name, (key, value) in _entries(node):
        yield Site((*path, name), key, None, f"{name}: {shown(value)}", "", "reading", None)
        yield from _chosen(value, (*path, name), options[name])


def _chosen(node: Node, path: Path, options: Sequence[str]) -> Iterator[Site]:
    for option in options:
        if isinstance(node, TextNode) and option != node.text:
            yield Site(path, node, None, node.text, option, "reading", option)


def in_groups(node: Node, path: Path) -> Iterator[Site]:
    """Limits as those of a measure, members left out; of one limit the whole group."""
    for name, (key, group) in _entries(node):
        for section, (_, value) in _entries(group):
            here = (*path, name, section)
            items = value.items if isinstance(value, ListNode) else ()
            if section == "limits" and len(items) == 1:
                yield Site((*path, name), key, None, name, "", "group", None)
                yield from walk(items[0], (*here, 0), section)
            elif section == "limits":
                yield from walk(value, here, section)
            elif section == "measures" and len(items) > 2:
                for index, item in enumerate(items):
                    yield Site((*here, index), item, None, shown(item), "", "member", None)


def _another(code: str, codes: Sequence[str]) -> str:
    """The next code of a choice."""
    return codes[(codes.index(code) + 1) % len(codes)]


def _entries(node: Node | None) -> Iterator[tuple[str, tuple[TextNode, Node]]]:
    if isinstance(node, MapNode):
        yield from node.entries.items()
