"""What a measure says of the ledger: the key under which its awards are counted, and the keys it succeeds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from app.rules.expression import Fact, ItemField
from app.rules.limits import LedgerKey
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.node_reading import check_keys, list_of, text_of
from app.rules.packs.yaml_nodes import ListNode, MapNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.language.naming import Scope
    from app.rules.packs.errors import Problems
    from app.rules.packs.texts import Texts
    from app.rules.packs.yaml_nodes import Node, TextNode
    from app.rules.policy import Each, Measure

KEY = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")


class Ledger(NamedTuple):
    key: str
    succeeds: tuple[str, ...] = ()


def read_ledger(node: MapNode, default: str, problems: Problems) -> Ledger:
    """The key, `default` where none is stated, and what it succeeds. Raises Mistake."""
    check_keys(problems, node, ("key", "succeeds", "keys"))
    stated, old = node.get("key"), node.get("succeeds")
    key = default if stated is None else _key_of(stated)
    succeeds: list[str] = []
    for item in () if old is None else list_of(old).items:
        name = _key_of(item)
        if name in succeeds:
            refuse(item, f"{name} 重复", f"{name!r} twice")
        succeeds.append(name)
    return Ledger(key, tuple(succeeds))


def read_kept(node: Node, texts: Texts, each: Each | None) -> tuple[LedgerKey, ...]:
    """`keys`: what the ledger keeps of every award, so that limits can count by it for years. Raises Mistake."""
    found: list[LedgerKey] = []
    published = {} if each is None else dict(each.keys)
    scope = texts.within(item=(each.word, each.list_name) if each else None)
    for item in list_of(node).items:
        with texts.problems.gather():
            key = _kept(item, texts, each, scope)
            if any(one.kept_as == key.kept_as for one in found):
                refuse(item, f"{key.kept_as} 重复", f"{key.kept_as!r} twice")
            if key.kept_as in published and not (key.of_item and published[key.kept_as] == key.name):
                zh, en = f"keys 已有 {key.kept_as}", f"`keys` of `each` has a {key.kept_as!r} already"
                refuse(item, zh, en)
            found.append(key)
    return tuple(key for key in found if key.kept_as not in published)


def _kept(node: Node, texts: Texts, each: Each | None, scope: Scope) -> LedgerKey:
    value = texts.value(node, scope, None)
    if not isinstance(value, Fact | ItemField) or value.type not in ("choice", "text"):
        refuse(node, "台账只记选项、文字或编号", "the ledger keeps a choice, a text or an id")
    if isinstance(value, Fact):
        return LedgerKey(value.name.rsplit(".", 1)[-1], value.name, of_item=False)
    if each is None or each.award is None:
        zh, en = "合计发放的奖励没有单个项目的字段", "a total has no field of one item"
        refuse(node, zh, en)
    return LedgerKey(value.field, value.field, of_item=True)


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
