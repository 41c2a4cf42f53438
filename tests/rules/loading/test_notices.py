"""A year's notice: what it comes to, what it changes, and its mistakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
import yaml

from app.rules.json_schema.clauses import clauses_by_fact
from app.rules.loading import load_policy
from app.rules.policy import Material, Parameter, Policy, Words
from tests.rules.loading.packs import HEAD, MATCH, NOTICE, NOTICED, PACK, check, errors_of

if TYPE_CHECKING:
    from app.rules.policy import Measure

POLICY = load_policy(NOTICED)
PLAIN = load_policy({path: text for path, text in NOTICED.items() if path != NOTICE})
(OF_2026,) = POLICY.notices
SINCE = "  grant: staff.since <= 2025-01-01"
LATE = "  grant:\n    - staff.since <= 2025-01-01\n    - ¦{is: staff.since > 2025-01-01, code: late}"
BARE = "year: 2026\npublished: 2026-03-01\n"


def measure(policy: Policy, name: str) -> Measure:
    found = policy.measure(name)
    assert found is not None
    return found


def test_what_a_notice_says_of_itself() -> None:
    assert (OF_2026.year, OF_2026.published) == (2026, date(2026, 3, 1))
    assert OF_2026.window == (date(2026, 4, 1), date(2026, 5, 31))
    assert OF_2026.closed == {"loans", "hall"}
    assert OF_2026.review == {"match": Words("请法务核对", "To be checked by counsel")}
    assert OF_2026.materials == (
        Material(Words("申请表", "Form")),
        Material(Words("证书", "Certificate"), ("match", "grant")),
    )
    assert OF_2026.maximum == {"gift": 5_000_000}


def test_the_policy_under_a_notice_is_the_same_policy_read_otherwise() -> None:
    under = OF_2026.policy
    assert (under.id, under.version, under.digest) == (POLICY.id, POLICY.version, POLICY.digest)
    assert under.notices == ()
    assert [one.id for one in under.measures] == [one.id for one in POLICY.measures]
    # Nothing is said of this service.
    assert measure(under, "hall") is measure(POLICY, "hall")


def test_parameters_are_replaced_wherever_they_are_used() -> None:
    grant = measure(OF_2026.policy, "grant")
    assert grant.parameters == {
        "most": Parameter("most", "count", 12),
        "amount": Parameter("amount", "money", 15_000_000),
        "common": Parameter("common", "count", 35),
    }
    # The cap of the limit is the same parameter as the award.
    assert [limit.cap for limit in grant.limits] == [1, 15_000_000]
    assert measure(OF_2026.policy, "match").parameters["ratio"].value == 40_000_000
    assert measure(OF_2026.policy, "gift").parameters["common"].value == 35
    assert measure(POLICY, "grant").parameters["most"].value == 10
    assert measure(POLICY, "gift").parameters["common"].value == 30


def test_requirements_are_added_behind_those_of_the_text() -> None:
    before, after = measure(POLICY, "grant").require, measure(OF_2026.policy, "grant").require
    assert [one.code for one in after] == [*(one.code for one in before), "grant.since"]
    advice = measure(OF_2026.policy, "advice").require
    assert [(one.code, one.clause) for one in advice] == [("advice.kind", ""), ("advice.paying", "七")]


def test_a_closed_measure_has_a_requirement_that_nothing_meets() -> None:
    first, *others = measure(OF_2026.policy, "loans").require
    assert (first.code, first.says) == (
        "loans.closed",
        Words("本年度通知未开放该措施", "The year's notice does not open this measure"),
    )
    assert others == []


def test_a_service_that_is_only_listed_stays_so_when_it_is_closed() -> None:
    assert not measure(OF_2026.policy, "hall").evaluated


def test_a_notice_may_say_no_more_than_its_year_and_day() -> None:
    (bare,) = load_policy({**NOTICED, NOTICE: BARE}).notices
    assert (bare.window, bare.closed, bare.materials) == (None, frozenset(), ())
    assert (bare.review, bare.maximum) == ({}, {})
    assert bare.policy.measures == PLAIN.measures


def test_notices_come_by_year_and_hold_once_they_are_published() -> None:
    other = "year: 2025\npublished: 2025-02-01\nparameters: {grant.most: 11}\n"
    policy = load_policy({**NOTICED, "notices/2025.yaml": other})
    old, new = policy.notices
    assert (old.year, new.year) == (2025, 2026)
    assert measure(old.policy, "grant").parameters["most"].value == 11
    assert new.policy.measures == OF_2026.policy.measures
    assert policy.notice(2026, date(2026, 2, 28)) is None
    assert policy.notice(2026, date(2026, 3, 1)) is new
    assert policy.notice(2025, date(2026, 3, 1)) is old
    assert policy.notice(2024, date(2026, 3, 1)) is None


def test_the_digest_covers_notices_and_nothing_else_of_a_policy_changes() -> None:
    assert POLICY.digest != PLAIN.digest
    assert replace(POLICY, notices=(), digest=PLAIN.digest) == PLAIN
    for old, new in (("grant.most: 12", "grant.most: 13"), ("05-31", "06-30"), ("Form", "A form")):
        assert old in NOTICED[NOTICE]
        changed = load_policy({**NOTICED, NOTICE: NOTICED[NOTICE].replace(old, new)})
        assert changed.digest not in (POLICY.digest, PLAIN.digest)
    commented = f"# about\n{NOTICED[NOTICE]}"
    assert load_policy({**NOTICED, NOTICE: commented}) == POLICY


def test_a_pack_without_notices_has_the_digest_that_it_had_before_there_were_any() -> None:
    assert (
        load_policy(PACK).digest == "sha256:49d4fc54071b53db055bfd8896725351602aed92978debc10dd69d224d60c4fe"
    )
    assert load_policy({**NOTICED, NOTICE: BARE}).digest != PLAIN.digest


def test_a_notice_may_stand_in_the_one_file_of_a_pack() -> None:
    notice = yaml.BaseLoader(NOTICED[NOTICE]).get_single_data()
    section = yaml.safe_dump({"notices": {"2026": notice}}, allow_unicode=True)
    files = {path: text for path, text in NOTICED.items() if path != NOTICE}
    assert load_policy({**files, HEAD: f"{files[HEAD]}{section}"}) == POLICY


def test_a_year_has_one_notice() -> None:
    head = NOTICED[HEAD] + "notices:\n  2026: {year: 2026, published: 2026-01-01}\n"
    (error,) = errors_of({**NOTICED, HEAD: head})
    assert "2026' stands in notices/2026.yaml already" in error.message.en
    head = NOTICED[HEAD] + "notices:\n  next: {year: 2027, published: 2026-01-01}\n"
    (error,) = errors_of({**NOTICED, HEAD: head})
    assert "in four digits" in error.message.en


@pytest.mark.parametrize(
    ("old", "new", "suggestion", "says"),
    [
        ("year: 2026\n", "year: ¦2025\n", "2026", "is named 2026"),
        ("published: 2026-03-01", "published: ¦2026-02-30", None, "no such day"),
        ("year: 2026\n", "year: 2026\n¦windows: {from: 2026-04-01, to: 2026-05-31}\n", "window", "unknown key"),
        ("year: 2026\n", "year: 2026\n¦award: {fixed: 5}\n", None, "unknown key"),
        ("year: 2026\n", "year: 2026\n¦limits: [once]\n", None, "unknown key"),
        ("year: 2026\n", "year: 2026\nreadings: {¦uplift: points}\n", None, "no reading"),
        ("year: 2026\n", "year: 2026\ntables: {¦lpr: {from: {2026-01-01: 3%}}}\n", None, "no table"),
        (", to: 2026-05-31}", ", to: ¦2026-03-31}", None, "before `from`"),
        ("from: 2026-04-01, to: 2026-05-31}", "from: 2025-04-01, to: ¦2026-02-28}", None, "before the notice"),
        ("window: {from: 2026-04-01, to: 2026-05-31}", "window: ¦{from: 2026-04-01}", "to", "is missing"),
        ("window: {from: 2026-04-01, to: 2026-05-31}", "window: ¦all year", None, "keys with values"),
        ("  grant.most: 12", "  ¦grant.mots: 12", "grant.most", "no parameter 'grant.mots'"),
        ("  grant.most: 12", "  ¦grants.most: 12", "grant.most", "no parameter"),
        ("  grant.most: 12", "  ¦grant.common: 12", "common", "no parameter"),
        ("  grant.most: 12", "  ¦most: 12", None, "no parameter"),
        ("  common: 35", "  ¦comon: 35", "common", "no parameter"),
        ("  grant.most: 12", "  grant.most: ¦12.5", None, "12.5 is no count"),
        ("  grant.most: 12", "  grant.most: ¦12%", None, "of type count"),
        ("  grant.most: 12", "  grant.most: ¦2026-01-01", None, "of type count"),
        ("  grant.most: 12", "  grant.most: ¦10 + 2", None, "of type count"),
        ("  grant.most: 12", "  grant.most: ¦[12]", None, "expected a text"),
        ("  grant.amount: 150000", "  grant.amount: ¦150000.005", None, "is no money"),
        ("  match.ratio: 40%", "  match.ratio: ¦40", "40%", "of type percent"),
        ("  common: 35", "  common: ¦2026-01-01", None, "of type count"),
        # Right by itself, and wrong where it is used: a cap of nothing, a condition that always holds.
        ("  grant.amount: 150000", "  grant.amount: ¦0", None, "measures/grant.yaml:19:40: a cap is above 0"),
        ("  grant.most: 12", "  grant.most: ¦1", None, "always holds"),
        ("  grant: staff.since", "  ¦grants: staff.since", "grant", "no measure"),
        ("  grant: staff.since <=", "  grant: ¦staff.sinse <=", "staff.since", "unknown name"),
        ("  grant: staff.since <= ", "  grant: staff.total <= ¦", None, "do not meet"),
        (SINCE, "  grant: ¦staff.total >= 1", None, "always holds"),
        (SINCE, "  grant: ¦{is: staff.share < 40%, code: low}", None, "never hold together"),
        (SINCE, LATE, None, "never hold together"),
        (SINCE, "  grant: ¦applicant.kind == enterprise", None, "first in measures/grant.yaml, line 7"),
        (SINCE, "  grant: ¦applicant.town in towns", None, "'town' twice"),
        (SINCE, "  grant: staff.level == ¦none", None, "no code of levels"),
        ("  advice:\n", "  ¦hall: staff.green\n  advice:\n", None, "listed only"),
        ("closed: [loans, hall]", "closed: [¦loan, hall]", "loans", "no measure"),
        ("closed: [loans, hall]", "closed: [loans, ¦loans]", None, "'loans' twice"),
        ("closed: [loans, hall]", "closed: ¦[]", None, "without a measure"),
        ("closed: [loans, hall]", "closed: ¦loans", None, "expected a list"),
        ("  match: {zh: 请法务核对,", "  ¦mach: {zh: 请法务核对,", "match", "no measure"),
        ("  match: {zh: 请法务核对, en: To be checked by counsel}", "  match: ¦{zh: 请法务核对}", "en", "is missing"),
        ("  - {zh: 申请表, en: Form}", "  - ¦{zh: 申请表}", "en", "is missing"),
        ("  - {zh: 申请表, en: Form}", "  - ¦Form", None, "keys with values"),
        ("measures: [match, grant]", "measures: [match, ¦grunt]", "grant", "no measure"),
        ("  gift: 50000", "  ¦grant: 50000", None, "whose award is unspecified"),
        ("  gift: 50000", "  gift: ¦0", None, "above 0"),
        ("  gift: 50000", "  gift: ¦50%", None, "of type money"),
        ("  gift: 50000", "  ¦gifts: 50000", "gift", "no measure"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(
    old: str, new: str, suggestion: str | None, says: str | None
) -> None:
    check(NOTICE, old, new, suggestion, says or "", NOTICED)


def test_a_code_named_closed_and_a_closed_measure_do_not_meet() -> None:
    text = NOTICED[NOTICE].replace(
        "  grant: staff.since", "  loans: {is: staff.green, code: closed}\n  grant: staff.since"
    )
    (error,) = errors_of({**NOTICED, NOTICE: text})
    assert (error.file, "'closed' twice" in error.message.en) == (NOTICE, True)


def test_every_mistake_of_every_file_is_told_at_once() -> None:
    files = {
        **NOTICED,
        NOTICE: NOTICED[NOTICE]
        .replace("grant.most: 12", "grant.mots: 12")
        .replace("gift: 50000", "gift: no"),
        "notices/2027.yaml": "year: 2027\npublished: [",
        MATCH: NOTICED[MATCH].replace("ratio * prize.amount", "ratio * prize.amonut"),
    }
    # What the notice says of `match`, whose own file is wrong, is not told on top of that.
    assert [(error.file, error.suggestion) for error in errors_of(files)] == [
        (MATCH, "prize.amount"),
        (NOTICE, "grant.most"),
        (NOTICE, None),
        ("notices/2027.yaml", None),
    ]


def test_facts_that_only_a_notice_asks_for_show_the_clause() -> None:
    assert "staff.since" not in clauses_by_fact(PLAIN)
    assert clauses_by_fact(POLICY)["staff.since"] == ("一",)
