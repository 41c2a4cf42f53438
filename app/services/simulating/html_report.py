"""The report as one HTML file that needs nothing else: charts, the tables behind them, both languages, to print too."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from plotly.offline import get_plotlyjs

from app.rules.policy import Words
from app.services.simulating import tables
from app.services.simulating.charts import charts_of
from app.services.simulating.forms import share
from app.services.simulating.palette import PALETTE
from app.services.simulating.tables import COUNT, YUAN, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.simulating.charts import Chart
    from app.services.simulating.simulation import Outcome, Simulated
    from app.services.simulating.tables import Cell, Column, Table

_PAGE = Path(__file__).with_name("page")
# The page may run and style itself, and load nothing from anywhere.
_ALONE = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
_WAN, _YI = 10_000 * 100, 10**8 * 100
_MILLION, _BILLION = 10**6 * 100, 10**9 * 100


def html_report(done: Simulated) -> str:
    """The whole file. The same simulation gives the same text."""
    policy = done.outcomes[0].reading.policy
    title = Words(f"政策模拟：{policy.title.zh}", f"Simulation: {policy.title.en}")
    charts = charts_of(done)
    figures = {chart.key: chart.figures for chart in charts}
    # "</script>" in anyone's text would end the element.
    data = json.dumps(figures, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    parts = [
        "<!doctype html>\n<html lang='zh-CN' data-language='zh'>\n<head>\n<meta charset='utf-8'>",
        f'<meta http-equiv="Content-Security-Policy" content="{_ALONE}">',
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>{escape(title.zh)}</title>\n<style>{_file('report.css')}</style>\n</head>\n<body>",
        f"<a class='skip' href='#main'>{_both(Words('跳到内容', 'Skip to content'))}</a>",
        _head(done, title),
        "<main id='main'>",
        *_readings(done),
        *(_section(chart) for chart in charts),
        *_without_charts(done),
        "</main>",
        _foot(done),
        f"<script type='application/json' id='charts'>{data}</script>",
        f"<script>{get_plotlyjs()}</script>",
        f"<script>{_file('report.js')}</script>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _head(done: Simulated, title: Words) -> str:
    policy = done.outcomes[0].reading.policy
    facts = [
        Words(f"版本 {policy.version}", f"version {policy.version}"),
        Words(f"以 {done.as_of} 计", f"as of {done.as_of}"),
        Words(f"{done.year} 年度", f"year {done.year}"),
        Words(f"{done.rows:,} 家申请人", f"{done.rows:,} applicants"),
    ]
    told = "".join(f"<span>{_both(one)}</span>" for one in facts)
    button = "<button type='button' id='language'><span lang='zh'>English</span><span lang='en'>中文</span></button>"
    return f"<header><div><h1>{_both(title)}</h1><p class='facts'>{told}</p></div>{button}</header>"


def _readings(done: Simulated) -> Iterator[str]:
    heading = _both(Words("各方案总览", "Readings at a glance"))
    cards = "".join(_card(done, at, outcome) for at, outcome in enumerate(done.outcomes))
    yield f"<section class='readings'><h2 class='visually-hidden'>{heading}</h2>{cards}</section>"


def _card(done: Simulated, at: int, outcome: Outcome) -> str:
    totals, against, cover = outcome.summary.totals, outcome.against_base, outcome.summary.cover
    facts = [
        (Words("可获奖励", "With any award"), f"{totals.with_any_award:,}"),
        (Words("审批额度上限", "Officials may add at most"), _both(_short(totals.discretionary_ceiling))),
    ]
    if against is not None:
        way = "gain" if against.all.difference > 0 else "loss" if against.all.difference < 0 else ""
        difference = _short(against.all.difference, signed=True)
        facts += [
            (Words("与现行规定相差", "Difference"), f"<span class='{way}'>{_both(difference)}</span>"),
            (Words("增加", "Gain"), f"{against.all.gain:,}"),
            (Words("减少", "Lose"), f"{against.all.lose:,}"),
            (Words("不变", "Same"), f"{against.all.same:,}"),
        ]
    if cover is not None:
        covered = tables.percent(share(cover.budget, cover.amount))
        facts.append((Words("预算覆盖", "Covered by the budget"), covered))
    told = "".join(f"<dt>{_both(label)}</dt><dd>{value}</dd>" for label, value in facts)
    colour = PALETTE[at % len(PALETTE)]
    return (
        f"<article class='card reading' style='--colour:{colour}'><h2>{_both(name_of(outcome))}</h2>"
        f"<div class='amount'>{_both(_short(totals.amount))}</div><dl>{told}</dl>{_altered(done, outcome)}</article>"
    )


def _altered(done: Simulated, outcome: Outcome) -> str:
    """What the reading changes."""
    told = [
        f"<li><code>{escape(name)}</code> = {escape(str(value))}</li>"
        for name, value in outcome.reading.scenario.parameters.items()
    ]
    if outcome.reading.policy.version != done.outcomes[0].reading.policy.version:
        version = escape(outcome.reading.policy.version)
        told.insert(0, f"<li>{_both(Words('版本', 'version'))} {version}</li>")
    return f"<div class='altered'><ul>{''.join(told)}</ul></div>" if told else ""


def _section(chart: Chart) -> str:
    zh, en = (
        escape(f"{chart.title.zh}。{chart.says.zh}"),
        escape(f"{chart.title.en}. {chart.says.en}"),
    )
    return (
        f"<section class='card'><figure aria-labelledby='title-{chart.key}'>"
        f"<h2 id='title-{chart.key}'>{_both(chart.title)}</h2><figcaption>{_both(chart.says)}</figcaption>"
        f"<div class='chart' id='chart-{chart.key}' role='img' aria-label='{zh}' data-zh='{zh}' data-en='{en}'></div>"
        f"{_table(chart.table)}</figure></section>"
    )


def _without_charts(done: Simulated) -> Iterator[str]:
    """The largest changes are there to be read; the rest is to be looked up."""
    if len(done.outcomes) > 1:
        yield _rest(tables.largest(done), is_open=True)
    if any(outcome.allotments for outcome in done.outcomes):
        yield _rest(tables.allotments(done), is_open=True)
    yield _rest(tables.verdicts(done), is_open=False)


def _rest(table: Table, *, is_open: bool) -> str:
    shown = _table(table, is_open=is_open)
    return f"<section class='card'><h2>{_both(table.title)}</h2>{shown}</section>"


def _table(table: Table, *, is_open: bool = False) -> str:
    head = "".join(f"<th scope='col'{_class(column)}>{_both(column.label)}</th>" for column in table.columns)
    body = "".join(f"<tr>{''.join(_cells(table, row))}</tr>" for row in table.rows)
    summary = _both(Words("数据表", "The figures"))
    return (
        f"<details{' open' if is_open else ''}><summary>{summary}</summary><div class='scroll' tabindex='0'><table>"
        f"<caption class='visually-hidden'>{_both(table.title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


def _cells(table: Table, row: tuple[Cell, ...]) -> Iterator[str]:
    for at, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        tag = "th scope='row'" if at == 0 else "td"
        yield f"<{tag}{_class(column)}>{_shown(column, cell)}</{tag.split(' ', 1)[0]}>"


def _class(column: Column) -> str:
    return " class='number'" if column.kind in (COUNT, YUAN) else ""


def _shown(column: Column, cell: Cell) -> str:
    if isinstance(cell, Words):
        return _both(cell)
    return escape(tables.plain(cell, column.kind, "en"))


def _foot(done: Simulated) -> str:
    notes = [
        Words(
            f"{done.bad_rows:,} 行无法读取，不在任何数字之内。" if done.bad_rows else "全部行均已读取。",
            f"{done.bad_rows:,} rows could not be read and are in no figure."
            if done.bad_rows
            else "Every row was read.",
        ),
        Words(
            "金额是条文直接给出的奖励；由审批决定的另计上限。待定的申请人缺少事实，不计金额。",
            "Amounts are what the text itself grants; what officials decide is told apart, as a ceiling. Applicants "
            "whose facts are missing are undetermined and count for nothing.",
        ),
        Words(
            "增减先比金额，再比额度上限，再比可获奖励的措施数。",
            "Who gains or loses goes by amount, then by ceiling, then by the number of measures that pay.",
        ),
        Words(
            "这是推演，不是决定；信用代码已遮盖，行号与参考号可在原文件中对照。",
            "This is a what-if and decides nothing. Credit codes are masked; rows and refs are the population's.",
        ),
    ]
    digests = "".join(
        f"<li>{_both(name_of(outcome))}: <code>{escape(outcome.reading.policy.digest)}</code></li>"
        for outcome in done.outcomes
    )
    told = "".join(f"<li>{_both(note)}</li>" for note in notes)
    return f"<footer><ul>{told}</ul><ul>{digests}</ul></footer>"


def _short(fen: int, *, signed: bool = False) -> Words:
    """An amount to take in at a glance; the tables have it to the fen."""
    sign = "−" if fen < 0 else "+" if signed and fen > 0 else ""
    size = abs(fen)
    zh = f"{sign}{size / _YI:,.2f} 亿元" if size >= _YI else f"{sign}{size / _WAN:,.2f} 万元"
    en = f"{sign}CNY {size / _BILLION:,.2f} bn" if size >= _BILLION else f"{sign}CNY {size / _MILLION:,.2f} m"
    return Words(zh, en)


def _both(words: Words) -> str:
    if words.zh == words.en:
        return escape(words.zh)
    return f"<span lang='zh'>{escape(words.zh)}</span><span lang='en'>{escape(words.en)}</span>"


def _file(name: str) -> str:
    return (_PAGE / name).read_text("utf-8")
