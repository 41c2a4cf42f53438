"""What a cell means: texts, days, money and choices as people type them and spreadsheets keep them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from app.rules.identifiers import normalise_uscc, uscc_mistake
from app.rules.policy import Words
from app.services.importing.faults import CellFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Cell = str | int | float | Decimal | bool | date | datetime | None
    Reader = Callable[[Cell], object]

MOST_TEXT = 200
MOST_FEN = 10**14
_EMPTY = frozenset({"", "-", "—", "——", "/", "无", "null", "NULL"})
_MOST_MONEY = 25
_DIGITS = 15
"""A spreadsheet keeps no more digits of a number."""

_DAY = re.compile(
    r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:[ T]00:00(?::00(?:\.0+)?)?)?\Z"
)
_DAY_BARE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z")
_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets, for days after February 1900."""
_FIRST_SERIAL, _LAST_SERIAL = 61, 73_415  # 1 March 1900 to 31 December 2100
_MONEY = re.compile(r"[¥￥]?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?(亿元?|万元?|元)?\Z")
_UNITS = {"元": 1, "万": 10_000, "亿": 100_000_000}

_NO_TEXT = Words("应为文字", "must be text")
_CONTROL = Words("含有控制字符", "holds control characters")
_LONG = Words(f"不超过 {MOST_TEXT} 个字符", f"may have {MOST_TEXT} characters")
_ROUNDED = Words(
    "单元格是数值，超过 15 位的数字已丢失：请把该列设为文本后重新填写",
    "is stored as a number, and digits past the 15th are lost: make the column text and enter it anew",
)
_NO_DAY = Words(
    "应为日期，例如 2026-01-02、2026/1/2 或 2026年1月2日",
    "must be a date, such as 2026-01-02, 2026/1/2 or 2026年1月2日",
)
_NO_MONEY = Words(
    "应为金额，例如 1234.50、1,234.50 或 12万", "must be an amount, such as 1234.50, 1,234.50 or 12万"
)
_FINER = Words("金额至多精确到分", "must be in whole fen: two decimals of a yuan")
_RANGE = Words("金额超出范围", "is out of range")
_NO_SWITCH = Words("应为 是 或 否", "must be true or false")


def is_empty(cell: Cell) -> bool:
    """Whether a cell says nothing."""
    return cell is None or (isinstance(cell, str) and cell.strip() in _EMPTY)


def text(cell: Cell) -> str:
    """One line: NFC, no white space around it, at most 200 characters."""
    found = unicodedata.normalize("NFC", _shown(cell)).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in found):
        raise CellFault("text", _CONTROL)
    if len(found) > MOST_TEXT:
        raise CellFault("length", _LONG)
    return found


def uscc(cell: Cell) -> str:
    """A unified social credit code, normalised and checked."""
    found = text(cell)
    wrong = uscc_mistake(found)
    if wrong is not None:
        raise CellFault(*wrong)
    return normalise_uscc(found)


def day(cell: Cell) -> date:
    """A day: a date of the spreadsheet, or one as people write it."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if _FIRST_SERIAL <= cell <= _LAST_SERIAL and cell == int(cell):
            return _EPOCH + timedelta(days=int(cell))
        cell = _shown(cell)
    if isinstance(cell, str):
        plain = unicodedata.normalize("NFKC", cell).strip()
        found = _DAY.match(plain) or _DAY_BARE.match(plain)
        if found is not None:
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                pass
    raise CellFault("format", _NO_DAY)


def money(scale: int = 1) -> Reader:
    """A reader of amounts into fen. `scale`: yuan that a bare number counts in, 10,000 under a heading in 万元."""

    def read(cell: Cell) -> int:
        plain = "".join(unicodedata.normalize("NFKC", _shown(cell)).split())
        found = _MONEY.match(plain)
        if found is None:
            raise CellFault("format", _NO_MONEY)
        if len(plain) > _MOST_MONEY:
            raise CellFault("range", _RANGE)
        whole, decimals, unit = found.groups()
        number = Decimal(whole.replace(",", "") + (decimals or ""))
        fen = number * 100 * (scale if unit is None else _UNITS[unit[0]])
        if fen > MOST_FEN:
            raise CellFault("range", _RANGE)
        if fen != int(fen):
            raise CellFault("format", _FINER)
        return int(fen)

    return read


def choice(words: Mapping[str, str], pattern: re.Pattern[str] | None = None) -> Reader:
    """A reader of choices: a code or what people call it; with `pattern`, any code of that form."""
    codes = sorted(set(words.values()))
    listed = "、".join(words), ", ".join(codes)
    told = Words(f"应为其中之一：{listed[0]}", f"must be one of {listed[1]}")

    def read(cell: Cell) -> str:
        plain = unicodedata.normalize("NFKC", text(cell)).strip().lower()
        if plain in codes or (pattern is not None and pattern.match(plain)):
            return plain
        try:
            return words[plain]
        except KeyError:
            raise CellFault("choice", told) from None

    return read


def switch(cell: Cell) -> bool:
    """Yes or no."""
    if isinstance(cell, bool):
        return cell
    plain = _shown(cell).strip().lower()
    if plain in ("true", "是", "1", "yes", "作废"):
        return True
    if plain in ("false", "否", "0", "no"):
        return False
    raise CellFault("type", _NO_SWITCH)


def shown(cell: Cell) -> str | None:
    """The cell for a report."""
    if cell is None:
        return None
    return cell if isinstance(cell, str) else str(cell)


def _shown(cell: Cell) -> str:
    """A cell as a person sees it. Raises CellFault for what has no such form, or has lost digits."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool) or cell is None:
        raise CellFault("type", _NO_TEXT)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float):
        if abs(cell) >= 10**_DIGITS or cell != cell:
            raise CellFault("format", _ROUNDED)
        return format(Decimal(format(cell, f".{_DIGITS}g")).normalize(), "f")
    if isinstance(cell, int):
        return str(cell)
    return format(cell, "f")
