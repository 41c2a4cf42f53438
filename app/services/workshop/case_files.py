"""Files of cases read as strictly as the pack itself, so that everything in them has its line and column.

Every scalar is text but what JSON too would take: `true`, `false`, `null`, whole numbers and decimals, unquoted.
`no`, `010`, `1_000` and `12:30` stay the texts that they show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

from app.rules.language.lexing import nearest
from app.rules.packs.errors import Problems, mistake, refuse
from app.rules.packs.node_reading import check_keys, list_of, map_of, text_of
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.rules.packs.yaml_source import read_yaml
from app.services.pack_cases import ASPECTS, Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.policy import Policy

FOLDER = "cases/"
KEYS = ("name", "request", "expect")
CONSTANTS = {"true": True, "false": False, "null": None}
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,30})")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,30})\.[0-9]{1,30}")
VERDICTS = ("eligible", "ineligible", "undetermined")


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A case with the node that it was read from."""

    case: Case
    node: MapNode

    def request_node(self, pointer: str) -> Node:
        """What a JSON pointer into the request names, or the nearest above it that is written."""
        place: Node = self.node.entries["request"][1]
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            found = _inside(place, name)
            if found is None:
                break
            place = found
        return place

    def expected_node(self, measure: str, aspect: str) -> Node:
        """Where the case says what it expects of a measure."""
        expect = map_of(self.node.entries["expect"][1])
        wanted = expect.get(measure)
        if wanted is None:
            return expect
        return (wanted.get(aspect) or wanted) if isinstance(wanted, MapNode) else wanted


def placed_cases(files: Mapping[str, str], problems: Problems) -> Iterator[PlacedCase]:
    """All cases that can be read, in the order of files and lines; what cannot is told to `problems`."""
    for path, text in sorted(files.items()):
        if not path.startswith(FOLDER):
            continue
        with problems.gather():
            head = map_of(read_yaml(path, text))
            check_keys(problems, head, ("cases",), ("cases",))
            if "cases" in head.entries:
                yield from _cases(path, list_of(head.entries["cases"][1]), problems)


def _cases(path: str, node: ListNode, problems: Problems) -> Iterator[PlacedCase]:
    if not node.items:
        refuse(node, "列表里没有用例", "a list without a case")
    names: dict[str, int] = {}
    for item in node.items:
        with problems.gather():
            given = map_of(item)
            before = len(problems.found)
            check_keys(problems, given, KEYS, KEYS)
            if len(problems.found) > before:
                continue
            name_node = given.entries["name"][1]
            name = text_of(name_node).text
            if name in names:
                zh, en = (
                    f"用例名重复（已见于第 {names[name]} 行）",
                    f"this name twice (first in line {names[name]})",
                )
                problems.tell(mistake(name_node, zh, en))
            names.setdefault(name, name_node.line)
            request = plain(map_of(given.entries["request"][1]))
            wanted = map_of(given.entries["expect"][1])
            if not wanted.entries:
                refuse(wanted, "没有期望的结果", "a case that expects nothing")
            expect = {
                measure: {"verdict": value.text} if isinstance(value, TextNode) else _mapping(value)
                for measure, (_, value) in wanted.entries.items()
            }
            yield PlacedCase(Case(path, name, request, expect), given)


def check_expectations(placed: PlacedCase, policy: Policy, problems: Problems) -> None:
    """Every measure that a case names is in the policy and answered; every aspect and verdict exists."""
    measures = {measure.id: measure for measure in policy.measures}
    for name, (key, value) in map_of(placed.node.entries["expect"][1]).entries.items():
        with problems.gather():
            if name not in measures:
                _no_measure(key, name, measures)
            if not measures[name].evaluated:
                refuse(
                    key,
                    f"{name} 只列入目录，不作评估",
                    f"the service {name!r} is listed only, and never evaluated",
                )
            if isinstance(value, MapNode):
                check_keys(problems, value, ASPECTS)
                if not value.entries:
                    refuse(value, "没有期望的结果", "nothing is expected of this measure")
            verdict = value.get("verdict") if isinstance(value, MapNode) else value
            if verdict is not None and text_of(verdict).text not in VERDICTS:
                _no_verdict(verdict)


def _no_measure(key: Node, name: str, known: Mapping[str, object]) -> NoReturn:
    refuse(key, f"没有措施 {name}", f"there is no measure {name!r}", nearest(name, known))


def _no_verdict(node: Node) -> NoReturn:
    choices = ", ".join(VERDICTS)
    refuse(
        node,
        f"结论为 {choices} 之一",
        f"a verdict is one of {choices}",
        nearest(text_of(node).text, VERDICTS),
    )


def _mapping(node: Node) -> dict[str, object]:
    return {name: plain(value) for name, (_, value) in map_of(node).entries.items()}


def plain(node: Node) -> object:
    """The value as JSON would have it."""
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    if isinstance(node, MapNode):
        return _mapping(node)
    assert isinstance(node, TextNode)
    if node.style:
        return node.text
    if node.text in CONSTANTS:
        return CONSTANTS[node.text]
    if WHOLE.fullmatch(node.text):
        return int(node.text)
    return Decimal(node.text) if DECIMAL.fullmatch(node.text) else node.text


def _inside(node: Node, name: str) -> Node | None:
    if isinstance(node, MapNode):
        return node.get(name)
    if isinstance(node, ListNode) and name.isdecimal() and int(name) < len(node.items):
        return node.items[int(name)]
    return None
