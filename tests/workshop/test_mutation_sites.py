"""Where `coverage` changes a pack: each site is there, a case can notice it, and its name says where and what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from app.services.workshop.limit_changes import changed_limits
from app.services.workshop.mutants import KINDS, mutants_of
from app.services.workshop.noticing import Cases, notices
from tests.rules.laws.firms import pack
from tests.workshop.newer_mistakes import PACK as NEWER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.services.workshop.mutants import Mutant

TODAY = date(2026, 11, 23)
DERIVED = """
derived:
  score: {type: count, label: [分, score],
    value: {sum: [{by: firm.level, high: 30, else: 1}, {steps: firm.staff, from: {10: 7}},
      {steps: firm.staff, from: {9000: 1}}]}}
  large: {type: bool, label: [大, large], value: firm.staff >= 50 and firm.green}
  grade: {type: choice, of: levels, label: [等, grade], value: {steps: firm.staff, from: {20: middle}, below: low}}
"""
TABLES = """
tables:
  rate: {by: date, gives: percent, from: {2024-01-01: 3%, 2025-05-20: 2%}, until: 2026-12-31}
  flat: {by: [regions, year], gives: money, rows: {north: {2025: 300, 2026: 310}, south: {2026: 20}}}
"""
READINGS = """
readings:
  way: {clause: 三, question: {zh: 怎么读, en: how}, options: {strict: [严, strict], wide: [宽, wide]}, chosen: strict}
"""
STANDING_IN = DERIVED.replace(
    "derived:", "applicant: {grade: {choice: [等, grade], of: levels, else: grade}}\nderived:"
)
GROUP = """
groups:
  both: {measures: [reward, second], limits: [%s]}
"""
SECOND = """
award: {calculated: firm.spent}
"""
WORKS = """
  works:
    list: [作品, works]
    item:
      no: {id: [编号, no.]}
      grade: {choice: [等级, grade], of: levels}
      made: {date: [完成日, finished]}
      worth: {money: [价值, worth]}
"""
EACH = """
each: {item: w in works, id: w.no, award: {calculated: w.worth}}
"""
ITEMS = [
    {"no": "A", "grade": "low", "made": "2026-02-01", "worth": 30},
    {"no": "B", "grade": "low", "made": "2026-01-01", "worth": 20},
]
BY_YEAR = "parameters: {most: {2020: 5, 2024: 100, 2026: 200}}\naward: {fixed: most}"
BY_DAY = "parameters: {most: {2024-01-01: 100, 2026-07-01: 200}}\naward: {fixed: most}"


class Given(NamedTuple):
    """What a case states beside the firm's facts."""

    amount: float = 0
    as_of: str = "2026-11-23"
    year: int | None = None
    works: Any = None
    history: Any = ()


class Site(NamedTuple):
    """A pack, the change that is looked for in it, and the facts of a case whose answer it turns."""

    measure: str
    before: str
    change: tuple[str, str, str]
    """Kind, and what stands there before and after."""
    where: str
    firm: Mapping[str, object]
    case: Given


