"""The charts of a report: figures of Plotly in each language, with the table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from app.rules.policy import Words
from app.services.simulating import tables
from app.services.simulating.palette import GAIN, LOSS, PALETTE
from app.services.simulating.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.services.simulating.simulation import Outcome, Simulated
    from app.services.simulating.tables import Table

LANGUAGES = ("zh", "en")
_BAR, _AROUND, _LEAST = 17, 130, 240
"""Pixels: of one bar, of title and axis, of the smallest chart."""
_WAN = 10_000
_MONEY_AXIS = Words("万元", "CNY")
_APPLICANTS = Words("申请人（家）", "Applicants")


@dataclass(frozen=True, slots=True)
class Chart:
    """`figures` by language; `says` tells in a sentence what is to be seen."""

    key: str
    title: Words
    says: Words
    figures: Mapping[str, dict[str, Any]]
    table: Table


def charts_of(done: Simulated) -> tuple[Chart, ...]:
    """Those that have something to show."""
    found = [_cost(done), *_changes(done), _distribution(done)]
    found += [_group(done, fact) for fact in done.outcomes[0].summary.by]
    if done.budget is not None:
        found.append(_budget(done))
    return tuple(found)


def _cost(done: Simulated) -> Chart:
    paying = [
        measure
        for measure in tables.measures_of(done)
        if any(_amount(outcome, measure.id) for outcome in done.outcomes)
    ]
    sides = [[_amount(outcome, measure.id) for measure in paying] for outcome in done.outcomes]
    figures = {
        language: _bars(done, [_in(measure.title, language) for measure in paying], sides, language)
        for language in LANGUAGES
    }
    says = Words(
        "各项措施在各方案下的奖励金额；由审批决定金额的措施见表。",
        "What each measure costs under each reading; what officials decide is in the table.",
    )
    return Chart("cost", Words("各项措施花多少", "What each measure costs"), says, figures, tables.cost(done))


def _changes(done: Simulated) -> Iterator[Chart]:
    """Gains to the right, losses to the left."""
    if len(done.outcomes) == 1:
        return
    moved = [
        measure
        for measure in tables.measures_of(done)
        if any(_moves(outcome, measure.id) != (0, 0) for outcome in done.outcomes[1:])
    ]
    figures = {language: _diverging(done, moved, language) for language in LANGUAGES}
    says = Words(
        "向右是增加的申请人，向左是减少的。", "Applicants who gain, to the right, and who lose, to the left."
    )
    if not moved:
        says = Words("没有人增加，也没有人减少。", "Nobody gains and nobody loses.")
    title = Words("谁增加，谁减少", "Who gains, who loses")
    yield Chart("changes", title, says, figures, tables.changes(done))


def _diverging(done: Simulated, measures: Sequence[Any], language: str) -> dict[str, Any]:
    names = [_in(measure.title, language) for measure in measures]
    bars = []
    for at, outcome in enumerate(done.outcomes[1:]):
        name = _in(name_of(outcome), language)
        gains = [_moves(outcome, measure.id)[0] for measure in measures]
        losses = [-_moves(outcome, measure.id)[1] for measure in measures]
        for values, colour, what in (
            (gains, GAIN, Words("增加", "gain")),
            (losses, LOSS, Words("减少", "lose")),
        ):
            if not any(values):
                continue
            said = f"{name} · {_in(what, language)}" if len(done.outcomes) > 2 else _in(what, language)
            bars.append(
                go.Bar(
                    y=names, x=values, name=said, orientation="h", offsetgroup=str(at), marker_color=colour,
                    opacity=1 - 0.18 * (at % 5), customdata=[abs(value) for value in values],
                    hovertemplate=f"%{{y}}<br>{name}: %{{customdata:,}}<extra></extra>",
                )
            )  # fmt: skip
    count = len(names) * (len(done.outcomes) - 1)
    return _plain(bars, _layout(count, language, _APPLICANTS, barmode="relative"))


def _distribution(done: Simulated) -> Chart:
    """Those who get nothing aside: they are most, and would hide all others."""
    bands = done.outcomes[0].summary.bands[1:]
    figures = {}
    for language in LANGUAGES:
        names = [_in(tables.band_label(band), language) for band in bands]
        bars = [
            go.Bar(
                y=names, x=[band.applicants for band in outcome.summary.bands[1:]], marker_color=_colour(at),
                name=_in(name_of(outcome), language), orientation="h",
                hovertemplate="%{y}<br>%{x:,}<extra>%{fullData.name}</extra>",
            )
            for at, outcome in enumerate(done.outcomes)
        ]  # fmt: skip
        figures[language] = _plain(bars, _layout(len(names) * len(bars), language, _APPLICANTS))
    says = Words(
        "获得奖励的申请人按每家金额分组；没有金额的不在图中，见表。",
        "Applicants with an amount, by how much each gets; those without are in the table alone.",
    )
    title = Words("每家得多少", "How much each gets")
    return Chart("distribution", title, says, figures, tables.distribution(done))


def _group(done: Simulated, fact: str) -> Chart:
    table = tables.by_group(done, fact)
    codes = list(done.outcomes[0].summary.by[fact])
    sides = [
        [
            outcome.summary.by[fact][code].amount if code in outcome.summary.by.get(fact, {}) else 0
            for code in codes
        ]
        for outcome in done.outcomes
    ]
    figures = {}
    for language in LANGUAGES:
        names = [_in(row[0], language) for row in table.rows if isinstance(row[0], Words)]
        figures[language] = _bars(done, names, sides, language)
    says = Words(f"奖励金额{table.title.zh}。", f"Amounts, {table.title.en[0].lower()}{table.title.en[1:]}.")
    return Chart(table.key, table.title, says, figures, table)


def _budget(done: Simulated) -> Chart:
    """Amounts, on them what officials may add at most, and the budget as a line."""
    assert done.budget is not None
    parts = (
        (Words("奖励金额", "Amount"), [one.summary.totals.amount for one in done.outcomes], PALETTE[5]),
        (
            Words("审批额度上限", "At officials' discretion, at most"),
            [one.summary.totals.discretionary_ceiling for one in done.outcomes],
            "#b8c4d6",
        ),
    )
    figures = {}
    for language in LANGUAGES:
        names = [_in(name_of(outcome), language) for outcome in done.outcomes]
        bars = [
            _bar(names, values, _in(label, language), colour, language) for label, values, colour in parts
        ]
        layout = _layout(2 * len(names), language, _MONEY_AXIS, barmode="stack")
        budget = _money(done.budget, language)
        said = _in(Words("预算", "Budget"), language)
        layout["shapes"] = [
            {"type": "line", "x0": budget, "x1": budget, "y0": 0, "y1": 1, "yref": "paper",
             "line": {"color": LOSS, "width": 3}}
        ]  # fmt: skip
        layout["annotations"] = [
            {"x": budget, "y": 1, "yref": "paper", "yanchor": "bottom", "text": said, "showarrow": False}
        ]
        figures[language] = _plain(bars, layout)
    says = Words(
        "红线是预算，浅色是由审批决定的额度上限。",
        "The red line is the budget; pale is what officials may add.",
    )
    title = Words("预算够不够", "Does the budget last")
    return Chart("budget", title, says, figures, tables.budget(done))


def _bars(done: Simulated, names: list[str], sides: Sequence[Sequence[int]], language: str) -> dict[str, Any]:
    """Money by name, one bar for each reading."""
    bars = [
        _bar(names, values, _in(name_of(outcome), language), _colour(at), language)
        for at, (outcome, values) in enumerate(zip(done.outcomes, sides, strict=True))
    ]
    return _plain(bars, _layout(len(names) * len(bars), language, _MONEY_AXIS))


def _bar(names: list[str], fen: Sequence[int], label: str, colour: str, language: str) -> go.Bar:
    unit = _in(_MONEY_AXIS, language)
    return go.Bar(
        y=names, x=[_money(value, language) for value in fen], name=label, orientation="h", marker_color=colour,
        hovertemplate=f"%{{y}}<br>%{{x:,.2f}} {unit}<extra>%{{fullData.name}}</extra>",
    )  # fmt: skip


def _layout(bars: int, language: str, axis: Words | None, *, barmode: str = "group") -> dict[str, Any]:
    found: dict[str, Any] = {
        "barmode": barmode,
        "bargap": 0.28,
        "height": max(_LEAST, bars * _BAR + _AROUND),
        "margin": {"l": 8, "r": 24, "t": 36, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        # Names of scenarios are whatever people wrote: nothing of them is markup.
        "hoverlabel": {"namelength": 60},
    }
    if axis is not None:
        found["xaxis"] = {"title": {"text": _in(axis, language)}, "automargin": True, "tickformat": ",~f"}
        found["yaxis"] = {"automargin": True, "autorange": "reversed", "ticksuffix": "  "}
        if language == "en" and axis is _MONEY_AXIS:
            found["xaxis"]["tickformat"] = "~s"
    return found


def _plain(bars: Sequence[go.Bar], layout: dict[str, Any]) -> dict[str, Any]:
    """Checked by the library, and without its template, which the page has its own of."""
    made = go.Figure(data=list(bars), layout={**layout, "template": "none"}).to_plotly_json()
    made["layout"].pop("template", None)
    return {"data": made["data"], "layout": made["layout"]}


def _money(fen: int, language: str) -> float:
    """For the length of a bar: ten thousands of yuan in Chinese, yuan in English."""
    return fen / 100 / _WAN if language == "zh" else fen / 100


def _amount(outcome: Outcome, measure: str) -> int:
    found = outcome.summary.measures.get(measure)
    return 0 if found is None else found.amount


def _moves(outcome: Outcome, measure: str) -> tuple[int, int]:
    against = outcome.against_base
    found = None if against is None else against.measures.get(measure)
    return (0, 0) if found is None else (found.gain, found.lose)


def _colour(at: int) -> str:
    return PALETTE[at % len(PALETTE)] if at == 0 else PALETTE[1 + (at - 1) % (len(PALETTE) - 1)]


def _in(words: Words, language: str) -> str:
    """The text for a chart, in which angle brackets would be markup."""
    text = words.zh if language == "zh" else words.en
    return text.replace("&", "&amp;").replace("<", "&lt;")
