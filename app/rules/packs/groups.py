"""Groups: measures whose awards share limits (language.md section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.language.lexing import LanguageError, nearest
from app.rules.limits import Group, Limit, LimitKind
from app.rules.packs.errors import refuse
from app.rules.packs.limits import Limited, LimitReader
from app.rules.packs.node_reading import check_keys, id_of, list_of, map_of, text_of, words_of
from app.rules.packs.texts import Texts, reading
from app.rules.packs.yaml_nodes import ListNode, MapNode
from app.rules.policy import AwardKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.rules.language.naming import Scope
    from app.rules.packs.errors import Problems
    from app.rules.packs.limit_texts import LimitText
    from app.rules.packs.yaml_nodes import Node, TextNode
    from app.rules.policy import Measure

KEYS = ("measures", "limits", "title")
ALL = "all"


class GroupReader:
    """The groups of a policy. `order`: every id in catalogue order."""

    def __init__(
        self, scope: Scope, measures: Mapping[str, Measure], order: Sequence[str], problems: Problems
    ) -> None:
        self.texts = Texts(problems, scope)
        self._measures, self._order, self._problems = measures, order, problems

    def read(self, node: Node) -> Iterator[Group]:
        """In the order written; every mistake is told."""
        for key, value in map_of(node).items():
            with self._problems.gather():
                yield self._group(key, map_of(value))

    def _group(self, key: TextNode, node: MapNode) -> Group:
        name = id_of(key)
        if name in self._measures:
            refuse(key, f"{name} 已是一项措施", f"{name!r} is a measure already")
        check_keys(self._problems, node, KEYS, ("measures", "limits"))
        for needed in ("measures", "limits"):
            if needed not in node.entries:
                refuse(node, f"缺少 {needed}", f"{needed!r} is missing", needed)
        members = self._members(node.entries["measures"][1])
        title = words_of(node.entries["title"][1]) if "title" in node.entries else None
        limits = _GroupLimits(self.texts, members).limits(node.entries["limits"][1])
        if not limits and not self._problems.found:
            refuse(node.key("limits"), "没有限制", "a group without a limit")
        return Group(name, tuple(measure.id for measure in members), limits, title)

    def _members(self, node: Node) -> list[Measure]:
        """Measures that pay, in catalogue order. Raises Mistake."""
        if not isinstance(node, ListNode):
            if text_of(node).text != ALL:
                refuse(node, "measures 为列表或 all", "`measures` is a list, or all", ALL)
            named = [name for name in self._order if name in self._measures and self._measures[name].pays]
        else:
            named = [self._named(item) for item in list_of(node).items]
        found = [self._measures[name] for name in self._order if name in named and name in self._measures]
        if isinstance(node, ListNode) and len(named) < 2:
            refuse(node, "一组至少两项措施", "a group has at least two measures")
        return found

    def _named(self, item: Node) -> str:
        text = text_of(item)
        if text.text not in self._measures:
            known = [name for name, measure in self._measures.items() if measure.pays]
            zh, en = f"没有措施 {text.text}", f"there is no measure {text.text!r}"
            refuse(item, zh, en, nearest(text.text, known))
        if not self._measures[text.text].pays:
            refuse(item, f"{text.text} 不发放资金", f"{text.text!r} pays nothing")
        return text.text


class _GroupLimits(LimitReader):
    """The limits of one group: by year and item alone."""

    def __init__(self, texts: Texts, members: Sequence[Measure]) -> None:
        super().__init__(texts, Limited(None, named=True, award=None))
        self._members = members

    def _once(self, said: LimitText) -> Limit:
        return self._keyed(said, LimitKind.AT_MOST, 1)

    def _limits(self, text: TextNode) -> Iterator[Limit]:
        said = self.said(text)
        with reading(text):
            others = said.others
            if others:
                _no(
                    "a group counts by year and item alone so far",
                    "组目前只按 year、item 计",
                    others[0].offset,
                )
            if said.by is not None or said.form.text == "first":
                at = said.form.offset if said.by is None else said.by.offset
                _no("a group chooses by amount: best N", "组按金额择优：best N", at)
            if said.for_anyone is not None:
                _no("a group is of one applicant", "组只按同一申请人计", said.for_anyone.offset)
            if said.per_item is not None:
                self._check_items(said.per_item.offset)
            if said.form.text == "best" or said.topped_up is not None:
                self._check_figures(said.form.offset)
            if said.topped_up is not None and said.form.text not in ("once", "best"):
                _no("topped up goes with once or best", "topped up 与 once、best 连用", said.topped_up.offset)
            yield from self.made(said, text)

    def _check_items(self, offset: int) -> None:
        for measure in self._members:
            each = measure.each
            if each is None or each.award is None or each.id_field is None:
                _no(
                    f"{measure.id} awards no items that have an `id`",
                    f"{measure.id} 没有逐项发放且有 id 的项目",
                    offset,
                )

    def _check_figures(self, offset: int) -> None:
        for measure in self._members:
            if measure.award.kind not in (AwardKind.FIXED, AwardKind.CALCULATED):
                _no(
                    f"an official decides what {measure.id} awards: it has no rank",
                    f"{measure.id} 的金额由审批人决定，无从比较",
                    offset,
                )


def _no(en: str, zh: str, offset: int) -> None:
    raise LanguageError(en, zh, offset)
