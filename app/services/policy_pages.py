"""A policy as a readable page: what `duixian policy explain` writes, in Chinese, English or both.

The page is built once as blocks of words; `policy_markdown` and `policy_html` only write them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.policy import Words
from app.rules.words.describing import expression_words
from app.services.measure_forms import measure_form, obligation_words
from app.services.policy_glossary import fact_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.policy import Measure, Policy


class Line(NamedTuple):
    """A line of a list, with lines of its own beneath."""

    words: Words
    of: tuple[Line, ...] = ()


class Block(NamedTuple):
    """A heading with lines; `flow` draws them as steps, one after another."""

    title: Words
    lines: tuple[Line, ...]
    flow: bool = False


class Section(NamedTuple):
    """A measure, or what the policy says as a whole."""

    anchor: str
    title: Words
    blocks: tuple[Block, ...]


class Page(NamedTuple):
    title: Words
    sections: tuple[Section, ...]


_GROUPS = {"all": Words("全部满足：", "all of:"), "any": Words("满足其一：", "any of:")}


def policy_page(policy: Policy) -> Page:
    """The whole policy; measures in catalogue order, then the facts."""
    measures = tuple(_measure(measure, policy) for measure in policy.measures)
    glossary = Block(
        Words("事实", "Facts"),
        tuple(Line(words) for words in fact_lines(policy.facts, policy.currency).values()),
    )
    facts = Section("facts", Words("事实词汇表", "Glossary of facts"), (glossary,))
    return Page(policy.title, (_general(policy), *measures, facts))


def _general(policy: Policy) -> Section:
    until = policy.in_force_to
    said = [
        _named(Words("发布机关", "Authority"), policy.authority),
        _plain("版本", "Version", policy.version),
        _plain("状态", "Status", policy.status),
        _plain("行政区划代码", "Division code", policy.division),
        _plain("币种", "Currency", policy.currency),
        _named(
            Words("有效期", "In force"),
            Words(
                f"{policy.in_force_from} 起" + (f"，至 {until} 止" if until else ""),
                f"from {policy.in_force_from}" + (f" to {until}" if until else ""),
            ),
        ),
        _plain("摘要", "Digest", policy.digest),
    ]
    bars = [_clause(one.clause, one.title) for one in policy.exclusions]
    provisions = [_clause(one.clause, one.says) for one in policy.provisions]
    blocks = (
        Block(Words("概要", "At a glance"), tuple(Line(one) for one in said)),
        Block(Words("不予资助的情形", "Exclusions"), tuple(Line(one) for one in bars)),
        Block(Words("一般规定", "General provisions"), tuple(Line(one) for one in provisions)),
    )
    return Section("general", Words("总则", "General"), _filled(blocks))


def _measure(measure: Measure, policy: Policy) -> Section:
    form = measure_form(measure, policy)
    items = form["items"]
    does = [] if measure.does is None else [Line(measure.does)]
    blocks = (
        Block(Words("办理流程", "Flow"), tuple(_flow(measure, form)), flow=True),
        Block(Words("内容", "What the authority does"), tuple(does)),
        Block(Words("条件", "Requirements"), _requirements(form["requirements"])),
        Block(
            Words("逐项计算", "Items that count"),
            () if items is None else (_items(items), *_counts(measure, policy)),
        ),
        Block(Words("奖励", "Award"), (Line(_words(form["award"]["text"])),) if measure.pays else ()),
        Block(Words("限制", "Limits"), _texts(form["limits"])),
        Block(
            Words("预算与名额", "Budget and places"),
            () if form["allotment"] is None else (Line(_words(form["allotment"]["text"])),),
        ),
        Block(
            Words("获奖后的义务", "Obligations"),
            tuple(Line(obligation_words(one)) for one in form["obligations"]),
        ),
        Block(Words("提请审核人注意", "Points for the reviewer"), _texts(form["flags"])),
        Block(Words("参数", "Parameters"), tuple(_parameter(one) for one in form["parameters"])),
        Block(Words("所需事实", "Facts needed"), tuple(_fact(one) for one in form["required_facts"])),
    )
    return Section(f"measure-{measure.id}", _clause(measure.clause, measure.title), _filled(blocks))


def _flow(measure: Measure, form: Mapping[str, Any]) -> Iterator[Line]:
    """The order in which a measure is decided."""
    if measure.pays:
        yield Line(Words("核对不予资助的情形", "Check the exclusions"))
    if form["requirements"]:
        count = len(form["requirements"])
        yield Line(Words(f"核对条件（{count} 项）", f"Check the requirements ({count})"))
    if form["items"] is not None:
        label = _words(form["items"]["label"])
        yield Line(Words(f"逐项核对：{label.zh}", f"Check each item: {label.en}"))
    if measure.pays:
        award = _words(form["award"]["text"])
        yield Line(Words(f"确定金额：{award.zh}", f"Find the amount: {award.en}"))
    for limit in form["limits"]:
        text = _words(limit["text"])
        yield Line(Words(f"适用限制：{text.zh}", f"Apply the limit: {text.en}"))
    if form["allotment"] is not None:
        text = _words(form["allotment"]["text"])
        yield Line(Words(f"在所有申请人之间分配：{text.zh}", f"Share among all applicants: {text.en}"))


def _requirements(found: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(
        Line(_GROUPS[one["kind"]], _requirements(one["of"])) if one["of"] else Line(_words(one["text"]))
        for one in found
    )


def _items(items: Mapping[str, Any]) -> Line:
    label = _words(items["label"])
    words = Words(f"“{label.zh}”的每一项须：", f"Each item of {label.en} must meet:")
    return Line(words, _requirements(items["requirements"]))


def _counts(measure: Measure, policy: Policy) -> Iterator[Line]:
    """What an item adds to the total that counts."""
    if measure.each is not None and measure.each.counts is not None:
        adds = expression_words(measure.each.counts, policy.facts, policy.currency)
        yield Line(_named(Words("每项计入", "Each adds"), adds))


def _parameter(parameter: Mapping[str, Any]) -> Line:
    text = f"{parameter['name']} = {parameter['value']}"
    return Line(Words(text, text))


def _fact(fact: Mapping[str, Any]) -> Line:
    label = _words(fact["label"])
    return Line(Words(f"{label.zh}（{fact['fact']}）", f"{label.en} ({fact['fact']})"))


def _texts(found: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(_words(one["text"])) for one in found)


def _words(text: Mapping[str, str]) -> Words:
    return Words(text["zh"], text["en"])


def _named(name: Words, value: Words) -> Words:
    return Words(f"{name.zh}：{value.zh}", f"{name.en}: {value.en}")


def _plain(zh: str, en: str, value: str) -> Words:
    return _named(Words(zh, en), Words(value, value))


def _clause(clause: str, title: Words) -> Words:
    return Words(f"{clause}　{title.zh}", f"{clause} {title.en}") if clause else title


def _filled(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block.lines)
