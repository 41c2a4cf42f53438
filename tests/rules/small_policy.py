"""A policy made by hand: every type of fact, every form of limit that a request is read by."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from app.rules.expression import Comparison, Domain, Fact, Literal
from app.rules.facts import FactDeclaration, FactSchema, Relation
from app.rules.limits import Limit, LimitKind
from app.rules.policy import Award, AwardKind, Each, Measure, Policy, Words
from app.rules.reading import InputErrors, compile_reader
from tests.yanhu.asking import ABSENT
from tests.yanhu.cases_bad import GOOD

TODAY = date(2026, 11, 23)


def words(text: str) -> Words:
    return Words(f"测{text}", text)


def choice(name: str, *codes: str) -> FactDeclaration:
    of = f"{name.rsplit('.', 1)[-1]}s"
    return FactDeclaration(
        name, "choice", words(name), of=of, choices=tuple((code, words(code)) for code in codes)
    )


def fact(name: str, kind: str, **more: int | bool | Words) -> FactDeclaration:
    return FactDeclaration(name, kind, words(name), **more)  # type: ignore[arg-type]


def items(name: str, *fields: FactDeclaration) -> FactDeclaration:
    return FactDeclaration(name, "list", words(name), fields={field.name: field for field in fields})


FACTS = (
    fact("applicant.name", "text"),
    fact("applicant.uscc", "text"),
    fact("applicant.division", "text"),
    fact("applicant.credit.joint_punishment", "bool"),
    choice("applicant.kind", "enterprise", "state_owned_enterprise", "university"),
    choice("applicant.size", "micro", "small", "medium", "large"),
    fact("applicant.technology_innovative", "bool"),
    fact("patents.granted", "count", unit=Words("件", "patents")),
    fact("patents.invention_granted", "count"),
    fact("patents.high_value_granted", "count"),
    fact("alliance.operating_since", "date"),
    fact("finance.rate", "percent", max=10**8),
    fact("finance.score", "number", places=1, max=1000),
    fact("finance.balance", "number", places=2, min=-500_00),
    fact("finance.turnover", "money", max=10**9),
    fact("finance.remark", "text"),
    choice("service_outlet.recognised_level", "national", "provincial", "none"),
    items(
        "patent_awards",
        fact("award_id", "id"),
        fact("name", "text"),
        choice("level", "national", "provincial", "municipal", "other"),
        choice("category", "patent", "design"),
        fact("first_unit", "bool"),
        fact("amount", "money"),
        fact("project", "id", optional=True),
    ),
    items(
        "navigation_projects", fact("project", "id"), choice("excellence", "national", "provincial", "none")
    ),
    fact("pledge_financing.provincial_subsidy_received", "bool"),
    items(
        "pledge_loans",
        fact("loan_id", "id"),
        choice("collateral", "patent", "trademark", "copyright", "other"),
        choice("lender", "bank", "financial_institution", "other"),
        fact("interest", "money"),
        fact("guarantee_fee", "money"),
        fact("appraisal_fee", "money"),
        fact("repaid_on_time", "bool"),
    ),
    items(
        "gi_trademarks",
        fact("application_no", "id"),
        choice("product", "linkui_peach", "other"),
        fact("fees", "money"),
    ),
    items("exhibition_awards", fact("won", "bool")),
)


def relation(left: str, operator: str, right: str, kind: str = "count") -> Relation:
    return Relation(Comparison("bool", 1, operator, Fact(kind, 1, left), Fact(kind, 1, right)))


RELATIONS = (
    relation("patents.invention_granted", "<=", "patents.granted"),
    relation("patents.high_value_granted", "<=", "patents.granted"),
    Relation(
        Comparison(
            "bool",
            1,
            "<=",
            Fact("count", 1, "patents.granted", Domain()),
            Literal("count", 1, 900_000_000),
        )
    ),
)
PER_ITEM = Limit(LimitKind.ONCE_PER_ITEM, for_anyone=True)
FIXED = Award(AwardKind.FIXED, Literal("money", 1, 100))


def measure(name: str, each: Each | None = None, *limits: Limit, award: Award = FIXED) -> Measure:
    return Measure(name, "一", words(name), award, each=each, limits=limits)


MEASURES = (
    measure("patent-grants", None, Limit(LimitKind.ONCE_PER_YEAR)),
    measure(
        "patent-award-match",
        Each("prize", "patent_awards", "award_id", {"project": "project"}, award=FIXED),
        PER_ITEM,
    ),
    measure(
        "navigation",
        Each("one", "navigation_projects", "project", {"project": "project"}, award=FIXED),
        PER_ITEM,
    ),
    measure(
        "pledge-financing",
        Each("loan", "pledge_loans", "loan_id"),
        Limit(LimitKind.ONCE_PER_ITEM, per_year=True),
        Limit(LimitKind.ANNUAL_CAP, cap=20_000_000),
    ),
    measure("gi-trademark", Each("mark", "gi_trademarks", "application_no", award=FIXED), PER_ITEM),
    measure("service-outlet", None, Limit(LimitKind.ONCE_PER_ITEM, key="service_outlet.recognised_level")),
    measure("inventor-rewards", award=Award(AwardKind.SERVICE)),
    measure("talent", award=Award(AwardKind.SERVICE)),
)
POLICY = Policy(
    id="small",
    family="small",
    version="1",
    status="draft",
    title=words("small"),
    authority=words("nobody"),
    division="140802",
    currency="CNY",
    in_force_from=date(2023, 1, 1),
    in_force_to=None,
    digest="sha256:" + "0" * 64,
    facts=FactSchema({declaration.name: declaration for declaration in FACTS}, relations=RELATIONS),
    measures=MEASURES,
)
READ = compile_reader(POLICY)


def mistakes(body: object) -> list[tuple[str, str]]:
    """Pointers and codes of what is wrong with a body; empty when it is a request."""
    try:
        READ(body, TODAY)
    except InputErrors as refused:
        return [(error.pointer, error.code) for error in refused.errors]
    return []


def asked(**top: Any) -> dict[str, Any]:
    """A good request with some of its top replaced; ABSENT leaves a field out."""
    whole = {**copy.deepcopy(GOOD), **top}
    return {key: value for key, value in whole.items() if value is not ABSENT}
