"""Whoever reads only the page of a policy misses nothing: every figure, label, row, reading and notice stands on it."""

from __future__ import annotations

import re
from calendar import month_name
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from app.rules.loading import PackErrors, load_policy
from app.services.measure_forms import parameter_form
from app.services.packs import read_pack
from app.services.policy_page_files import policy_html, policy_markdown
from app.services.policy_pages import policy_page
from app.services.workshop.checking import check_folder
from app.services.workshop.mutants import mutants_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EVERYTHING = Path("tests/policy_pages/everything")
PACKS = {"everything": EVERYTHING, "yanhu-ip": Path("app/policies/yanhu-ip")}
LANGUAGES = ("zh", "en")


@cache
def page(pack: str, language: str) -> str:
    """What is written for people, without the marks that Markdown needs."""
    return told(read_pack(PACKS[pack]), language)


def told(files: Mapping[str, str], language: str) -> str:
    text = policy_markdown(policy_page(load_policy(files)), (language,))
    return re.sub(r"\\(.)", r"\1", re.sub("sha256:[0-9a-f]+", "", text))


@cache
def said(pack: str) -> dict[str, Any]:
    """The YAML of a pack by its paths, every scalar as text."""
    return {
        path: yaml.load(text, yaml.BaseLoader)  # noqa: S506 - every scalar as text
        for path, text in read_pack(PACKS[pack]).items()
        if path.endswith(".yaml") and not path.startswith("cases/")
    }