SITES = [
    Site("where: {firm.region: north}\naward: {fixed: 5}", "", ("requirement", "firm.region: north", ""),
         "measures › reward › where › firm.region", {"region": "south"}, Given()),
    Site("where: {firm.region: north}\naward: {fixed: 5}", "", ("member", "north", "south"),
         "measures › reward › where › firm.region", {"region": "north"}, Given(5)),
    Site("where: {firm.region: [north, south]}\naward: {fixed: 5}", "", ("member", "south", ""),
         "measures › reward › where › firm.region › 2", {"region": "south"}, Given(5)),
    Site("where: {firm.town: 东镇}\naward: {fixed: 5}", "", ("member", "东镇", "东镇〇"),
         "measures › reward › where › firm.town", {"town": "东镇"}, Given(5)),
    Site("in_force: {from: 2025-07-01, to: 2026-06-30}\naward: {fixed: 5}", "",
         ("threshold", "2025-07-01", "2025-07-02"), "measures › reward › in_force › from", {},
         Given(5, "2025-07-01")),
    Site("in_force: {from: 2025-07-01, to: 2026-06-30}\naward: {fixed: 5}", "",
         ("threshold", "2026-06-30", "2026-07-01"), "measures › reward › in_force › to", {},
         Given(0, "2026-07-01")),
    Site(BY_YEAR, "", ("threshold", "200", "201"), "measures › reward › parameters › most › 2026", {}, Given(200)),
    Site(BY_YEAR, "", ("threshold", "2026", "2025"), "measures › reward › parameters › most › 2026", {},
         Given(100, year=2025)),
    Site(BY_YEAR, "", ("row", "2026: 200", ""), "measures › reward › parameters › most › 2026", {}, Given(200)),
    Site(BY_DAY, "", ("threshold", "2026-07-01", "2026-07-02"), "measures › reward › parameters › most › 2026-07-01",
         {}, Given(200, "2026-07-01")),
    Site("award: {fixed: 10 * score}", DERIVED, ("amount", "30", "31"), "derived › score › value › sum › 1 › high",
         {"level": "high", "staff": 0}, Given(300)),
    Site("award: {fixed: 10 * score}", DERIVED, ("threshold", "10", "11"),
         "derived › score › value › sum › 2 › from › 10", {"level": "high", "staff": 10}, Given(370)),
    Site("award: {fixed: 10 * score}", DERIVED, ("term", "{steps: firm.staff, from: {10: 7}}", ""),
         "derived › score › value › sum › 2", {"level": "high", "staff": 10}, Given(370)),
    Site("require: large\naward: {fixed: 5}", DERIVED, ("operator", ">=", ">"), "derived › large › value",
         {"staff": 50, "green": True}, Given(5)),
    Site("require: large\naward: {fixed: 5}", DERIVED, ("logic", "and", "or"), "derived › large › value",
         {"staff": 50, "green": False}, Given()),
    Site("award: {fixed: {by: grade, middle: 5, low: 3}}", DERIVED, ("amount", "middle", "high"),
         "derived › grade › value › from › 20", {"staff": 20}, Given(5)),
    Site("award: {fixed: {by: grade, middle: 5, low: 3}}", DERIVED, ("amount", "low", "middle"),
         "derived › grade › value › below", {"staff": 19}, Given(3)),
    Site("award: {fixed: {by: applicant.grade, middle: 5, low: 3}}", STANDING_IN, ("branch", "else: grade", ""),
         "applicant › grade › else", {"staff": 20}, Given(5)),
    Site("award: {calculated: rate(firm.founded) * firm.spent}", TABLES, ("amount", "3%", "4%"),
         "tables › rate › from › 2024-01-01", {"founded": "2024-01-01", "spent": 100}, Given(3)),
    Site("award: {calculated: rate(firm.founded) * firm.spent}", TABLES, ("threshold", "2025-05-20", "2025-05-21"),
         "tables › rate › from › 2025-05-20", {"founded": "2025-05-20", "spent": 100}, Given(2)),
    Site("award: {calculated: rate(firm.founded) * firm.spent}", TABLES, ("row", "2025-05-20: 2%", ""),
         "tables › rate › from › 2025-05-20", {"founded": "2025-05-20", "spent": 100}, Given(2)),
    Site("award: {calculated: rate(firm.founded) * firm.spent}", TABLES, ("threshold", "2026-12-31", "2026-12-30"),
         "tables › rate › until", {"founded": "2026-12-31", "spent": 100}, Given(2)),
    Site("award:\n  fixed: flat(firm.region, year)", TABLES, ("amount", "310", "309"),
         "tables › flat › rows › north › 2026", {"region": "north"}, Given(310)),
    Site("award:\n  fixed: flat(firm.region, year)", TABLES, ("row", "south: {2026: 20}", ""),
         "tables › flat › rows › south", {"region": "south"}, Given(20)),
    Site("require: firm.green or reading.way == wide\naward: {fixed: 5}", READINGS, ("reading", "strict", "wide"),
         "readings › way › chosen", {"green": False}, Given()),
    Site("award: {fixed: 60}", GROUP % "at most 100 per year", ("group", "both", ""), "groups › both",
         {"spent": 50}, Given(50)),
    Site("award: {fixed: 60}", GROUP % "at most 100 per year", ("threshold", "100", "99"),
         "groups › both › limits › 1", {"spent": 50}, Given(50)),
    Site("award: {fixed: 60}", GROUP % "best 1 per year", ("threshold", "1", "2"), "groups › both › limits › 1",
         {"spent": 80}, Given(0)),
    Site("award: {fixed: 60}", GROUP % "once per year", ("limit", "once per year", "once"),
         "groups › both › limits › 1", {"spent": 0}, Given(60, history=[("reward", 2025, None)])),
    Site("award: {fixed: 60}", GROUP % "best 1 per year, at most 40", ("limit", "at most 40", ""),
         "groups › both › limits › 2", {"spent": 30}, Given(40)),
    Site("award: {fixed: 60}\nlimits: [at most 2 awards]", "", ("threshold", "2", "3"),
         "measures › reward › limits › 1", {}, Given(0, history=[("reward", 2024, None), ("reward", 2025, None)])),
    Site("award: {fixed: 60}\nlimits: [at most 2 awards]", "",
         ("limit", "at most 2 awards", "at most 2 awards per year"), "measures › reward › limits › 1", {},
         Given(0, history=[("reward", 2024, None), ("reward", 2025, None)])),
    Site(EACH + "limits: [best 1 per year]", WORKS, ("threshold", "1", "2"), "measures › reward › limits › 1", {},
         Given(30, works=ITEMS)),
    Site(EACH + "limits: [best 1 per year]", WORKS, ("limit", "best 1 per year", "first 1 per year"),
         "measures › reward › limits › 1", {}, Given(30, works=ITEMS[::-1])),
    Site(EACH + "limits: [first 1 by w.made per year]", WORKS,
         ("limit", "first 1 by w.made per year", "first 1 per year"), "measures › reward › limits › 1", {},
         Given(20, works=ITEMS)),
    Site(EACH + "limits: [first 1 by w.made per year]", WORKS,
         ("limit", "first 1 by w.made per year", "best 1 by w.made per year"), "measures › reward › limits › 1", {},
         Given(20, works=ITEMS)),
    Site(EACH + "limits: [best 1 per year topped up]", WORKS,
         ("limit", "best 1 per year topped up", "best 1 per year"), "measures › reward › limits › 1", {},
         Given(20, works=ITEMS, history=[("reward", 2026, "Z")])),
    Site(EACH + "limits: [best 1 per w.grade and year]", WORKS,
         ("limit", "best 1 per w.grade and year", "best 1 per year"), "measures › reward › limits › 1", {},
         Given(50, works=[ITEMS[0], {**ITEMS[1], "grade": "high"}])),
]  # fmt: skip


