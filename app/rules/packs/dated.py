"""Parameters by year or by day: a pack read as it stands at each moment at which one of them changes.

Everything else of the language sees constants. A row holds from its year (of the request) or its day (`as_of`) on,
until the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from app.rules.packs.errors import refuse
from app.rules.packs.node_reading import day_of, text_of
from app.rules.packs.yaml_nodes import MapNode, TextNode
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.content import Content
    from app.rules.packs.errors import PackError
    from app.rules.packs.yaml_nodes import Node
    from app.rules.policy import Measure, Parameter, Policy

MOST_MOMENTS = 120
"""A pack is read once for each."""
YEAR = re.compile(r"[0-9]{4}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
KINDS = {
    "percent": Words("百分比", "a percent"),
    "date": Words("日期", "a date"),
    "text": Words("文字", "a text"),
    "number": Words("数字", "a number"),
}
POLICY = ""
"""Stands for a measure's id where a parameter is the policy's."""


@dataclass(frozen=True, slots=True)
class Moment:
    """From a year on, or a day on, or both; None where nothing turns on it."""

    year: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """The parameters of a pack that have rows, and the moments at which the pack reads otherwise."""

    names: tuple[tuple[str, str], ...]
    """Measure, or POLICY, and parameter."""
    moments: tuple[Moment, ...]
    """Of years, then of days, ascending; never empty."""


def read_dated(content: Content) -> Dated:
    """Every mistake in the rows is told."""
    since = _since(content)
    names: list[tuple[str, str]] = []
    years, days = {since.year}, {since}
    for measure, section in _sections(content):
        for key, rows in section.items():
            if isinstance(rows, MapNode):
                with content.problems.gather():
                    edges = _edges(key, rows, since)
                    names.append((measure, key.text))
                    years |= {edge for edge in edges if isinstance(edge, int) and edge > since.year}
                    days |= {edge for edge in edges if isinstance(edge, date) and edge > since}
    by_year: list[int | None] = [*sorted(years)] if len(years) > 1 else [None]
    by_day: list[date | None] = [*sorted(days)] if len(days) > 1 else [None]
    moments = tuple(Moment(year, day) for year, day in product(by_year, by_day))
    if len(moments) > MOST_MOMENTS:
        with content.problems.gather():
            zh = f"参数的年份和日期共有 {len(moments)} 种组合，至多 {MOST_MOMENTS} 种；按日期取值的可改用 tables"
            en = (
                f"the years and days of parameters make {len(moments)} moments, at most {MOST_MOMENTS}: "
                "use a table for what changes that often"
            )
            refuse(content.head, zh, en)
    return Dated(tuple(names), moments)


def at(content: Content, moment: Moment) -> Content:
    """The pack with the constants of one moment in place of the rows."""
    year = date.max.year if moment.year is None else moment.year
    day = date.max if moment.day is None else moment.day
    top, measures = dict(content.top), dict(content.measures)
    for measure, section in _sections(content):
        if not any(isinstance(rows, MapNode) for _, rows in section.items()):
            continue
        entries = {
            name: (key, row_of(rows, year, day) if isinstance(rows, MapNode) else rows)
            for name, (key, rows) in section.entries.items()
        }
        settled = replace(section, entries=entries)
        if measure == POLICY:
            top["parameters"] = top["parameters"][0], settled
        else:
            key, node = measures[measure]
            inside = {**node.entries, "parameters": (node.key("parameters"), settled)}
            measures[measure] = key, replace(node, entries=inside)
    return replace(content, top=top, measures=measures)


def row_of(rows: MapNode, year: int, day: date) -> TextNode:
    """The row in force; the first where none is yet."""
    found: TextNode | None = None
    for key, value in rows.items():
        begun = int(key.text) <= year if YEAR.fullmatch(key.text) else date.fromisoformat(key.text) <= day
        if found is None or begun:
            found = text_of(value)
    assert found is not None
    return found


def at_moment(error: PackError, moment: Moment) -> PackError:
    """What is wrong only with the rows of a moment, said so."""
    from_ = "、".join(str(one) for one in (moment.year, moment.day) if one is not None)
    words = error.message
    zh, en = (
        f"按 {from_} 起的取值：{words.zh}",
        f"with the rows from {from_.replace('、', ' and ')} on: {words.en}",
    )
    return error._replace(message=Words(zh, en))


def with_rows(policy: Policy, content: Content, dated: Dated) -> Policy:
    """The policy with the rows of its parameters beside their values, for people who look at them."""
    sections = dict(_sections(content))
    measures: list[Measure] = []
    for measure in policy.measures:
        parameters = dict(measure.parameters)
        for owner, name in dated.names:
            if name in parameters and owner in (POLICY, measure.id):
                rows = sections[owner].entries[name][1]
                assert isinstance(rows, MapNode)
                parameters[name] = _with_rows(parameters[name], rows, measure.id, policy)
        measures.append(replace(measure, parameters=parameters))
    return replace(policy, measures=tuple(measures))


def _with_rows(parameter: Parameter, rows: MapNode, measure: str, policy: Policy) -> Parameter:
    """With the rows that are ever in force, each as the policy of its first term has it, all over one scale."""
    found: list[tuple[str, Parameter]] = []
    for edge in rows.entries:
        day = date(int(edge), 1, 1) if YEAR.fullmatch(edge) else date.fromisoformat(edge)
        year = day.year if YEAR.fullmatch(edge) else date.max.year
        begun = day.year <= policy.in_force_from.year if YEAR.fullmatch(edge) else day <= policy.in_force_from
        if begun:
            found.clear()
        read = policy.on(year, date.max if YEAR.fullmatch(edge) else day).measure(measure)
        assert read is not None
        found.append((edge, read.parameters[parameter.name]))
    scale = max(parameter.scale, *(one.scale for _, one in found))
    return replace(
        parameter,
        scale=scale,
        value=_over(parameter, scale),
        rows=tuple((edge, _over(one, scale)) for edge, one in found),
    )


def _over(parameter: Parameter, scale: int) -> int | str:
    """Its value over a greater scale: all are powers of ten."""
    value = parameter.value
    return value * (scale // parameter.scale) if isinstance(value, int) and scale > 1 else value


def _sections(content: Content) -> Iterator[tuple[str, MapNode]]:
    """Whose parameters they are, and the parameters."""
    own: list[tuple[str, Node | None]] = [(POLICY, content.get("parameters"))]
    own += [(name, node.get("parameters")) for name, (_, node) in content.measures.items()]
    for name, section in own:
        if isinstance(section, MapNode):
            yield name, section


def _since(content: Content) -> date:
    """The first day of the policy; what is wrong with it is told where it is read."""
    node = content.get("in_force")
    first = node.get("from") if isinstance(node, MapNode) else None
    if isinstance(first, TextNode) and DAY.fullmatch(first.text):
        try:
            return date.fromisoformat(first.text)
        except ValueError:
            return date.max
    return date.max


def _kind(value: TextNode) -> str:
    """What a constant is by its looks: a number is of the type that its use asks for."""
    if value.text.endswith("%"):
        return "percent"
    if DAY.fullmatch(value.text):
        return "date"
    return "number" if NUMBER.fullmatch(value.text) else "text"


def _edges(key: TextNode, rows: MapNode, since: date) -> list[int | date]:
    """Raises Mistake."""
    found: list[int | date] = []
    for edge, value in rows.items():
        kind, of = _kind(text_of(value)), _kind(text_of(next(iter(rows.entries.values()))[1]))
        if kind != of:
            zh, en = (
                f"各行须为同一类型：第一行为{KINDS[of].zh}",
                f"the rows are of one type: the first is {KINDS[of].en}",
            )
            refuse(value, zh, en)
        if YEAR.fullmatch(edge.text):
            found.append(int(edge.text))
        elif DAY.fullmatch(edge.text):
            found.append(day_of(edge))
        else:
            zh, en = (
                "按年份或日期取值，如 2024 或 2024-01-01",
                "a row begins with a year or a day: 2024, 2024-01-01",
            )
            refuse(edge, zh, en)
        if type(found[-1]) is not type(found[0]):
            refuse(edge, "年份和日期不能混用", "rows are by year or by day, not both")
        if len(found) > 1 and found[-1] <= found[-2]:  # type: ignore[operator]  # of one type, as checked above
            refuse(edge, "各行须按先后排列", "the rows ascend")
    if not found:
        refuse(key, f"参数 {key.text} 没有取值", f"the parameter {key.text!r} has no row")
    first, bound = found[0], since.year if isinstance(found[0], int) else since
    if first > bound:  # type: ignore[operator]  # likewise
        place = next(iter(rows.items()))[0]
        zh = f"政策自 {since} 起施行，第一行须不晚于此"
        refuse(place, zh, f"the policy is in force from {since}: the first row begins no later")
    return found
