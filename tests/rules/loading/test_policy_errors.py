"""Mistakes in policy.yaml, and files that are missing, too many or unknown."""

from __future__ import annotations

import pytest

from tests.rules.loading.packs import FACTS, GRANT, HEAD, PACK, SERVICES, check, errors_of

ORDER = "order: [grant, match, loans, advice]"
PUNISHED = "applicant.credit.joint_punishment"
WHEN = f"when: {PUNISHED}"
TWICE = "    bars: items with project\n"
NOTICE = "  notice: {clause: 九, zh: 见通知, en: See the notice}\n"


@pytest.mark.parametrize(
    ("old", "new", "suggestion", "says"),
    [
        (ORDER, "order: [grant, match, ¦lones, loans, advice]", "loans", "no measure"),
        (ORDER, "order: [grant, match, loans, ¦grant, advice]", None, "'grant' twice"),
        (ORDER, "order: ¦[grant, match, loans]", "advice", "leaves out advice"),
        (ORDER, "order: ¦grant", None, "expected a list"),
        ("id: small", "id: ¦Small", None, "lower-case"),
        ("parameters: {common: 30}", "parameters: {common: {¦2025: 30}}", None, "begins no later"),
        ("parameters: {common: 30}", "parameters: {¦staff: 30, common: 30}", None, "means something else"),
        ("status: in-force", "status: ¦in force", None, "an id is"),
        ("version: 2024.1", "version: ¦2024 1", None, "a version is"),
        ("division: '140802'", "division: ¦'14080'", None, "six digits"),
        ("division: '140802'", "division: '140802'\ncurrency: ¦yuan", None, "three capital letters"),
        ("division: '140802'", "division: '140802'\n¦divison: '1'", "division", "unknown key"),
        ("division: '140802'", "division: '140802'\ngroups: {a: {measures: ¦[grant], limits: [once]}}", None, "two"),
        ("title: {zh: 小政策, en: A small policy}", "title: ¦A small policy", None, "keys with values"),
        ("to: 2026-12-31", "to: ¦2023-12-31", None, "before `from`"),
        ("in_force: {from: 2024-01-01,", "in_force: ¦{", "from", "is missing"),
        (WHEN, f"when: ¦{PUNISHED[:-1]}", PUNISHED, "unknown name"),
        (WHEN, "when: ¦common > staff.total", None, "unknown name"),
        (WHEN, "when: ¦staff.abroad >= 0", None, "always holds"),
        ("    bars: money\n", "    bars: ¦mony\n", "money", "is money or items"),
        (TWICE, "    bars: items with project\n    ¦when: staff.green\n", None, "not supported yet"),
        (TWICE, "    ¦barrs: money\n    bars: items with project\n", "bars", "unknown key"),
        (NOTICE, "  notice: ¦{clause: 九, zh: 见通知}\n", "en", "is missing"),
        (NOTICE, "  notice: {clause: 九, zh: 见通知, en: ¦''}\n", None, "a text is missing"),
        (NOTICE, NOTICE + "measures:\n  ¦grant: {clause: 一}\n", None, "stands in measures/grant.yaml already"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(old: str, new: str, suggestion: str | None, says: str) -> None:
    check(HEAD, old, new, suggestion, says)


@pytest.mark.parametrize(
    "key", ["id", "title", "authority", "division", "status", "version", "in_force", "order"]
)
def test_what_a_policy_must_say_of_itself(key: str) -> None:
    lines = [line for line in PACK[HEAD].splitlines(keepends=True) if not line.startswith(f"{key}:")]
    found = errors_of({**PACK, HEAD: "".join(lines)})
    assert [(error.file, error.line, error.column, error.suggestion) for error in found] == [
        (HEAD, 1, 1, key)
    ]


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("fact.yaml", "a: 1\n", "no such file"),
        ("measures/deep/x.yaml", "a: 1\n", "no such file"),
        ("notices/2026.yaml", "year: 2026\n", "'published' is missing"),
        ("notices/next.yaml", "year: 2026\n", "in four digits"),
        ("notices/26.yaml", "year: 26\n", "in four digits"),
        ("notices/1999.yaml", "year: 1999\n", "a year is from 2000 to 2100"),
        ("notices/2026.txt", "year: 2026\n", "no such file"),
        ("measures/X.yaml", "clause: 一\n", "an id is"),
        ("measures/limit.yaml", PACK[SERVICES], "unknown key"),
        ("measures/x.yaml", "- 1\n", "expected keys"),
        ("measures/x.yaml", "", "'clause' is missing"),
    ],
)
def test_a_file_that_is_none_of_a_pack_is_told(path: str, text: str, says: str) -> None:
    found = [error for error in errors_of({**PACK, path: text}) if error.file == path]
    assert (found[0].line, found[0].column) == (1, 1)
    assert says in " ".join(error.message.en for error in found)


def test_an_id_that_codes_begin_with_is_reserved() -> None:
    head = PACK[HEAD].replace("order: [grant", "order: [limit")
    files = {
        **{path: text for path, text in PACK.items() if path != GRANT},
        HEAD: head,
        "measures/limit.yaml": PACK[GRANT],
    }
    assert [(error.file, error.message.en) for error in errors_of(files)] == [
        ("measures/limit.yaml", "the id 'limit' is reserved")
    ]


def test_a_measure_and_a_service_of_one_name_are_told() -> None:
    files = {
        **PACK,
        SERVICES: PACK[SERVICES].replace("  advice:", "  grant:"),
        HEAD: PACK[HEAD].replace(", advice", ""),
    }
    assert [(error.file, error.line, error.column) for error in errors_of(files)] == [(SERVICES, 2, 3)]


def test_a_pack_without_its_head_is_none() -> None:
    found = errors_of({path: text for path, text in PACK.items() if path != HEAD})
    assert (found[0].file, found[0].line, found[0].column) == (HEAD, 1, 1)
    assert errors_of({})[0].file == HEAD


def test_a_pack_without_facts_knows_only_the_applicant() -> None:
    found = errors_of({path: text for path, text in PACK.items() if path != FACTS})
    assert found[0].file in (FACTS, "sets/towns.txt")
