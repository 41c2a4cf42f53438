"""Limits: once, once per year, per item or per level, and the annual cap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from app.rules.expression import Fact, Literal, ParameterUse
from app.rules.language.lexing import LanguageError, nearest
from app.rules.language.parsing import parse_expression
from app.rules.packs.errors import not_yet, refuse
from app.rules.packs.node_reading import list_of, text_of
from app.rules.packs.texts import reading
from app.rules.packs.yaml_nodes import MapNode, TextNode
from app.rules.policy import Limit, LimitKind

if TYPE_CHECKING:
    from app.rules.language.naming import Scope
    from app.rules.packs.texts import Texts
    from app.rules.packs.yaml_nodes import Node
    from app.rules.policy import Each

FIRST = ("once", "at", "best", "first")
LATER = {"best": "best N", "first": "first N"}
YEAR, ITEM = "year", "item"


class Word(NamedTuple):
    text: str
    offset: int


class Words:
    """The words of one limit, taken from left to right."""

    def __init__(self, text: str) -> None:
        self._words = [Word(found.group(), found.start()) for found in re.finditer(r"\S+", text)]
        self._end = Word("", len(text))
        self._place = 0

    @property
    def here(self) -> Word:
        return self._words[self._place] if self._place < len(self._words) else self._end

    def take(self, *texts: str) -> Word | None:
        """The next words if they are these."""
        here = self.here
        following = [word.text for word in self._words[self._place : self._place + len(texts)]]
        if following != list(texts):
            return None
        self._place += len(texts)
        return here

    def any(self) -> Word:
        here = self.here
        self._place += 1
        return here


class LimitReader:
    """The limits of one measure."""

    def __init__(self, texts: Texts, each: Each | None, *, named: bool) -> None:
        """`named`: whether the items have an id."""
        self._texts = texts
        self._each = each
        self._named = named
        self._scope: Scope = texts.within(item=(each.word, each.list_name) if each else None)

    def limits(self, node: Node) -> tuple[Limit, ...]:
        """In the order written. Raises Mistake."""
        found: list[Limit] = []
        for item in list_of(node).items:
            with self._texts.problems.gather():
                if isinstance(item, MapNode):
                    raise not_yet(item, "a limit with a condition")
                limit = self._limit(text_of(item))
                if any((limit.kind, limit.key) == (one.kind, one.key) for one in found):
                    refuse(item, "同一限制重复", "the same limit twice")
                if limit.key is not None and any(one.key is not None for one in found):
                    refuse(
                        item, "只能按一个事实限一次", "only one fact can be what a measure is paid once per"
                    )
                found.append(limit)
        return tuple(found)

    def _limit(self, text: TextNode) -> Limit:
        with reading(text):
            words = Words(text.text)
            first = words.any()
            if first.text in LATER:
                what = LATER[first.text]
                raise LanguageError(f"{what} is not supported yet", f"尚不支持 {what}", first.offset)
            if first.text == "once":
                kind, key, per_year = self._once(words)
                cap = 1
            elif first.text == "at" and words.take("most"):
                kind, key, per_year, cap = LimitKind.ANNUAL_CAP, None, False, self._most(words)
            else:
                close = "at most" if first.text == "at" else nearest(first.text, FIRST)
                raise LanguageError(
                    "a limit begins with once or at most", "限制以 once 或 at most 开头", first.offset, close
                )
            _not_built(words)
            for_anyone = words.take("for", "anyone") is not None
            _end(words)
            return Limit(kind, cap, key, per_year, for_anyone, " ".join(text.text.split()))

    def _once(self, words: Words) -> tuple[LimitKind, str | None, bool]:
        if not words.take("per"):
            return LimitKind.ONCE, None, False
        keys = [words.any()]
        while words.take("and"):
            keys.append(words.any())
        names = [key.text for key in keys]
        for key in keys:
            if names.count(key.text) > 1:
                raise LanguageError(f"{key.text!r} twice", f"{key.text} 重复", keys[-1].offset)
        others = [key for key in keys if key.text != YEAR]
        if not others:
            return LimitKind.ONCE_PER_YEAR, None, False
        if len(others) > 1:
            raise LanguageError(
                "a limit per several keys is not supported yet", "尚不支持按多个键限制", others[1].offset
            )
        key = others[0]
        return LimitKind.ONCE_PER_ITEM, self._key(key), len(keys) > 1

    def _key(self, word: Word) -> str | None:
        """None for the item itself, else the name of the choice fact."""
        if word.text == ITEM:
            if not self._named:
                raise LanguageError(
                    "a limit per item needs an `each` with an `id`",
                    "按项目限制须有 each 及其 id",
                    word.offset,
                )
            return None
        if not word.text:
            raise LanguageError(
                "expected year, item or a fact", "这里应为 year、item 或一个事实", word.offset
            )
        try:
            found = parse_expression(word.text, self._scope)
        except LanguageError as refused:
            close = refused.suggestion or nearest(word.text, (YEAR, ITEM))
            raise LanguageError(refused.message, refused.zh, word.offset + refused.offset, close) from None
        if self._each is not None:
            raise LanguageError(
                "a limit per fact or field beside `each` is not supported yet",
                "尚不支持在 each 之外再按事实或字段限制",
                word.offset,
            )
        if not isinstance(found, Fact) or found.type != "choice":
            raise LanguageError("a limit is per a fact that is a choice", "限制只能按选项事实", word.offset)
        return found.name

    def _most(self, words: Words) -> int:
        amount = words.any()
        try:
            found = parse_expression(amount.text, self._scope, "money")
        except LanguageError as refused:
            raise LanguageError(
                refused.message, refused.zh, amount.offset + refused.offset, refused.suggestion
            ) from None
        if not isinstance(found, Literal | ParameterUse) or not isinstance(found.value, int):
            raise LanguageError("a cap is an amount or a parameter", "上限是一个金额或参数", amount.offset)
        if found.value <= 0:
            raise LanguageError("a cap is above 0", "上限须大于 0", amount.offset)
        self._texts.note(found)
        if words.here.text == "awards":
            raise LanguageError(
                "at most N awards is not supported yet", "尚不支持限定次数", words.here.offset
            )
        if not words.take("per", YEAR):
            here = words.here
            if here.text == "per" or not here.text or here.text == "for":
                raise LanguageError(
                    "a cap other than per year is not supported yet",
                    "目前只支持按年的上限",
                    here.offset,
                    "per year",
                )
        elif words.here.text == "and":
            raise LanguageError(
                "a cap per several keys is not supported yet", "尚不支持按多个键的上限", words.here.offset
            )
        return found.value


def _not_built(words: Words) -> None:
    if words.here.text == "topped":
        raise LanguageError("topped up is not supported yet", "尚不支持 topped up", words.here.offset)


def _end(words: Words) -> None:
    here = words.here
    if here.text:
        close = nearest(here.text, ("per", "and", "for", "anyone"))
        raise LanguageError(
            f"unexpected {here.text!r} in a limit", f"限制里不应有 {here.text!r}", here.offset, close
        )
