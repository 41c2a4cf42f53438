"""Requirements, limits and required facts in words, for the catalogue."""

from __future__ import annotations

import pytest

from app.rules.expression import Condition
from app.rules.limits import Limit, LimitKind
from app.rules.policy import Award, AwardKind, Measure, Words
from app.rules.words.describing import describe_condition, describe_requirements, expression_words
from app.rules.words.limit_words import describe_limit
from app.rules.words.required_facts import required_facts
from tests.rules.speaking import (
    EXCLUSIONS,
    FACTS,
    both,
    leaf,
    measure,
    outlet_measure,
    prizes_measure,
    value,
)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("patents.granted >= least", "年度专利授权量 10 件以上", "patents granted in the year: at least 10"),
        ("patents.granted > 10", "年度专利授权量大于 10 件", "patents granted in the year: more than 10"),
        ("loan.interest <= 50000", "贷款利息 50,000.00 元以下", "interest: at most CNY 50,000.00"),
        ("loan.rate <= 4.2%", "利率 4.2% 以下", "rate: at most 4.2%"),
        ("applicant.kind in enterprises", "单位类型为企业或国有企业",
         "kind of applicant is enterprise or state-owned enterprise"),
        ("applicant.kind not in enterprises", "单位类型不为企业或国有企业",
         "kind of applicant is not enterprise or state-owned enterprise"),
        ("applicant.size >= medium", "企业规模为中型以上", "size of the enterprise is medium or above"),
        ("applicant.high_tech", "高新技术企业为“是”", "high-tech enterprise: yes"),
        ("not applicant.high_tech", "高新技术企业为“否”", "high-tech enterprise: no"),
        ("years(alliance.since, as_of) >= 1", "自联盟开始运营日期起满 1 年",
         "at least one full year since start of the alliance's operation"),
        ("not years(alliance.since, as_of) >= 2", "自联盟开始运营日期起未满 2 年",
         "less than 2 full years since start of the alliance's operation"),
        ("year(alliance.since) == year - 1", "联盟开始运营日期的年份等于奖励年度 − 1",
         "the year of start of the alliance's operation: exactly the award year − 1"),
        ("alliance.since >= as_of - 3 years", "联盟开始运营日期不早于评估日前 3 年",
         "start of the alliance's operation is on or after 3 years before the day of the evaluation"),
        ("alliance.since < year_end(as_of) + 1 day", "联盟开始运营日期早于评估日所在年的末日后 1 天",
         ("start of the alliance's operation is before "
          "1 day after the last day of the year of the day of the evaluation")),
        ("patents.invention * 2 >= patents.granted", "年度发明专利授权量 × 2 不低于年度专利授权量",
         "invention patents granted in the year × 2: at least patents granted in the year"),
        ("min(p.amount for p in prizes else 100) >= 5", "专利奖项中最小的所获奖金（没有时为 100.00 元） 5.00 元以上",
         "the least prize money received of patent awards (CNY 100.00 where there is none): at least CNY 5.00"),
        ("min(loan.fee, loan.interest) > 0", "担保费与贷款利息中的最小值大于 0.00 元",
         "the least of guarantee fee and interest: more than CNY 0.00"),
        ("sum(p.amount for p in prizes where p.first) >= 100",
         "专利奖项（第一完成单位为“是”）的所获奖金之和 100.00 元以上",
         "the sum of prize money received over patent awards (first-named unit: yes): at least CNY 100.00"),
        ("all(p.first for p in prizes)", "专利奖项每一项均符合（第一完成单位为“是”）",
         "every one of patent awards meets (first-named unit: yes)"),
        ("not any(p in prizes where p.first)", "并非专利奖项中至少一项符合（第一完成单位为“是”）",
         "not at least one of patent awards (first-named unit: yes)"),
        ("applicant.high_tech or alliance.filed and patents.granted >= 1",
         "高新技术企业为“是”，或者联盟已备案为“是”且年度专利授权量 1 件以上",
         ("high-tech enterprise: yes, or alliance on file with the authority: yes and "
          "patents granted in the year: at least 1")),
        ("not (applicant.high_tech and alliance.filed)", "高新技术企业为“否”，或者联盟已备案为“否”",
         "high-tech enterprise: no, or alliance on file with the authority: no"),
        ("alliance.filed and not (applicant.high_tech and patents.granted >= 1)",
         "联盟已备案为“是”且（高新技术企业为“否”，或者年度专利授权量小于 1 件）",
         ("alliance on file with the authority: yes and "
          "(high-tech enterprise: no, or patents granted in the year: less than 1)")),
    ],
)  # fmt: skip
def test_requirements(text: str, zh: str, en: str) -> None:
    assert describe_condition(leaf(text), FACTS) == Words(zh, en)


LARGE = both(
    "all", leaf("applicant.kind == state_owned", "g.kind"), leaf("applicant.size == large", "g.size")
)
SUBJECT = both("any", LARGE, leaf("applicant.kind in [university]", "g.school"), code="g.subject")


