"""The small readings that every part of a pack is made of: keys, texts, words, ids. All raise Mistake."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from app.rules.language.lexing import KEYWORDS, nearest
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.rules.packs.errors import Problems

WORD = re.compile(r"[a-z][a-z0-9_]*")
ID = re.compile(r"[a-z][a-z0-9_]*(-[a-z0-9_]+)*")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
LONGEST = 2_000
"""Characters of one text for people."""


def map_of(node: Node) -> MapNode:
    if not isinstance(node, MapNode):
        refuse(node, "这里应为键值对", "expected keys with values here")
    return node


def list_of(node: Node) -> ListNode:
    if not isinstance(node, ListNode):
        refuse(node, "这里应为列表", "expected a list here")
    return node


def text_of(node: Node) -> TextNode:
    """A text that is not empty and has no white space around it."""
    if not isinstance(node, TextNode):
        refuse(node, "这里应为文字", "expected a text here")
    if node.missing or not node.text.strip():
        refuse(node, "这里缺少文字", "a text is missing here")
    if len(node.text) > LONGEST:
        refuse(node, f"文字超过 {LONGEST} 个字符", f"a text of more than {LONGEST} characters")
    return node


def check_keys(
    problems: Problems,
    node: MapNode,
    known: Collection[str],
    required: Collection[str] = (),
) -> None:
    """Tell of every unknown key, and of those that are missing.

    What an unknown key was meant to be is not missing besides: one of the two says it all.
    """
    meant: set[str | None] = set()
    for name, (key, _) in node.entries.items():
        if name not in known:
            close = nearest(name, known)
            meant.add(close)
            problems.tell(mistake(key, f"未知的键 {name}", f"unknown key {name!r}", close))
    for name in required:
        if name not in node.entries and name not in meant:
            problems.tell(mistake(node, f"缺少 {name}", f"{name!r} is missing", name))


def one_key(node: MapNode, keys: Collection[str], zh: str, en: str) -> str:
    """The one key of `keys` that a mapping has; `zh` and `en` say what the mapping is."""
    found = [key for key in node.entries if key in keys]
    if len(found) == 1:
        return found[0]
    choices = ", ".join(keys)
    place: Node = node.key(found[1]) if found else node
    guess = None
    if not found:
        for name in node.entries:
            if (guess := nearest(name, keys)) is not None:
                place = node.key(name)
                break
    raise mistake(place, f"{zh}须有且只有一个：{choices}", f"{en} has exactly one of {choices}", guess)


def words_of(node: Node, fields: Collection[str] = ()) -> Words:
    """`{zh: ..., en: ...}`. Of braces only those of `fields` may be in it."""
    found = map_of(node)
    for name, (key, _) in found.entries.items():
        if name not in ("zh", "en"):
            refuse(key, f"未知的键 {name}", f"unknown key {name!r}", nearest(name, ("zh", "en")))
    for name in ("zh", "en"):
        if name not in found.entries:
            refuse(found, f"缺少 {name}", f"{name!r} is missing: words are always in both languages", name)
    return Words(*(_said(found.entries[name][1], fields) for name in ("zh", "en")))


def _said(node: Node, fields: Collection[str]) -> str:
    text = text_of(node)
    for found in re.finditer(r"\{([^{}]*)\}|[{}]", text.text):
        if found.group(1) not in fields:
            allowed = ", ".join(f"{{{name}}}" for name in fields)
            close = nearest(found.group(1) or "", fields)
            zh = f"花括号里只能是 {allowed}" if fields else "这里不能有花括号"
            en = f"only {allowed} may stand in braces" if fields else "no braces here"
            refuse(text, zh, en, f"{{{close}}}" if close else None, found.start())
    return text.text.strip()


def label_of(node: Node) -> Words:
    """`[zh, en]`, or a mapping of both."""
    if not isinstance(node, ListNode):
        return words_of(node)
    if len(node.items) != 2:
        refuse(node, "标签为 [中文, 英文] 两项", "a label is [zh, en], both and no more")
    return Words(*(_said(item, ()) for item in node.items))


def word_of(node: TextNode) -> str:
    """A word that expressions can name."""
    text = text_of(node).text
    if WORD.fullmatch(text) is None:
        zh = "名称由小写字母、数字和下划线组成，以字母开头"
        refuse(node, zh, "a name is lower-case letters, digits and _, and begins with a letter")
    if text in KEYWORDS:
        refuse(node, f"{text} 是语言的关键字", f"{text!r} is a keyword of the language")
    return text


def id_of(node: Node) -> str:
    text = text_of(node).text
    if ID.fullmatch(text) is None:
        zh = "编号由小写字母、数字、下划线和连字符组成，以字母开头"
        refuse(node, zh, "an id is lower-case letters, digits, _ and -, and begins with a letter")
    return text


def day_of(node: Node) -> date:
    text = text_of(node).text
    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise mistake(node, f"没有这一天：{text}", f"no such day: {text} (YYYY-MM-DD)") from None


def yes_of(node: Node) -> bool:
    text = text_of(node).text
    if text not in ("yes", "no"):
        meant = {"true": "yes", "false": "no", "on": "yes", "off": "no"}.get(text.lower())
        refuse(node, "是非写作 yes 或 no", "yes or no", meant)
    return text == "yes"
