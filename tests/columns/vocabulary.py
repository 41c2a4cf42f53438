"""The facts that generated policies speak of: each type, in groups and in lists, with and without bounds."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    codes: tuple[str, ...]
    ordered: bool


ORDERED = {"level": Choice(("high", "low", "none"), False), "size": Choice(("micro", "small", "large"), True)}
"""The choices, by the type that the grammar calls them."""
SETS = {"level": ("some_levels",), "size": ("smaller",), "text": ("marks", "filed")}
LISTS = ("things", "deep.parts")

FACTS = {
    "bool": ("known.yes_no", "known.other", "known.deeper.still", "promising"),
    "count": (
        "known.number_of",
        "known.few",
        "applicant.staff",
        "points",
        "by_size(applicant.size)",
        "places(known.other_level, applicant.size, as_of)",
    ),
    "money": ("known.sum_of", "known.small_sum", "worth", "allowance(known.level, year(known.until))"),
    "percent": (
        "known.ratio",
        "known.rate",
        "reference(known.since)",
        "reference(as_of)",
        "share_worked_out",
    ),
    "number": (
        "known.score",
        "known.grade",
        "known.balance",
        "points_weighted",
        "lead",
        "by_note(known.note)",
    ),
    "date": ("known.since", "known.until"),
    "level": ("known.level", "known.other_level", "derived_level"),
    "size": ("applicant.size", "known.deeper.size", "derived_size"),
    "text": ("known.note", "applicant.division"),
}
"""Facts, derived facts and rows of tables by type."""
LOOKED_UP = {
    "percent": "reference({}.since)",
    "count": "by_size({}.size)",
    "money": "allowance({}.rank, year)",
}
"""What tables have for one of the things."""
SHARED_PARAMETERS = {
    "count": "most_pieces",
    "money": "most_yuan",
    "percent": "usual_share",
    "date": "first_day",
}
"""Of the policy, for every measure."""
MICRO = "micro_staff"
"""Another one, which a derived fact reads."""
REACHED = {
    "known.level": ORDERED["level"].codes,
    "known.other_level": ORDERED["level"].codes,
    "derived_level": ORDERED["level"].codes,
    "applicant.size": ORDERED["size"].codes,
    "derived_size": ORDERED["size"].codes,
    "known.note": ("P1", "某某"),
    "applicant.division": ("140802", "140800"),
}
"""What `where` may name, with values of each."""
STAND_INS = {("applicant", "size"): "derived_size", ("facts", "known", "other_level"): "derived_level"}
"""Facts, by where they are declared, and the derived facts that may stand in for them."""
FIELDS = {
    "things": {
        "bool": ("good",),
        "count": ("units",),
        "money": ("cost", "fee"),
        "percent": ("share",),
        "number": ("weight",),
        "date": ("since",),
        "level": ("rank",),
        "size": ("size",),
        "text": ("thing_id", "project", "label"),
    },
    "deep.parts": {
        "bool": ("good",),
        "count": ("units",),
        "money": ("cost",),
        "date": ("since",),
        "level": ("rank",),
        "text": ("mark",),
    },
}

TEXT = """
choices:
  levels: {high: [高, high], low: [低, low], none: [无, none]}
  sizes: {micro: [微, micro], small: [小, small], large: [大, large], ordered: low to high}
sets:
  some_levels: {of: levels, are: [high, none]}
  smaller: {of: sizes, are: [micro, small]}
  marks: {of: text, are: ['P1', '某某']}
  filed: {of: text, file: sets/filed.txt}
applicant:
  staff: {count: [人数, staff], unit: [人, people]}
  size: {choice: [规模, size], of: sizes}
