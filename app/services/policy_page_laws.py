"""What the measures of a policy's page are read by: groups, notices, readings, derived facts, tables, facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.policy import Period, Words
from app.rules.words.describing import requirement_words
from app.rules.words.limit_words import describe_limit
from app.rules.words.value_trees import derived_tree
from app.rules.words.wording import capital, day
from app.services.policy_glossary import fact_lines
from app.services.policy_page_measures import branch_lines, changes
from app.services.policy_page_parts import (
    Block,
    Line,
    Section,
    anchor_of,
    chosen_words,
    named,
    period_words,
    present,
    same,
    with_clause,
    with_name,
)
from app.services.policy_page_tables import new_rows, table_blocks
from app.services.policy_page_terms import by_terms, changed_lines, noticed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.policy import Notice, Policy, Reading


def laws(policy: Policy) -> tuple[Section, ...]:
    """The sections behind the measures; those that have nothing to tell are left out."""
    found = (
        Section("groups", Words("合并计算的限制", "Limits over several measures"), _groups(policy)),
        *(
            Section(f"notice-{notice.year}", _of_year(notice), tuple(_notice(notice, base)))
            for notice, base in noticed(policy)
        ),
        Section(
            "readings", Words("条文解读", "Readings"), tuple(_reading(one, policy) for one in policy.readings)
        ),
        Section("derived", Words("推导事实", "Derived facts"), _derived(policy)),
        Section("tables", Words("表", "Tables"), tuple(table_blocks(policy))),
        Section("facts", Words("事实词汇表", "Glossary of facts"), tuple(_facts(policy))),
    )
    return tuple(section for section in found if section.blocks)


# Groups


def _groups(policy: Policy) -> tuple[Block, ...]:
    return by_terms(policy, _groups_then)


def _groups_then(policy: Policy) -> tuple[Block, ...]:
    found = []
    for group in policy.groups:
        limits = [describe_limit(one, policy.facts, policy.currency, "") for one in group.limits]
        lines = [Line(Words(words.zh, capital(words.en))) for words in limits]
        members = tuple(
            Line(with_clause(one.clause, one.title), to=anchor_of(one))
            for one in policy.measures
            if one.id in group.measures
        )
        of = Words(f"涉及 {len(members)} 项措施：", f"Over {len(members)} measures:")
        found.append(Block(group.title or same(group.id), (*lines, Line(of, members))))
    return tuple(found)


# Notices


def _of_year(notice: Notice) -> Words:
    return Words(f"{notice.year} 年度通知", f"Notice of {notice.year}")


def _notice(notice: Notice, base: Policy) -> Iterator[Block]:
    """What it says of itself; what it changes of a measure stands there."""
    titles = {one.id: with_clause(one.clause, one.title) for one in base.measures}
    anchors = {one.id: anchor_of(one) for one in base.measures}
    said = [Line(named(Words("发布日", "Published"), day(notice.published)))]
    if notice.window is not None:
        said.append(Line(named(Words("申报期", "Applications"), period_words(Period(*notice.window)))))
    yield Block(Words("概要", "At a glance"), tuple(said))
    materials = tuple(
        Line(one.says, tuple(Line(titles[name], to=anchors[name]) for name in one.measures))
        for one in notice.materials
    )
    closed = tuple(
        Line(titles[one.id], to=anchors[one.id]) for one in base.measures if one.id in notice.closed
    )
    changed = tuple(
        Line(titles[one.id], to=anchors[one.id])
        for one in base.measures
        if one.id not in notice.closed and any(changes(one, base, notice))
    )
    other = tuple(
        changed_lines(
            (*_groups_then(base), *_derived_then(base)),
            (*_groups_then(notice.policy), *_derived_then(notice.policy)),
        )
    )
    yield from present((
        Block(Words("申报材料", "Materials"), materials),
        Block(Words("不开放的措施", "Measures not open"), closed),
        Block(Words("有变更的措施", "Measures changed"), changed),
        Block(Words("解读", "Readings"), tuple(_chosen_by(notice, base))),
        Block(Words("合并限制与推导事实的变更", "Changes of shared limits and derived facts"), other),
    ))  # fmt: skip
    yield from new_rows(notice, base)


def _chosen_by(notice: Notice, base: Policy) -> Iterator[Line]:
    for before, after in zip(base.readings, notice.policy.readings, strict=True):
        if before.chosen != after.chosen:
            yield Line(named(before.question, chosen_words(after)), to="readings")


# Readings


def _reading(reading: Reading, policy: Policy) -> Block:
    """The question as heading, each way to answer it, and what was chosen when."""
    options = tuple(Line(words) for _, words in reading.options)
    lines = [
        Line(Words("可作如下理解：", "It can be read as:"), options),
        Line(named(Words("采用", "Chosen"), chosen_words(reading))),
    ]
    for notice, base in noticed(policy):
        under = next(one for one in notice.policy.readings if one.id == reading.id)
        if under.chosen != next(one.chosen for one in base.readings if one.id == reading.id):
            when = Words(f"{notice.year} 年度采用", f"Chosen for {notice.year}")
            lines.append(Line(named(when, chosen_words(under)), to=f"notice-{notice.year}"))
    return Block(with_clause(reading.clause, reading.question), tuple(lines))


# Derived facts


def _derived(policy: Policy) -> tuple[Block, ...]:
    return by_terms(policy, _derived_then)


def _derived_then(policy: Policy) -> tuple[Block, ...]:
    found = []
    for one in policy.derived:
        tree = derived_tree(one, policy.facts, policy.currency)
        lines = branch_lines((tree,))
        stands = tuple(
            Line(
                Words(
                    f"未申报“{label.zh}”时以此代替",
                    f"Stands in for {label.en} where it is not stated",
                )
            )
            for name, derived in policy.stand_ins
            if derived.name == one.name
            for label in (policy.facts.facts[name].label,)
        )
        found.append(Block(with_name(policy.facts.derived[one.name].label, one.name), (*lines, *stands)))
    return tuple(found)


# Facts


def _facts(policy: Policy) -> Iterator[Block]:
    facts = policy.facts
    told = fact_lines(facts, policy.currency)
    stands = {name: facts.derived[derived.name].label for name, derived in policy.stand_ins}
    lines = tuple(
        Line(words, (_stand_in(stands[name]),) if name in stands else ()) for name, words in told.items()
    )
    relations = tuple(Line(requirement_words(one.test, facts, policy.currency)) for one in facts.relations)
    yield from present((
        Block(Words("事实", "Facts"), lines),
        Block(Words("须成立的关系", "What must hold between them"), relations),
        Block(Words("集合", "Sets"), tuple(_sets(policy))),
    ))  # fmt: skip


def _stand_in(label: Words) -> Line:
    return Line(
        Words(
            f"未申报的按“{label.zh}”推算；申报与推算不一致的，以申报为准并提请审核人注意",
            f"Not stated: worked out as {label.en}; stated otherwise: what is stated holds, and a reviewer is told",
        ),
        to="derived",
    )


def _sets(policy: Policy) -> Iterator[Line]:
    """Every member: who is among them is paid otherwise."""
    for name, (of, members) in policy.facts.sets.items():
        labels = dict(policy.facts.choices.get(of, ()))
        told = [labels.get(one, same(one)) for one in members]
        yield Line(
            Words(
                f"{name}：{'、'.join(one.zh for one in told)}", f"{name}: {', '.join(one.en for one in told)}"
            )
        )
