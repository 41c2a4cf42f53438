"""Mistakes in facts.yaml: choices, sets, facts and relations."""

from __future__ import annotations

import pytest

from tests.rules.loading.packs import FACTS, HEAD, PACK, check, errors_of

TOTAL = "    total: {count: [人数, people], unit: [人, people], min: 1}\n"
GREEN = "    green: {bool: [绿色, green]}\n"
LEVEL = "    level: {choice: [级别, level], of: levels}\n    green"
ID = "      prize_id: {id: [编号, prize no.]}\n"
PAYERS = "payers: {of: kinds, are: [enterprise, other]}"


@pytest.mark.parametrize(
    ("old", "new", "suggestion", "says"),
    [
        ("choices:\n", "¦choises:\n", "choices", "unknown key"),
        (GREEN, "    green: {¦boool: [绿色, green]}\n", "bool", "no type"),
        (GREEN, "    green: {bool: [绿色, green], ¦count: [一, one]}\n", None, "exactly one type"),
        (GREEN, "    green: {bool: ¦[绿色]}\n", None, "[zh, en]"),
        (GREEN, "    green: {bool: ¦{zh: 绿色}}\n", "en", "always in both languages"),
        (GREEN, "    green: {bool: [绿色, ¦'']}\n", None, "a text is missing"),
        (GREEN, "    ¦Green: {bool: [绿色, green]}\n", None, "lower-case"),
        (GREEN, "    ¦where: {bool: [绿色, green]}\n", None, "keyword"),
        (GREEN, "    green: {bool: [绿色, green], ¦unit: [个, one]}\n", None, "unknown key 'unit'"),
        (GREEN, "    green: {bool: [绿色, green], ¦else: x}\n", None, "unknown key 'else'"),
        (GREEN, "    green: {¦id: [绿色, green]}\n", None, "items of a list"),
        (LEVEL, LEVEL.replace("of: levels", "of: ¦level"), "levels", "unknown choice"),
        (LEVEL, LEVEL.replace("{choice", "{¦choice").replace(", of: levels", ""), None, "`of` is missing"),
        (TOTAL, TOTAL.replace("min: 1", "min: ¦-1"), None, "below what can be stated"),
        (TOTAL, TOTAL.replace("min: 1", "min: ¦1.5"), None, "no count"),
        (TOTAL, TOTAL.replace("min: 1", "min: 5, max: ¦4"), None, "`max` is below `min`"),
        (TOTAL, TOTAL.replace("min: 1", "max: ¦1000000001"), None, "above what can be stated"),
        (TOTAL, TOTAL.replace("min: 1", "max: ¦100%"), None, "expected count"),
        (TOTAL, TOTAL.replace("min: 1", "¦optional: yes"), None, "unknown key"),
        ("max: 100%}", "max: ¦100}", "100%", "written with %"),
        ("places: 1, min: -5", "places: ¦9, min: -5", None, "places are whole"),
        ("max: 99.5}", "max: ¦99.55}", None, "more than 1 decimals"),
        ("max: 5000000}", "max: ¦0.001}", None, "no money"),
        (ID, "      prizes: {¦list: [奖, prizes], item: {x: {bool: [甲, x]}}}\n", None, "do not nest"),
        ("  town: {text: [镇, town]}\n", "  ¦name: {text: [名称, name]}\n", None, "engine's own"),
        ("  town: {text: [镇, town]}\n", "  credit:\n    ¦joint_punishment: {bool: [惩戒, x]}\n", None, "engine's own"),
        ("  staff:\n", "  ¦applicant: {x: {bool: [甲, x]}}\n  staff:\n", None, "section of its own"),
        ("  staff:\n", "  ¦year: {count: [年, year]}\n  staff:\n", None, "means something else"),
        ("  staff:\n", "  ¦towns: {count: [镇, towns]}\n  staff:\n", None, "means something else"),
        ("    ordered: low to high", "    ordered: ¦high to low", "low to high", "always"),
        ("    low: [低, low]\n", "    ¦else: [低, low]\n", None, "cannot be a code"),
        (PAYERS, "payers: {of: kinds, are: [¦enterprize, other]}", "enterprise", "no code"),
        (PAYERS, "payers: {of: kinds, are: [other, ¦other]}", None, "twice"),
        (PAYERS, "payers: {of: ¦kind, are: [enterprise, other]}", "kinds", "unknown choice"),
        (PAYERS, "payers: ¦{of: kinds}", None, "exactly one of are, file"),
        (PAYERS, "payers: {of: kinds, are: ¦[]}", None, "without members"),
        ("- staff.abroad <= staff.total", "- staff.abroad <= ¦staff.totl", "staff.total", "unknown name"),
        ("- staff.abroad <= staff.total", "- ¦staff.green", None, "one comparison"),
        ("- staff.abroad <= staff.total", "- ¦staff.abroad >= 0", None, "always or never"),
        ("- staff.abroad <= staff.total", "- ¦count(x in prizes) > 2", None, "not lists"),
        ("facts:\n", "¦title: {zh: 甲, en: A}\nfacts:\n", None, "stands in policy.yaml already"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(old: str, new: str, suggestion: str | None, says: str) -> None:
    check(FACTS, old, new, suggestion, says)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "places: 1, min",
            "place: 1, min",
            [("places", "unknown key 'place'"), ("places", "a number states")],
        ),
        ("    item:\n", "    items:\n", [("item", "`item` is missing"), ("item", "unknown key 'items'")]),
        ("file: sets/towns", "file: sets/town", [("sets/towns.txt", "no file"), (None, "no set uses")]),
    ],
)
def test_a_misspelt_key_is_told_beside_what_is_missing(
    old: str, new: str, found: list[tuple[str | None, str]]
) -> None:
    told = errors_of({**PACK, FACTS: PACK[FACTS].replace(old, new)})
    assert {
        (error.suggestion, says) for error in told for _, says in found if says in error.message.en
    } == set(found)
    assert len(told) == len(found)


def test_a_member_twice_in_a_file_is_told_by_its_line() -> None:
    found = errors_of({**PACK, "sets/towns.txt": "东镇\n\n西镇\n东镇\n"})
    assert [(e.file, e.line, e.column) for e in found] == [("sets/towns.txt", 4, 1)]


def test_a_file_of_members_that_no_set_uses_is_told() -> None:
    found = errors_of({**PACK, "sets/more.txt": "x\n"})
    assert [(e.file, e.line, e.column) for e in found] == [("sets/more.txt", 1, 1)]


def test_mistakes_in_facts_are_not_repeated_by_every_measure() -> None:
    found = errors_of({**PACK, FACTS: PACK[FACTS].replace("bool: [绿色", "boool: [绿色")})
    assert [e.file for e in found] == [FACTS]
    assert HEAD in PACK
