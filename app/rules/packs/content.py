"""The files of a pack as one mapping, and its digest."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.rules.language.lexing import nearest
from app.rules.packs.errors import Mistake, PackError, Problems, mistake, not_yet
from app.rules.packs.node_reading import check_keys, id_of, map_of
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, Source, TextNode
from app.rules.packs.yaml_source import check_characters, read_yaml
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = (
    "id",
    "family",
    "title",
    "authority",
    "division",
    "status",
    "version",
    "in_force",
    "currency",
    "order",
)
OTHER = ("provisions", "exclusions", "parameters", "choices", "sets", "applicant", "facts", "relations")
SECTIONS = (*HEAD, *OTHER, "measures", "services", "cases")
LATER = ("readings", "groups", "tables", "derived", "notices")
FILES = ("policy.yaml", "facts.yaml", "services.yaml")
IN_ORDER = frozenset({"applicant", "facts", "choices", "flags", "obligations", "exclusions", "provisions"})
"""Sections whose order shows in answers, so that it belongs to the digest."""


@dataclass(slots=True)
class Content:
    """Everything a pack says. `top` has the sections by name, each with its key."""

    problems: Problems
    top: dict[str, tuple[TextNode, Node]] = field(default_factory=dict)
    measures: dict[str, tuple[TextNode, MapNode]] = field(default_factory=dict)
    services: dict[str, tuple[TextNode, MapNode]] = field(default_factory=dict)
    members: dict[str, tuple[Source, tuple[str, ...]]] = field(default_factory=dict)
    """Path of a file of set members -> the members in it."""
    broken: set[str] = field(default_factory=set)
    """Measures whose files could not be read: one mistake of each is told."""
    head: Node = field(default_factory=lambda: MapNode(Source("policy.yaml", ""), 0, 0, 1, 1, {}))

    def get(self, section: str) -> Node | None:
        found = self.top.get(section)
        return found[1] if found else None


def merge(files: Mapping[str, str], problems: Problems) -> Content:
    """All files of a pack but its cases, as one."""
    content = Content(problems)
    if "policy.yaml" not in files:
        words = Words("缺少 policy.yaml", "policy.yaml is missing")
        problems.tell(Mistake(PackError("policy.yaml", 1, 1, words)))
    for path in sorted(files, key=lambda path: (path != "policy.yaml", path)):
        try:
            _add(content, path, files[path])
        except Mistake as refused:
            problems.tell(refused)
            if path.startswith("measures/"):
                content.broken.add(path.removeprefix("measures/").removesuffix(".yaml"))
    for section, into in (("measures", content.measures), ("services", content.services)):
        if (found := content.get(section)) is not None:
            with problems.gather():
                _spread(content, map_of(found), into)
    return content


def _add(content: Content, path: str, text: str) -> None:
    folder, _, name = path.rpartition("/")
    if folder == "cases" or folder.startswith("cases/"):
        return
    if folder == "sets" and name.endswith(".txt"):
        content.members[path] = _members(path, text)
    elif folder == "measures" and name.endswith(".yaml"):
        node = map_of(read_yaml(path, text))
        key = TextNode(node.source, 0, 0, 1, 1, name.removesuffix(".yaml"), "", in_flow=False)
        _name(content.measures, key, node)
    elif path in FILES:
        node = map_of(read_yaml(path, text))
        if path == "policy.yaml":
            content.head = node
        _sections(content, node)
    else:
        place = Node(Source(path, text), 0, 0, 1, 1)
        if folder == "notices":
            raise not_yet(place, "notices")
        raise mistake(place, "政策包里没有这样的文件", "a policy has no such file", nearest(path, FILES))


def _sections(content: Content, node: MapNode) -> None:
    check_keys(content.problems, node, SECTIONS, (), LATER)
    for name, (key, value) in node.entries.items():
        if name in content.top:
            first = content.top[name][0].source.path
            words = f"{name} 已见于 {first}", f"{name!r} stands in {first} already"
            content.problems.tell(mistake(key, *words))
        elif name in SECTIONS:
            content.top[name] = key, value


def _spread(content: Content, node: MapNode, into: dict[str, tuple[TextNode, MapNode]]) -> None:
    for key, value in node.items():
        with content.problems.gather():
            _name(into, key, map_of(value))


def _name(into: dict[str, tuple[TextNode, MapNode]], key: TextNode, node: MapNode) -> None:
    name = id_of(key)
    if name in into:
        first = into[name][0].source.path
        raise mistake(key, f"{name} 已见于 {first}", f"{name!r} stands in {first} already")
    into[name] = key, node


def _members(path: str, text: str) -> tuple[Source, tuple[str, ...]]:
    """A member a line, NFC; blank lines aside."""
    source = Source(path, text.replace("\r\n", "\n"))
    check_characters(source)
    found: dict[str, int] = {}
    for number, line in enumerate(source.text.split("\n"), 1):
        member = unicodedata.normalize("NFC", line.strip())
        if member in found:
            words = Words(
                f"{member} 重复（已见于第 {found[member]} 行）", f"{member!r} twice (line {found[member]})"
            )
            raise Mistake(PackError(path, number, 1, words))
        if member:
            found[member] = number
    return source, tuple(found)


def digest_of(content: Content) -> str:
    """sha256 over canonical JSON: comments, layout and the split into files do not matter.

    The order of keys matters only where it shows in answers.
    """
    said: dict[str, object] = {
        name: _plain(value, in_order=name in IN_ORDER)
        for name, (_, value) in content.top.items()
        if name not in ("cases", "measures", "services")
    }
    for section, found in (("measures", content.measures), ("services", content.services)):
        said[section] = {name: _plain(node, in_order=False) for name, (_, node) in found.items()}
    said["members"] = {path: members for path, (_, members) in content.members.items()}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _plain(node: Node, *, in_order: bool) -> object:
    if isinstance(node, TextNode):
        return node.text
    if isinstance(node, ListNode):
        return [_plain(item, in_order=in_order) for item in node.items]
    assert isinstance(node, MapNode)
    inside = {
        name: _plain(value, in_order=in_order or name in IN_ORDER)
        for name, (_, value) in node.entries.items()
    }
    return list(inside.items()) if in_order or "by" in inside else inside
