"""Strict YAML: every scalar is text, and what hides or repeats content is refused where it stands."""

from __future__ import annotations

import time

import pytest

from app.rules.loading import load_policy
from app.rules.packs.errors import Mistake
from app.rules.packs.yaml_nodes import MapNode, TextNode
from app.rules.packs.yaml_source import read_yaml
from tests.rules.loading.packs import FACTS, GRANT, HEAD, HERE, LOANS, PACK, check, errors_of


def refused(text: str) -> tuple[int, int, str]:
    """Where and how a document is refused."""
    with pytest.raises(Mistake) as caught:
        read_yaml("x.yaml", text)
    error = caught.value.error
    return error.line, error.column, error.message.en


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: ¦&x 1\n", "an anchor"),
        ("a: ¦*x\n", "an alias"),
        ("a: 1\nb: ¦!!str 2\n", "a tag"),
        ("a: ¦!x 2\n", "a tag"),
        ("a: 1\n¦<<: {b: 2}\n", "a merge key"),
        ("a: 1\n¦---\nb: 2\n", "a second document"),
        ("¦%YAML 1.1\n---\na: 1\n", "a YAML directive"),
        ("a: 1\nb: 2\n¦a: 3\n", "'a' twice (first in line 1)"),
        ("x: {a: 1, ¦a: 2}\n", "'a' twice"),
        ("? ¦[a]\n: b\n", "a key must be a text"),
        ("a:\n¦\tb: 1\n", "a tab"),
        ("a: b¦\tc\n", "a tab"),
        ("¦\ufeffa: 1\n", "U+FEFF"),
        ("a: x¦\x00\n", "U+0000"),
        ("a: x¦\x85y\n", "U+0085"),
        ("a: x¦\u2028y\n", "U+2028"),
        ("a: x¦\ud800\n", "U+D800"),
        ("a: x¦\rb: 1\n", "U+000D"),
        ('a: ¦"x\\0"\n', "U+0000"),
        ("a: ¦%x\n", "may not begin"),
        ("a: ¦`x`\n", "may not begin"),
        ("a: ¦@x\n", "may not begin"),
        ("a: [x in ¦[b, c]]\n", "on its own line"),
        ("a: {b: x in ¦[b, c]}\n", "on its own line"),
        ("¦a:\n", "'a' has no value"),
        ("a: b¦: c\n", "not well-formed YAML"),
        ("a: |¦x\n", "not well-formed YAML"),
    ],
)
def test_a_refusal_says_where(text: str, says: str) -> None:
    before = text[: text.index(HERE)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    found = refused(text.replace(HERE, "", 1))
    assert found[:2] == (line, column)
    assert says in found[2]


@pytest.mark.parametrize(
    "written",
    ["no", "on", "010", "12:30", "1.10", "2024-01-01", "null", "~", "0x1F", "1e3", "1_000", ".inf", "='"],
)
def test_every_scalar_is_the_text_it_shows(written: str) -> None:
    found = read_yaml("x.yaml", f"a: {written}\n")
    assert isinstance(found, MapNode)
    node = found.get("a")
    assert isinstance(node, TextNode)
    assert node.text == written


def test_windows_line_ends_are_line_ends() -> None:
    files = {path: text.replace("\n", "\r\n") for path, text in PACK.items()}
    assert load_policy(files) == load_policy(PACK)


@pytest.mark.parametrize("open_", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_at_once(open_: str) -> None:
    start = time.perf_counter()
    assert "nested too deeply" in refused(open_ * 100_000)[2] or "key must" in refused(open_ * 100_000)[2]
    assert time.perf_counter() - start < 2


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    laughs = ['a: &a ["lol", "lol"]'] + [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefghijklm", "bcdefghijklmn", strict=True)
    ]
    start = time.perf_counter()
    assert refused("\n".join(laughs)) == (1, 4, "an anchor (&): write the content out, or quote a text")
    assert time.perf_counter() - start < 1


def test_a_file_past_a_million_characters_is_refused() -> None:
    assert "too large" in refused("# " + "x" * 1_000_000)[2]


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (GRANT, "  most: 10\n", "  most: ¦0_10\n", "cannot continue a number"),
        (FACTS, "min: 1}", "min: 1¦_000}", "cannot continue a number"),
        (FACTS, "project], optional: yes}", "project], optional: ¦true}", "yes or no"),
        (HEAD, "from: 2024-01-01", "from: ¦2024-1-1", "no such day"),
        (HEAD, "from: 2024-01-01", "from: ¦2023-02-29", "no such day"),
        (
            LOANS,
            "award: {calculated: 50% * counted}",
            "award: {calculated: 1000 * min(items, ¦20)}",
            "a comma cut",
        ),
    ],
)
def test_the_traps_of_yaml_are_told_by_what_they_do(path: str, old: str, new: str, says: str) -> None:
    suggestion = "yes" if "true" in new else None
    if "0_10" in new:
        new = "  most: 0¦_10\n"
    check(path, old, new, suggestion, says)


@pytest.mark.parametrize(
    "new",
    [
        "'applicant.kind in ¦payres'",
        '"applicant.kind in ¦payres"',
        '"applicant\\x2ekind in ¦payres"',
        "applicant.kind\n      in ¦payres",
        ">-\n      applicant.kind\n      in ¦payres",
        "|\n      applicant.kind in\n\n        ¦payres",
        "'applicant.kind\n\n      in ¦payres'",
        "applicant.kind == 'other' or ¦payres",
        "\"applicant.kind == 'other' or\\\n      \\ ¦payres\"",
        "'applicant.kind == ''other'' or ¦payres'",
    ],
)
def test_the_column_is_of_the_character_in_the_file(new: str) -> None:
    says = "unknown name" if " or" in new else "unknown set"
    check(GRANT, "- applicant.kind in payers", f"- {new}", "prizes" if " or" in new else "payers", says)


def test_both_halves_of_an_expression_that_a_comma_cut_are_told() -> None:
    files = {**PACK, LOANS: PACK[LOANS] + "flags: {x: {when: max(items, 5) > 6, says: {zh: 甲, en: A}}}\n"}
    assert "a comma cut" in errors_of(files)[0].message.en
    cut = "  counts: prize.amount\n  require: [max(prize.amount, 5) > 6]\n"
    found = errors_of({**PACK, LOANS: PACK[LOANS].replace("  counts: prize.amount\n", cut)})
    assert [(error.line, error.column) for error in found] == [(7, 13), (7, 31)]
    assert all("a comma cut" in error.message.en for error in found)


def test_several_mistakes_are_told_at_once_in_order() -> None:
    files = {
        **PACK,
        GRANT: PACK[GRANT].replace("staff.green", "staff.gren").replace("high: amount", "hihg: amount"),
        LOANS: PACK[LOANS].replace("counted", "countd"),
        "measures/match.yaml": "a: &x 1\n",
    }
    found = [(error.file, error.suggestion) for error in errors_of(files)]
    assert found == [
        (GRANT, "staff.green"),
        (GRANT, "high"),
        (LOANS, "counted"),
        ("measures/match.yaml", None),
    ]
