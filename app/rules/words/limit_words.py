"""Limits in words: what they allow, for the catalogue, and how history has used them, for reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.policy import AwardKind, LimitKind, Words
from app.rules.words.wording import capital, money

if TYPE_CHECKING:
    from app.rules.facts import FactSchema
    from app.rules.policy import Limit


def describe_limit(limit: Limit, schema: FactSchema | None = None, currency: str = "CNY") -> Words:
    """What a limit allows. With the schema a level is named by its label, else as "level"."""
    words = _allowed(limit, schema, currency)
    if limit.for_anyone:
        return Words(f"{words.zh}（不论由谁申请）", f"{words.en}, whoever applies")
    return words


def _allowed(limit: Limit, schema: FactSchema | None, currency: str) -> Words:
    if limit.kind is LimitKind.ANNUAL_CAP:
        most = money(limit.cap, currency)
        return Words(f"每年合计不超过 {most.zh}", f"at most {most.en} a year")
    zh, en = ("一次", "once") if limit.cap == 1 else (f"最多 {limit.cap} 次", f"at most {limit.cap} times")
    if limit.kind is LimitKind.ONCE_PER_YEAR:
        return Words(f"每年{zh}", f"{en} a year")
    if limit.kind is LimitKind.ONCE:
        return Words(f"仅{zh}", f"{en} only") if limit.cap == 1 else Words(zh, en)
    year_zh, year_en = ("每年", " and year") if limit.per_year else ("", "")
    if limit.key is None:
        return Words(f"每项{year_zh}{zh}", f"{en} per item{year_en}")
    label = Words("级别", "level") if schema is None else schema.facts[limit.key].label
    return Words(f"每一{label.zh}{year_zh}{zh}", f"{en} for each {label.en}{year_en}")


def limit_ended(limit: Limit, used: int, schema: FactSchema, currency: str) -> Words:
    """The sentence of a limit that history has used up; `used` in awards, for an annual cap in fen."""
    words = _allowed(limit, schema, currency)
    if limit.kind is LimitKind.ANNUAL_CAP:
        gone = money(used, currency)
        return Words(
            f"{words.zh}：本年度已用 {gone.zh}，额度已用完",
            f"{capital(words.en)}: {gone.en} used this year, nothing is left",
        )
    this_year = limit.per_year or limit.kind is LimitKind.ONCE_PER_YEAR
    when = Words("本年度", "this year") if this_year else Words("此前", "before")
    whose = "该项" if limit.kind is LimitKind.ONCE_PER_ITEM and limit.key is None else ""
    times = "once" if used == 1 else f"{used} times"
    return Words(
        f"{words.zh}：{whose}{when.zh}已用 {used} 次", f"{capital(words.en)}: already used {times} {when.en}"
    )


def limit_unknown(limit: Limit, schema: FactSchema, currency: str) -> Words:
    """The sentence of a limit that turns on a level nobody knows yet."""
    words = _allowed(limit, schema, currency)
    if limit.key is None:
        return Words(
            f"{words.zh}：尚不能确定是否已用完", f"{capital(words.en)}: not known whether it is used up"
        )
    label = schema.facts[limit.key].label
    return Words(
        f"{words.zh}：此前已给予过，尚不清楚{label.zh}",
        f"{capital(words.en)}: awarded before, and not known: {label.en}",
    )


def cap_cut(before: int, left: int, kind: AwardKind, currency: str) -> Words:
    """The sentence of an annual cap that reduced an amount (or a ceiling, which is no amount due); fen."""
    was, now = money(before, currency), money(left, currency)
    zh, en = ("最高额度", "ceiling") if kind is AwardKind.UP_TO else ("金额", "amount")
    return Words(
        f"年度额度只剩 {now.zh}，{zh}由 {was.zh}减为 {now.zh}",
        f"Only {now.en} of the annual cap is left: {en} reduced from {was.en} to {now.en}",
    )
