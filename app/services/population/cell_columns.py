"""Columns of text as people type them, turned into the types of a population: a column at a time.

What is plainly written is read with columns; every other text is read once, however often it stands there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import TYPES
from app.rules.decimals import NotExact, TooLarge, scaled
from app.rules.input import words
from app.rules.policy import Words
from app.services.importing import cells
from app.services.importing.faults import CellFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.rules.facts import FactDeclaration

    Read = Callable[[str], object]

_SWITCHES = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False}
_NO_SWITCH = Words("应为 是 或 否", "yes or no is expected: 是, 否, true, false, 1 or 0")
_NO_COUNT = Words("应为整数，如 8", "a whole number is expected, such as 8")
_SEPARATORS = r"[;；\n]"
_SERIAL_DIGITS = 5
"""Of a day as a spreadsheet counts days."""
_MOST_COUNT_DIGITS = 18


@dataclass(frozen=True, slots=True)
class CellKind:
    """How the cells of one column are read."""

    dtype: pl.DataType
    plain: Callable[[pl.Expr], pl.Expr] | None
    """The value of what is plainly written, null for all else; the text comes without white space around it."""
    read: Read
    """The value of any text that is not empty. Raises CellFault."""


def read_cells(texts: pl.Series, kind: CellKind) -> tuple[pl.Series, dict[int, CellFault]]:
    """The values, null where a cell is empty or wrong, and what is wrong by position."""
    bare = texts.str.strip_chars()
    frame = pl.DataFrame({"text": bare}).with_columns(text=pl.when(pl.col("text") != "").then(pl.col("text")))
    if kind.plain is None:
        found = pl.Series("value", [None], dtype=kind.dtype).new_from_index(0, frame.height)
    else:
        found = frame.select(kind.plain(pl.col("text")).cast(kind.dtype).alias("value")).to_series()
    left = frame["text"].is_not_null() & found.is_null()
    if not left.any():
        return found, {}
    known, wrong = _read_each(frame["text"].filter(left).unique(), kind.read)
    if known:
        table = pl.DataFrame({"text": list(known), "also": pl.Series(list(known.values()), dtype=kind.dtype)})
        also = frame.join(table, on="text", how="left", maintain_order="left")["also"]
        found = found.zip_with(found.is_not_null(), also)
    faults = {}
    if wrong:
        bad = frame["text"].is_in(pl.Series(list(wrong)).implode()).fill_null(value=False)
        faults = {at: wrong[frame["text"][at]] for at in bad.arg_true()}
    return found.alias("value"), faults


def _read_each(texts: Iterable[str], read: Read) -> tuple[dict[str, object], dict[str, CellFault]]:
    known: dict[str, object] = {}
    wrong: dict[str, CellFault] = {}
    for text in texts:
        try:
            known[text] = read(text)
        except CellFault as fault:
            wrong[text] = fault
    return known, wrong


def kind_of(declaration: FactDeclaration, scale: int = 1) -> CellKind:
    """How cells of a fact are read. `scale`: yuan that a bare amount counts in, 10,000 under a heading in 万元."""
    dtype = TYPES[declaration.type]()
    match declaration.type:
        case "bool":
            return CellKind(dtype, None, partial(_switch, declaration))
        case "count":
            return CellKind(dtype, _plain_count, partial(_count, declaration))
        case "money":
            read = cells.money(scale)
            return CellKind(dtype, _plain_money if scale == 1 else None, read)
        case "percent" | "number":
            return CellKind(dtype, None, partial(_decimal, declaration))
        case "date":
            return CellKind(dtype, _plain_date, _day)
        case "choice":
            known = {code: (code, says.zh, says.en) for code, says in declaration.choices}
            return choice_kind(known, declaration.label)
    return TEXT


def choice_kind(known: Mapping[str, tuple[str, ...]], label: Words | None) -> CellKind:
    """How choices are read: code -> what may stand for it, letter case and width aside."""
    codes = {_folded(name): code for code, names in known.items() for name in names}
    # A code always means itself, whatever another one is called.
    codes |= {_folded(code): code for code in known}

    def read(text: str) -> str:
        try:
            return codes[_folded(text)]
        except KeyError:
            raise CellFault("choice", words.no_such_choice(text, tuple(known), label)) from None

    return CellKind(pl.String(), None, read)


def _as_it_is(text: str) -> str:
    return text


TEXT = CellKind(pl.String(), lambda text: text, _as_it_is)
TEXTS = CellKind(
    pl.List(pl.String),
    lambda text: (
        text.str.replace_all(_SEPARATORS, ";")
        .str.split(";")
        .list.eval(pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != ""))
    ),
    lambda text: [text],
)
"""Several texts in one cell."""


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _plain_count(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains("^[0-9]{1,18}$")).then(text.str.to_integer(strict=False))


def _plain_money(text: pl.Expr) -> pl.Expr:
    """Fen of digits with at most two decimals."""
    parts = text.str.extract_groups(r"^([0-9]{1,12})(?:\.([0-9]{1,2}))?$").struct
    whole = parts.field("1").str.to_integer(strict=False)
    part = parts.field("2").fill_null("").str.pad_end(2, "0").str.to_integer(strict=False)
    return whole * 100 + part


def _plain_date(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(
        text.str.to_date("%Y-%m-%d", strict=False)
    )


def _switch(declaration: FactDeclaration, text: str) -> bool:
    try:
        return _SWITCHES[_folded(text)]
    except KeyError:
        told = words.labelled(declaration.label, _NO_SWITCH)
        raise CellFault("type", told) from None


def _count(declaration: FactDeclaration, text: str) -> int:
    bare = _number_text(text)
    digits = bare.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise CellFault("type", words.labelled(declaration.label, _NO_COUNT))
    if len(digits) > _MOST_COUNT_DIGITS:
        raise CellFault("range", words.out_of_range(declaration))
    return int(bare)


def _decimal(declaration: FactDeclaration, text: str) -> int:
    """A percentage with its sign, or a number."""
    bare = _number_text(text)
    places = declaration.places
    if declaration.type == "percent":
        places = words.PERCENT_PLACES
        bare = bare[:-1] if bare.endswith("%") else ""
    try:
        number = scaled(bare, places)
    except NotExact:
        told = words.wrong_format(declaration.type, declaration.label, places)
        raise CellFault("format", told) from None
    except TooLarge:
        raise CellFault("range", words.out_of_range(declaration)) from None
    if abs(number) >= 10**_MOST_COUNT_DIGITS:
        raise CellFault("range", words.out_of_range(declaration))
    return number


def _number_text(text: str) -> str:
    """Half width, without the commas between thousands."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    whole, dot, part = bare.partition(".")
    groups = whole.removeprefix("-").split(",")
    grouped = len(groups) > 1 and 0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    return whole.replace(",", "") + dot + part if grouped else bare


def _day(text: str) -> object:
    bare = unicodedata.normalize("NFKC", text)
    if len(bare) == _SERIAL_DIGITS and bare.isascii() and bare.isdigit():
        return cells.day(int(bare))
    return cells.day(text)
