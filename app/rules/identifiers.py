"""Identifiers that people type: item ids, and the unified social credit code (GB 32100-2015)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from operator import mul

from app.rules.policy import Words

USCC_LENGTH = 18
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_LETTERS = frozenset(_ALPHABET)
_TO_VALUES = bytes.maketrans(_ALPHABET.encode(), bytes(range(len(_ALPHABET))))
_WEIGHTS = tuple(pow(3, position, 31) for position in range(USCC_LENGTH - 1))
_LOOKS_LIKE = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"}
_REGISTRATION = re.compile(r"[0-9]{15}")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_DROPPED = dict.fromkeys(map(ord, "- \t\n\v\f\r\x1c\x1d\x1e\x1f"))

_FORM = Words(
    "统一社会信用代码应为 18 位，由数字和大写字母组成（不用 I、O、S、V、Z）",
    "a unified social credit code has 18 digits and capital letters (never I, O, S, V or Z)",
)


@lru_cache(maxsize=8192)
def item_key(text: str) -> str:
    """What two spellings of one item id share: NFKC, case folded, without white space and dashes."""
    if text.isascii():
        return text.lower().translate(_DROPPED)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Pd")
    return unicodedata.normalize("NFKC", kept)  # what stood on both sides of a space may now combine


def normalise_uscc(text: str) -> str:
    """The code in capitals, half width and without white space; not checked."""
    if len(text) == USCC_LENGTH and text.isascii() and text.isalnum():
        return text.upper()
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def uscc_mistake(text: str) -> tuple[str, Words] | None:
    """What is wrong with a unified social credit code: `format` or `check_character`, and what it looks like.

    None for a valid one. The words never repeat the code.
    """
    code = normalise_uscc(text)
    if len(code) == USCC_LENGTH and _LETTERS.issuperset(code):
        if _check_character(code) == code[-1]:
            return None
        return "check_character", Words(
            "统一社会信用代码的校验码（第 18 位）不符：某一位有误或两位颠倒，请对照营业执照核对",
            "the check character (the 18th) of the unified social credit code does not fit: one character is wrong "
            "or two are swapped; compare it with the licence",
        )
    return "format", _guess(code)


def _check_character(code: str) -> str:
    """The 18th character that belongs to the first 17, all of the alphabet."""
    total = sum(map(mul, code[:-1].encode().translate(_TO_VALUES), _WEIGHTS))
    return _ALPHABET[-total % 31]


def _guess(code: str) -> Words:
    """What was probably meant, or what another number it is."""
    if _REGISTRATION.fullmatch(code):
        return Words(
            "这像是 15 位的工商注册号；请填写营业执照上 18 位的统一社会信用代码",
            "this looks like a 15-digit business registration number; give the 18-character unified social credit "
            "code on the licence",
        )
    if _ORGANISATION.fullmatch(code):
        return Words(
            "这像是 9 位的组织机构代码；请填写 18 位的统一社会信用代码（其第 9 至 17 位即组织机构代码）",
            "this looks like a 9-character organisation code; give the 18-character unified social credit code (its "
            "characters 9 to 17 are the organisation code)",
        )
    if len(code) != USCC_LENGTH:
        if len(code.translate(_DROPPED)) == USCC_LENGTH:
            return Words(f"{_FORM.zh}；请去掉其中的连字符", f"{_FORM.en}; leave out the hyphens")
        given = "one character was given" if len(code) == 1 else f"{len(code)} characters were given"
        return Words(f"{_FORM.zh}，收到 {len(code)} 位", f"{_FORM.en}; {given}")
    position, wrong = next((at, c) for at, c in enumerate(code, 1) if c not in _VALUES)
    meant = _LOOKS_LIKE.get(wrong)
    if meant is None:
        return Words(
            f"{_FORM.zh}；第 {position} 位不是其中的字符", f"{_FORM.en}; character {position} is none of them"
        )
    return Words(
        f"{_FORM.zh}；第 {position} 位是字母 {wrong}，是否应为 {meant}？",
        f"{_FORM.en}; character {position} is the letter {wrong}: is {meant} meant?",
    )
