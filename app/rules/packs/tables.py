"""Tables of a pack: a rate by the day, an allowance by the year, an amount by a code, or one within the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import lcm
from typing import TYPE_CHECKING

from app.rules.expression import Literal, Rows
from app.rules.facts import FactDeclaration
from app.rules.language.constancy import FIRST_YEAR, LAST_YEAR
from app.rules.language.lexing import LanguageError, nearest, tokens_of
from app.rules.language.literals import constant_of
from app.rules.language.naming import Table
from app.rules.language.syntax import Constant
from app.rules.packs.errors import Mistake, mistake, refuse
from app.rules.packs.node_reading import check_keys, day_of, label_of, list_of, map_of, text_of, word_of
from app.rules.packs.texts import reading
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.rules.packs.errors import Problems

    Choices = Mapping[str, tuple[tuple[str, Words], ...]]

GIVES = ("count", "money", "percent", "number")
PLAIN = ("date", "year", "text")
"""What rows are by, beside the choices of the pack."""
MOST_ROWS = 20_000
KEYS = ("by", "gives", "from", "rows", "until", "label")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a pack as expressions call them, and as answers name their rows."""

    tables: Mapping[str, Table]
    declared: Mapping[str, FactDeclaration]


def read_tables(node: Node | None, choices: Choices, problems: Problems) -> Tables:
    """Every table that can be read; what is wrong is told."""
    tables: dict[str, Table] = {}
    declared: dict[str, FactDeclaration] = {}
    with problems.gather():
        for key, value in map_of(node).items() if node is not None else ():
            with problems.gather():
                name = word_of(key)
                tables[name], declared[name] = TableReader(choices, problems).read(key, map_of(value))
    return Tables(tables, declared)


class TableReader:
    """One table."""

    def __init__(self, choices: Choices, problems: Problems) -> None:
        self._choices, self._problems = choices, problems
        self._count = 0

    def read(self, key: TextNode, node: MapNode) -> tuple[Table, FactDeclaration]:
        """The table, and what a row of it is. Raises Mistake."""
        check_keys(self._problems, node, KEYS, ("by", "gives"))
        if not {"by", "gives"} <= node.entries.keys():
            raise mistake(node, "表须有 by 和 gives", "a table has `by` and `gives`")
        by = self._by(node.entries["by"][1])
        gives = text_of(node.entries["gives"][1])
        if gives.text not in GIVES:
            zh, en = f"gives 为 {'、'.join(GIVES)} 之一", f"`gives` is one of {', '.join(GIVES)}"
            refuse(gives, zh, en, nearest(gives.text, GIVES))
        rows = self._rows(node, by, gives.text)
        label = node.get("label")
        words = Words(key.text, key.text) if label is None else label_of(label)
        scale, whole = _on_one_scale(rows)
        return Table(by, gives.text, scale, whole), FactDeclaration(key.text, "table", words, stated=False)

    def _by(self, node: Node) -> tuple[str, ...]:
        parts = list_of(node).items if isinstance(node, ListNode) else (node,)
        found = []
        for part in parts:
            text = text_of(part)
            if text.text not in (*PLAIN, *self._choices):
                known = (*PLAIN, *self._choices)
                zh = f"by 为 {'、'.join(PLAIN)} 或选项名"
                refuse(part, zh, f"`by` is {', '.join(PLAIN)} or a choice", nearest(text.text, known))
            found.append(text.text)
        if not 0 < len(found) <= 3:
            refuse(node, "by 有一至三个键", "`by` has one to three keys")
        return tuple(found)

    def _rows(self, node: MapNode, by: tuple[str, ...], gives: str) -> _Written:
        name = "from" if by == ("date",) else "rows"
        other = "rows" if name == "from" else "from"
        if other in node.entries:
            refuse(
                node.key(other),
                f"这张表的各行写在 {name} 之下",
                f"its rows stand under `{name}`",
                name,
            )
        if name not in node.entries:
            raise mistake(node, f"缺少 {name}", f"{name!r} is missing", name)
        until = node.get("until")
        if until is not None and by[-1] != "date":
            refuse(node.key("until"), "until 只用于按日期的表", "`until` is for a table by date")
        last = None if until is None else day_of(until)
        found = self._level(node.entries[name][1], by, gives, last)
        if until is not None and last is not None and by == ("date",) and str(last) < str(found.keys[-1]):
            refuse(until, "until 早于最后一行", "`until` is before the last row")
        return found

    def _level(self, node: Node, by: tuple[str, ...], gives: str, until: date | None) -> _Written:
        keys: list[date | int | str] = []
        cells: list[Literal | _Written] = []
        before = len(self._problems.found)
        for key, value in map_of(node).items():
            with self._problems.gather():
                place = self._key(key, by[0])
                if by[0] in ("date", "year") and keys and str(place) <= str(keys[-1]):
                    refuse(key, "各行须按先后排列", "the rows of a table ascend")
                keys.append(place)
                cells.append(
                    self._cell(value, gives) if len(by) == 1 else self._level(value, by[1:], gives, until)
                )
        if len(self._problems.found) > before:
            raise Mistake(self._problems.found.pop())  # ends the table: its other mistakes are told already
        if not keys:
            refuse(node, "表没有任何一行", "a table without a row")
        return _Written(by[0], tuple(keys), tuple(cells), until if by[0] == "date" else None)

    def _key(self, key: TextNode, by: str) -> date | int | str:
        if by == "date":
            return day_of(key)
        if by == "year":
            if not (key.text.isdigit() and FIRST_YEAR <= int(key.text) <= LAST_YEAR):
                refuse(
                    key, f"年份为 {FIRST_YEAR} 至 {LAST_YEAR}", f"a year is from {FIRST_YEAR} to {LAST_YEAR}"
                )
            return int(key.text)
        if by == "text":
            return text_of(key).text.strip("'")
        codes = [code for code, _ in self._choices[by]]
        if key.text not in codes:
            refuse(key, f"没有代码 {key.text}", f"there is no code {key.text!r}", nearest(key.text, codes))
        return key.text

    def _cell(self, node: Node, gives: str) -> Literal:
        self._count += 1
        if self._count > MOST_ROWS:
            refuse(node, f"表超过 {MOST_ROWS} 行", f"a table of more than {MOST_ROWS} rows")
        text = text_of(node)
        with reading(text):
            tokens = tokens_of(text.text)
            if len(tokens) != 2 or tokens[0].kind not in ("number", "percent"):
                raise LanguageError("a row of a table is a number", "表的一行是一个数字", 0)
            found = constant_of(Constant(0, tokens[0].kind, tokens[0].text), gives)
            if found.type != gives:
                raise LanguageError(f"expected {gives}, this is {found.type}", f"这里应为 {gives}", 0)
        return found


