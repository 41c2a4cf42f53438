"""Item keys, and the unified social credit code by GB 32100-2015."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.identifiers import item_key, normalise_uscc, uscc_mistake

VALID = [
    *("91110108551385082Q", "9144030071526726XG", "91110000710926094P", "91310000631696382C"),
    *("91420684MA4927PJ7B", "91620105MA73NBBLXE", "121200004013590816", "91140802MA0GT0018G"),
    *("91140802MA0GT0026B", "92140802MA0KT00387", "93140802MA0CT00496", "121408024060000511"),
    *("51140802500000074H", "N1140802MF0000101R", "N2140802MF000011XE"),
]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def wide(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.mark.parametrize("code", VALID)
def test_valid_codes_however_they_are_typed(code: str) -> None:
    for typed in (code, code.lower(), wide(code), f"  {code[:4]} {code[4:]}\u3000"):
        assert uscc_mistake(typed) is None
        assert normalise_uscc(typed) == code


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(code: str, position: int, character: str) -> None:
    changed = code[:position] + character + code[position + 1 :]
    found = uscc_mistake(changed)
    assert (found is None) == (changed == code)
    assert found is None or found[0] == "check_character"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("9114O802MA0GT0018G", "character 5 is the letter O: is 0 meant?"),
        ("9I140802MA0GT0018G", "character 2 is the letter I: is 1 meant?"),
        ("9i140802ma0gt0018g", "character 2 is the letter I: is 1 meant?"),
        ("91140802MA0GT0018Z", "character 18 is the letter Z: is 2 meant?"),
        ("140802000000001", "15-digit business registration number"),
        ("MA0GT001-8", "9-character organisation code"),
        ("MA0GT0018", "9-character organisation code"),
        ("91140802MA0GT0018", "17 characters were given"),
        ("91140802MA0GT0018GG", "19 characters were given"),
        ("91140802MA0GT0018*", "character 18 is none of them"),
        ("", "0 characters were given"),
    ],
)
def test_it_says_what_it_looks_like(typed: str, hint: str) -> None:
    found = uscc_mistake(typed)
    assert found is not None
    code, words = found
    assert code == "format"
    assert hint in words.en
    assert words.zh
    assert typed == "" or typed.upper() not in words.en + words.zh


def test_a_wrong_check_character_says_where_to_look() -> None:
    found = uscc_mistake("91140802MA0GT0018A")
    assert found is not None
    assert found[0] == "check_character"
    assert "licence" in found[1].en
    assert "营业执照" in found[1].zh


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A-1", "ａ 1"),
        ("NAV-7", "nav7"),
        ("Straße", "STRASSE"),
        ("甲—乙", "甲乙"),
        ("x\u3000y", "X\u2010Y"),
        ("Ⅳ", "iv"),
    ],
)
def test_spellings_of_one_id(one: str, other: str) -> None:
    assert item_key(one) == item_key(other)


def test_ids_that_differ_stay_apart() -> None:
    assert len({item_key(text) for text in ("A1", "A2", "A_1", "A.1", "甲1", "A11")}) == 6


@given(st.text(max_size=20))
def test_a_key_is_its_own_key(text: str) -> None:
    assert item_key(item_key(text)) == item_key(text)


@given(st.text(st.characters(max_codepoint=127), max_size=20), st.text("ＡｂÇ€ß", max_size=3))
def test_plain_text_has_the_same_key_alone_and_beside_other_text(plain: str, other: str) -> None:
    assert item_key(plain + other) == item_key(plain) + item_key(other)


def test_a_code_written_with_hyphens_is_told_to_leave_them_out() -> None:
    found = uscc_mistake(normalise_uscc("91140802-MA0GT0018-G"))
    assert found is not None
    assert found[0] == "format"
    assert "hyphens" in found[1].en
    assert "连字符" in found[1].zh
