"""One closure for each fact of a pack: from the JSON value to the engine's, or a Mistake.

bool     true or false                         a bool
count    a JSON integer                        an int
money    yuan: text or JSON number             fen
percent  "4.35%", or percent points 4.35       parts of 10^-8
number   text or JSON number, `places`         parts of 10^-places
date     "2026-11-23"                          a date
choice   a code, letter case and all           the code
text, id text                                  NFC, trimmed
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from app.rules.decimals import NotExact, TooLarge, scaled, text_of
from app.rules.input import words
from app.rules.input.mistakes import Mistake
from app.rules.input.text import division_reader, text_reader, uscc_reader
from app.rules.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.facts import FactDeclaration
    from app.rules.policy import Words

    Read = Callable[[object], object]

_DECIMAL_TYPES = frozenset({str, int, Decimal})
SPECIAL = {"applicant.uscc": uscc_reader, "applicant.division": division_reader}


class Scalar(NamedTuple):
    """How one fact is read, and how its value is shown in the normalised request (None: as it is)."""

    name: str
    read: Read
    show: Callable[..., str] | None


def scalar_of(declaration: FactDeclaration) -> Scalar:
    name = declaration.name
    match declaration.type:
        case "bool":
            return Scalar(name, _bool(declaration), None)
        case "count":
            return Scalar(name, _count(declaration), None)
        case "money":
            return Scalar(name, money_reader(declaration), format_yuan)
        case "percent":
            return Scalar(name, _percent(declaration), percent_text)
        case "number":
            places = declaration.places
            return Scalar(name, _number(declaration), lambda value: text_of(value, places))
        case "date":
            return Scalar(name, date_reader(declaration.label), date.isoformat)
        case "choice":
            return Scalar(name, _choice(declaration), None)
    return Scalar(name, SPECIAL.get(name, text_reader)(declaration.label), None)


def percent_text(value: int) -> str:
    """Parts of 10^-8 as a percentage: `4.35%`."""
    return text_of(value, words.PERCENT_PLACES) + "%"


def _wrong_type(declaration: FactDeclaration) -> Mistake:
    return Mistake("type", lambda: words.wrong_type(declaration.type, declaration.label))


def _out_of_range(declaration: FactDeclaration) -> Mistake:
    return Mistake("range", lambda: words.out_of_range(declaration))


def _bool(declaration: FactDeclaration) -> Read:
    def read(value: object) -> bool:
        if value is True or value is False:
            return value
        raise _wrong_type(declaration)

    return read


def _count(declaration: FactDeclaration) -> Read:
    low, high = words.limits_of(declaration)

    def read(value: object) -> int:
        if type(value) is not int:
            raise _wrong_type(declaration)
        if low <= value <= high:
            return value
        raise _out_of_range(declaration)

    return read


def money_reader(declaration: FactDeclaration) -> Callable[[object], int]:
    """Reads yuan into fen."""
    low, high = words.limits_of(declaration)

    def read(value: object) -> int:
        if type(value) not in _DECIMAL_TYPES:
            raise _wrong_type(declaration)
        try:
            fen = parse_yuan(value)  # type: ignore[arg-type]  # the types are those of _DECIMAL_TYPES
        except NotExact:
            raise Mistake("format", lambda: words.wrong_format("money", declaration.label)) from None
        except TooLarge:
            raise _out_of_range(declaration) from None
        if low <= fen <= high and (fen or not _signed(value)):
            return fen
        raise _out_of_range(declaration)

    return read


def _signed(value: object) -> bool:
    """A text with a minus: before a nought it is no figure that anyone means."""
    return isinstance(value, str) and value.startswith("-")


def _number(declaration: FactDeclaration) -> Read:
    return _decimal(declaration, declaration.places, lambda value: value)


def _percent(declaration: FactDeclaration) -> Read:
    """A text needs its %, or 0.5 could mean one half."""

    def bare(value: str) -> str:
        if not value.endswith("%"):
            raise NotExact("no %")
        return value[:-1]

    return _decimal(declaration, words.PERCENT_PLACES, bare)


def _decimal(declaration: FactDeclaration, places: int, bare: Callable[[str], str]) -> Read:
    low, high = words.limits_of(declaration)

    def read(value: object) -> int:
        if type(value) not in _DECIMAL_TYPES:
            raise _wrong_type(declaration)
        try:
            number = scaled(bare(value) if isinstance(value, str) else value, places)  # type: ignore[arg-type]
        except NotExact:
            raise Mistake(
                "format", lambda: words.wrong_format(declaration.type, declaration.label, places)
            ) from None
        except TooLarge:
            raise _out_of_range(declaration) from None
        if low <= number <= high and (number or not _signed(value)):
            return number
        raise _out_of_range(declaration)

    return read


def date_reader(label: Words | None) -> Callable[[object], date]:
    """Reads YYYY-MM-DD in ASCII digits and nothing else of what ISO 8601 allows."""

    def read(value: object) -> date:
        if type(value) is not str:
            raise Mistake("type", lambda: words.wrong_type("date", label))
        found = day_of(value)
        if found is None:
            raise Mistake("format", lambda: words.wrong_format("date", label))
        return found

    return read


def day_of(text: str) -> date | None:
    if not (len(text) == 10 and text[4] == text[7] == "-" and text.isascii()):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _choice(declaration: FactDeclaration) -> Read:
    return choice_reader(tuple(code for code, _ in declaration.choices), declaration.label)


def choice_reader(codes: tuple[str, ...], label: Words | None) -> Callable[[object], str]:
    """Reads one of the codes, exactly as it is written."""
    known = frozenset(codes)

    def read(value: object) -> str:
        if type(value) is not str:
            raise Mistake("type", lambda: words.wrong_type("choice", label))
        if value in known:
            return value
        raise Mistake("choice", lambda: words.no_such_choice(value, codes, label))

    return read