def shown(value: str, language: str) -> set[str]:
    """The ways in which people read a figure or a day of a pack."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
        words = f"{day.year}年{day.month}月{day.day}日"
        return {value, words if language == "zh" else f"{day.day} {month_name[day.month]} {day.year}"}
    if re.fullmatch(r"[0-9.]+", value):
        return {rf"(?<![\d,.]){re.escape(one)}(?![\d,])" for one in (value, f"{float(value):,.2f}")}
    return {re.escape(value)}


def missing(values: set[str], pack: str, language: str) -> set[str]:
    text = page(pack, language)
    return {one for one in values if not any(re.search(form, text) for form in shown(one, language))}


def labels(node: Any, at: int) -> Iterator[str]:
    """Every text for people: `{zh: …, en: …}`, and `[中文, English]` wherever labels stand."""
    if isinstance(node, dict):
        if {"zh", "en"} <= node.keys():
            yield node[LANGUAGES[at]]
        for value in node.values():
            yield from labels(value, at)
    elif isinstance(node, list):
        if len(node) == 2 and all(isinstance(one, str) for one in node) and re.search("[一-鿿]", node[0]):
            if not re.search("[一-鿿]", node[1]):
                yield node[at]
        else:
            for value in node:
                yield from labels(value, at)


def leaves(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)
    else:
        yield node


def keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from keys(value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack", PACKS)
def test_every_label_and_sentence_of_the_pack_stands_on_its_page(pack: str, language: str) -> None:
    at = LANGUAGES.index(language)
    for path, content in said(pack).items():
        found = {re.sub(r"\{\w+\}", "…", one) for one in labels(content, at)}
        # A sentence of derived words may begin with a capital, and a unit stand for itself nowhere.
        text = page(pack, language).lower()
        assert {one for one in found if one.lower() not in text} == set(), path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack", PACKS)
def test_every_value_of_every_parameter_stands_on_the_page(pack: str, language: str) -> None:
    values: set[str] = set()
    for content in said(pack).values():
        wide = content.get("parameters", {})
        values |= set(leaves(wide)) | {key for row in wide.values() for key in keys(row)}
    assert missing(values, pack, language) == set()
    assert values or pack == "yanhu-ip"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_every_table_stands_on_the_page_with_where_it_begins(language: str) -> None:
    for path, content in said("everything").items():
        for table in content.get("tables", {}).values():
            rows = table.get("from") or table.get("rows") or table
            values = {*leaves(rows), *(key for key in keys(rows) if re.match(r"\d|[一-鿿]", key))}
            values |= {table["until"]} if "until" in table else set()
            assert missing(values, "everything", language) == set(), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_told_whole(language: str) -> None:
    notice = said("everything")["notices/2026.yaml"]
    values = {notice["year"], notice["published"], *leaves(notice["window"]), *leaves(notice["parameters"])}
    values |= {*leaves(notice["maximum"]), *leaves(notice["tables"])}
    assert missing(values, "everything", language) == set()
    text = page("everything", language)
    chosen = {
        "zh": "上浮是百分点还是倍数：上浮倍数",
        "en": "Is the uplift in points or a multiple: a multiple",
    }
    assert text.count(chosen[language]) >= 3  # with the notice, and with both measures that turn on it
    assert text.count({"zh": "不开放申报", "en": "Not open"}[language]) == 2
    assert "#measure-guidance" not in text  # it is read anew, and nothing of it differs
    assert {"zh": "成立日期不晚于2025年1月1日", "en": "on or before 1 January 2025"}[language] in text


def test_a_reading_is_told_with_what_it_asks_its_ways_and_the_one_that_is_chosen() -> None:
    text = page("everything", "zh").split("## 条文解读")[1].split("## 推导事实")[0]
    assert "三 上浮是百分点还是倍数" in text
    assert "- 采用：上浮百分点" in text
    assert "2026 年度采用：上浮倍数" in text
    assert "采用：尚未决定" in text


def test_what_changes_with_time_is_told_for_every_time() -> None:
    text = page("everything", "zh")
    for row in (
        "2024 年度起：10% × 计入总额",
        "2026 年度起：20% × 计入总额",
        "2026年7月1日起：最高：350,000.00 元",
    ):
        assert row in text
    assert "2027 年度起：每年合计不超过 1,200,000.00 元" in text
    assert "2026 年度起：每年合计不超过 1,200,000.00 元" not in text


def test_the_rest_of_what_a_pack_can_say_is_told() -> None:
    text = page("everything", "zh")
    for one in (
        "2025年7月1日起，至2027年6月30日止",  # in_force of a measure
        "所在镇为“东镇”",  # where
        "（期限 5 年）；违反的追回 100%",  # an obligation by time
        "至少：41% × 核定金额，四舍五入到 10.00 元",  # and one by an amount
        "归：作者",
        "除非：企业等级为高级",  # a flag with its condition
        "未申报的按“按统计数据划型”推算",  # a stand-in
        "工信部联企业〔2011〕300 号",  # a standard
        "此前按 everything.loans 发放的奖励一并计算",
        "参保人数不高于从业人数",  # a relation
        "villages：上王村、下王村、南李村",
        "达到大型企业下限为“是”的：大型",  # a derived choice by its labels
    ):
        assert one in text, one


@pytest.mark.parametrize(("pack", "step"), [("yanhu-ip", 5), ("everything", 28)])
def test_a_change_of_any_figure_or_condition_changes_the_page_in_both_languages(pack: str, step: int) -> None:
    files = read_pack(PACKS[pack])
    tried = 0
    for mutant in list(mutants_of(files))[::step]:
        try:
            changed = {
                language: told({**files, mutant.file: mutant.text}, language) for language in LANGUAGES
            }
        except PackErrors:
            continue
        tried += 1
        for language in LANGUAGES:
            assert changed[language] != page(pack, language), (mutant.file, mutant.line, mutant.after)
    assert tried > 4


def test_the_check_finds_the_standards_that_a_pack_names() -> None:
    assert check_folder(EVERYTHING, date(2026, 11, 23)).errors == ()


def test_a_number_is_shown_by_its_decimals_whatever_those_of_other_years() -> None:
    files = dict(read_pack(EVERYTHING))
    files["policy.yaml"] = files["policy.yaml"].replace("quick: 1.25", "quick: {2024: 1.5, 2027: 1.125}")
    works = load_policy(files).measure("works")
    assert works is not None
    form = parameter_form(works.parameters["quick"])
    assert [(row["from"], row["value"]) for row in form["rows"]] == [
        ("2024", "1.5"),
        ("2027", "1.125"),
    ]
    assert form["value"] == "1.125"


def test_the_html_page_leads_to_every_section_that_it_speaks_of() -> None:
    text = policy_html(policy_page(load_policy(read_pack(EVERYTHING))))
    ids = re.findall(r"<section id='([^']+)'", text)
    assert len(ids) == len(set(ids)) == 16
    assert set(re.findall(r"href='#([^']+)'", text)) == set(ids)
    assert text.count("<div class='wide'") == text.count("<table>") > 8  # none is wider than a phone
