"""Obligations of a measure: what an award binds its receiver to, by an amount or by words and a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.rules.language.literals import constant_of
from app.rules.language.syntax import Constant
from app.rules.packs.awards import read_rounding
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.node_reading import check_keys, id_of, map_of, one_key, text_of, words_of
from app.rules.payment_terms import Span
from app.rules.policy import NO_LESS, AwardKind, Obligation, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.language.naming import Scope
    from app.rules.packs.texts import Texts
    from app.rules.packs.yaml_nodes import MapNode, Node, TextNode

BY_AMOUNT = ("at_least", "per", "to", "round", "says")
BY_TIME = ("for", "words", "clawback")
FIGURED = (AwardKind.FIXED, AwardKind.CALCULATED)
SPAN = re.compile(r"([1-9][0-9]{0,3}) (day|month|year)s?")
WHOLE = 10**8


def read_obligations(node: MapNode, texts: Texts, kind: AwardKind, *, by_item: bool) -> Iterator[Obligation]:
    """`granted` in an amount is the line's, or the measure's."""
    scope = texts.within(allow=frozenset({"granted"}) if kind in FIGURED else frozenset())
    for key, value in node.items():
        with texts.problems.gather():
            form = map_of(value)
            which = one_key(form, ("at_least", "words"), "义务", "an obligation")
            if which == "words":
                yield _by_time(key, form, texts)
            else:
                yield from _by_amount(key, form, texts, scope, by_item=by_item)


def _by_amount(
    key: TextNode, form: MapNode, texts: Texts, scope: Scope, *, by_item: bool
) -> Iterator[Obligation]:
    check_keys(texts.problems, form, BY_AMOUNT, ("at_least", "says"))
    if (per := form.get("per")) is not None:
        if text_of(per).text != "item":
            refuse(per, "per 只能是 item", "`per` is always item", "item")
        if not by_item:
            raise mistake(per, "没有按项目发放的奖励", "no item is awarded on its own here")
    to, rounding = form.get("to"), form.get("round")
    if "says" in form.entries:
        least = texts.money(form.entries["at_least"][1], scope)
        fields = ("at_least", "item") if per is not None else ("at_least",)
        yield Obligation(
            id_of(key),
            least,
            per is not None,
            words_of(form.entries["says"][1], fields),
            rounding=NO_LESS if rounding is None else read_rounding(rounding),
            to=None if to is None else words_of(to),
        )


def _by_time(key: TextNode, form: MapNode, texts: Texts) -> Obligation:
    check_keys(texts.problems, form, BY_TIME)
    says = words_of(form.entries["words"][1])
    if (lasts := form.get("for")) is not None:
        span = span_of(lasts).words
        says = Words(f"{says.zh}（期限 {span.zh}）", f"{says.en} (for {span.en})")
    if (back := form.get("clawback")) is not None:
        share = _share(back)
        says = Words(f"{says.zh}；违反的追回 {share}", f"{says.en}; otherwise {share} is clawed back")
    return Obligation(id_of(key), None, per_item=False, says=says)


def span_of(node: Node) -> Span:
    """A time such as `10 years`. Raises Mistake."""
    text = text_of(node)
    found = SPAN.fullmatch(text.text)
    if found is None:
        zh, en = (
            "期限写作 30 days、6 months 或 10 years",
            "a time is written as 30 days, 6 months or 10 years",
        )
        refuse(text, zh, en)
    return Span(int(found[1]), found[2])


def _share(node: Node) -> str:
    text = text_of(node)
    found = None
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?%", text.text):
        found = constant_of(Constant(0, "percent", text.text), "percent").value
    if not isinstance(found, int) or not 0 < found <= WHOLE:
        refuse(text, "追回比例为 0 至 100%", "what is clawed back is above 0 and at most 100%", "100%")
    return text.text
