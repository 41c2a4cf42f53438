"""Allotments in words: what there is, and how applicants share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.allotment import AllotBy, Last, Ties
from app.rules.allotting.claims import Outcome
from app.rules.policy import Words
from app.rules.words.describing import expression_words
from app.rules.words.wording import money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from app.rules.allotment import Allotment
    from app.rules.facts import FactSchema

_TIES = {
    Ties.DECIDE: Words(
        "并列而不能全部入选的，由主管部门决定", "an official decides among equals of whom not all get in"
    ),
    Ties.ADMIT: Words("并列的全部入选", "equals all get in"),
    Ties.REFUSE: Words("并列而不能全部入选的，均不入选", "of equals of whom not all can get in, none does"),
}
_LAST = {
    Last.PARTIAL: Words("跨过预算的一户得余额", "whoever crosses the budget gets what is left of it"),
    Last.REFUSE: Words(
        "跨过预算的一户不得，其后也不再给", "whoever crosses the budget gets nothing, nor do those after"
    ),
}
_ARRIVAL = Words("先到先得", "first come, first served")
_SCALE = Words(
    "合计超出预算时各户按同一比例缩减，向下取整到分，余数不发",
    "where all come to more, each is scaled by the same factor, rounded down to the fen, the remainder unspent",
)


def allotment_words(allotment: Allotment, schema: FactSchema, currency: str = "CNY") -> Words:
    """What there is and how it is shared, in one sentence."""
    parts = [_whole(allotment, currency), _order(allotment, schema, currency)]
    if allotment.by is AllotBy.RANK:
        parts.append(_TIES[allotment.ties])
    if allotment.in_money and allotment.by is not AllotBy.SCALE:
        parts.append(_LAST[allotment.last])
    return Words("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


def score_words(allotment: Allotment, schema: FactSchema, currency: str = "CNY") -> list[Words]:
    """The scores that rank, in their order."""
    return [expression_words(one, schema, currency) for one in allotment.scores]


def _whole(allotment: Allotment, currency: str) -> Words:
    when_zh, when_en = ("每年", " a year") if allotment.per_year else ("", "")
    if allotment.budget is not None:
        most = money(allotment.budget, currency)
        return Words(
            f"所有申请人{when_zh}共有预算 {most.zh}", f"a budget of {most.en}{when_en} for all applicants"
        )
    places = "place" if allotment.places == 1 else "places"
    zh = f"所有申请人{when_zh}共有 {allotment.places} 个名额"
    return Words(zh, f"{allotment.places} {places}{when_en} for all applicants")


def _order(allotment: Allotment, schema: FactSchema, currency: str) -> Words:
    match allotment.by:
        case AllotBy.SCALE:
            return _SCALE
        case AllotBy.ARRIVAL:
            return _ARRIVAL
    said = score_words(allotment, schema, currency)
    zh, en = "、其次".join(one.zh for one in said), ", then ".join(one.en for one in said)
    return Words(f"按{zh}由高到低排列", f"ranked by {en}, the highest first")


def share_words(
    allotment: Allotment,
    outcome: Outcome | None,
    rank: int | None,
    amounts: tuple[int, int],
    factor: Fraction | None,
    cut_off: Sequence[object] | None,
    currency: str = "CNY",
) -> Words:
    """What became of one applicant, and why. `amounts`: due and granted, fen; `outcome` None: a score is not known."""
    if outcome is None:
        return Words("评分所需的事实未知，未参与分配", "A fact that scores it is not known: it took no part")
    due, granted = (money(one, currency) for one in amounts)
    if factor is not None:
        exact = f"{factor.numerator}/{factor.denominator}"
        if factor == 1:
            return Words(f"预算足够，全额给予 {granted.zh}", f"The budget is enough: {granted.en} in full")
        return Words(
            f"系数 {exact}：由 {due.zh}减为 {granted.zh}", f"By the factor {exact}: {granted.en} of {due.en}"
        )
    edge = "" if cut_off is None else ", ".join(str(one) for one in cut_off)
    line = Words(f"（分数线 {edge}）", f" (cut-off {edge})") if edge else Words("", "")
    what = Words("预算", "the budget") if allotment.in_money else Words("名额", "the places")
    told = {
        Outcome.GRANTED: Words(
            "全额给予" if allotment.in_money else "入选", "in full" if allotment.in_money else "in"
        ),
        Outcome.PARTLY: Words(
            f"跨过预算，得余额 {granted.zh}",
            f"crosses the budget and gets the {granted.en} that are left of it",
        ),
        Outcome.NONE: Words(f"{what.zh}不足，未给予", f"{what.en} did not reach it"),
        Outcome.OPEN: Words(
            f"与他人并列，{what.zh}不足，待决定",
            f"one of equals whom {what.en} did not all reach: to be decided",
        ),
    }[outcome]
    return Words(f"第 {rank} 名：{told.zh}{line.zh}", f"Rank {rank}: {told.en}{line.en}")
