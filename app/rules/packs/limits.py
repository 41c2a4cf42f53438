"""Limits of a measure: each text to one `Limit`, or to two where it is topped up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.rules.expression import (
    Aggregate,
    BuiltIn,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Lookup,
    ParameterUse,
)
from app.rules.language.constancy import nodes
from app.rules.language.intervals import evaluate_interval
from app.rules.language.lexing import LanguageError, nearest
from app.rules.language.parsing import parse_condition, parse_expression
from app.rules.limits import Limit, LimitKey, LimitKind
from app.rules.packs.errors import refuse
from app.rules.packs.limit_texts import ITEM, YEAR, Word, read_limit
from app.rules.packs.node_reading import check_keys, list_of, text_of
from app.rules.packs.texts import reading
from app.rules.packs.yaml_nodes import MapNode
from app.rules.policy import AwardKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.language.naming import Scope
    from app.rules.limits import LedgerKey
    from app.rules.packs.limit_texts import LimitText
    from app.rules.packs.texts import Texts
    from app.rules.packs.yaml_nodes import Node, TextNode
    from app.rules.policy import Each

CHOOSING = (LimitKind.BEST, LimitKind.FIRST)
CONDITIONAL = ("limit", "when")
READ_OF_APPLICANTS = Fact | ItemField | Derived | BuiltIn | Aggregate | Lookup
RANKED = ("count", "money", "percent", "number", "date")


@dataclass(frozen=True, slots=True)
class Limited:
    """What the limits are of."""

    each: Each | None
    named: bool
    """Whether the items have an id."""
    award: AwardKind | None
    kept: tuple[LedgerKey, ...] = ()

    @property
    def one_by_one(self) -> bool:
        """Whether each item is awarded."""
        return self.each is not None and self.each.award is not None

    def kept_as(self, name: str, *, of_item: bool) -> str | None:
        """What history calls a fact or field; None where it has it not."""
        if of_item and self.each is not None:
            published = {field: key for key, field in self.each.keys.items()}
            if name in published and self.one_by_one:
                return published[name]
        return next((key.kept_as for key in self.kept if (key.name, key.of_item) == (name, of_item)), None)


class LimitReader:
    """The limits of one measure."""

    def __init__(self, texts: Texts, limited: Limited) -> None:
        self._texts = texts
        self._limited = limited
        self.conditions: list[Expression] = []
        """What decided whether limits that were written with a condition hold."""
        each = limited.each
        self._scope: Scope = texts.within(item=(each.word, each.list_name) if each else None)

    def limits(self, node: Node) -> tuple[Limit, ...]:
        """In the order written. Raises Mistake."""
        found: list[Limit] = []
        for item in list_of(node).items:
            with self._texts.problems.gather():
                text, holds = self._conditional(item) if isinstance(item, MapNode) else (text_of(item), True)
                for limit in self._limits(text):
                    if holds:
                        self._check_beside(item, limit, found)
                        found.append(limit)
        return tuple(found)

    def _conditional(self, item: MapNode) -> tuple[TextNode, bool]:
        """The text of a limit, and whether it holds as the readings are chosen. Raises Mistake."""
        check_keys(self._texts.problems, item, CONDITIONAL)
        limit, when = item.get("limit"), item.get("when")
        if limit is None or when is None:
            refuse(item, "有条件的限制须有 limit 和 when", "a limit with a condition has `limit` and `when`")
        said = text_of(when)
        with reading(said):
            test = parse_condition(said.text, self._texts.within())
            self._texts.note(test)
            if any(isinstance(node, READ_OF_APPLICANTS) for node in nodes(test)):
                _no(
                    "`when` of a limit reads readings and parameters only",
                    "限制的 when 只能用条文解读和参数",
                    0,
                )
            holds = evaluate_interval(test, {}, None, {})
            if holds is None:
                _no(
                    "a limit cannot hang on a reading that nobody decided: choose one",
                    "限制不能取决于尚未决定的条文解读，请先选定",
                    0,
                )
        self.conditions.append(test)
        return text_of(limit), holds is True

    def _check_beside(self, node: Node, limit: Limit, found: list[Limit]) -> None:
        if any(_counts_by(limit) == _counts_by(one) for one in found):
            refuse(node, "同一限制重复", "the same limit twice")
        if limit.key is not None and any(one.key is not None for one in found):
            refuse(node, "只能按一个事实限一次", "only one fact can be what a measure is paid once per")
        by_item = limit.kind is LimitKind.ONCE_PER_ITEM and limit.key is None
        if by_item and any(one.kind in CHOOSING for one in found):
            zh, en = (
                "once per item 须写在 best、first 之前，否则已得过的项目会占名额",
                "`once per item` stands before best and first, or an item paid before would take a place",
            )
            refuse(node, zh, en)

    def _limits(self, text: TextNode) -> Iterator[Limit]:
        said = self.said(text)
        with reading(text):
            self._check(said, self._limit(said))
            yield from self.made(said, text)

    def said(self, text: TextNode) -> LimitText:
        """What is written, before its names are resolved. Raises Mistake."""
        with reading(text):
            return read_limit(text.text)

    def made(self, said: LimitText, text: TextNode) -> Iterator[Limit]:
        """The limit, and what takes off where it is topped up."""
        limit = replace(self._limit(said), text=" ".join(text.text.split()))
        if said.topped_up is None:
            yield limit
            return
        # What was paid before is taken off instead of ending it.
        if limit.kind in CHOOSING:
            yield replace(limit, topped_up=True)
        yield replace(self._keyed(said, LimitKind.TOPPED_UP, 0), text=limit.text, for_anyone=False)

    def _limit(self, said: LimitText) -> Limit:
        match said.form.text:
            case "once":
                return self._once(said)
            case "awards":
                return self._keyed(said, LimitKind.AT_MOST, self._number(said, "count"))
            case "amount":
                return self._cap(said)
        kind = LimitKind.BEST if said.form.text == "best" else LimitKind.FIRST
        found = self._keyed(said, kind, self._number(said, "count"))
        return replace(found, by=None if said.by is None else self._ranking(said.by))

    def _once(self, said: LimitText) -> Limit:
        anyone = said.for_anyone is not None
        if said.topped_up is None and not said.others:
            if said.per_item is not None:
                self._needs_id(said.per_item)
                return Limit(LimitKind.ONCE_PER_ITEM, per_year=said.yearly, for_anyone=anyone)
            return Limit(LimitKind.ONCE_PER_YEAR if said.yearly else LimitKind.ONCE, for_anyone=anyone)
        if said.topped_up is None and len(said.others) == 1 and said.per_item is None:
            fact = self._named(said.others[0])
            if self._limited.each is None and fact.type == "choice" and isinstance(fact, Fact):
                return Limit(LimitKind.ONCE_PER_ITEM, key=fact.name, per_year=said.yearly, for_anyone=anyone)
        return self._keyed(said, LimitKind.AT_MOST, 1)

    def _cap(self, said: LimitText) -> Limit:
        cap = self._number(said, "money")
        if not said.others and said.per_item is None:
            return Limit(LimitKind.ANNUAL_CAP if said.yearly else LimitKind.LIFETIME_CAP, cap)
        return self._keyed(said, LimitKind.ITEM_CAP, cap)

    def _keyed(self, said: LimitText, kind: LimitKind, cap: int) -> Limit:
        """A limit of a kind that counts by any keys."""
        if said.per_item is not None:
            self._needs_id(said.per_item)
        keys = tuple(self._key(word) for word in said.others)
        return Limit(
            kind, cap, per_year=said.yearly, for_anyone=said.for_anyone is not None, keys=keys,
            per_item=said.per_item is not None,
        )  # fmt: skip

    # What the names stand for

    def _needs_id(self, word: Word) -> None:
        if not self._limited.named:
            raise LanguageError(
                "a limit per item needs an `each` with an `id`", "按项目限制须有 each 及其 id", word.offset
            )

    def _named(self, word: Word) -> Expression:
        try:
            return parse_expression(word.text, self._scope)
        except LanguageError as refused:
            close = refused.suggestion or nearest(word.text, (YEAR, ITEM))
            raise LanguageError(refused.message, refused.zh, word.offset + refused.offset, close) from None

    def _key(self, word: Word) -> LimitKey:
        found = self._named(word)
        if not isinstance(found, Fact | ItemField) or found.type not in ("choice", "text"):
            raise LanguageError(
                "a limit is per a fact or field that is a choice, a text or an id",
                "限制只能按选项、文字或编号",
                word.offset,
            )
        of_item = isinstance(found, ItemField)
        name = found.field if isinstance(found, ItemField) else found.name
        return LimitKey(name, of_item, self._limited.kept_as(name, of_item=of_item), found.type == "choice")

    def _ranking(self, word: Word) -> str:
        found = self._named(word)
        ordered = isinstance(found, ItemField) and found.type == "choice" and self._is_ordered(found.field)
        if not isinstance(found, ItemField) or not (found.type in RANKED or ordered):
            raise LanguageError(
                "best and first rank by a number, a date or an ordered choice of the item",
                "best、first 按项目的数值、日期或有序选项排列",
                word.offset,
            )
        return found.field

    def _is_ordered(self, field: str) -> bool:
        assert self._limited.each is not None
        schema = self._scope.facts
        return schema.facts[self._limited.each.list_name].fields[field].of in self._scope.ordered

    def _number(self, said: LimitText, type_: str) -> int:
        assert said.number is not None
        word = said.number
        try:
            found = parse_expression(word.text, self._scope, type_)
        except LanguageError as refused:
            raise LanguageError(
                refused.message, refused.zh, word.offset + refused.offset, refused.suggestion
            ) from None
        if not isinstance(found, Literal | ParameterUse) or not isinstance(found.value, int):
            zh, en = {
                "money": ("上限是一个金额或参数", "a cap is an amount or a parameter"),
            }.get(type_, ("次数是一个整数或参数", "a number of awards is a whole number or a parameter"))
            raise LanguageError(en, zh, word.offset)
        if found.value <= 0:
            raise LanguageError("a cap is above 0", "上限须大于 0", word.offset)
        self._texts.note(found)
        return found.value

    # What does not go together

    def _check(self, said: LimitText, limit: Limit) -> None:
        limited, at = self._limited, said.form.offset
        if limit.kind in CHOOSING and limited.each is None:
            _no("best and first choose among the items of an `each`", "best、first 在 each 的项目中选取", at)
        if limit.kind in CHOOSING and not limited.one_by_one and not limited.named:
            _no(
                "best and first of a total need an `id`: history counts its items",
                "合计发放时 best、first 须有 id，以便历史记录计数",
                at,
            )
        if said.by is not None and limit.kind not in CHOOSING:
            _no("only best and first have `by`", "只有 best、first 可写 by", said.by.offset)
        if limit.kind is LimitKind.BEST and limit.by is None and limited.award is AwardKind.UNSPECIFIED:
            _no("an award without a figure has no best", "未定金额的奖励无从择优", at)
        by_field = said.per_item is not None or any(key.of_item for key in limit.keys)
        money = limit.kind.in_money or said.topped_up is not None
        if by_field and money and not limited.one_by_one:
            _no(
                "amounts are counted per item or field only where each item is awarded",
                "只有逐项发放的奖励才能按项目或字段计金额",
                said.keys[0].offset,
            )
        self._check_topped_up(said, limit)
        if said.for_anyone is not None and limit.kind not in (
            LimitKind.ONCE, LimitKind.ONCE_PER_YEAR, LimitKind.ONCE_PER_ITEM
        ):  # fmt: skip
            _no(
                "`for anyone` goes with `once` alone so far",
                "for anyone 目前只与 once 连用",
                said.for_anyone.offset,
            )
        self._check_kept(said, limit)

    def _check_topped_up(self, said: LimitText, limit: Limit) -> None:
        if said.topped_up is None:
            return
        if said.form.text not in ("once", "best", "first"):
            _no(
                "topped up goes with once, best or first",
                "topped up 与 once、best、first 连用",
                said.topped_up.offset,
            )
        if limit.for_anyone:
            _no("what others were paid is not taken off", "他人所得不予扣除", said.topped_up.offset)
        if self._limited.award not in (AwardKind.FIXED, AwardKind.CALCULATED):
            _no(
                "only an award whose figure the text gives can be topped up",
                "只有条文规定金额的奖励才能补差",
                said.topped_up.offset,
            )

    def _check_kept(self, said: LimitText, limit: Limit) -> None:
        """A key that history does not hold counts within one request: never for life, and only among items."""
        for word, key in zip(said.others, limit.keys, strict=False):
            within = said.yearly and key.of_item and not limit.kind.in_money and said.topped_up is None
            if key.kept_as is not None or within:
                continue
            last = word.text.rsplit(".", 1)[-1]
            _no(
                f"history does not keep {word.text}: write `ledger: {{keys: [{word.text}]}}`",
                f"历史记录里没有 {last}：请写 ledger: {{keys: [{word.text}]}}",
                word.offset,
            )


def _counts_by(limit: Limit) -> Mapping[str, object] | tuple[object, ...]:
    kept = tuple((key.name, key.of_item) for key in limit.keys)
    # A yearly cap beside one for life is another limit; `once` twice is not.
    per_year = limit.per_year and limit.kind not in (LimitKind.ONCE_PER_ITEM, *CHOOSING)
    return limit.kind, limit.key, kept, limit.per_item, per_year


def _no(en: str, zh: str, offset: int) -> None:
    raise LanguageError(en, zh, offset)
