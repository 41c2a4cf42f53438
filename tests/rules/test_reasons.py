"""What a reason says, for every operator and type, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.expression import Condition
from app.rules.limits import Limit, LimitKind
from app.rules.policy import Award, AwardKind, Words
from tests.rules.speaking import (
    EXCLUSIONS,
    answer,
    both,
    first,
    funded,
    leaf,
    measure,
    outlet_measure,
    past,
    policy,
    prizes_measure,
    said,
    value,
)

GRANTED = "patents.granted"
INTEREST = "loan.interest"


def test_the_model_sentence() -> None:
    assert said(measure(leaf("patents.granted >= least")), {GRANTED: 8}) == (
        "年度专利授权量 8 件，需 10 件以上，还差 2 件",
        "Patents granted in the year: 8; at least 10 needed, 2 short",
    )


@pytest.mark.parametrize(
    ("text", "facts", "zh", "en"),
    [
        # counts
        ("patents.granted >= 10", {GRANTED: 12},
         "年度专利授权量 12 件，符合要求（10 件以上）", "Patents granted in the year: 12, as required (at least 10)"),
        ("patents.granted >= 10", {},
         "尚不清楚：年度专利授权量，需 10 件以上", "Not known: patents granted in the year; at least 10 needed"),
        ("patents.granted > 10", {GRANTED: 8},
         "年度专利授权量 8 件，需大于 10 件，还差 3 件",
         "Patents granted in the year: 8; more than 10 needed, 3 short"),
        ("patents.granted <= 10", {GRANTED: 12},
         "年度专利授权量 12 件，需 10 件以下", "Patents granted in the year: 12; at most 10 allowed"),
        ("patents.granted < 10", {GRANTED: 10},
         "年度专利授权量 10 件，需小于 10 件", "Patents granted in the year: 10; less than 10 needed"),
        ("patents.granted == 10", {GRANTED: 8},
         "年度专利授权量 8 件，需为 10 件", "Patents granted in the year: 8; exactly 10 needed"),
        ("patents.granted != 10", {GRANTED: 10},
         "年度专利授权量 10 件，需不为 10 件", "Patents granted in the year: 10; anything but 10 needed"),
        # money, percents, numbers
        ("loan.interest >= 200000", {INTEREST: 100_000},
         "贷款利息 1,000.00 元，需 200,000.00 元以上，还差 199,000.00 元",
         "Interest: CNY 1,000.00; at least CNY 200,000.00 needed, CNY 199,000.00 short"),
        ("loan.interest > 200000", {INTEREST: 100_000},
         "贷款利息 1,000.00 元，需大于 200,000.00 元，还差 199,000.00 元以上",
         "Interest: CNY 1,000.00; more than CNY 200,000.00 needed, more than CNY 199,000.00 short"),
        ("loan.interest > 0", {INTEREST: 0},
         "贷款利息 0.00 元，需大于 0.00 元", "Interest: CNY 0.00; more than CNY 0.00 needed"),
        ("loan.rate <= 4.2%", {"loan.rate": 4_350_000},
         "利率 4.35%，需 4.2% 以下", "Rate: 4.35%; at most 4.2% allowed"),
        ("review.score >= 80", {"review.score": 755},
         "评审得分 75.5，需 80 以上", "Review score: 75.5; at least 80 needed"),
        # yes or no
        ("applicant.high_tech", {"applicant.high_tech": False},
         "高新技术企业：否，需为“是”", "High-tech enterprise: no; must be yes"),
        ("applicant.high_tech", {"applicant.high_tech": True},
         "高新技术企业：是，符合要求", "High-tech enterprise: yes, as required"),
        ("applicant.high_tech", {},
         "尚不清楚：高新技术企业，需为“是”", "Not known: high-tech enterprise; must be yes"),
        # choices by their labels
        ("applicant.kind in enterprises", {"applicant.kind": "university"},
         "单位类型为高等院校，需为企业或国有企业",
         "Kind of applicant: university; must be enterprise or state-owned enterprise"),
        ("applicant.kind in enterprises", {"applicant.kind": "enterprise"},
         "单位类型为企业，符合要求（企业或国有企业）",
         "Kind of applicant: enterprise, as required (enterprise or state-owned enterprise)"),
        ("applicant.kind in [enterprise, state_owned, university]", {},
         "尚不清楚：单位类型，需为企业、国有企业或高等院校",
         "Not known: kind of applicant; must be enterprise, state-owned enterprise or university"),
        ("applicant.kind not in enterprises", {"applicant.kind": "enterprise"},
         "单位类型为企业，需不为企业或国有企业",
         "Kind of applicant: enterprise; must not be enterprise or state-owned enterprise"),
        ("applicant.kind == university", {"applicant.kind": "university"},
         "单位类型为高等院校，符合要求", "Kind of applicant: university, as required"),
        ("applicant.kind != university", {"applicant.kind": "university"},
         "单位类型为高等院校，需不为高等院校", "Kind of applicant: university; must not be university"),
        ("applicant.size >= medium", {"applicant.size": "small"},
         "企业规模为小型，需为中型以上", "Size of the enterprise: small; must be medium or above"),
        ("applicant.size < medium", {"applicant.size": "large"},
         "企业规模为大型，需低于中型", "Size of the enterprise: large; must be below medium"),
        ("trade.code == 'A1'", {"trade.code": "B2"},
         "行业代码为“B2”，需为“A1”", "Industry code: “B2”; must be “A1”"),
        # dates and periods
        ("alliance.since >= 2025-01-01", {"alliance.since": date(2024, 3, 1)},
         "联盟开始运营日期为2024年3月1日，需不早于2025年1月1日",
         "Start of the alliance's operation: 1 March 2024; must be on or after 1 January 2025"),
        ("alliance.since >= as_of - 2 years", {"alliance.since": date(2024, 3, 1)},
         "联盟开始运营日期为2024年3月1日，需不早于2024年11月23日",
         "Start of the alliance's operation: 1 March 2024; must be on or after 23 November 2024"),
        ("years(alliance.since, as_of) >= 1", {"alliance.since": date(2026, 3, 1)},
         "联盟开始运营日期为2026年3月1日，需满 1 年，即不晚于2025年11月23日",
         "Start of the alliance's operation: 1 March 2026; one full year needed, i.e. on or before 23 November 2025"),
        ("years(alliance.since, as_of) >= 3", {},
         "尚不清楚：联盟开始运营日期，需满 3 年，即不晚于2023年11月23日",
         "Not known: start of the alliance's operation; 3 full years needed, i.e. on or before 23 November 2023"),
        # formulas and other facts
        ("patents.invention <= patents.granted", {GRANTED: 2, "patents.invention": 3},
         "年度发明专利授权量 3 件，需 2 件以下", "Invention patents granted in the year: 3; at most 2 allowed"),
        ("patents.invention <= patents.granted", {"patents.invention": 3},
         "年度发明专利授权量 3 件，需不高于年度专利授权量，尚不能确定",
         "Invention patents granted in the year: 3; must be at most patents granted in the year, not certain yet"),
        ("loan.interest + loan.fee >= 100", {INTEREST: 100, "loan.fee": 200},
         "贷款利息与担保费之和 3.00 元，需 100.00 元以上，还差 97.00 元",
         "The sum of interest and guarantee fee: CNY 3.00; at least CNY 100.00 needed, CNY 97.00 short"),
        ("loan.interest * share >= 100", {INTEREST: 333},
         "贷款利息 × 50%：1.67 元，需 100.00 元以上，还差 98.34 元",
         "Interest × 50%: CNY 1.67; at least CNY 100.00 needed, CNY 98.34 short"),
        ("any(p in prizes where p.level == national)", {"prizes": [{"level": "none"}]},
         "专利奖项中至少一项符合（奖项级别为国家级）：否，需为“是”",
         "At least one of patent awards (level of the award is national): no; must be yes"),
        ("count(p in prizes where p.first) >= 2", {"prizes": [{"first": True}]},
         "专利奖项（第一完成单位为“是”）的项数 1 项，需 2 项以上，还差 1 项",
         "The number of patent awards (first-named unit: yes): 1; at least 2 needed, 1 short"),
    ],
)  # fmt: skip
def test_sentences(text: str, facts: dict[str, object], zh: str, en: str) -> None:
    assert said(measure(leaf(text)), facts) == (zh, en)


@pytest.mark.parametrize(
    ("text", "facts", "zh", "en"),
    [
        ("applicant.high_tech", {"applicant.high_tech": True},
         "高新技术企业：是，需为“否”", "High-tech enterprise: yes; must be no"),
        ("patents.granted >= 10", {GRANTED: 12},
         "年度专利授权量 12 件，需小于 10 件", "Patents granted in the year: 12; less than 10 needed"),
        ("applicant.kind in enterprises", {"applicant.kind": "enterprise"},
         "单位类型为企业，需不为企业或国有企业",
         "Kind of applicant: enterprise; must not be enterprise or state-owned enterprise"),
        ("years(alliance.since, as_of) >= 3", {"alliance.since": date(2020, 3, 1)},
         "联盟开始运营日期为2020年3月1日，需未满 3 年，即晚于2023年11月23日",
         "Start of the alliance's operation: 1 March 2020; less than 3 full years needed, i.e. after 23 November 2023"),
    ],
)  # fmt: skip
def test_denied_requirements(text: str, facts: dict[str, object], zh: str, en: str) -> None:
    assert said(measure(both("not", leaf(text))), facts) == (zh, en)


@pytest.mark.parametrize(
    ("text", "fact", "given", "short"),
    [
        ("patents.granted >= 10", GRANTED, 8, 2),
        ("patents.granted > 10", GRANTED, 10, 1),
        ("patents.granted == 10", GRANTED, 8, None),
        ("patents.granted <= 10", GRANTED, 12, None),
        ("loan.interest >= 0.05", INTEREST, 2, "0.03"),
        ("loan.interest > 0", INTEREST, 0, None),
        ("loan.interest > 1", INTEREST, 40, "0.60"),
        ("review.score >= 80", "review.score", 755, None),
        ("applicant.high_tech", "applicant.high_tech", False, None),
    ],
)
def test_a_shortfall_is_for_counts_and_money_below_a_bound(
    text: str, fact: str, given: object, short: object
) -> None:
    (reason,) = first(measure(leaf(text)), {fact: given})["reasons"]
    assert reason["outcome"] == "not_met"
    assert reason["shortfall"] == short


def test_nothing_is_short_of_what_is_met_or_unknown() -> None:
    for facts in ({GRANTED: 12}, {}):
        (reason,) = first(measure(leaf("patents.granted >= 10")), facts)["reasons"]
        assert reason["shortfall"] is None


SUBJECT = both(
    "any",
    both("all", leaf("applicant.kind == state_owned", "a"), leaf("applicant.size == large", "b")),
    leaf("applicant.kind in [university]", "c"),
    code="grants.subject",
)
SUBJECT_ZH = "单位类型为国有企业且企业规模为大型，或者单位类型为高等院校"
SUBJECT_EN = (
    "kind of applicant is state-owned enterprise and size of the enterprise is large, "
    "or kind of applicant is university"
)


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        ("university", "符合要求：", "Met: "),
        ("enterprise", "不符合要求：", "Not met: "),
        (None, "尚不能确定是否符合要求：", "Not known whether this is met: "),
    ],
)
def test_a_named_group_is_told_in_the_words_of_its_legs(kind: str | None, zh: str, en: str) -> None:
    facts: dict[str, object] = {} if kind is None else {"applicant.kind": kind}
    assert said(measure(SUBJECT), facts) == (zh + SUBJECT_ZH, en + SUBJECT_EN)
    (reason,) = first(measure(SUBJECT), facts)["reasons"]
    assert reason["value"] is None
    assert reason["required"] is None
    assert reason["pointer"] == "/applicant/kind"


def test_says_replaces_the_sentence() -> None:
    says = Words(
        "利率 {value} 高于 {required}（{shortfall}）", "Rate {value}, at most {required} ({shortfall})"
    )
    assert said(measure(leaf("loan.rate <= 4.2%", says=says)), {"loan.rate": 5_000_000}) == (
        "利率 5% 高于 4.2%（—）",
        "Rate 5%, at most 4.2% (—)",
    )
    assert said(measure(leaf("loan.rate <= 4.2%", says=says)), {})[1] == "Rate not known, at most 4.2% (—)"
    money = Words("{value} 元，差 {shortfall} 元", "{value} of {required} yuan, {shortfall} short")
    assert said(measure(leaf("loan.interest >= 100", says=money)), {INTEREST: 5_000}) == (
        "50.00 元，差 50.00 元",
        "50.00 of 100.00 yuan, 50.00 short",
    )


def test_what_a_text_holds_is_no_placeholder() -> None:
    says = Words("代码 {value}，需 {required}", "Code {value}, not {required}")
    assert said(measure(leaf("trade.code == 'A1'", says=says)), {"trade.code": "{required}"}) == (
        "代码 “{required}”，需 “A1”",
        "Code “{required}”, not “A1”",
    )


@pytest.mark.parametrize(
    ("prizes", "zh", "en"),
    [
        ([], "专利奖项：符合条件 0 项，需 1 项以上", "Patent awards: 0 meet the conditions; at least 1 needed"),
        ([{"prize_id": "a", "level": "national", "first": True, "amount": 5}],
         "专利奖项：符合条件 1 项，符合要求（1 项以上）",
         "Patent awards: 1 meets the conditions, as required (at least 1)"),
        ([{"prize_id": "a"}],
         "专利奖项：已确定符合条件 0 项，需 1 项以上，其余或金额尚不清楚",
         "Patent awards: 0 certain to meet the conditions; at least 1 needed, others or figures not known"),
        (None, "尚不清楚：专利奖项，需 1 项以上符合条件",
         "Not known: patent awards; at least 1 must meet the conditions"),
    ],
)  # fmt: skip
def test_lists(prizes: object, zh: str, en: str) -> None:
    assert said(prizes_measure(), {"prizes": prizes}) == (zh, en)


def test_an_amount_of_nothing_and_an_amount_that_is_open() -> None:
    share = measure(
        leaf("patents.granted >= 1"), award=Award(AwardKind.CALCULATED, value("share * loan.interest"))
    )
    nothing = first(share, {GRANTED: 1, INTEREST: 0})["reasons"][-1]
    assert nothing["code"] == "grants.amount"
    assert nothing["message"] == {
        "zh": "应得金额为 0.00 元，需大于 0",
        "en": "The award comes to CNY 0.00; it must be above 0",
    }
    open_ = first(share, {GRANTED: 1})["reasons"][-1]
    assert open_["message"] == {
        "zh": "尚不清楚：贷款利息，金额需据此确定",
        "en": "Not known: interest; the amount depends on it",
    }
    assert open_["required"] is None


@pytest.mark.parametrize(
    ("listed", "zh", "en"),
    [
        (True, "失信联合惩戒对象不予资助（被列入失信联合惩戒名单：是）",
         "No funding while listed (listed for joint punishment: yes)"),
        (None, "失信联合惩戒对象不予资助（尚不清楚：被列入失信联合惩戒名单）",
         "No funding while listed (not known: listed for joint punishment)"),
    ],
)  # fmt: skip
def test_exclusions_from_money(listed: object, zh: str, en: str) -> None:
    facts = {GRANTED: 12, "applicant.credit.joint_punishment": listed}
    assert said(measure(leaf("patents.granted >= 1")), facts) == (zh, en)


def test_an_exclusion_of_several_parts_is_described() -> None:
    barred = Condition("any", parts=(EXCLUSIONS[0].when or SUBJECT, leaf("patents.granted == 0", "")))
    of = policy(
        measure(leaf("alliance.filed")),
        exclusions=(type(EXCLUSIONS[0])("both", "六", Words("不予资助", "No funding"), when=barred),),
    )
    (reason,) = answer(of, {"alliance.filed": True, GRANTED: 0})["measures"][0]["reasons"]
    assert reason["message"]["en"] == (
        "No funding (listed for joint punishment: yes, or patents granted in the year: exactly 0: 0)"
    )


PRIZE = {"prize_id": "A-1", "level": "national", "first": True, "amount": 500, "project": "NAV-7"}


def test_an_item_whose_project_was_supported_and_an_item_paid_before() -> None:
    found = first(
        prizes_measure(),
        {"prizes": [PRIZE, {**PRIZE, "prize_id": "A-2", "project": "B"}]},
        history=(past("match", 2020, item="a2"),),
        other_funding=(funded("nav 7"),),
    )
    supported, paid = (line["reasons"][0] for line in found["lines"])
    assert supported["message"] == {
        "zh": "同一项目不重复资助（所属项目“NAV-7”此前已获支持）",
        "en": "No second funding of a project (project “NAV-7” was supported before)",
    }
    assert (supported["fact"], supported["clause"]) == ("prizes[0].project", "六")
    assert paid["message"] == {
        "zh": "每项一次：该项此前已用 1 次",
        "en": "Once per item: already used once before",
    }


@pytest.mark.parametrize(
    ("limit", "times", "zh", "en"),
    [
        (Limit(LimitKind.ONCE), 1, "仅一次：此前已用 1 次", "Once only: already used once before"),
        (Limit(LimitKind.ONCE_PER_YEAR), 2, "每年一次：本年度已用 2 次", "Once a year: already used 2 times this year"),
        (Limit(LimitKind.ANNUAL_CAP, 30_000_000), 2,
         "每年合计不超过 300,000.00 元：本年度已用 300,000.00 元，额度已用完",
         "At most CNY 300,000.00 a year: CNY 300,000.00 used this year, nothing is left"),
    ],
)  # fmt: skip
def test_limits_that_history_has_used_up(limit: Limit, times: int, zh: str, en: str) -> None:
    of = measure(leaf("patents.granted >= 1"), limits=(limit,))
    assert said(of, {GRANTED: 1}, history=(past("grants"),) * times) == (zh, en)


def test_levels() -> None:
    paid = (past("outlet", 2020, item="national"),)
    assert said(outlet_measure(), {"outlet.level": "national"}, history=paid) == (
        "每一网点认定级别一次：此前已用 1 次",
        "Once for each level of recognition: already used once before",
    )
    limit = Limit(LimitKind.ONCE_PER_ITEM, key="outlet.level")
    of = measure(leaf("patents.granted >= 1"), name="outlet", limits=(limit,))
    unknown = first(of, {GRANTED: 1}, history=paid)["reasons"][-1]
    assert unknown["message"] == {
        "zh": "每一网点认定级别一次：此前已给予过，尚不清楚网点认定级别",
        "en": "Once for each level of recognition: awarded before, and not known: level of recognition",
    }


def test_a_cap_that_cuts_an_amount() -> None:
    cap = Limit(LimitKind.ANNUAL_CAP, 20_000_000)
    reasons = first(
        measure(leaf("patents.granted >= 1"), limits=(cap,)), {GRANTED: 1}, history=(past("grants"),)
    )["reasons"]
    assert reasons[-1]["outcome"] == "limited"
    assert reasons[-1]["required"] == {"operator": "<=", "value": "50000.00"}
    assert reasons[-1]["message"] == {
        "zh": "年度额度只剩 50,000.00 元，金额由 200,000.00 元减为 50,000.00 元",
        "en": "Only CNY 50,000.00 of the annual cap is left: amount reduced from CNY 200,000.00 to CNY 50,000.00",
    }


def test_a_ceiling_is_never_told_as_an_amount() -> None:
    of = measure(
        leaf("patents.granted >= 1"),
        award=Award(AwardKind.UP_TO, value("100000")),
        limits=(Limit(LimitKind.ANNUAL_CAP, 20_000_000),),
    )
    reason = first(of, {GRANTED: 1}, history=(past("grants"),))["reasons"][-1]
    assert "最高额度由 100,000.00 元减为" in reason["message"]["zh"]
    assert "ceiling reduced from CNY 100,000.00" in reason["message"]["en"]


def test_another_currency_is_named_by_its_code() -> None:
    of = policy(measure(leaf("loan.interest >= 100")), currency="EUR")
    (reason,) = answer(of, {INTEREST: 5_000})["measures"][0]["reasons"]
    assert reason["message"] == {
        "zh": "贷款利息 50.00 EUR，需 100.00 EUR 以上，还差 50.00 EUR",
        "en": "Interest: EUR 50.00; at least EUR 100.00 needed, EUR 50.00 short",
    }
