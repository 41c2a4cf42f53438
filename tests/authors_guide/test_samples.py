"""Every sample of the authors' guide is a pack that loads, and gives what the guide says of it, in both languages."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.services.answer_locally import LocalPolicy
from app.services.workshop.checking import check_files
from app.services.workshop.mutants import mutants_of
from app.services.workshop.noticing import unnoticed
from tests.authors_guide.reading import GUIDE, Sample, request_of, samples

PAGES = {language: samples(GUIDE / language / "examples.md") for language in ("zh", "en")}
DAY = date(2026, 11, 23)


def kinds_of(local: LocalPolicy) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, fact in local.policy.facts.facts.items():
        found[name] = fact.type
        found |= {f"{name}[].{field}": inner.type for field, inner in fact.fields.items()}
    return found


def outcome(measure: dict[str, Any]) -> str:
    """A measure's answer as the tables of the guide write it."""
    award = measure["award"]
    if measure["verdict"] == "undetermined":
        names = [one["fact"] for one in measure["missing"]]
        return f"undetermined: {', '.join(dict.fromkeys(names))}"
    if measure["verdict"] == "ineligible" or award["kind"] in ("unspecified", "service"):
        return str(measure["verdict"])
    return f"up to {award['ceiling']}" if award["kind"] == "up_to" else str(award["amount"])


@pytest.mark.parametrize("sample", PAGES["en"], ids=lambda sample: sample.place)
def test_a_sample_gives_what_the_guide_says(sample: Sample) -> None:
    local = LocalPolicy(sample.files)
    kinds = kinds_of(local)
    assert sample.rows
    for facts, wanted in sample.rows:
        answer = local.decide(request_of(facts, kinds), DAY)
        found = {one["id"]: outcome(one) for one in answer["measures"]}
        named = dict(part.strip().split(" ", 1) for part in wanted.split(";")) if ";" in wanted else None
        assert (named or {next(iter(found)): wanted.strip()}) == found, (facts, answer)


def test_both_languages_have_the_same_samples() -> None:
    assert len(PAGES["en"]) > 20
    assert [(one.pack, one.rows) for one in PAGES["zh"]] == [(one.pack, one.rows) for one in PAGES["en"]]


def test_the_policy_of_the_hour_loads_and_its_cases_hold_every_figure_of_it() -> None:
    written = []
    for language in ("zh", "en"):
        blocks = re.findall(
            r"```yaml\n(.*?)```", (GUIDE / language / "one-hour.md").read_text("utf-8"), re.DOTALL
        )
        written.append("".join(blocks))
    assert written[0] == written[1]
    said, cases = written[0].split("cases:\n")
    files = {"policy.yaml": said, "cases/all.yaml": "cases:\n" + cases}
    checked = check_files(Path(), files, DAY)
    assert checked.errors == ()
    assert checked.cases == 8
    mutants = list(mutants_of(files))
    assert len(mutants) > 10
    assert unnoticed(files, mutants, DAY, processes=1) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_link_of_the_guide_leads_somewhere(language: str) -> None:
    for page in (*sorted((GUIDE / language).glob("*.md")), GUIDE / "README.md"):
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
            file, _, anchor = target.partition("#")
            there = (page.parent / file) if file else page
            assert there.is_file(), f"{page}: {target}"
            if anchor:
                assert f'<a id="{anchor}"></a>' in there.read_text("utf-8"), f"{page}: {target}"
