"""One measure of a policy's page: how it is decided, what it asks, gives and limits, now and under each notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.policy import AwardKind, Words
from app.rules.words.describing import describe_condition, expression_words
from app.rules.words.reasons import filled
from app.rules.words.value_trees import value_tree
from app.rules.words.value_words import rounding_words
from app.rules.words.wording import money
from app.services.measure_forms import LEFT_OPEN, measure_form, parameter_words
from app.services.policy_page_parts import (
    Block,
    Line,
    Section,
    Table,
    anchor_of,
    named,
    period_words,
    present,
    same,
    with_clause,
    with_name,
    words_of,
)
from app.services.policy_page_terms import by_terms, changed_lines, noticed
from app.services.policy_page_uses import law_changes, read_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.policy import Flag, Measure, Notice, Obligation, Parameter, Policy
    from app.rules.words.value_trees import Branch

_GROUPS = {"all": Words("全部满足：", "all of:"), "any": Words("满足其一：", "any of:")}
_LONGEST_SENTENCE = 50
_LONGEST_STEP = 60
"""Characters of an amount that a step of the flow still holds."""


def measure_section(measure: Measure, policy: Policy) -> Section:
    form = measure_form(measure, policy)
    said = by_terms(policy, lambda term: _said(_there(term, measure), term))
    blocks = (
        Block(Words("办理流程", "Flow"), tuple(_flow(measure, form, said)), flow=True),
        *said,
        Block(Words("参数", "Parameters"), table=_parameters(measure, policy)),
        Block(Words("据以计算", "Worked out by"), tuple(read_with(measure, policy))),
        Block(Words("年度通知的变更", "Changed by notices"), tuple(_notices(measure, policy))),
        Block(Words("所需事实", "Facts needed"), tuple(_fact(one) for one in form["required_facts"])),
    )
    return Section(anchor_of(measure), with_clause(measure.clause, measure.title), present(blocks))


def _there(policy: Policy, measure: Measure) -> Measure:
    """The measure of another term, or of a notice."""
    found = policy.measure(measure.id)
    assert found is not None
    return found


def _said(measure: Measure, policy: Policy) -> tuple[Block, ...]:
    """What the text says at one time; blocks may be empty."""
    form = measure_form(measure, policy)
    items = form["items"]
    return present((
        Block(Words("内容", "What the authority does"), () if measure.does is None else (Line(measure.does),)),
        Block(Words("说明", "In short"), () if measure.says is None else (Line(measure.says),)),
        Block(Words("适用范围", "Where and when it applies"), tuple(_reach(measure, form))),
        Block(Words("条件", "Requirements"), _requirements(form["requirements"][_reaching(measure) :])),
        Block(
            Words("逐项计算", "Items that count"),
            () if items is None else (_items(items), *_counts(measure, policy)),
        ),
        Block(Words("奖励", "Award"), (_award(measure, policy, form),) if measure.pays else ()),
        Block(
            Words("限制", "Limits"),
            (*_texts(form["limits"][: len(measure.limits)]), *_shared(measure, policy), *_ledger(measure, policy)),
        ),
        Block(
            Words("预算与名额", "Budget and places"),
            () if form["allotment"] is None else (Line(words_of(form["allotment"]["text"])),),
        ),
        Block(Words("支付", "Payment"), _texts_of(form["payment"])),
        Block(
            Words("获奖后的义务", "Obligations"),
            tuple(_obligation(one, policy) for one in measure.obligations),
        ),
        Block(
            Words("提请审核人注意", "Points for the reviewer"),
            tuple(_flag(one, policy) for one in _flags(measure)),
        ),
        Block(Words("法制审核", "Legal review"), () if measure.review is None else (Line(measure.review),)),
    ))  # fmt: skip


# The flow


def _flow(measure: Measure, form: Mapping[str, Any], said: tuple[Block, ...]) -> Iterator[Line]:
    """The order in which a measure is decided. What changes with time, or is long, is told below only."""
    if measure.pays:
        yield Line(Words("核对不予资助的情形", "Check the exclusions"))
    if measure.where or measure.in_force:
        yield Line(Words("核对适用范围", "Check where and when it applies"))
    if count := len(form["requirements"]) - _reaching(measure):
        yield Line(Words(f"核对条件（{count} 项）", f"Check the requirements ({count})"))
    if form["items"] is not None:
        label = words_of(form["items"]["label"])
        yield Line(Words(f"逐项核对：{label.zh}", f"Check each item: {label.en}"))
    if measure.pays:
        award = words_of(form["award"]["text"])
        steady = any(Line(award) in block.lines for block in said)
        if steady and len(award.zh) <= _LONGEST_STEP:
            yield Line(Words(f"确定金额：{award.zh}", f"Find the amount: {award.en}"))
        else:
            yield Line(Words("确定金额", "Find the amount"))
    if count := len(form["limits"]):
        yield Line(Words(f"适用限制（{count} 项）", f"Apply the limits ({count})"))
    if form["allotment"] is not None:
        yield Line(Words("在所有申请人之间分配", "Share among all applicants"))


# What it asks


def _reaching(measure: Measure) -> int:
    """How many of the requirements say where and when it applies: the first ones."""
    return len(measure.where) + (measure.in_force is not None)


def _reach(measure: Measure, form: Mapping[str, Any]) -> Iterator[Line]:
    """Whom and when it reaches."""
    yield from _requirements(form["requirements"][: len(measure.where)])
    if measure.in_force is not None:
        yield Line(period_words(measure.in_force))


def _requirements(found: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(
        Line(_GROUPS[one["kind"]], _requirements(one["of"])) if one["of"] else Line(words_of(one["text"]))
        for one in found
    )


def _items(items: Mapping[str, Any]) -> Line:
    label, asked = words_of(items["label"]), _requirements(items["requirements"])
    if not asked:
        return Line(Words(f"“{label.zh}”的每一项", f"Each item of {label.en}"))
    return Line(Words(f"“{label.zh}”的每一项须：", f"Each item of {label.en} must meet:"), asked)


def _counts(measure: Measure, policy: Policy) -> Iterator[Line]:
    """What an item adds to the total that counts."""
    if measure.each is not None and measure.each.counts is not None:
        adds = expression_words(measure.each.counts, policy.facts, policy.currency)
        yield Line(named(Words("每项计入", "Each adds"), adds))


# What it gives


def _award(measure: Measure, policy: Policy, form: Mapping[str, Any]) -> Line:
    """In one sentence; row by row where that is long, or rows have rows of their own."""
    award = measure.award if measure.each is None or measure.each.award is None else measure.each.award
    line = Line(words_of(form["award"]["text"]))
    if award.value is None:
        return line
    tree = value_tree(award.value, policy.facts, policy.currency)
    if not any(branch.of for branch in tree.of) and (not tree.of or len(line.words.zh) <= _LONGEST_SENTENCE):
        return line
    head = (
        Words("每项：", "for each item: ")
        if measure.each is not None and measure.each.award is not None
        else same("")
    )
    most = Words("最高（由主管部门核定）", "at most (decided by an official) ")
    most = most if award.kind is AwardKind.UP_TO else same("")
    rounding = rounding_words(award.rounding, policy.currency)
    words = Words(
        f"{head.zh}{most.zh}{tree.words.zh.removesuffix('：')}{rounding.zh}：",
        f"{head.en}{most.en}{tree.words.en.removesuffix(':')}{rounding.en}:",
    )
    return Line(words, branch_lines(tree.of))


def branch_lines(branches: tuple[Branch, ...]) -> tuple[Line, ...]:
    return tuple(Line(one.words, branch_lines(one.of)) for one in branches)


def _shared(measure: Measure, policy: Policy) -> Iterator[Line]:
    """The groups whose limits it shares: those stand in a section of their own."""
    for group in policy.groups_of(measure.id):
        title = group.title or same(group.id)
        yield Line(
            Words(f"与其他措施合并计算：{title.zh}", f"Shared with other measures: {title.en}"), to="groups"
        )


def _ledger(measure: Measure, policy: Policy) -> Iterator[Line]:
    """What else of the past counts."""
    if measure.pays and measure.ledger_key != f"{policy.family}.{measure.id}":
        yield Line(named(Words("台账键", "Ledger key"), same(measure.ledger_key)))
    if measure.succeeds:
        keys = ", ".join(measure.succeeds)
        yield Line(
            Words(
                f"此前按 {keys} 发放的奖励一并计算", f"Awards that were counted under {keys} count here too"
            )
        )


def _obligation(one: Obligation, policy: Policy) -> Line:
    """The whole of it: how much at least, how that is rounded, for each item, and to whom."""
    least = one.at_least
    if least is None:
        return Line(one.says)
    rounding = rounding_words(one.rounding, policy.currency)
    amount = expression_words(least, policy.facts, policy.currency)
    below = [
        Line(
            named(Words("至少", "At least"), Words(f"{amount.zh}{rounding.zh}", f"{amount.en}{rounding.en}"))
        )
    ]
    if one.per_item:
        below.append(Line(Words("逐项计算", "For each item by itself")))
    if one.to is not None:
        below.append(Line(named(Words("归", "To"), one.to)))
    return Line(filled(one.says, {"at_least": LEFT_OPEN, "item": LEFT_OPEN}), tuple(below))


def _flags(measure: Measure) -> tuple[Flag, ...]:
    return (*measure.flags, *(measure.each.flags if measure.each is not None else ()))


def _flag(flag: Flag, policy: Policy) -> Line:
    """What is said, and when."""
    condition = flag.when or flag.unless
    if condition is None:
        return Line(flag.says)
    words = describe_condition(condition, policy.facts, policy.currency)
    when = Words("出现于", "When") if flag.when is not None else Words("除非", "Unless")
    return Line(flag.says, (Line(named(when, words)),))


# Parameters, notices, facts


def _parameters(measure: Measure, policy: Policy) -> Table | None:
    """Each with its value; by year or by day, a row for each."""
    rows = tuple(row for one in measure.parameters.values() for row in _rows(one, policy))
    if not rows:
        return None
    heads = (Words("名称", "Name"), Words("自", "From"), Words("数值", "Value"))
    if not any(one.rows for one in measure.parameters.values()):
        return Table((heads[0], heads[2]), tuple((name, value) for name, _, value in rows))
    return Table(heads, rows)


def _rows(parameter: Parameter, policy: Policy) -> Iterator[tuple[Words, Words, Words]]:
    values = parameter.rows or (("", parameter.value),)
    for begins, value in values:
        yield same(parameter.name), same(begins), parameter_words(parameter, value, policy.currency)


def _notices(measure: Measure, policy: Policy) -> Iterator[Line]:
    """What each notice changes of it."""
    for notice, base in noticed(policy):
        found = tuple(changes(_there(base, measure), base, notice))
        if found:
            year = notice.year
            yield Line(Words(f"{year} 年度：", f"In {year}:"), found, f"notice-{year}")


def changes(measure: Measure, base: Policy, notice: Notice) -> Iterator[Line]:
    """What a notice changes of a measure of `base`."""
    under = _there(notice.policy, measure)
    if measure.id in notice.closed:
        yield Line(Words("不开放申报", "Not open"))
    for name, one in under.parameters.items():
        before = measure.parameters.get(name)
        if before is not None and before != one:
            old, new = (parameter_words(each, each.value, base.currency) for each in (before, one))
            yield Line(Words(f"{name}：{old.zh} → {new.zh}", f"{name}: {old.en} → {new.en}"))
    if under is not measure and measure.id not in notice.closed:
        yield from changed_lines(_said(measure, base), _said(under, notice.policy))
        yield from law_changes(measure, base, notice)
    if (most := notice.maximum.get(measure.id)) is not None:
        figure = money(most, base.currency)
        yield Line(Words(f"每笔最高 {figure.zh}", f"At most {figure.en} for one award"))
    if (review := notice.review.get(measure.id)) is not None:
        yield Line(named(Words("留待合法性审查", "Left to legal review"), review))


def _fact(fact: Mapping[str, Any]) -> Line:
    return Line(with_name(words_of(fact["label"]), fact["fact"]))


def _texts_of(found: list[dict[str, str]]) -> tuple[Line, ...]:
    return tuple(Line(words_of(one)) for one in found)


def _texts(found: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(words_of(one["text"])) for one in found)