def test_a_tree_of_conditions_is_flattened_and_bracketed_only_where_needed() -> None:
    whole = both(
        "all", leaf("alliance.filed", "g.filed"), both("all", leaf("applicant.high_tech", "g.tech"), SUBJECT)
    )
    assert describe_condition(whole, FACTS) == Words(
        "联盟已备案为“是”且高新技术企业为“是”且（单位类型为国有企业且企业规模为大型，或者单位类型为高等院校）",
        "alliance on file with the authority: yes and high-tech enterprise: yes and (kind of applicant is "
        "state-owned enterprise and size of the enterprise is large, or kind of applicant is university)",
    )


def test_a_denial_is_carried_to_the_leaves() -> None:
    assert describe_condition(both("not", SUBJECT), FACTS) == Words(
        "（单位类型不为国有企业，或者企业规模不为大型）且单位类型不为高等院校",
        "(kind of applicant is not state-owned enterprise, or size of the enterprise is not large) "
        "and kind of applicant is not university",
    )


def test_the_structured_form_keeps_codes_clauses_and_parts() -> None:
    own = Condition("leaf", code="g.filed", clause="六", test=leaf("alliance.filed").test)
    filed, subject = describe_requirements([both("all", own, SUBJECT)], FACTS, "二（四）")
    assert (filed.code, filed.clause, filed.kind, filed.of) == ("g.filed", "六", "one", ())
    assert (subject.code, subject.clause, subject.kind) == ("g.subject", "二（四）", "any")
    assert [(part.kind, part.code) for part in subject.of] == [("all", ""), ("one", "g.school")]
    assert [part.code for part in subject.of[0].of] == ["g.kind", "g.size"]
    assert subject.words == describe_condition(SUBJECT, FACTS)


def test_a_long_list_of_members_is_cut_and_counted() -> None:
    codes = ", ".join(f"'{n}'" for n in range(40))
    words = describe_condition(leaf(f"trade.code in [{codes}]"), FACTS)
    assert words.zh.endswith("“9”等 40 项之一")
    assert words.en.endswith("“9” or one of 30 more")


def test_a_sum_of_sums_is_one_sum() -> None:
    words = expression_words(value("loan.interest + loan.fee + loan.interest"), FACTS)
    assert words.zh == "贷款利息、担保费与贷款利息之和"


def test_a_formula() -> None:
    assert expression_words(value("share * (loan.interest + loan.fee)"), FACTS) == Words(
        "50% × （贷款利息与担保费之和）", "50% × (the sum of interest and guarantee fee)"
    )


@pytest.mark.parametrize(
    ("limit", "zh", "en"),
    [
        (Limit(LimitKind.ONCE), "仅一次", "once only"),
        (Limit(LimitKind.ONCE, cap=3), "最多 3 次", "at most 3 times"),
        (Limit(LimitKind.ONCE_PER_YEAR), "每年一次", "once a year"),
        (Limit(LimitKind.ONCE_PER_ITEM), "每项一次", "once per item"),
        (Limit(LimitKind.ONCE_PER_ITEM, per_year=True), "每项每年一次", "once per item and year"),
        (Limit(LimitKind.ONCE_PER_ITEM, for_anyone=True), "每项一次（不论由谁申请）", "once per item, whoever applies"),
        (Limit(LimitKind.ONCE_PER_ITEM, key="outlet.level"), "每一网点认定级别一次",
         "once for each level of recognition"),
        (Limit(LimitKind.ANNUAL_CAP, cap=20_000_000), "每年合计不超过 200,000.00 元", "at most CNY 200,000.00 a year"),
    ],
)  # fmt: skip
def test_limits(limit: Limit, zh: str, en: str) -> None:
    assert describe_limit(limit, FACTS) == Words(zh, en)


def test_a_level_without_the_schema_is_called_level() -> None:
    assert describe_limit(Limit(LimitKind.ONCE_PER_ITEM, key="outlet.level")).en == "once for each level"


LISTED = "applicant.credit.joint_punishment"


@pytest.mark.parametrize(
    ("of", "names"),
    [
        (measure(SUBJECT, leaf("patents.granted >= 1")),
         ("applicant.kind", "applicant.size", "patents.granted", LISTED)),
        (prizes_measure(), ("prizes", "prizes[].level", "prizes[].first", "prizes[].amount", LISTED)),
        (outlet_measure(), ("outlet.level", LISTED)),
        (measure(leaf("any(p in prizes where p.first)")), ("prizes", "prizes[].first", LISTED)),
        (measure(leaf("alliance.filed"), award=Award(AwardKind.SERVICE)), ("alliance.filed",)),
    ],
)  # fmt: skip
def test_required_facts(of: Measure, names: tuple[str, ...]) -> None:
    assert required_facts(of, EXCLUSIONS) == names
