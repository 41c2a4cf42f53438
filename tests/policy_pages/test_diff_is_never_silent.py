"""Whatever differs between two packs is named, if not in words then by where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.rules.loading import PackErrors, load_policy
from app.services.packs import read_pack
from app.services.policy_diff import differences
from app.services.workshop.mutants import mutants_of
from app.settings import PACKAGED_POLICIES
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