@dataclass(frozen=True, slots=True)
class _Written:
    """Rows as the file has them, each number over a scale of its own."""

    by: str
    keys: tuple[date | int | str, ...]
    cells: tuple[Literal | _Written, ...]
    until: date | None


def _on_one_scale(written: _Written) -> tuple[int, Rows]:
    scale = lcm(*_scales(written))
    return scale, _scaled(written, scale)


def _scales(written: _Written) -> list[int]:
    return [
        scale
        for cell in written.cells
        for scale in (_scales(cell) if isinstance(cell, _Written) else [cell.scale])
    ]


def _scaled(written: _Written, scale: int) -> Rows:
    values = tuple(
        _scaled(cell, scale) if isinstance(cell, _Written) else _whole(cell) * (scale // cell.scale)
        for cell in written.cells
    )
    return Rows(written.by, written.keys, values, written.until)


def _whole(cell: Literal) -> int:
    assert isinstance(cell.value, int)
    return cell.value


def overlaid(base: Node | None, changed: Node) -> Node:
    """The tables of a pack with the rows that a notice replaces or adds. Raises Mistake."""
    given = map_of(changed)
    known = map_of(base).entries if base is not None else {}
    entries = dict(known)
    for key, rows in given.items():
        if key.text not in known:
            close = nearest(key.text, known)
            raise mistake(key, f"没有表 {key.text}", f"there is no table {key.text!r}", close)
        entries[key.text] = key, _with_rows(map_of(known[key.text][1]), map_of(rows))
    return replace(given, entries=entries)


def _with_rows(table: MapNode, changed: MapNode) -> MapNode:
    name = "from" if "from" in table.entries else "rows"
    merged = _merged(map_of(table.entries[name][1]), changed)
    return replace(table, entries={**table.entries, name: (table.key(name), merged)})


def _merged(rows: MapNode, changed: MapNode) -> MapNode:
    """Rows in order, those that are changed in place of what stood there."""
    entries = dict(rows.entries)
    for name, (key, value) in changed.entries.items():
        before = entries.get(name)
        if before is not None and isinstance(before[1], MapNode) and isinstance(value, MapNode):
            value = _merged(before[1], value)  # noqa: PLW2901 - the row as it now reads
        entries[name] = key, value
    ordered = dict(sorted(entries.items())) if all(name[:4].isdigit() for name in entries) else entries
    return replace(rows, entries=ordered)
