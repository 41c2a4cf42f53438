"""Strict YAML: every scalar is text, and what hides or repeats content is refused where it stands.

Refused: anchors, aliases, tags, merge keys, directives, a second document, duplicate keys, keys that are no texts,
tabs, control characters, a byte order mark, and nesting past 40. The parser's events are read one by one, so that a
document made to explode is refused at its first anchor.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from app.rules.packs.errors import Mistake, PackError, mistake, refuse
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, Source, TextNode
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 40
MOST_CHARACTERS = 1_000_000
REFUSED = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What no pack may hold, written or escaped: controls, tabs, other line ends, lone surrogates, a byte order mark."""

TOO_DEEP = Words("嵌套过深", "nested too deeply")
SAID = {
    "did not find expected ',' or ']'": "inside",
    "did not find expected ',' or '}'": "inside",
    "exceeded maximum nesting depth": "deep",
    "found character that cannot start any token": "begin",
}


def read_yaml(path: str, text: str) -> Node:
    """The one document of a file. Raises Mistake."""
    source = Source(path, text.replace("\r\n", "\n"))
    check_characters(source)
    if len(source.text) > MOST_CHARACTERS:
        raise Mistake(PackError(path, 1, 1, Words("文件过大", "the file is too large")))
    try:
        return _Composer(source).document()
    except yaml.MarkedYAMLError as error:
        raise _malformed(source, error) from None


def check_characters(source: Source) -> None:
    """Raises Mistake at the first character that no pack may hold."""
    found = REFUSED.search(source.text)
    if found is None:
        return
    if found.group() == "\t":
        words = Words("不能用制表符，请用空格缩进", "a tab: indent with spaces")
    else:
        code = f"U+{ord(found.group()):04X}"
        words = Words(f"不能有字符 {code}", f"the character {code} is not allowed")
    before = source.text[: found.start()]
    column = found.start() - (before.rfind("\n") + 1) + 1
    raise Mistake(PackError(source.path, before.count("\n") + 1, column, words))


def _malformed(source: Source, error: yaml.MarkedYAMLError) -> Mistake:
    """The parser's own refusal, with what an author most likely meant to do."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.problem or "malformed"
    meant = SAID.get(problem)
    words = Words(f"不是合格的 YAML：{problem}", f"not well-formed YAML: {problem}")
    if meant == "inside":
        words = Words(
            "[ ] 和 { } 里的表达式不能含有 , [ ] { }，请另起一行书写",
            "inside [ ] and { } an expression may hold no , [ ] { }: write it on its own line",
        )
    elif meant == "begin":
        words = Words(
            "表达式不能以这个字符开头，文字请加引号",
            "an expression may not begin with this; a text needs quotes",
        )
    elif meant == "deep":
        words = TOO_DEEP
    return Mistake(PackError(source.path, line, column, words))


class _Composer:
    """Nodes from the parser's events."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._events: Iterator[Any] = yaml.parse(source.text, Loader=yaml.CSafeLoader)

    def document(self) -> Node:
        next(self._events)
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            return MapNode(self._source, 0, 0, 1, 1, {})
        if first.version or first.tags:
            self._refuse(first, "不能有 YAML 指令", "a YAML directive")
        found = self._node(next(self._events), 0, in_flow=False)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, "一个文件只能有一个文档", "a second document in one file")
        return found

    def _refuse(self, event: Any, zh: str, en: str) -> NoReturn:  # noqa: ANN401 - the parser's events are untyped
        refuse(Node(*self._marks(event)), zh, en)

    def _marks(self, event: Any) -> tuple[Source, int, int, int, int]:  # noqa: ANN401 - as above
        start = event.start_mark
        return self._source, start.index, event.end_mark.index, start.line + 1, start.column + 1

    def _node(self, event: Any, depth: int, *, in_flow: bool) -> Node:  # noqa: ANN401 - as above
        if isinstance(event, yaml.AliasEvent):
            self._refuse(
                event, "不能有别名（*），文字请加引号", "an alias (*): write the content out, or quote a text"
            )
        if event.anchor is not None:
            self._refuse(
                event,
                "不能有锚点（&），文字请加引号",
                "an anchor (&): write the content out, or quote a text",
            )
        if event.tag is not None:
            self._refuse(
                event, "不能有标签（!），文字请加引号", "a tag (!): every value is text; quote a text"
            )
        if isinstance(event, yaml.ScalarEvent):
            return self._text(event, in_flow=in_flow)
        if depth >= DEEPEST:
            self._refuse(event, TOO_DEEP.zh, TOO_DEEP.en)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, depth + 1)
        return self._mapping(event, depth + 1)

    def _text(self, event: Any, *, in_flow: bool) -> TextNode:  # noqa: ANN401 - as above
        source, start, end, line, column = self._marks(event)
        style = "" if event.implicit[0] else source.text[start]
        if style == '"' and (found := REFUSED.search(event.value)):
            code = f"U+{ord(found.group()):04X}"
            self._refuse(event, f"不能有字符 {code}", f"the character {code} is not allowed")
        return TextNode(source, start, end, line, column, event.value, style, in_flow)

    def _list(self, event: Any, depth: int) -> ListNode:  # noqa: ANN401 - as above
        items = []
        while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(inner, depth, in_flow=event.flow_style))
        return ListNode(*self._marks(event), tuple(items))

    def _mapping(self, event: Any, depth: int) -> MapNode:  # noqa: ANN401 - as above
        entries: dict[str, tuple[TextNode, Node]] = {}
        while not isinstance(inner := next(self._events), yaml.MappingEndEvent):
            key = self._node(inner, depth, in_flow=event.flow_style)
            value = self._node(next(self._events), depth, in_flow=event.flow_style)
            entries[self._key(key, value, entries)] = (key, value)  # type: ignore[assignment]
        return MapNode(*self._marks(event), entries)

    def _key(self, key: Node, value: Node, entries: dict[str, tuple[TextNode, Node]]) -> str:
        if not isinstance(key, TextNode):
            refuse(key, "键必须是文字", "a key must be a text")
        if key.text == "<<":
            refuse(key, "不能有合并键（<<）", "a merge key (<<): write the content out")
        if key.text in entries:
            first = entries[key.text][0].line
            refuse(
                key,
                f"键 {key.text} 重复（已见于第 {first} 行）",
                f"the key {key.text!r} twice (first in line {first})",
            )
        if isinstance(value, TextNode) and value.missing:
            if key.in_flow:
                zh, en = (
                    "逗号把表达式截成了两段，请另起一行书写",
                    "a comma cut an expression in two: write it on its own line",
                )
                raise mistake(key, zh, en)
            refuse(key, f"{key.text} 没有值", f"{key.text!r} has no value")
        return key.text
