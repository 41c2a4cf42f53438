"""Whom and when a measure reaches: its `where` and `in_force`, which are its first requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.language.lexing import nearest
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.node_reading import check_keys, day_of, map_of, text_of
from app.rules.packs.yaml_nodes import ListNode, MapNode, TextNode
from app.rules.policy import Period, Words

if TYPE_CHECKING:
    from app.rules.facts import FactDeclaration
    from app.rules.language.naming import Scope
    from app.rules.packs.errors import Problems
    from app.rules.packs.yaml_nodes import Node

TYPES = ("choice", "text")
CODE = "in_force"
ALWAYS = Period()

Where = tuple[tuple[str, tuple[str, ...]], ...]
"""Fact -> the values that the measure takes."""


def read_where(node: Node, scope: Scope) -> Where:
    """Facts with the one value or the values of each. Raises Mistake."""
    found = tuple((key.text, _values(key, value, scope)) for key, value in map_of(node).items())
    if not found:
        refuse(node, "where 没有写事实", "`where` names no fact")
    return found


def _values(key: TextNode, node: Node, scope: Scope) -> tuple[str, ...]:
    declared = _fact(key, scope)
    items = node.items if isinstance(node, ListNode) else (node,)
    if not items:
        refuse(node, "列表里没有取值", "a list without a value")
    found: list[str] = []
    for item in items:
        value = text_of(item).text
        codes = [code for code, _ in declared.choices]
        if declared.type == "choice" and value not in codes:
            refuse(item, f"没有代码 {value}", f"there is no code {value!r}", nearest(value, codes))
        if "'" in value:
            refuse(item, "取值不能含有引号", "a value holds no quotation mark")
        if value in found:
            refuse(item, f"{value} 重复", f"{value!r} twice")
        found.append(value)
    if declared.type == "choice" and len(found) == len(codes):
        refuse(node, "列出了所有代码，这个条件总是成立", "every code is named: a condition that always holds")
    return tuple(found)


def _fact(key: TextNode, scope: Scope) -> FactDeclaration:
    known = {**scope.facts.facts, **scope.facts.derived}
    declared = known.get(key.text)
    if declared is None:
        close = nearest(key.text, known)
        raise mistake(key, f"没有事实 {key.text}", f"there is no fact {key.text!r}", close)
    if declared.type not in TYPES:
        zh = "where 只用选项和文字类的事实；其他条件写在 require"
        refuse(key, zh, "`where` takes facts that are a choice or a text: others stand under `require`")
    return declared


def read_period(node: Node, problems: Problems) -> Period:
    """The days on which a measure is in force, first and last. Raises Mistake."""
    given = map_of(node)
    check_keys(problems, given, ("from", "to"))
    first, last = given.get("from"), given.get("to")
    if not given.entries:
        refuse(node, "缺少 from 或 to", "`from` or `to` is missing", "from")
    period = Period(None if first is None else day_of(first), None if last is None else day_of(last))
    if last is not None and period.since and period.until and period.until < period.since:
        refuse(last, "to 早于 from", "`to` is before `from`")
    return period


def check_within(node: Node, policy: Period) -> None:
    """A measure is in force only while its policy is. Raises Mistake."""
    for name, place in map_of(node).entries.items():
        if not policy.holds(day_of(place[1])):
            span = f"{policy.since} … {policy.until or ''}".strip()
            zh = f"{name} 不在政策的施行期间内（{span}）"
            refuse(place[1], zh, f"`{name}` is outside the days on which the policy is in force ({span})")


# As requirements


def requirements_of(where: tuple[Node, Where] | None, period: tuple[Node, Period] | None) -> tuple[Node, ...]:
    """What `where` and `in_force` say, as nodes of `require` that stand where they do."""
    found: list[Node] = []
    if where is not None:
        found += [_where(map_of(where[0]).key(name), name, values) for name, values in where[1]]
    if period is not None and period[1] != ALWAYS:
        found.append(_in_force(*period))
    return tuple(found)


def _where(key: TextNode, name: str, values: tuple[str, ...]) -> Node:
    quoted = [f"'{value}'" for value in values]
    return _text(key, f"{name} == {quoted[0]}" if len(quoted) == 1 else f"{name} in [{', '.join(quoted)}]")


def _in_force(node: Node, period: Period) -> Node:
    tests = [f"as_of {sign} {day}" for sign, day in ((">=", period.since), ("<=", period.until)) if day]
    says = Words(
        f"措施{_days(period, '自', '起', '至', '止')}施行", f"The measure is in force {_days_en(period)}"
    )
    return _map(
        node,
        {
            "is" if len(tests) == 1 else "all": _text(node, tests[0])
            if len(tests) == 1
            else _list(node, tests),
            "code": _text(node, CODE),
            "says": _map(node, {"zh": _text(node, says.zh), "en": _text(node, says.en)}),
        },
    )


def _days(period: Period, *around: str) -> str:
    parts = ((around[0], period.since, around[1]), (around[2], period.until, around[3]))
    return "".join(f"{before}{day}{after}" for before, day, after in parts if day)


def _days_en(period: Period) -> str:
    return " ".join(f"{word} {day}" for word, day in (("from", period.since), ("until", period.until)) if day)


def _text(place: Node, text: str) -> TextNode:
    return TextNode(place.source, place.start, place.end, place.line, place.column, text, "", in_flow=False)


def _list(place: Node, texts: list[str]) -> ListNode:
    items = tuple(_text(place, text) for text in texts)
    return ListNode(place.source, place.start, place.end, place.line, place.column, items)


def _map(place: Node, inside: dict[str, Node]) -> MapNode:
    entries = {name: (_text(place, name), value) for name, value in inside.items()}
    return MapNode(place.source, place.start, place.end, place.line, place.column, entries)
