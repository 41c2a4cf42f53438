"""`allot` of a measure: the budget or the places, and how applicants share them (language.md section 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.allotment import AllotBy, Allotment, Last, Ties
from app.rules.expression import Literal, ParameterUse
from app.rules.language.constancy import facts_of
from app.rules.language.lexing import nearest
from app.rules.language.value_ranges import divides
from app.rules.packs.errors import Mistake, mistake, not_yet, refuse
from app.rules.packs.node_reading import check_keys, list_of, map_of, one_key, text_of
from app.rules.policy import AwardKind

if TYPE_CHECKING:
    from enum import StrEnum

    from app.rules.expression import Expression
    from app.rules.packs.texts import Texts
    from app.rules.packs.yaml_nodes import MapNode, Node
    from app.rules.policy import Award, Each

KEYS = ("budget", "places", "per", "by", "then", "ties", "last")
AMOUNTS = ("budget", "places")
FIGURED = (AwardKind.FIXED, AwardKind.CALCULATED)
PLAIN = (str(AllotBy.SCALE), str(AllotBy.ARRIVAL))
RANKED = ("count", "money", "percent", "number")
MOST_SCORES = 8


def read_allotment(node: Node, texts: Texts, award: Award, each: Each | None) -> Allotment | None:
    """The allotment of a measure with this award; None where a key of it is wrong, which is told. Raises Mistake."""
    problems, before = texts.problems, len(texts.problems.found)
    given = map_of(node)
    check_keys(problems, given, KEYS, ("by",))
    what = one_key(given, AMOUNTS, "分配", "an allotment")
    _check_award(given, what, award, each)
    by, whole, per_year = AllotBy.RANK, 0, False
    scores: tuple[Expression, ...] = ()
    ties, last = Ties.DECIDE, Last.REFUSE
    with problems.gather():
        whole = _whole(given.entries[what][1], what, texts)
    with problems.gather():
        per_year = _per_year(given.get("per"))
    if (how := given.get("by")) is None:
        return None
    with problems.gather():
        by, scores = _order(given, how, what, texts)
    if len(problems.found) == before:
        with problems.gather():
            ties = _ties(given, by, what)
        with problems.gather():
            last = _last(given, by, what)
    if len(problems.found) > before:
        return None
    budget, places = (whole, None) if what == "budget" else (None, whole)
    return Allotment(by, budget, places, per_year, scores, ties, last)


def _check_award(given: MapNode, what: str, award: Award, each: Each | None) -> None:
    if each is not None and each.award is not None:
        raise not_yet(given.key(what), "allot where items are awarded one by one")
    if what == "budget" and award.kind not in FIGURED:
        zh, en = (
            "只有条文规定金额的奖励才能按预算分配；由主管部门核定金额的用 places",
            "only awards whose figure the text gives share a budget: with others use `places`",
        )
        raise mistake(given.key(what), zh, en, "places")


def _whole(node: Node, what: str, texts: Texts) -> int:
    """The budget in fen, or how many places."""
    found = texts.value(node, texts.within(), "money" if what == "budget" else "count")
    if not isinstance(found, Literal | ParameterUse) or not isinstance(found.value, int):
        zh, en = (
            ("预算是一个金额或参数", "a budget is an amount or a parameter")
            if what == "budget"
            else ("名额是一个整数或参数", "places are a whole number or a parameter")
        )
        raise mistake(node, zh, en)
    if found.value <= 0:
        zh, en = (
            ("预算须大于 0", "a budget is above 0")
            if what == "budget"
            else ("名额须大于 0", "places are above 0")
        )
        raise mistake(node, zh, en)
    return found.value


def _per_year(node: Node | None) -> bool:
    if node is not None and text_of(node).text != "year":
        refuse(
            node,
            "per 只能是 year；不写则不分年度",
            "`per` is always year; without it the years share one",
            "year",
        )
    return node is not None


def _order(given: MapNode, how: Node, what: str, texts: Texts) -> tuple[AllotBy, tuple[Expression, ...]]:
    """How applicants share, and the scores that rank them."""
    word = text_of(how).text
    then = given.get("then")
    if word in PLAIN:
        if then is not None:
            zh, en = (
                f"by: {word} 不按分数排列，没有 then",
                f"by: {word} ranks nobody, so there is no `then`",
            )
            raise mistake(given.key("then"), zh, en)
        if word == AllotBy.SCALE and what == "places":
            zh, en = (
                "名额不能按比例缩减：scale 须与 budget 同用",
                "places cannot be scaled: scale goes with a budget",
            )
            raise mistake(how, zh, en)
        return AllotBy(word), ()
    scores: list[Expression] = []
    for node in (how, *(list_of(then).items if then is not None else ())):
        with texts.problems.gather():
            score = _score(node, texts)
            if score in scores:
                refuse(node, "同一分数重复", "the same score twice")
            scores.append(score)
    if len(scores) > MOST_SCORES:
        raise mistake(given.key("then"), f"最多 {MOST_SCORES} 项分数", f"at most {MOST_SCORES} scores")
    return AllotBy.RANK, tuple(scores)


def _score(node: Node, texts: Texts) -> Expression:
    text = text_of(node)
    try:
        found = texts.value(node, texts.within(), None)
    except Mistake as refused:
        if refused.error.suggestion is None and (close := nearest(text.text, PLAIN)) is not None:
            raise Mistake(refused.error._replace(suggestion=close)) from None
        raise
    if found.type not in RANKED:
        zh, en = (
            "排序的分数是数量、金额、百分比或数字；日期先换算，如 days(日期, as_of)",
            "a score is a count, an amount, a percent or a number; of a date take days(date, as_of)",
        )
        refuse(node, zh, en)
    if not facts_of(found):
        zh, en = (
            "对所有申请人都一样的分数排不出名次",
            "a score that is the same for every applicant ranks nobody",
        )
        refuse(node, zh, en)
    if divides(found):
        zh, en = "排序的分数不能含除法：改用乘法比较", "a score has no division: rank by a product instead"
        refuse(node, zh, en)
    return found


def _ties(given: MapNode, by: AllotBy, what: str) -> Ties:
    node = given.get("ties")
    if node is None:
        return Ties.DECIDE
    if by is not AllotBy.RANK:
        zh, en = f"by: {by} 没有并列，不写 ties", f"by: {by} knows no ties, so there is no `ties`"
        raise mistake(given.key("ties"), zh, en)
    found = Ties(_word(node, Ties, "ties"))
    if found is Ties.ADMIT and what == "budget":
        zh, en = (
            "并列者全部入选会超出预算：ties 用 decide 或 refuse",
            "to admit all of a tie would exceed the budget: write decide or refuse",
        )
        raise mistake(node, zh, en, str(Ties.DECIDE))
    return found


def _last(given: MapNode, by: AllotBy, what: str) -> Last:
    node = given.get("last")
    crossed = what == "budget" and by is not AllotBy.SCALE
    if node is None:
        if crossed:
            zh, en = (
                "缺少 last：跨过预算的申请人得余额（partial）还是不得（refuse）",
                "'last' is missing: whoever crosses the budget gets the rest (partial) or nothing (refuse)",
            )
            raise mistake(given, zh, en, "last")
        return Last.REFUSE
    if not crossed:
        zh, en = "没有人会跨过预算，不写 last", "nobody crosses a budget here, so there is no `last`"
        raise mistake(given.key("last"), zh, en)
    return Last(_word(node, Last, "last"))


def _word(node: Node, known: type[StrEnum], key: str) -> str:
    text = text_of(node).text
    words = [str(one) for one in known]
    if text not in words:
        listed = ", ".join(words)
        refuse(node, f"{key} 只能是 {listed}", f"`{key}` is one of {listed}", nearest(text, words))
    return text
