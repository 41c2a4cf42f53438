"""Limits in words: what they allow, for the catalogue, and how history has used them, for reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.limits import LimitKind
from app.rules.policy import AwardKind, Words
from app.rules.words.wording import capital, money

if TYPE_CHECKING:
    from app.rules.facts import FactSchema
    from app.rules.limits import Group, Limit

_CHOOSING = (LimitKind.BEST, LimitKind.FIRST)


def describe_limit(
    limit: Limit, schema: FactSchema | None = None, currency: str = "CNY", list_name: str | None = None
) -> Words:
    """What a limit allows. With the schema a level is named by its label, else as "level".

    `list_name`: the list whose items it counts by, if any.
    """
    words = _allowed(limit, schema, currency, list_name)
    if limit.for_anyone:
        words = Words(f"{words.zh}（不论由谁申请）", f"{words.en}, whoever applies")
    if limit.within_request:
        words = Words(f"{words.zh}（在同一次申请内）", f"{words.en}, within one application")
    return words


def _allowed(limit: Limit, schema: FactSchema | None, currency: str, list_name: str | None = None) -> Words:
    scope = _scope(limit, schema, list_name)
    match limit.kind:
        case LimitKind.ANNUAL_CAP:
            most = money(limit.cap, currency)
            return Words(f"每年合计不超过 {most.zh}", f"at most {most.en} a year")
        case LimitKind.LIFETIME_CAP | LimitKind.ITEM_CAP:
            most = money(limit.cap, currency)
            return Words(f"{scope.zh}累计不超过 {most.zh}", f"at most {most.en}{scope.en}")
        case LimitKind.TOPPED_UP:
            return Words(f"{scope.zh}就高补差", f"topped up to the higher amount{scope.en}")
        case LimitKind.BEST | LimitKind.FIRST:
            return _chosen(limit, scope, schema, list_name)
    zh, en = ("一次", "once") if limit.cap == 1 else (f"最多 {limit.cap} 次", f"at most {limit.cap} times")
    match limit.kind:
        case LimitKind.ONCE_PER_YEAR:
            return Words(f"每年{zh}", f"{en} a year")
        case LimitKind.ONCE:
            return Words(f"仅{zh}", f"{en} only") if limit.cap == 1 else Words(zh, en)
        case LimitKind.ONCE_PER_ITEM:
            return _once_each(limit, schema, zh, en)
        case LimitKind.AT_MOST:
            only = "仅" if limit.cap == 1 and not scope.zh else ""
            return Words(f"{scope.zh}{only}{zh}", f"{en}{scope.en}")
    raise ValueError(f"a group's limit has a kind of its own: {limit.kind}")


def _once_each(limit: Limit, schema: FactSchema | None, zh: str, en: str) -> Words:
    """For each item, or for each level."""
    year_zh, year_en = ("每年", " and year") if limit.per_year else ("", "")
    if limit.key is None:
        return Words(f"每项{year_zh}{zh}", f"{en} per item{year_en}")
    label = Words("级别", "level") if schema is None else schema.facts[limit.key].label
    return Words(f"每一{label.zh}{year_zh}{zh}", f"{en} for each {label.en}{year_en}")


def _scope(limit: Limit, schema: FactSchema | None, list_name: str | None) -> Words:
    """Of what it counts apart: `每项每一级别每年`, ` for each item, level and year`."""
    names = [Words("项", "item")] if limit.per_item else []
    names += [_label(key.name, schema, list_name if key.of_item else None, key.of_item) for key in limit.keys]
    zh = "".join("每项" if name.en == "item" else f"每一{name.zh}" for name in names)
    words = [name.en for name in names]
    if limit.yearly:
        zh, words = f"{zh}每年", [*words, "year"]
    if not words:
        return Words("", "")
    if words == ["year"]:
        return Words(zh, " a year")
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return Words(zh, f" for each {listed}")


def _label(name: str, schema: FactSchema | None, list_name: str | None, of_item: bool) -> Words:
    if schema is None or (of_item and list_name is None):
        return Words(name, name)
    if list_name is not None:
        return schema.facts[list_name].fields[name].label
    return schema.facts[name].label


def _chosen(limit: Limit, scope: Words, schema: FactSchema | None, list_name: str | None) -> Words:
    by = None if limit.by is None else _label(limit.by, schema, list_name, of_item=True)
    if limit.kind is LimitKind.BEST:
        zh, en = ("金额", "amount") if by is None else (by.zh, by.en)
        return Words(f"{scope.zh}取{zh}最高的 {limit.cap} 项", f"the best {limit.cap} by {en}{scope.en}")
    zh, en = ("申请顺序", "order in the request") if by is None else (by.zh, by.en)
    return Words(f"{scope.zh}按{zh}取前 {limit.cap} 项", f"the first {limit.cap} by {en}{scope.en}")


def limit_ended(
    limit: Limit, used: int, schema: FactSchema, currency: str, list_name: str | None = None
) -> Words:
    """The sentence of a limit that is used up; `used` in awards, for the kinds that count money in fen."""
    words = _allowed(limit, schema, currency, list_name)
    this_year = limit.yearly
    if limit.kind.in_money:
        gone = money(used, currency)
        when = Words("本年度", "this year") if this_year else Words("此前", "before")
        return Words(
            f"{words.zh}：{when.zh}已用 {gone.zh}，额度已用完",
            f"{capital(words.en)}: {gone.en} used {when.en}, nothing is left",
        )
    if list_name is not None and limit.kind in (*_CHOOSING, LimitKind.AT_MOST):
        return Words(
            f"{words.zh}：名额已由此前的奖励或本次其他项目占满",
            f"{capital(words.en)}: earlier awards or other items of this request take every place",
        )
    when = Words("本年度", "this year") if this_year else Words("此前", "before")
    whose = "该项" if limit.kind is LimitKind.ONCE_PER_ITEM and limit.key is None else ""
    times = "once" if used == 1 else f"{used} times"
    return Words(
        f"{words.zh}：{whose}{when.zh}已用 {used} 次", f"{capital(words.en)}: already used {times} {when.en}"
    )


def limit_unknown(limit: Limit, schema: FactSchema, currency: str, list_name: str | None = None) -> Words:
    """The sentence of a limit that turns on what nobody knows yet."""
    words = _allowed(limit, schema, currency, list_name)
    if limit.key is None:
        return Words(
            f"{words.zh}：尚不能确定是否已用完", f"{capital(words.en)}: not known whether it is used up"
        )
    label = schema.facts[limit.key].label
    return Words(
        f"{words.zh}：此前已给予过，尚不清楚{label.zh}",
        f"{capital(words.en)}: awarded before, and not known: {label.en}",
    )


def cap_cut(limit: Limit, before: int, left: int, kind: AwardKind, currency: str) -> Words:
    """The sentence of a limit that reduced an amount (or a ceiling, which is no amount due); fen."""
    was, now = money(before, currency), money(left, currency)
    zh, en = ("最高额度", "ceiling") if kind is AwardKind.UP_TO else ("金额", "amount")
    if limit.kind is LimitKind.TOPPED_UP:
        paid = money(before - left, currency)
        return Words(
            f"此前已给予的 {paid.zh}予以扣除，{zh}由 {was.zh}减为 {now.zh}",
            f"{paid.en} awarded before is taken off: {en} reduced from {was.en} to {now.en}",
        )
    cap_zh, cap_en = ("年度额度", "annual cap") if limit.kind is LimitKind.ANNUAL_CAP else ("额度", "cap")
    return Words(
        f"{cap_zh}只剩 {now.zh}，{zh}由 {was.zh}减为 {now.zh}",
        f"Only {now.en} of the {cap_en} is left: {en} reduced from {was.en} to {now.en}",
    )


def of_group(words: Words, group: Group) -> Words:
    """What is said of a limit, with the group whose it is."""
    title = (
        Words("同组措施合计", "together with the measures of its group")
        if group.title is None
        else group.title
    )
    return Words(f"{title.zh}：{words.zh}", f"{capital(title.en)}: {words.en}")