def files_of(site: Site, *, noticed: bool) -> dict[str, str]:
    """The pack of a site, with the case that its change turns, or with one that asks nothing of it."""
    before = site.before
    if "groups:" in before:
        text = pack(site.measure, before).replace("order: [reward]", "order: [second, reward]")
        text += "  second:\n    clause: 二\n    title: {zh: 乙, en: B}\n    award: {calculated: firm.spent}\n"
    else:
        text = pack(site.measure, before)
    case = site.case
    facts = {"firm": dict(site.firm)} | ({"works": case.works} if case.works else {})
    history = [
        {"measure": measure, "year": year, "amount": 10} | ({"item": item} if item else {})
        for measure, year, item in case.history
    ]
    request = {
        "as_of": case.as_of, "applicant": {"name": "示例单位", "uscc": "91140802MA0GT0018G", "credit": None},
        "facts": facts, "history": history,
    } | ({"year": case.year} if case.year else {})  # fmt: skip
    verdict = "eligible" if case.amount else "ineligible"
    cases = [
        {
            "name": "one",
            "request": request,
            "expect": {"reward": {"verdict": verdict, "amount": f"{case.amount:.2f}"}},
        }
    ]
    said = yaml.safe_dump({"cases": cases}, allow_unicode=True)
    return {"policy.yaml": text} | ({"cases/one.yaml": said} if noticed else {})


def the_mutant(files: Mapping[str, str], site: Site) -> Mutant:
    """The change at its place."""
    found = [
        one
        for one in mutants_of(files)
        if (one.kind, one.before, one.after) == site.change and f" {site.where}," in f" {one.says.en}"
    ]
    assert len(found) == 1, [one.says.en for one in mutants_of(files)]
    return found[0]


