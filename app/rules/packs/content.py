"""The files of a pack as one mapping, and its digest."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.rules.language.lexing import nearest
from app.rules.packs.errors import Mistake, PackError, Problems, mistake, refuse
from app.rules.packs.node_reading import check_keys, id_of, map_of
from app.rules.packs.standards import FOLDER, with_standards
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, Source, TextNode
from app.rules.packs.yaml_source import check_characters, read_yaml
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Named = dict[str, tuple[TextNode, MapNode]]

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
OTHER = (
    "provisions",
    "exclusions",
    "groups",
    "parameters",
    "choices",
    "sets",
    "tables",
    "readings",
    "applicant",
    "facts",
    "derived",
    "relations",
    "standards",
)
SECTIONS = (*HEAD, *OTHER, "measures", "services", "notices", "cases")
FILES = ("policy.yaml", "facts.yaml", "services.yaml")
YEAR = re.compile(r"[0-9]{4}")
IN_ORDER = frozenset(
    {
        "applicant",
        "facts",
        "choices",
        "flags",
        "obligations",
        "exclusions",
        "provisions",
        "groups",
        "readings",
    }
)
"""Sections whose order shows in answers, so that it belongs to the digest."""


@dataclass(slots=True)
class Content:
    """Everything a pack says. `top` has the sections by name, each with its key."""

    problems: Problems
    top: dict[str, tuple[TextNode, Node]] = field(default_factory=dict)
    measures: dict[str, tuple[TextNode, MapNode]] = field(default_factory=dict)
    services: dict[str, tuple[TextNode, MapNode]] = field(default_factory=dict)
    notices: dict[str, tuple[TextNode, MapNode]] = field(default_factory=dict)
    """By year, as written."""
    standards: dict[str, MapNode] = field(default_factory=dict)
    """By name: files of standards that come with the pack."""
    members: dict[str, tuple[Source, tuple[str, ...]]] = field(default_factory=dict)
    """Path of a file of set members -> the members in it."""
    broken: set[str] = field(default_factory=set)
    """Measures whose files could not be read: one mistake of each is told."""
    broken_notices: set[str] = field(default_factory=set)
    """Likewise the files of notices."""
    head: Node = field(default_factory=lambda: MapNode(Source("policy.yaml", ""), 0, 0, 1, 1, {}))

    @property
    def apart(self) -> int:
        """How many mistakes are of files that nothing else is read by."""
        return len(self.broken) + len(self.broken_notices)

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
            elif path.startswith("notices/"):
                content.broken_notices.add(path)
    with_standards(content, content.standards)
    for section, into, name in (
        ("measures", content.measures, id_of),
        ("services", content.services, id_of),
        ("notices", content.notices, _year_of),
    ):
        if (found := content.get(section)) is not None:
            with problems.gather():
                _spread(content, map_of(found), into, name)
    return content


def _add(content: Content, path: str, text: str) -> None:
    folder, _, name = path.rpartition("/")
    if folder == "cases" or folder.startswith("cases/"):
        return
    if folder == "sets" and name.endswith(".txt"):
        content.members[path] = _members(path, text)
    elif folder in ("measures", "notices") and name.endswith(".yaml"):
        node = map_of(read_yaml(path, text))
        key = TextNode(node.source, 0, 0, 1, 1, name.removesuffix(".yaml"), "", in_flow=False)
        if folder == "measures":
            _name(content.measures, key, node, id_of)
        else:
            _name(content.notices, key, node, _year_of)
    elif folder == FOLDER and name.endswith(".yaml"):
        content.standards[name.removesuffix(".yaml")] = map_of(read_yaml(path, text))
    elif path in FILES:
        node = map_of(read_yaml(path, text))
        if path == "policy.yaml":
            content.head = node
        _sections(content, node)
    else:
        place = Node(Source(path, text), 0, 0, 1, 1)
        raise mistake(place, "政策包里没有这样的文件", "a policy has no such file", nearest(path, FILES))


def _sections(content: Content, node: MapNode) -> None:
    check_keys(content.problems, node, SECTIONS)
    for name, (key, value) in node.entries.items():
        if name in content.top:
            first = content.top[name][0].source.path
            words = f"{name} 已见于 {first}", f"{name!r} stands in {first} already"
            content.problems.tell(mistake(key, *words))
        elif name in SECTIONS:
            content.top[name] = key, value


def _spread(content: Content, node: MapNode, into: Named, named: Callable[[TextNode], str]) -> None:
    for key, value in node.items():
        with content.problems.gather():
            _name(into, key, map_of(value), named)


def _year_of(key: TextNode) -> str:
    if YEAR.fullmatch(key.text) is None:
        refuse(key, "通知以四位年份命名", "a notice is named by its year, in four digits")
    return key.text


def _name(into: Named, key: TextNode, node: MapNode, named: Callable[[TextNode], str]) -> None:
    name = named(key)
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
        if name not in ("cases", "measures", "services", "notices")
    }
    for section, found in (("measures", content.measures), ("services", content.services)):
        said[section] = {name: _plain(node, in_order=False) for name, (_, node) in found.items()}
    if content.notices:
        said["notices"] = {year: _plain(node, in_order=False) for year, (_, node) in content.notices.items()}
    said["members"] = {path: members for path, (_, members) in content.members.items()}
    return "sha256:" + _fingerprint(said)


def parts_of(content: Content) -> Mapping[tuple[str, str, str], str]:
    """A fingerprint of every section, every key of a measure and a service, every key of a notice.

    By section, then the measure's id or the year (empty for a section of the policy), then the key.
    """
    found = {
        (name, "", ""): _fingerprint(_plain(value, in_order=name in IN_ORDER))
        for name, (_, value) in content.top.items()
        if name not in ("cases", "measures", "services", "notices")
    }
    found |= {("members", "", path): _fingerprint(members) for path, (_, members) in content.members.items()}
    named = (("measures", content.measures), ("services", content.services), ("notices", content.notices))
    for section, nodes in named:
        for name, (_, node) in nodes.items():
            for key, value in node.items():
                plain = _plain(value, in_order=key.text in IN_ORDER, key=key.text)
                found[section, name, key.text] = _fingerprint(plain)
    return found


def _fingerprint(said: object) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(node: Node, *, in_order: bool, key: str = "") -> object:
    """`key`: what the node stands under. Rows by level are in order; the `by` of an allotment has no rows."""
    if isinstance(node, TextNode):
        return node.text
    if isinstance(node, ListNode):
        return [_plain(item, in_order=in_order) for item in node.items]
    assert isinstance(node, MapNode)
    inside = {
        name: _plain(value, in_order=in_order or name in IN_ORDER, key=name)
        for name, (_, value) in node.entries.items()
    }
    rows = "by" in inside and key != "allot"
    return list(inside.items()) if in_order or rows else inside
