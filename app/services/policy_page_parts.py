"""What a policy's page is made of: sections of blocks of lines and tables, all of them words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.policy import Words
from app.rules.words.wording import day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.policy import Measure, Period, Reading

_UNDECIDED = Words("尚未决定，有关结果因此未定", "undecided: what turns on it is undetermined")


class Line(NamedTuple):
    """A line of a list, with lines of its own beneath."""

    words: Words
    of: tuple[Line, ...] = ()
    to: str | None = None
    """The anchor of the section that it speaks of."""


class Table(NamedTuple):
    """Every row has a cell for each head."""

    heads: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]


class Block(NamedTuple):
    """A heading with lines, a table, or both; `flow` draws the lines as steps, one after another."""

    title: Words
    lines: tuple[Line, ...] = ()
    flow: bool = False
    table: Table | None = None


class Section(NamedTuple):
    """A measure, or what the policy says as a whole."""

    anchor: str
    title: Words
    blocks: tuple[Block, ...]


class Page(NamedTuple):
    title: Words
    sections: tuple[Section, ...]


def words_of(text: Mapping[str, str]) -> Words:
    """From the form that answers have."""
    return Words(text["zh"], text["en"])


def same(text: str) -> Words:
    return Words(text, text)


def named(name: Words, value: Words) -> Words:
    return Words(f"{name.zh}：{value.zh}", f"{name.en}: {value.en}")


def with_clause(clause: str, title: Words) -> Words:
    return Words(f"{clause}　{title.zh}", f"{clause} {title.en}") if clause else title


def with_name(label: Words, name: str) -> Words:
    """A label, and what the pack calls it."""
    return Words(f"{label.zh}（{name}）", f"{label.en} ({name})")


def anchor_of(measure: Measure) -> str:
    return f"measure-{measure.id}"


def period_words(period: Period) -> Words:
    """From a day on, to a day, or both."""
    since, until = (None if one is None else day(one) for one in (period.since, period.until))
    zh = "，".join(part for part in (since and f"{since.zh}起", until and f"至{until.zh}止") if part)
    en = " ".join(part for part in (since and f"from {since.en}", until and f"to {until.en}") if part)
    return Words(zh, en)


def chosen_words(reading: Reading) -> Words:
    """The way that is chosen, or that none is."""
    return _UNDECIDED if reading.chosen is None else dict(reading.options)[reading.chosen]


def present(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Those that hold anything."""
    return tuple(block for block in blocks if block.lines or block.table is not None)
