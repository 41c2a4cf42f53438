"""`duixian policy explain` and `diff`: every measure is told, every change is told, for people and for programs."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.rules.loading import load_policy
from app.services.packs import read_pack
from app.services.policy_diff import differences
from tests.simulating.populations import AS_OF, firms, written

if TYPE_CHECKING:
    from click.testing import Result

PACK = Path("app/policies/yanhu-ip")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["policy", *map(str, arguments)], env={"COLUMNS": "200"})


def changed(tmp_path: Path, file: str, *swaps: tuple[str, str]) -> Path:
    """A copy of the pack in which texts of one file are replaced; each must be there."""
    folder = tmp_path / "pack"
    if not folder.exists():
        shutil.copytree(PACK, folder)
    text = (folder / file).read_text("utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    (folder / file).write_text(text, "utf-8")
    return folder


class _Page(HTMLParser):
    """The ids of a page, what it links to, what it would load, and its open elements."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "wbr"):
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.add(value or "")
            if name == "href":
                self.links.append(value or "")
            if name == "src":
                self.loads.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_tells_every_measure_in_both_languages() -> None:
    policy = load_policy(read_pack(PACK))
    told = run("explain", PACK)
    assert told.exit_code == 0, told.output
    for measure in policy.measures:
        assert measure.clause in told.stdout
        assert measure.title.zh in told.stdout
        assert measure.title.en in told.stdout
    assert "年度专利授权量 10 件以上 / patents granted in the year: at least 10" in told.stdout.replace(
        "Pat", "pat"
    )


def test_one_language_has_no_sentence_of_the_other() -> None:
    told = run("explain", PACK, "--lang", "en").stdout
    clauses = re.sub("[一二三四五六七八九十（）]", "", told)
    assert not re.search("[\u4e00-\u9fff]", clauses)


def test_the_html_page_is_well_formed_and_loads_nothing(tmp_path: Path) -> None:
    out = tmp_path / "policy.html"
    assert run("explain", PACK, out, "--format", "html").exit_code == 0
    page = _Page()
    page.feed(out.read_text("utf-8"))
    assert page.open == []
    assert page.loads == []
    sections = len(page.ids)
    assert sections == 25
    assert len({*page.links[:sections]}) == sections  # the contents
    assert {link.removeprefix("#") for link in page.links} == page.ids


def test_text_of_a_pack_is_never_markup(tmp_path: Path) -> None:
    folder = changed(
        tmp_path, "measures/patent-grants.yaml", ("高质量专利授权奖励", "<script>alert(1)</script>")
    )
    assert "<script>" not in run("explain", folder, "--format", "html").stdout
    assert "<script>" not in re.sub(r"\\.", "", run("explain", folder).stdout)


def test_a_wrong_name_helps_on() -> None:
    done = run("explain", "yanhu-pi")
    assert done.exit_code == 2
    assert "yanhu-ip" in done.stderr
    assert run("explain", "yanhu-ip@1999").exit_code == 2


def test_a_policy_does_not_differ_from_itself() -> None:
    done = run("diff", PACK, "yanhu-ip")
    assert done.stdout == "The two have the same content.\n"


CHANGES = [
    ("measures/patent-grants.yaml", "granted_min: 10", "granted_min: 8", "parameters", "granted_min"),
    ("measures/patent-grants.yaml", "granted_min: 10", "granted_min: 8", "requirements", None),
    ("measures/patent-grants.yaml", "amount: 200000", "amount: 250000", "award", "text"),
    ("measures/patent-grants.yaml", "[once per year]", "[once]", "limits", None),
    ("measures/pledge-financing.yaml", "+ loan.appraisal_fee", "", "items", "counts"),
    ("measures/patent-grants.yaml", "高质量专利授权奖励", "专利授权奖励", "measure", "title"),
    ("facts.yaml", "[企业规模, size of the enterprise]", "[企业大小, size of it]", "facts", "applicant.size"),
    ("policy.yaml", "from: 2023-01-01", "from: 2024-01-01", "policy", "in_force"),
    ("policy.yaml", "失信联合惩戒对象不予资助", "失信的不予资助", "exclusions", "joint-punishment"),
]


@pytest.mark.parametrize(("file", "old", "new", "part", "key"), CHANGES)
def test_a_change_is_told_in_its_part(
    tmp_path: Path, file: str, old: str, new: str, part: str, key: str | None
) -> None:
    folder = changed(tmp_path, file, (old, new))
    found = differences(load_policy(read_pack(PACK)), load_policy(read_pack(folder)))
    assert any(one.part == part and key in (None, one.key) for one in found.changes), found.changes
    assert not found.same_content


def test_a_measure_that_goes_is_told_with_whom_it_was_for(tmp_path: Path) -> None:
    folder = changed(tmp_path, "policy.yaml", ("  - brand-plan\n", ""))
    (folder / "measures/brand-plan.yaml").unlink()
    (folder / "cases/brand-plan.yaml").unlink()
    facts = folder / "facts.yaml"
    done = run("diff", PACK, folder)
    assert done.exit_code == 0, (done.stderr, facts.exists())
    assert "for: kind of applicant is enterprise or state-owned enterprise" in done.stdout.lower()
    assert "- Measure brand-plan removed" in done.stdout
    assert "+ Measure brand-plan added" in run("diff", folder, PACK).stdout


def test_a_population_says_how_many_change_and_by_how_much(tmp_path: Path) -> None:
    folder = changed(tmp_path, "measures/patent-grants.yaml", ("granted_min: 10", "granted_min: 8"))
    people = written(tmp_path / "p.ndjson", firms(32))
    done = run("diff", PACK, folder, "--population", people, "--as-of", AS_OF, "--format", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    # Two firms for each count of grants: those with eight and nine.
    assert told["population"]["all"] == {"gain": 4, "lose": 0, "same": 28, "difference": "800000.00"}
    assert list(told["population"]["measures"]) == ["patent-grants"]
    assert {one["part"] for one in told["changes"]} == {"parameters", "requirements"}
