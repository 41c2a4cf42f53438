"""The facts of a policy in words, one line a fact, a line for each field of a list's items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.language.literals import PERCENT
from app.rules.policy import Words
from app.rules.words.wording import NUMERIC, Shown, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.facts import FactDeclaration, FactSchema

_TYPES = {
    "bool": Words("是或否", "yes or no"),
    "count": Words("整数", "a whole number"),
    "money": Words("金额", "money"),
    "percent": Words("百分比", "a percentage"),
    "number": Words("数值", "a number"),
    "date": Words("日期", "a date"),
    "choice": Words("选项", "one of"),
    "text": Words("文字", "text"),
    "id": Words("编号", "an id"),
    "list": Words("清单", "a list"),
}


def fact_lines(schema: FactSchema, currency: str) -> dict[str, Words]:
    """Fact -> its label, name, type, unit and choices, in declared order."""
    return dict(_lines(schema, currency))


def _lines(schema: FactSchema, currency: str) -> Iterator[tuple[str, Words]]:
    for name, fact in schema.facts.items():
        yield name, _row(name, fact, currency)
        for field in fact.fields.values():
            inner = f"{name}[].{field.name}"
            yield inner, _row(inner, field, currency)


def _row(name: str, fact: FactDeclaration, currency: str) -> Words:
    zh, en = _TYPES[fact.type].zh, _TYPES[fact.type].en
    if fact.unit is not None:
        zh, en = f"{zh}，单位：{fact.unit.zh}", f"{en}, in {fact.unit.en}"
    elif fact.type == "money":
        unit = "元" if currency == "CNY" else currency
        zh, en = f"{zh}，单位：{unit}", f"{en}, in {currency}"
    if fact.choices:
        zh = f"{zh}：{'、'.join(label.zh for _, label in fact.choices)}"
        en = f"{en} {', '.join(label.en for _, label in fact.choices)}"
    bounds = _bounds(fact, currency)
    return Words(f"{fact.label.zh}（{name}）：{zh}{bounds.zh}", f"{fact.label.en} ({name}): {en}{bounds.en}")


def _bounds(fact: FactDeclaration, currency: str) -> Words:
    """What the pack states of least and most; that numbers begin at 0 goes without saying."""
    scale = {"percent": PERCENT, "number": 10**fact.places}.get(fact.type, 1)
    shown = Shown(fact.type, scale, None, fact.unit)
    zh = en = ""
    if fact.type in NUMERIC and fact.min:
        least = figure(fact.min, shown, currency)
        zh, en = f"，不小于 {least.zh}", f", at least {least.en}"
    if fact.type in NUMERIC and fact.max is not None:
        most = figure(fact.max, shown, currency)
        zh, en = f"{zh}，不大于 {most.zh}", f"{en}, at most {most.en}"
    return Words(zh, en)
