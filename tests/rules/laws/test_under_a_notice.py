"""A notice that changes a law is the law with that change: everything reads anew what it turns, not measures alone."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.loading import PackErrors, load_policy
from tests.rules.laws.firms import decide, pack, yuan

BEFORE = """
parameters: {staff_min: 10, usual: 100}
readings:
  way: {clause: 三, question: {zh: 怎么读, en: how}, options: {strict: [严, strict], wide: [宽, wide]}, chosen: strict}
tables:
  edge: {by: regions, gives: count, rows: {north: 10, south: 20}}
derived:
  large: {type: bool, label: [大, large], value: firm.staff >= staff_min}
  far: {type: bool, label: [远, far], value: reading.way == wide and firm.green}
  above: {type: bool, label: [高, above], value: firm.staff >= edge(firm.region)}
"""
EXCLUDED = "exclusions: {some: {when: %s, bars: money, clause: 九, title: {zh: 排除, en: barred}}}\n"
NOTICE = "year: 2026\npublished: 2026-01-01\n"
AWARD = (
    "award: {fixed: usual}\nrequire: firm.green or reading.way == wide or firm.staff < edge(firm.region)\n"
)


STANDING_IN = """
parameters: {staff_min: 10}
applicant: {place: {choice: [处, place], of: regions, else: place_by_staff}}
derived:
  place_by_staff:
    type: choice
    of: regions
    label: [推定, worked out]
    value: {cases: [{when: firm.staff >= staff_min, then: south}, {else: north}]}
"""


def under(notice: str, barred: str, measure: str = AWARD) -> dict[str, str]:
    text = pack(measure, BEFORE + EXCLUDED % barred)
    return {"policy.yaml": text, "notices/2026.yaml": NOTICE + notice}


@pytest.mark.parametrize(
    ("notice", "barred"),
    [
        ("parameters: {staff_min: 50}", "large"),
        ("readings: {way: wide}", "far"),
        ("readings: {way: wide}", "reading.way == wide"),
        ("tables: {edge: {north: 50}}", "above"),
        ("tables: {edge: {north: 50}}", "firm.staff >= edge(firm.region)"),
    ],
)
def test_exclusions_read_what_a_notice_changes(notice: str, barred: str) -> None:
    policy = load_policy(under(notice, barred))
    firm = {"staff": 20, "region": "north", "green": True}
    text = decide(policy, date(2026, 3, 1), **firm)
    noticed = decide(policy.as_read(2026, date(2026, 3, 1)), date(2026, 3, 1), **firm)
    assert {yuan(text), yuan(noticed)} == {(0, 0), (100, 100)}


def test_a_measure_reads_what_is_worked_out_of_a_parameter_that_a_notice_changes() -> None:
    measure = "award: {fixed: usual}\nrequire: [large, firm.green or reading.way == wide]\n"
    policy = load_policy(under("parameters: {staff_min: 50}", "far", measure))
    noticed = policy.as_read(2026, date(2026, 3, 1))
    for read, staff, amount in ((policy, 10, 100), (noticed, 49, 0), (noticed, 50, 100)):
        found = decide(read, date(2026, 3, 1), staff=staff, region="west", green=True)
        assert found.amount == amount * 100


def test_what_stands_in_reads_what_a_notice_changes() -> None:
    text = pack("award: {fixed: {by: applicant.place, north: 1, south: 2}}", STANDING_IN)
    notice = NOTICE + "parameters: {staff_min: 50}"
    policy = load_policy({"policy.yaml": text, "notices/2026.yaml": notice})
    noticed = policy.as_read(2026, date(2026, 3, 1))
    assert yuan(decide(policy, staff=20)) == (2, 2)
    assert yuan(decide(noticed, staff=20)) == (1, 1)
    assert [flag.code for flag in decide(noticed, staff=20).flags] == []


def test_a_value_that_breaks_what_stands_beside_the_measures_is_told_in_the_notice() -> None:
    with pytest.raises(PackErrors) as refused:
        load_policy(under("parameters: {staff_min: 0}", "large"))
    (told,) = refused.value.errors
    assert (told.file, told.line, told.column) == ("notices/2026.yaml", 3, 25)
    assert "always holds" in told.message.en


def test_what_is_wrong_anyway_is_not_told_again_by_a_notice() -> None:
    with pytest.raises(PackErrors) as refused:
        load_policy(under("parameters: {staff_min: 50}", "lrage"))
    assert [(one.file, one.suggestion) for one in refused.value.errors] == [("policy.yaml", "large")]


@pytest.mark.parametrize(
    ("barred", "measure"),
    [
        (
            "far",
            "award: {fixed: usual}\nrequire: [edge(firm.region) == 10, firm.green or reading.way == wide]\n",
        ),
        ("edge(firm.region) == 10", AWARD),
    ],
)
def test_rows_that_break_what_reads_them_are_told_in_the_notice(barred: str, measure: str) -> None:
    with pytest.raises(PackErrors) as refused:
        load_policy(under("tables: {edge: {north: 11}}", barred, measure))
    (told,) = refused.value.errors
    assert (told.file, told.line, told.column) == ("notices/2026.yaml", 3, 1)
    assert "never hold" in told.message.en