@pytest.mark.parametrize("site", SITES, ids=lambda one: f"{one.where}: {one.change[1]} to {one.change[2]}")
def test_a_change_is_made_named_and_noticed_by_a_case_alone(site: Site) -> None:
    files = files_of(site, noticed=True)
    mutant = the_mutant(files, site)
    cases = Cases.of(files)
    assert [one.name for one in cases.every] == ["one"]
    assert notices(files, cases, mutant, TODAY)
    # The case holds of the pack itself, and nothing but the case tells.
    assert not notices(files, cases, _unchanged(mutant, files), TODAY)
    alone = files_of(site, noticed=False)
    assert not notices(alone, Cases.of(alone), mutant, TODAY)
    kind, before, after = site.change
    for words, left_out, called in (
        (mutant.says.zh, "删去", KINDS[kind].zh),
        (mutant.says.en, "left out", KINDS[kind].en),
    ):
        assert site.where in words
        assert called in words
        assert words.endswith(f"{before} -> {after or left_out}")


def _unchanged(mutant: Mutant, files: Mapping[str, str]) -> Mutant:
    return replace(mutant, text=files[mutant.file])


def test_what_decides_nothing_is_left_alone() -> None:
    """The row of 2020 is never in force, and the first row that is begins with the policy."""
    site = next(one for one in SITES if one.measure == BY_YEAR)
    found = [one for one in mutants_of(files_of(site, noticed=False)) if "most" in one.path]
    assert {one.path[-1] for one in found} == {"2024", "2026"}
    assert [one.after for one in found if one.path[-1] == "2024"] == ["101", "99"]


NOTICE = """
year: 2026
published: 2026-03-01
window: {from: 2026-04-01, to: 2026-05-31}
readings: {way: wide}
tables: {flat: {north: {2026: 400}}}
materials: [{zh: 材料一, en: paper 1}]
"""


def test_notices_are_changed_where_they_choose_and_replace_and_not_where_nobody_reads() -> None:
    text = pack(
        "require: firm.green or reading.way == wide\naward:\n  fixed: flat(firm.region, year)",
        READINGS + TABLES,
    )
    files = {"policy.yaml": text, "notices/2026.yaml": NOTICE}
    found = [one for one in mutants_of(files) if one.file.startswith("notices")]
    assert {one.path[0] for one in found} == {"year", "published", "readings", "tables"}
    assert [(one.before, one.after) for one in found if one.path[0] == "readings"] == [
        ("way: wide", ""),
        ("wide", "strict"),
    ]
    assert [(one.before, one.after) for one in found if one.path[0] == "tables"] == [
        ("400", "401"),
        ("400", "399"),
    ]


@pytest.mark.parametrize(
    ("limit", "changed"),
    [
        ("once", ["once per year"]),
        ("once per item for anyone", ["once per item and year for anyone"]),
        ("at most 5000 per year", ["at most 5000"]),
        ("at most 3 awards per f.kind and year", ["at most 3 awards per f.kind", "at most 3 awards per year"]),
        ("once topped up", ["once per year topped up", "once"]),
        ("best 2 by w.made per w.grade topped up",
         ["best 2 by w.made per w.grade and year topped up", "best 2 by w.made per w.grade",
          "best 2 per w.grade topped up", "first 2 by w.made per w.grade topped up"]),
    ],
)  # fmt: skip
def test_the_changes_of_a_limit(limit: str, changed: list[str]) -> None:
    assert list(changed_limits(limit)) == changed


def test_a_group_ranks_by_amount_alone() -> None:
    assert list(changed_limits("best 1 per year", of_group=True)) == ["best 1"]


def test_every_part_of_a_pack_of_newer_constructs_is_changed_and_its_standard_is_not() -> None:
    found = list(mutants_of(NEWER))
    assert {one.file for one in found} == {
        path for path in NEWER if not path.startswith(("standards/", "cases/"))
    }
    assert {one.kind for one in found} >= {
        "row",
        "reading",
        "group",
        "member",
        "limit",
        "obligation",
        "branch",
    }
    for one in found:
        assert one.says.zh != one.says.en
        assert (one.line, one.column) >= (1, 1)
        assert one.text != NEWER[one.file]


def test_of_an_allotment_only_the_figure_is_changed() -> None:
    """How it is shared the answer to one applicant cannot show, so no case could notice."""
    allot = "allot: {budget: 90, per: year, by: firm.staff, then: [firm.spent], last: refuse}"
    measure = f"award: {{calculated: firm.spent}}\n{allot}"
    found = [one for one in mutants_of({"policy.yaml": pack(measure)}) if "allot" in one.path]
    assert [(one.path[-1], one.before, one.after) for one in found] == [
        ("budget", "90", "91"),
        ("budget", "90", "89"),
    ]
