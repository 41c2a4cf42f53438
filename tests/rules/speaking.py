"""A small policy built by hand, and the answers it gives: what messages and rendering are tested with."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from app.rules.evaluation import compile_policy
from app.rules.expression import Condition
from app.rules.facts import FactDeclaration, FactSchema
from app.rules.language.naming import Scope
from app.rules.language.parsing import parse_condition, parse_expression
from app.rules.limits import Limit, LimitKind
from app.rules.policy import Award, AwardKind, Each, Exclusion, Flag, Measure, Obligation, Policy, Words
from app.rules.rendering import render
from app.rules.requests import EvaluationRequest, Funding, HistoryEntry
from app.rules.values import ByLevel

DAY = date(2026, 11, 23)
KINDS = (
    ("enterprise", Words("企业", "enterprise")),
    ("state_owned", Words("国有企业", "state-owned enterprise")),
    ("university", Words("高等院校", "university")),
)
SIZES = (
    ("small", Words("小型", "small")),
    ("medium", Words("中型", "medium")),
    ("large", Words("大型", "large")),
)
LEVELS = (
    ("national", Words("国家级", "national")),
    ("provincial", Words("省级", "provincial")),
    ("none", Words("无", "none")),
)
PIECES = Words("件", "patents")


def declared(name: str, kind: str, zh: str, en: str, **more: Any) -> FactDeclaration:
    return FactDeclaration(name, kind, Words(zh, en), **more)


PRIZE = {
    "prize_id": declared("prize_id", "id", "奖项编号", "award no."),
    "level": declared("level", "choice", "奖项级别", "level of the award", of="levels", choices=LEVELS),
    "amount": declared("amount", "money", "所获奖金", "prize money received"),
    "first": declared("first", "bool", "第一完成单位", "first-named unit"),
    "project": declared("project", "id", "所属项目", "project", optional=True),
}
_FACTS = [
    declared(
        "applicant.credit.joint_punishment", "bool", "被列入失信联合惩戒名单", "listed for joint punishment"
    ),
    declared("applicant.kind", "choice", "单位类型", "kind of applicant", of="kinds", choices=KINDS),
    declared("applicant.size", "choice", "企业规模", "size of the enterprise", of="sizes", choices=SIZES),
    declared("applicant.high_tech", "bool", "高新技术企业", "high-tech enterprise"),
    declared("patents.granted", "count", "年度专利授权量", "patents granted in the year", unit=PIECES),
    declared(
        "patents.invention",
        "count",
        "年度发明专利授权量",
        "invention patents granted in the year",
        unit=PIECES,
    ),
    declared("loan.interest", "money", "贷款利息", "interest"),
    declared("loan.fee", "money", "担保费", "guarantee fee"),
    declared("loan.rate", "percent", "利率", "rate", max=10**8),
    declared("review.score", "number", "评审得分", "review score", places=1, max=1000),
    declared("alliance.since", "date", "联盟开始运营日期", "start of the alliance's operation"),
    declared("alliance.filed", "bool", "联盟已备案", "alliance on file with the authority"),
    declared("trade.code", "text", "行业代码", "industry code"),
    declared("outlet.level", "choice", "网点认定级别", "level of recognition", of="levels", choices=LEVELS),
    declared("prizes", "list", "专利奖项", "patent awards", fields=PRIZE),
]
FACTS = FactSchema(
    facts={each.name: each for each in _FACTS},
    choices={"kinds": KINDS, "sizes": SIZES, "levels": LEVELS},
    ordered=frozenset({"sizes"}),
)
SCOPE = Scope(
    facts=FACTS,
    parameters={"least": "10", "share": "50%", "cap": "200000"},
    sets={"enterprises": ("kinds", ("enterprise", "state_owned"))},
    item=("prize", "prizes"),
    allow=frozenset({"counted", "items", "granted", "paid", "due"}),
    ordered=frozenset({"sizes"}),
)


def leaf(text: str, code: str = "grants.asked", says: Words | None = None) -> Condition:
    return Condition("leaf", code=code, test=parse_condition(text, SCOPE), says=says)


def both(kind: str, *parts: Condition, code: str = "") -> Condition:
    return Condition(kind, code=code, parts=parts, named=bool(code))


def value(text: str, expect: str = "money") -> Any:
    return parse_expression(text, SCOPE, expect)


def fixed(text: str = "200000") -> Award:
    return Award(AwardKind.FIXED, value(text))


def measure(*require: Condition, name: str = "grants", **more: Any) -> Measure:
    given: dict[str, Any] = {"award": fixed(), **more}
    return Measure(name, "一（二）", Words("授权奖励", "Award for grants"), require=require, **given)


def prizes_measure(**more: Any) -> Measure:
    """Each prize is matched; one award per item for life, half of it to the inventors."""
    each = Each(
        "prize",
        "prizes",
        id_field="prize_id",
        keys={"project": "project"},
        require=(leaf("prize.level in [national, provincial]", "match.level"), leaf("prize.first", "match.first")),
        award=Award(AwardKind.CALCULATED, value("prize.amount")),
        flags=(
            Flag("match.national", Words("国家级奖项，请复核", "A national award - please review"),
                 when=leaf("prize.level == national")),
        ),
    )  # fmt: skip
    duty = Obligation(
        "inventor-share", value("share * granted"), True,
        Words("奖项 {item} 至少 {at_least} 元归发明人", "At least {at_least} yuan of {item} to the inventors"),
    )  # fmt: skip
    given: dict[str, Any] = {
        "each": each, "limits": (Limit(LimitKind.ONCE_PER_ITEM, for_anyone=True),), "obligations": (duty,), **more,
    }  # fmt: skip
    return Measure(
        "match", "一（二）", Words("奖项配套", "Match of awards"), Award(AwardKind.CALCULATED), **given
    )


def outlet_measure() -> Measure:
    amounts = ByLevel(
        value("outlet.level", "choice"), {"national": value("cap"), "provincial": value("50000")}
    )
    return measure(
        leaf("outlet.level in [national, provincial]", "outlet.level"),
        name="outlet",
        award=Award(AwardKind.FIXED, amounts),
        limits=(Limit(LimitKind.ONCE_PER_ITEM, key="outlet.level"),),
    )


EXCLUSIONS = (
    Exclusion(
        "joint-punishment", "六", Words("失信联合惩戒对象不予资助", "No funding while listed"),
        when=Condition("leaf", test=parse_condition("applicant.credit.joint_punishment", SCOPE)),
    ),
    Exclusion(
        "same-project", "六", Words("同一项目不重复资助", "No second funding of a project"), item_key="project"
    ),
)  # fmt: skip


def policy(*measures: Measure, **more: Any) -> Policy:
    given: dict[str, Any] = {
        "id": "small", "family": "small", "version": "1", "status": "draft", "title": Words("小", "Small"),
        "authority": Words("局", "Bureau"), "division": "140802", "currency": "CNY",
        "in_force_from": date(2023, 1, 1), "in_force_to": None, "digest": "sha256:" + "0" * 64,
        "facts": FACTS, "measures": measures, "exclusions": EXCLUSIONS, **more,
    }  # fmt: skip
    return Policy(**given)


def request(of: Policy, facts: dict[str, object], **more: Any) -> EvaluationRequest:
    """Facts in engine units; not punished unless the facts say otherwise."""
    known = {"applicant.credit.joint_punishment": False, **facts}
    given: dict[str, Any] = {
        "as_of": DAY, "year": 2026, "measures": frozenset(m.id for m in of.measures),
        "facts": {name: each for name, each in known.items() if each is not None},
        "normalised": {"year": 2026}, **more,
    }  # fmt: skip
    return EvaluationRequest(**given)


def answer(of: Policy, facts: dict[str, object], *, traced: bool = False, **more: Any) -> dict[str, Any]:
    asked = request(of, facts, **more)
    evaluation = compile_policy(of).evaluate(asked, traced=traced)
    found: dict[str, Any] = json.loads(render(evaluation, asked, of))
    return found


def first(of: Measure, facts: dict[str, object], **more: Any) -> dict[str, Any]:
    """The answer for a policy of this measure alone."""
    found: dict[str, Any] = answer(policy(of), facts, **more)["measures"][0]
    return found


def said(of: Measure, facts: dict[str, object], **more: Any) -> tuple[str, str]:
    """The sentence of the measure's only reason."""
    (reason,) = first(of, facts, **more)["reasons"]
    return reason["message"]["zh"], reason["message"]["en"]


def past(of: str, year: int = 2026, fen: int = 15_000_000, **more: Any) -> HistoryEntry:
    return HistoryEntry(of, year, fen, **more)


def funded(project: str) -> Funding:
    return Funding("district", 10_000_000, project)
