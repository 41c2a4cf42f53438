"""A policy as a readable page: what `duixian policy explain` writes, in Chinese, English or both.

The page is built once as blocks of words; `policy_markdown` and `policy_html` only write them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.rules.words.describing import describe_condition
from app.services.policy_page_laws import laws
from app.services.policy_page_measures import measure_section
from app.services.policy_page_parts import (
    Block,
    Line,
    Page,
    Section,
    anchor_of,
    named,
    period_words,
    present,
    same,
    with_clause,
)

if TYPE_CHECKING:
    from app.rules.policy import Exclusion, Policy


def policy_page(policy: Policy) -> Page:
    """The whole policy: measures in catalogue order, then what they are read by, and the facts."""
    measures = tuple(measure_section(measure, policy) for measure in policy.measures)
    return Page(policy.title, (_general(policy), *measures, *laws(policy)))


def _general(policy: Policy) -> Section:
    said = [
        named(Words("发布机关", "Authority"), policy.authority),
        _plain("版本", "Version", policy.version),
        _plain("状态", "Status", policy.status),
        _plain("行政区划代码", "Division code", policy.division),
        _plain("币种", "Currency", policy.currency),
        named(Words("有效期", "In force"), period_words(policy.period)),
        _plain("摘要", "Digest", policy.digest),
    ]
    blocks = (
        Block(Words("概要", "At a glance"), tuple(Line(one) for one in said)),
        Block(
            Words("不予资助的情形", "Exclusions"), tuple(_exclusion(one, policy) for one in policy.exclusions)
        ),
        Block(
            Words("一般规定", "General provisions"),
            tuple(Line(with_clause(one.clause, one.says)) for one in policy.provisions),
        ),
        Block(
            Words("采用的标准", "Standards used"),
            tuple(
                Line(Words(f"{one.title.zh}（{one.source}）", f"{one.title.en} ({one.source})"))
                for one in policy.standards
            ),
        ),
    )
    return Section("general", Words("总则", "General"), present(blocks))


def _exclusion(exclusion: Exclusion, policy: Policy) -> Line:
    """What it bars, and when."""
    title = with_clause(exclusion.clause, exclusion.title)
    if exclusion.when is not None:
        when = describe_condition(exclusion.when, policy.facts, policy.currency)
        return Line(title, (Line(named(Words("不予资助", "Barred"), when)),))
    barred = tuple(
        Line(with_clause(one.clause, one.title), to=anchor_of(one))
        for one in policy.measures
        if one.each is not None and exclusion.item_key in one.each.keys
    )
    return Line(title, (Line(Words("涉及以下措施的项目：", "Of the items of:"), barred),) if barred else ())


def _plain(zh: str, en: str, value: str) -> Words:
    return named(Words(zh, en), same(value))
