"""Small random policies, written as YAML and loaded like any other, with requests for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import random

LEVELS = ["high", "low", "none"]
FACTS = """
choices:
  levels: {high: [高, high], low: [低, low], none: [无, none]}
facts:
  known:
    yes_no: {bool: [是否, whether]}
    other: {bool: [另一, another]}
    number_of: {count: [数量, number], unit: [件, pieces]}
    sum_of: {money: [金额, sum]}
    ratio: {percent: [比例, ratio], max: 100%}
    score: {number: [分数, score], places: 1, max: 100}
    since: {date: [日期, since]}
    level: {choice: [级别, level], of: levels}
  things:
    list: [事项, things]
    item:
      thing_id: {id: [编号, thing no.]}
      project: {id: [项目, project], optional: yes}
      cost: {money: [费用, cost]}
      units: {count: [单位, units]}
      good: {bool: [合格, good]}
      rank: {choice: [等级, rank], of: levels}
"""
SCALARS = [
    ["known.yes_no", "not known.yes_no"],
    ["known.other", "not known.other"],
    ["known.number_of >= 5", "known.number_of > 4", "known.number_of <= 9", "known.number_of == 1"],
    ["known.sum_of >= 1000", "known.sum_of > 0"],
    ["known.ratio >= 50%", "known.ratio < 25%"],
    ["known.score >= 1.5", "known.score < 5"],
    ["years(known.since, as_of) >= 1", "known.since <= 2024-02-29"],
    ["known.level in [high, low]", "known.level == high", "known.level != none"],
]
ITEMS = [
    ["thing.cost > 0", "thing.cost >= 1000"],
    ["thing.units >= 5"],
    ["thing.good", "not thing.good"],
    ["thing.rank in [high, low]", "thing.rank != none"],
]
SCALAR_VALUES = [
    "400",
    "known.sum_of",
    "50% * known.sum_of",
    "100 * known.number_of",
    "min(known.sum_of, 700)",
]
ITEM_VALUES = ["300", "thing.cost", "50% * thing.cost", "10 * thing.units", "thing.cost + 5 * thing.units"]
KINDS = ["fixed", "calculated", "up_to", "unspecified"]
CAP = 900


@dataclass
class Made:
    """A policy as files, and what the generator knows of each measure."""

    files: dict[str, str]
    caps: dict[str, int] = field(default_factory=dict)
    """Yuan that no award of the measure may exceed in a year."""


def words(text: str) -> dict[str, str]:
    return {"zh": f"测{text}", "en": text}


def pack(chance: random.Random, template: dict[str, Any]) -> Made:
    """Four measures at random under the head of `template` (a policy.yaml that the loader takes)."""
    made = Made({})
    measures = {}
    for index in range(4):
        name = f"measure-{index}"
        measures[name] = _measure(chance, made, name)
    head = {**template, "order": list(measures)}
    files = {"policy.yaml": dump(head), "facts.yaml": FACTS}
    made.files = {**files, **{f"measures/{name}.yaml": dump(text) for name, text in measures.items()}}
    return made


def dump(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)


def _measure(chance: random.Random, made: Made, name: str) -> dict[str, Any]:
    kind = chance.choice(KINDS)
    measure: dict[str, Any] = {"clause": "一", "title": words(name)}
    leaves = [chance.choice(options) for options in chance.sample(SCALARS, chance.randint(1, 4))]
    measure["require"] = _tree(chance, [{"is": leaf, "code": f"r{i}"} for i, leaf in enumerate(leaves)])
    limits = []
    if chance.random() < 0.6:
        limits = _each(chance, measure, kind)
    else:
        measure["award"] = _award(chance, kind, SCALAR_VALUES, "known.level")
    if kind in ("fixed", "calculated") and chance.random() < 0.6:
        limits.append(f"at most {CAP} per year")
        made.caps[name] = CAP
    elif chance.random() < 0.5:
        limits.append(chance.choice(["once", "once per year"]))
    if limits:
        measure["limits"] = limits
    return measure


def _tree(chance: random.Random, leaves: list[dict[str, str]]) -> list[Any]:
    """Each leaf once, under all, any and not at random."""
    if len(leaves) < 2 or chance.random() < 0.3:
        return list(leaves)
    cut = chance.randint(1, len(leaves))
    group: Any = {chance.choice(["any", "all"]): leaves[:cut]} if cut > 1 else leaves[0]
    if chance.random() < 0.3:
        group = {"not": group}
    return [group, *_tree(chance, leaves[cut:])] if leaves[cut:] else [group]


def _each(chance: random.Random, measure: dict[str, Any], kind: str) -> list[str]:
    """Items: awarded one by one, or one award for what counts; returns the limits of the items."""
    chosen = [chance.choice(options) for options in chance.sample(ITEMS, chance.randint(0, 3))]
    each: dict[str, Any] = {"item": "thing in things", "id": "thing.thing_id"}
    if chosen:
        each["require"] = [{"is": leaf, "code": f"i{i}"} for i, leaf in enumerate(chosen)]
    if chance.random() < 0.5:
        each["keys"] = {"project": "thing.project"}
    measure["each"] = each
    if kind in ("fixed", "calculated") and chance.random() < 0.6:
        each["award"] = _award(chance, kind, ITEM_VALUES, "thing.rank")
        return ["once per item"] if chance.random() < 0.5 else []
    if kind == "calculated":
        each["counts"] = chance.choice(["thing.cost", "thing.cost + 2 * thing.units"])
        measure["award"] = {kind: chance.choice(["50% * counted", "counted"])}
        return ["once per item and year"] if chance.random() < 0.5 else []
    measure["award"] = _award(chance, kind, SCALAR_VALUES, "known.level")
    return []


def _award(chance: random.Random, kind: str, values: list[str], level: str) -> Any:
    if kind == "unspecified":
        return kind
    if chance.random() < 0.3:
        rows = {"high": chance.choice(values), "low": "100"}
        if chance.random() < 0.3:
            rows["else"] = "50"
        return {kind: {"by": level, **rows}}
    return {kind: chance.choice(values)}


def request(chance: random.Random) -> dict[str, Any]:
    """A request with about half of its facts known."""
    known: dict[str, Any] = {
        "yes_no": chance.choice([True, False, None]),
        "other": chance.choice([True, False, None]),
        "number_of": chance.choice([0, 1, 4, 5, 9, 10, None, None]),
        "sum_of": chance.choice(["0", "0.01", "999.99", "1000", None, None]),
        "ratio": chance.choice([None]),
        "since": chance.choice(["2024-02-29", "2024-03-01", "2025-11-23", "2027-01-01", None]),
        "level": chance.choice([*LEVELS, None, None]),
    }
    things = None
    if chance.random() < 0.8:
        things = [_thing(chance, i) for i in range(chance.randint(0, 3))]
    punished = chance.choice([False, False, False, True, None])
    return {
        "as_of": chance.choice(["2025-02-28", "2026-11-23"]),
        "applicant": {"name": "测", "uscc": "91140802MA0GT0018G", "credit": {"joint_punishment": punished}},
        "facts": {"known": known, "things": things},
        "history": [],
        "other_funding": [{"source": "district", "project": "P1", "amount": "1"}]
        if chance.random() < 0.3
        else [],
    }


def _thing(chance: random.Random, index: int) -> dict[str, Any]:
    return {
        "thing_id": f"T{index}",
        "project": chance.choice(["P1", "P2", None]),
        "cost": chance.choice(["0", "0.01", "0.03", "1500", None]),
        "units": chance.choice([0, 4, 5, 1000, None]),
        "good": chance.choice([True, True, False, None]),
        "rank": chance.choice([*LEVELS, None]),
    }
