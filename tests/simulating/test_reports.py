"""The files of a simulation: the same figures in each, readable alone, and nothing in them but what was given."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from app.rules.money import format_yuan
from app.services.population.opening import open_population
from app.services.published_policies import PublishedPolicies
from app.services.simulating.charts import charts_of
from app.services.simulating.html_report import html_report
from app.services.simulating.readings import Scenario, readings_of
from app.services.simulating.reports import MEDIA_TYPES, write_report, write_reports
from app.services.simulating.simulation import simulate
from app.services.simulating.tables import tables_of
from app.settings import PACKAGED_POLICIES
from tests.simulating.populations import firms, written

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.simulating.simulation import Simulated

HOSTILE = "</script><img src=x onerror=alert(1)> & 八件 =1+1"
CHROMIUM = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """A population under two scenarios, one of them with a name that is markup, a formula and both."""
    policies = PublishedPolicies.in_folder(PACKAGED_POLICIES)
    scenarios = [
        Scenario(HOSTILE, {"patent-grants.granted_min": 8}),
        Scenario("fewer", {"patent-grants.granted_min": 12, "pledge-financing.rate": "40%"}),
    ]
    year, day = 2026, date(2026, 11, 23)
    readings = readings_of(policies, policies.latest("yanhu-ip"), scenarios, year=year, as_of=day)
    place = written(tmp_path_factory.mktemp("population") / "p.ndjson", firms(96))
    opened = open_population(place, readings[0].policy, year=year, as_of=day)
    return simulate(readings, opened, year=year, as_of=day, budget=500_000_000, progress=lambda _: None)


@pytest.fixture(scope="module")
def page(done: Simulated) -> str:
    return html_report(done)


class Page(HTMLParser):
    """What of a page a reader and a browser meet."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._in and self._in[-1] == "script":
            self.scripts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_same_simulation_gives_the_same_bytes(done: Simulated, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        told = write_reports(done, tmp_path / folder)
        assert {one["name"]: one["media_type"] for one in told} == MEDIA_TYPES
    for name in MEDIA_TYPES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_page_loads_nothing_and_forbids_it(page: str) -> None:
    found = Page(page)
    loading = ("src", "href", "action", "data", "poster", "srcset")
    for tag, attributes in found.tags:
        for name in loading:
            value = attributes.get(name)
            assert value is None or value.startswith("#"), (tag, name, value)
    assert not {"link", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in found.tags}
    [policy] = [one["content"] for one in found.named("meta") if one.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_plotly_is_there_once_and_the_data_cannot_end_its_element(page: str) -> None:
    found = Page(page)
    assert len(found.named("script")) == 3
    assert sum("plotly.js v" in script for script in found.scripts) == 1
    data = json.loads(found.scripts[0])
    assert set(data) == {"cost", "changes", "distribution", "size", "kind", "budget"}
    names = [trace["name"] for trace in data["cost"]["zh"]["data"]]
    # Markup in charts, too, is only text.
    assert names[1] == HOSTILE.replace("&", "&amp;").replace("<", "&lt;")
    assert not [attributes for tag, attributes in found.tags if tag == "img" or "onerror" in attributes]


def test_every_chart_has_a_name_in_both_languages_and_its_table(page: str, done: Simulated) -> None:
    found = Page(page)
    places = [one for one in found.named("div") if one.get("role") == "img"]
    assert [one["id"] for one in places] == [f"chart-{chart.key}" for chart in charts_of(done)]
    for one in places:
        assert one["data-zh"] != one["data-en"]
        assert one["aria-label"] == one["data-zh"]
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert len(figures) == len(places)
    assert all("<table>" in figure and "<caption" in figure for figure in figures)
    assert page.count('lang="zh"') + page.count("lang='zh'") > 100
    assert len(re.findall("lang='zh'", page)) == len(re.findall("lang='en'", page))


def test_figures_are_the_same_in_the_page_the_workbook_and_the_json(
    page: str, done: Simulated, tmp_path: Path
) -> None:
    write_report(done, tmp_path / "r.json")
    write_report(done, tmp_path / "r.xlsx")
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    for row, outcome, reading in zip(rows, done.outcomes, (told["base"], *told["scenarios"]), strict=True):
        totals = outcome.summary.totals
        assert reading["totals"]["amount"] == format_yuan(totals.amount)
        assert row[1:5] == (
            totals.applicants,
            totals.with_any_award,
            totals.amount / 100,
            totals.discretionary_ceiling / 100,
        )
        assert f"{totals.amount // 100:,}.{totals.amount % 100:02d}" in page


def test_the_workbook_has_a_sheet_a_table_numbers_as_numbers_and_charts(
    done: Simulated, tmp_path: Path
) -> None:
    write_report(done, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    tables = tables_of(done)
    assert len(book.worksheets) == len(tables) + 1
    for sheet, table in zip(book.worksheets, tables, strict=False):
        assert sheet.title.startswith(table.title.zh)
        head = [cell.value for cell in sheet[2]]
        assert head == [
            column.label.zh if column.label.zh == column.label.en else f"{column.label.zh}\n{column.label.en}"
            for column in table.columns
        ]
        assert sheet.max_row == 2 + len(table.rows)
        for row in sheet.iter_rows(min_row=3):
            for cell, column in zip(row, table.columns, strict=True):
                assert cell.data_type in (("n",) if column.kind != "text" else ("s", "n")), cell.coordinate
                assert cell.data_type != "f"
    assert sum(len(sheet._charts) for sheet in book.worksheets) == 6  # noqa: SLF001 - openpyxl shows them nowhere else


def test_nobody_is_named_by_code(page: str, done: Simulated, tmp_path: Path) -> None:
    write_report(done, tmp_path / "r.json")
    for text in (page, (tmp_path / "r.json").read_text("utf-8")):
        assert "91140802MA0GT0018G" not in text
        assert "911408********018G" in text


def rendered(place: Path, *arguments: str) -> str:
    """What the page is once its scripts have run, without a network."""
    assert CHROMIUM is not None
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={place.parent / 'profile'}"]
    done = subprocess.run(
        [*command, *arguments, "--dump-dom", place.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_a_browser_draws_every_chart_in_its_language(page: str, tmp_path: Path, language: str) -> None:
    file = tmp_path / "r.html"
    file.write_text(page, "utf-8")
    found: Any = rendered(file, f"--lang={language}", f"--accept-lang={language}")
    charts = re.findall(r'id="chart-([a-z]+)".*?(?=id="chart-|</main>)', found, re.DOTALL)
    assert len(charts) == 6
    assert found.count('class="main-svg"') >= 6
    title = re.search(r"<title>(.*?)</title>", found)
    assert title is not None
    assert title.group(1).startswith("政策模拟" if language == "zh-CN" else "Simulation")
    drawn = found[found.index('id="chart-cost"') : found.index('id="chart-changes"')]
    assert ("现行规定" in drawn.split("<details")[0]) == (language == "zh-CN")
    assert "<img" not in found.replace("&lt;img", "")
