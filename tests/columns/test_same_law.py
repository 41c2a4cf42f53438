"""One law written in two ways reads alike: changed by a notice or in its text, whole or spread over standards."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from app.rules.expression import Derived
from app.rules.loading import load_policy
from app.rules.packs.standards import SHARED
from app.rules.reaching import every_node
from tests.columns.packs import YEAR, dump, random_pack
from tests.columns.sections import plain

if TYPE_CHECKING:
    from app.rules.policy import Policy

SEEDS = range(10)
NOTICE = f"notices/{YEAR}.yaml"
MOMENTS = [(YEAR, date(2026, 1, 15)), (YEAR, date(2026, 11, 23))]
LAWS = ("parameters", "readings", "tables")


def said_by(policy: Policy) -> tuple[object, ...]:
    """What decides. What a figure was called in other years is no part of it."""
    measures = tuple(
        replace(one, parameters={name: replace(each, rows=()) for name, each in one.parameters.items()})
        for one in policy.measures
    )
    # Derived facts are equal by name: what they are worked out of is compared beside them.
    laws = (measures, policy.exclusions, policy.groups, policy.stand_ins)
    worked_out = {node.name: node.value for node in every_node(laws) if isinstance(node, Derived)}
    return worked_out, measures, policy.exclusions, policy.groups, policy.stand_ins, policy.readings


@pytest.mark.parametrize("seed", SEEDS)
def test_a_notice_is_the_text_with_its_changes(seed: int) -> None:
    files, _ = random_pack(random.Random(seed))  # noqa: S311 - reproducible, not secret
    notice = {name: part for name, part in plain(files[NOTICE]).items() if name not in ("closed", "require")}
    noticed = load_policy({**files, NOTICE: dump(notice)})
    changed = {path: plain(text) for path, text in files.items() if path.endswith(".yaml") and path != NOTICE}
    _change(changed, notice)
    text = load_policy(
        {**{path: dump(part) for path, part in changed.items()}, "sets/filed.txt": files["sets/filed.txt"]}
    )
    for year, day in MOMENTS:
        assert said_by(noticed.as_read(year, day)) == said_by(text.on(year, day))


def _change(files: dict[str, Any], notice: dict[str, Any]) -> None:
    """The same in the text: constants, the reading that is chosen, rows of tables."""
    for name, value in notice.get("parameters", {}).items():
        measure, _, own = name.rpartition(".")
        holder = files[f"measures/{measure}.yaml"] if measure else files["policy.yaml"]
        holder["parameters"][own] = value
    for name, option in notice.get("readings", {}).items():
        files["facts.yaml"]["readings"][name]["chosen"] = option
    for name, rows in notice.get("tables", {}).items():
        (table,) = (file["tables"][name] for file in files.values() if name in file.get("tables", {}))
        held = table["from" if table["by"] == "date" else "rows"]
        for key, value in rows.items():
            held[key] = {**held.get(key, {}), **value} if isinstance(value, dict) else value


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pack_that_takes_standards_is_the_pack_that_says_it_all_itself(seed: int) -> None:
    files, spread = random_pack(random.Random(seed))  # noqa: S311 - reproducible, not secret
    own, head = plain(files["facts.yaml"]), plain(files["policy.yaml"])
    for name in head.pop("standards", ()):
        standard = plain(files.pop(f"standards/{name}.yaml"))
        for section in SHARED:
            if section in standard:
                empty = type(standard[section])()
                own[section] = (
                    own.get(section, empty) | standard[section]
                    if isinstance(empty, dict)
                    else own.get(section, empty) + standard[section]
                )
    whole = load_policy({**files, "policy.yaml": dump(head), "facts.yaml": dump(own)})
    for year, day in MOMENTS:
        one, other = spread.as_read(year, day), whole.as_read(year, day)
        assert said_by(one) == said_by(other)
        assert one.facts.facts == other.facts.facts
        assert one.facts.derived == other.facts.derived
