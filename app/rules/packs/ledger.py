"""What a measure says of the ledger: the key under which its awards are counted, and the keys it succeeds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from app.rules.packs.errors import mistake, refuse
from app.rules.packs.node_reading import check_keys, list_of, text_of
from app.rules.packs.yaml_nodes import ListNode, MapNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.packs.errors import Problems
    from app.rules.packs.yaml_nodes import Node, TextNode
    from app.rules.policy import Measure

KEY = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")


class Ledger(NamedTuple):
    key: str
    succeeds: tuple[str, ...] = ()


def read_ledger(node: MapNode, default: str, problems: Problems) -> Ledger:
    """The key, `default` where none is stated, and what it succeeds. Raises Mistake."""
    check_keys(problems, node, ("key", "succeeds"), (), ("keys",))
    stated, old = node.get("key"), node.get("succeeds")
    key = default if stated is None else _key_of(stated)
    succeeds: list[str] = []
    for item in () if old is None else list_of(old).items:
        name = _key_of(item)
        if name in succeeds:
            refuse(item, f"{name} 重复", f"{name!r} twice")
        succeeds.append(name)
    return Ledger(key, tuple(succeeds))


def _key_of(node: Node) -> str:
    text = text_of(node).text
    if KEY.fullmatch(text) is None:
        zh = "台账键由小写字母和数字组成，中间可有 . 或 -"
        refuse(node, zh, "a ledger key is lower-case letters and digits, with single . or - between them")
    return text


def check_ledger_keys(
    measures: Mapping[str, Measure], nodes: Mapping[str, tuple[TextNode, MapNode]], problems: Problems
) -> None:
    """Every key, and every key succeeded, belongs to one measure of the pack."""
    paying = [measure for measure in measures.values() if measure.pays]
    # Stated keys last: it is they that are mistaken, never what an id comes to.
    paying.sort(key=lambda measure: _stated(nodes[measure.id][1]) is not None)
    holders: dict[str, str] = {}
    for measure in paying:
        key, node = nodes[measure.id]
        holder = holders.setdefault(measure.ledger_key, measure.id)
        if holder != measure.id:
            zh, en = (
                f"台账键已属于措施 {holder}",
                f"this ledger key is that of the measure {holder!r} already",
            )
            problems.tell(mistake(_stated(node) or key, zh, en))
    heirs: dict[str, str] = {}
    for measure in paying:
        for name, place in zip(measure.succeeds, _succeeded(nodes[measure.id][1]), strict=True):
            holder = holders.get(name, measure.id)
            if holder == measure.id:
                holder = heirs.setdefault(name, measure.id)
            if holder != measure.id:
                zh, en = f"台账键 {name} 属于措施 {holder}", f"the ledger key {name!r} is that of {holder!r}"
                problems.tell(mistake(place, zh, en))


def _stated(node: MapNode) -> Node | None:
    ledger = node.get("ledger")
    return ledger.get("key") if isinstance(ledger, MapNode) else None


def _succeeded(node: MapNode) -> tuple[Node, ...]:
    ledger = node.get("ledger")
    found = ledger.get("succeeds") if isinstance(ledger, MapNode) else None
    return found.items if isinstance(found, ListNode) else ()