facts:
  known:
    yes_no: {bool: [是否, whether]}
    other: {bool: [另一, another]}
    number_of: {count: [数量, number], unit: [件, pieces]}
    few: {count: [少量, few], min: 1, max: 20}
    sum_of: {money: [金额, sum]}
    small_sum: {money: [小额, small sum], min: 0.01, max: 5000}
    ratio: {percent: [比例, ratio], max: 100%}
    rate: {percent: [利率, rate]}
    score: {number: [分数, score], places: 1, max: 100}
    grade: {number: [系数, grade], places: 3, min: 0.5, max: 9.999}
    balance: {number: [差额, balance], places: 2, min: -20, max: 20}
    since: {date: [日期, since]}
    until: {date: [截止, until]}
    level: {choice: [级别, level], of: levels}
    other_level: {choice: [另一级别, other level], of: levels}
    note: {text: [备注, note]}
    deeper:
      still: {bool: [更深, still]}
      size: {choice: [更深规模, deeper size], of: sizes}
  things:
    list: [事项, things]
    item:
      thing_id: {id: [编号, thing no.]}
      project: {id: [项目, project], optional: yes}
      label: {text: [标签, label]}
      cost: {money: [费用, cost]}
      fee: {money: [规费, fee], max: 100000}
      units: {count: [单位, units]}
      share: {percent: [份额, share], max: 100%}
      weight: {number: [权重, weight], places: 2}
      since: {date: [起始, since]}
      good: {bool: [合格, good]}
      rank: {choice: [等级, rank], of: levels}
      size: {choice: [规模, size], of: sizes}
  deep:
    parts:
      list: [部件, parts]
      item:
        good: {bool: [合格, good]}
        units: {count: [单位, units]}
        cost: {money: [费用, cost]}
        since: {date: [起始, since]}
        rank: {choice: [等级, rank], of: levels}
        mark: {text: [标记, mark]}
tables:
  reference: {by: date, gives: percent, from: {2024-01-01: 3.45%, 2025-06-20: 3.1%}, until: 2026-06-30,
    label: [参考利率, reference rate]}
  allowance: {by: [levels, year], gives: money, rows: {high: {2025: 300, 2026: 310.5}, low: {2026: 20}}}
  by_size: {by: sizes, gives: count, rows: {micro: 1, small: 2, large: 4}}
  by_note: {by: text, gives: number, rows: {P1: 1.5, 某某: 0.25}}
  places: {by: [levels, sizes, date], gives: count, until: 2026-12-31, rows: {
    high: {micro: {2024-01-01: 3, 2026-11-23: 4}, large: {2023-01-01: 9}}, none: {small: {2025-01-01: 1}}}}
readings:
  way:
    clause: 三
    question: {zh: 怎么读, en: how it reads}
    options: {strict: [从严, strictly], wide: [从宽, widely], open: [未定, open]}
    chosen: undecided
derived:
  share_worked_out: {type: percent, label: [推定份额, share worked out],
    value: {by: derived_level, high: 75%, low: known.ratio, else: 0%}}
  promising: {type: bool, label: [看好, promising], value: known.yes_no or points >= 3}
  points:
    type: count
    label: [得分点, points]
    value:
      sum:
        - {by: known.level, high: 2, low: 1}
        - {steps: known.number_of, from: {5: 1, 10: 3}}
        - cases: [{when: known.other, then: 1}]
  points_weighted: {type: number, label: [加权, weighted], value: points * known.grade}
  lead: {type: number, label: [领先, lead], value: "max(0, known.balance - by_note(known.note))"}
  worth:
    type: money
    label: [价值, worth]
    value:
      cases:
        - {when: reading.way == strict, then: known.small_sum}
        - {when: reading.way == wide, then: 2 * known.small_sum}
        - {else: reference(known.since) * known.sum_of}
      cap: 100000
  derived_level:
    type: choice
    of: levels
    label: [推定级别, level derived]
    value: {steps: points, from: {1: low, 4: high}, below: none}
  derived_size:
    type: choice
    of: sizes
    label: [推定规模, size derived]
    value:
      cases:
        - {when: applicant.staff < micro_staff, then: micro}
        - when: known.sum_of < 5000000
          then: {by: known.deeper.size, large: large, else: small}
        - {else: large}
relations:
  - known.few <= known.number_of
  - known.since <= known.until
"""
FILED = "P1\np2\nＡ社 2\n"
