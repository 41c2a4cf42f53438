"""Whatever differs between two packs is named, if not in words then by where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.rules.loading import PackErrors, load_policy
from app.rules.packs.measures import KEYS
from app.services.packs import read_pack
from app.services.policy_diff import PARTS, differences
from app.services.policy_diff_text import difference_lines
from app.services.policy_diff_untold import OF_MEASURE
from app.services.workshop.mutants import mutants_of
from app.settings import PACKAGED_POLICIES
from tests.policy_pages.test_page_is_complete import EVERYTHING
from tests.rules.loading.packs import GRANT, HEAD, NOTICE, NOTICED

if TYPE_CHECKING:
    from collections.abc import Mapping


def told(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str | None, str, str]]:
    found = differences(load_policy(before), load_policy(after))
    return [(one.measure, one.part, one.key) for one in found.changes]


def test_every_change_that_the_workshop_makes_of_the_first_policy_is_told_in_its_measure() -> None:
    files = read_pack(PACKAGED_POLICIES / "yanhu-ip")
    before = load_policy(files)
    tried = 0
    for mutant in list(mutants_of(files))[::4]:
        try:
            after = load_policy(mutant.applied(files))
        except PackErrors:
            continue
        tried += 1
        changes = differences(before, after).changes
        assert changes, mutant
        path = mutant.file
        if path.startswith("measures/"):
            wanted = path.removeprefix("measures/").removesuffix(".yaml")
            assert {one.measure for one in changes} == {wanted}, mutant
    assert tried > 30


@pytest.mark.parametrize(
    ("path", "old", "new", "part"),
    [
        (NOTICE, "grant.most: 12", "grant.most: 13", (None, "notices", "2026 parameters")),
        (NOTICE, "closed: [loans, hall]", "closed: [hall]", (None, "notices", "2026 closed")),
        (HEAD, "bars: money\n", "bars: items with project\n", None),
        (
            "facts.yaml",
            "staff.abroad <= staff.total",
            "staff.abroad < staff.total",
            (None, "facts", "relations"),
        ),
        ("facts.yaml", "max: 99.5", "max: 99.4", None),
        ("sets/towns.txt", "西镇", "南镇", (None, "facts", "sets/towns.txt")),
        (GRANT, "unless: applicant.town in towns", "unless: staff.green", ("grant", "flags", "flags")),
        (GRANT, "key: small.old-grant", "key: small.older-grant", ("grant", "ledger", "key")),
    ],
)
def test_a_change_is_named_where_it_stands(
    path: str, old: str, new: str, part: tuple[str | None, str, str] | None
) -> None:
    assert NOTICED[path].count(old) == 1
    changed = {**NOTICED, path: NOTICED[path].replace(old, new)}
    if path == HEAD:
        changed[HEAD] = changed[HEAD].replace("    when: applicant.credit.joint_punishment\n", "")
        changed[HEAD] = changed[HEAD].replace("  twice:\n    bars: items with project\n    clause: 九\n"
                                              "    title: {zh: 重复, en: Twice}\n", "")  # fmt: skip
    found = told(NOTICED, changed)
    assert found
    if part is not None:
        assert part in found


def test_packs_that_say_the_same_differ_in_nothing() -> None:
    assert told(NOTICED, {**NOTICED, GRANT: NOTICED[GRANT] + "# a comment\n"}) == []


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("share: 31%", "share: 30%", ("rankings", "payment", "instalments 1")),
        ("after: 13 months", "after: 14 months", ("rankings", "payment", "instalments 2")),
        ("share: 17%", "share: 18%", ("rankings", "payment", "payee 1")),
        ("name: firm.town", "name: firm.village", ("rankings", "payment", "payee 1")),
        ("firm.staff < 14", "firm.staff < 15", ("rankings", "payment", "hold")),
        ("The better the rank", "A better rank", ("rankings", "measure", "says")),
        ("is to settle whose", "settles whose", ("rankings", "measure", "review")),
        (
            "{limit: once per year, when: reading.uplift == points}",
            "{limit: once per year, when: reading.uplift == times}",
            ("rankings", "limits", "0"),
        ),
    ],
)
def test_how_an_award_is_paid_is_told_in_words(old: str, new: str, part: tuple[str, str, str]) -> None:
    before, path = read_pack(EVERYTHING), "measures/rankings.yaml"
    assert before[path].count(old) == 1
    found = differences(load_policy(before), load_policy({**before, path: before[path].replace(old, new)}))
    told = {(one.measure, one.part, one.key) for one in found.changes}
    assert part in told or (part[1] == "limits" and {place[:2] for place in told} == {part[:2]})
    for language in ("zh", "en"):
        assert len(list(difference_lines(found, language))) > 1


def test_every_key_of_a_measure_has_a_name_under_which_it_is_told() -> None:
    assert {OF_MEASURE.get(key, key) for key in KEYS} - PARTS.keys() == set()
