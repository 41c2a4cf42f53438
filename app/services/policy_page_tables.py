"""The tables of a policy's page: their rows as a table of rows, side by side or crosswise where that is shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.expression import Rows
from app.rules.policy import Words
from app.rules.words.wording import Shown, day, figure
from app.services.policy_page_parts import Block, Line, Table, same, with_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from app.rules.language.naming import Table as Declared
    from app.rules.policy import Notice, Policy

_MOST_COLUMNS = 8
"""Of a last key with more values than these, each value has a row of its own."""
_MOST_BESIDE = 3


def table_blocks(policy: Policy) -> Iterator[Block]:
    """Every table whole; those that go by the same one key stand side by side."""
    for names in _beside(policy):
        first, label = policy.tables[names[0]], policy.facts.tables[names[0]].label
        if len(names) > 1:
            yield Block(same(", ".join(names)), table=_side_by_side(names, policy))
            continue
        untils = [day(until) for until in dict.fromkeys(_untils(first.rows))]
        lines = tuple(Line(Words(f"各行适用至{one.zh}", f"The rows hold until {one.en}")) for one in untils)
        shown = _wide(first, policy) or _long(first, tuple(_cells(first.rows)), policy)
        yield Block(with_name(label, names[0]), lines, table=shown)


def _beside(policy: Policy) -> Iterator[tuple[str, ...]]:
    """Names of tables in their order, together where they can stand in one."""
    row: list[str] = []
    for name, table in policy.tables.items():
        if row and not (len(row) < _MOST_BESIDE and _alike(policy.tables[row[0]], table)):
            yield tuple(row)
            row = []
        row.append(name)
    if row:
        yield tuple(row)


def _alike(one: Declared, other: Declared) -> bool:
    return (
        one.by == other.by and len(one.by) == 1 and one.by != ("date",) and one.rows.keys == other.rows.keys
    )


def _side_by_side(names: tuple[str, ...], policy: Policy) -> Table:
    tables = [policy.tables[name] for name in names]
    by, keys = tables[0].by[0], tables[0].rows.keys
    found = [dict(_cells(table.rows)) for table in tables]
    rows = tuple(
        (
            _key(key, by, policy),
            *(
                figure(cells[key,], Shown(table.type, table.scale), policy.currency)
                for table, cells in zip(tables, found, strict=True)
            ),
        )
        for key in keys
    )
    return Table((_head(by), *(policy.facts.tables[name].label for name in names)), rows)


def _untils(rows: Rows) -> Iterator[date]:
    if rows.until is not None:
        yield rows.until
    for value in rows.values:
        if isinstance(value, Rows):
            yield from _untils(value)


def _cells(rows: Rows, before: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], int]]:
    """Every number with its keys."""
    for key, value in zip(rows.keys, rows.values, strict=True):
        if isinstance(value, Rows):
            yield from _cells(value, (*before, key))
        else:
            yield (*before, key), value


def _long(table: Declared, cells: tuple[tuple[tuple[object, ...], int], ...], policy: Policy) -> Table:
    """A row for each number."""
    shown = Shown(table.type, table.scale)
    rows = tuple(
        (
            *(_key(key, by, policy) for key, by in zip(keys, table.by, strict=True)),
            figure(value, shown, policy.currency),
        )
        for keys, value in cells
    )
    return Table((*(_head(by) for by in table.by), Words("数值", "Value")), rows)


def _wide(table: Declared, policy: Policy) -> Table | None:
    """A column for each value of the last key, where there are few of them and a key before it."""
    cells = dict(_cells(table.rows))
    columns = tuple(dict.fromkeys(keys[-1] for keys in cells))
    if len(table.by) == 1 or len(columns) > _MOST_COLUMNS:
        return None
    shown = Shown(table.type, table.scale)
    rows = tuple(
        (
            *(_key(key, by, policy) for key, by in zip(keys, table.by, strict=False)),
            *(
                figure(cells[*keys, column], shown, policy.currency)
                if (*keys, column) in cells
                else same("—")
                for column in columns
            ),
        )
        for keys in dict.fromkeys(keys[:-1] for keys in cells)
    )
    return Table(
        (*(_head(by) for by in table.by[:-1]), *(_key(one, table.by[-1], policy) for one in columns)), rows
    )


def _head(by: str) -> Words:
    known = {"date": Words("自", "From"), "year": Words("年度", "Year"), "text": Words("名称", "Name")}
    return known.get(by, Words("类别", "Class"))


def _key(key: object, by: str, policy: Policy) -> Words:
    if by in policy.facts.choices:
        return dict(policy.facts.choices[by])[str(key)]
    return same(str(key))


def new_rows(notice: Notice, base: Policy) -> Iterator[Block]:
    """The rows that the notice replaces or adds."""
    for name, table in notice.policy.tables.items():
        before = set(_cells(base.tables[name].rows))
        new = tuple(row for row in _cells(table.rows) if row not in before)
        if new:
            label = with_name(base.facts.tables[name].label, name)
            title = Words(f"表：{label.zh}", f"Table: {label.en}")
            yield Block(title, table=_long(table, new, base))
