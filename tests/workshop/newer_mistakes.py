"""A pack of the constructs that changed packs use, and mistakes put into it, one at a time.

`where` and `in_force`, figures by year and by day, what stands in, standards, groups, limits, tables, derived facts,
readings, notices and obligations. The character ¦ marks where the mistake must be told; it is not part of the pack.
"""

from __future__ import annotations

from typing import NamedTuple

HEAD = "policy.yaml"
FACTS = "facts.yaml"
PRIZES = "measures/prizes.yaml"
RENT = "measures/rent.yaml"
HIRING = "measures/hiring.yaml"
STANDARD = "standards/classes.yaml"
NOTICE = "notices/2026.yaml"
CASES = "cases/all.yaml"

PACK = {
    HEAD: """\
id: newer
title: {zh: 新写法, en: Newer constructs}
authority: {zh: 某局, en: Some bureau}
division: '140802'
status: in-force
version: '1'
in_force: {from: 2024-01-01, to: 2027-12-31}
order: [prizes, rent, hiring]
standards: [classes]
parameters:
  whole: {2024: 500000, 2026: 600000}
groups:
  all-together:
    title: {zh: 合计, en: all together}
    measures: all
    limits: [at most whole per year]
  highest:
    measures: [rent, hiring]
    limits: [best 1 per year topped up]
readings:
  uplift:
    clause: 三
    question: {zh: 上浮怎么算, en: how the uplift counts}
    options: {points: [百分点, percentage points], times: [倍数, a multiple]}
    chosen: points
""",
    FACTS: """\
choices:
  places: {north: [北, north], south: [南, south], west: [西, west]}
applicant:
  class: {choice: [类别, class], of: classes, else: class_by_staff}
facts:
  firm:
    place: {choice: [地区, place], of: places}
    town: {text: [镇, town]}
    spent: {money: [投入, spent]}
    moved_on: {date: [迁入日, moved on]}
    green: {bool: [绿色, green]}
  works:
    list: [作品, works]
    item:
      no: {id: [编号, no.]}
      family: {choice: [类, family], of: places}
      made: {date: [完成日, finished]}
      worth: {money: [价值, worth]}
tables:
  lpr:
    by: date
    gives: percent
    from: {2024-10-21: 3.1%, 2025-05-20: 3%}
    until: 2026-12-31
  allowance:
    by: [places, year]
    gives: money
    rows:
      north: {2025: 300, 2026: 310.5}
      south: {2026: 20}
derived:
  points:
    type: count
    label: [得分, points]
    value:
      sum:
        - {by: firm.place, north: 2, south: 1}
        - {steps: applicant.staff, from: {10: 1, 50: 3}}
  promising: {type: bool, label: [看好, promising], value: points >= 3 or firm.green}
  rank:
    type: choice
    of: places
    label: [档, rank]
    value: {steps: points, from: {2: south, 4: north}, below: west}
""",
    STANDARD: """\
title: {zh: 类别, en: Classes}
source: 文件一号
choices:
  classes: {small: [小, small], large: [大, large], ordered: low to high}
applicant:
  staff: {count: [人数, staff], unit: [人, people]}
derived:
  class_by_staff:
    type: choice
    of: classes
    label: [推定类别, class worked out]
    value: {steps: applicant.staff, from: {100: large}, below: small}
""",
    PRIZES: """\
clause: 一
title: {zh: 获奖, en: Prizes}
each:
  item: work in works
  id: work.no
  award: {calculated: work.worth}
limits:
  - once per item
  - best 2 per work.family topped up
  - at most 40000 per item
ledger: {keys: [work.family]}
obligations:
  share:
    at_least: 50% * granted
    per: item
    says: {zh: 应付 {at_least}, en: "{at_least} is due"}
  stay:
    words: {zh: 不得迁出, en: not to move away}
    for: 5 years
    clawback: 100%
""".replace("{zh: 应付 {at_least}, en", "{zh: '应付 {at_least}', en"),
    RENT: """\
clause: 二
title: {zh: 租金, en: Rent}
where: {firm.place: [north, south], firm.town: 东镇}
in_force: {from: 2025-07-01, to: 2026-12-31}
parameters:
  share: {2024: 10%, 2026: 20%}
  most: {2024-01-01: 1000, 2026-07-01: 1500}
require:
  - applicant.class == small
  - promising
award:
  calculated:
    value: firm.spent * min(share, lpr(firm.moved_on))
    cap: most
limits: [once per year]
""",
    HIRING: """\
clause: 三
title: {zh: 招用, en: Hiring}
require:
  - rank in [north, south]
award:
  fixed:
    cases:
      - {when: reading.uplift == points, then: 500}
      - when: reading.uplift == times
        then: allowance(firm.place, year)
limits: [at most 3 awards]
""",
    NOTICE: """\
year: 2026
published: 2026-03-01
parameters:
  rent.share: 15%
  whole: 700000
readings: {uplift: times}
tables: {allowance: {west: {2026: 400}}}
require:
  hiring: firm.moved_on <= 2025-12-31
closed: [prizes]
""",
    CASES: """\
cases:
  - name: hired in the north
    request:
      as_of: 2025-06-01
      applicant: {name: 示例单位, uscc: 91140802MA0GT0018G, credit: {joint_punishment: false}, staff: 60}
      facts: {firm: {place: north, spent: 0}, works: []}
    expect:
      hiring: {verdict: eligible, amount: "500.00"}
""",
}


class Seeded(NamedTuple):
    """One text of one file changed."""

    name: str
    file: str
    old: str
    new: str
    says: str
    """In the English words."""


SEEDED = [
    Seeded(*one)
    for one in (
        # Whom and when a measure reaches
        (
            "where: a misspelt fact",
            RENT,
            "where: {firm.place:",
            "where: {¦firm.plcae:",
            "no fact 'firm.plcae'",
        ),
        ("where: a misspelt code", RENT, "[north, south], firm", "[north, ¦suoth], firm", "no code 'suoth'"),
        ("where: an amount", RENT, "firm.town: 东镇", "¦firm.spent: 500", "a choice or a text"),
        ("where: every code", RENT, "[north, south], firm", "¦[north, south, west], firm", "always holds"),
        ("where: a code twice", RENT, "[north, south], firm", "[north, ¦north], firm", "twice"),
        (
            "where: a condition",
            RENT,
            "where: {firm.place: [north, south], firm.town: 东镇}",
            "where: ¦firm.place == north",
            "keys with values",
        ),
        (
            "where: what a requirement excludes",
            RENT,
            "  - promising\n",
            "  - promising\n  - ¦{is: firm.place == west, code: other}\n",
            "never hold together",
        ),
        (
            "in_force: before the policy",
            RENT,
            "{from: 2025-07-01, to",
            "{from: ¦2023-07-01, to",
            "outside the days",
        ),
        ("in_force: it ends before it begins", RENT, "to: 2026-12-31}", "to: ¦2025-06-30}", "before `from`"),
        ("in_force: no such day", RENT, "{from: 2025-07-01, to", "{from: ¦2025-06-31, to", "no such day"),
        ("in_force: a misspelt key", RENT, "to: 2026-12-31}", "¦until: 2026-12-31}", "unknown key 'until'"),
        (
            "in_force: one day alone",
            RENT,
            "{from: 2025-07-01, to: 2026-12-31}",
            "¦2025-07-01",
            "keys with values",
        ),
        # Figures by year and by day
        (
            "rows: years and days together",
            RENT,
            "{2024: 10%, 2026: 20%}",
            "{2024: 10%, ¦2026-01-01: 20%}",
            "not both",
        ),
        ("rows: they descend", RENT, "{2024: 10%, 2026: 20%}", "{2024: 10%, ¦2023: 20%}", "ascend"),
        (
            "rows: the first is too late",
            RENT,
            "{2024: 10%, 2026: 20%}",
            "{¦2025: 10%, 2026: 20%}",
            "no later",
        ),
        (
            "rows: a row that is no year",
            RENT,
            "{2024: 10%, 2026: 20%}",
            "{2024: 10%, ¦next year: 20%}",
            "a year or a day",
        ),
        ("rows: of two types", RENT, "{2024: 10%, 2026: 20%}", "{2024: 10%, 2026: ¦20}", "of one type"),
        ("rows: no such day", RENT, "2026-07-01: 1500", "¦2026-07-32: 1500", "no such day"),
        ("rows: none", RENT, "share: {2024: 10%, 2026: 20%}", "¦share: {}", "no row"),
        (
            "rows: of the policy, the first is too late",
            HEAD,
            "{2024: 500000, 2026",
            "{¦2025: 500000, 2026",
            "no later",
        ),
        ("rows: a value that is no figure", RENT, "2026-07-01: 1500}", "2026-07-01: ¦[1500]}", "a text"),
        (
            "rows: a row that breaks a condition",
            HIRING,
            "  - rank in [north, south]",
            "  - rank in [north, south]\n  - ¦applicant.staff >= few\nparameters: {few: {2024: 5, 2026: 0}}",
            "always holds",
        ),
        # What stands in
        (
            "else: a misspelt derived fact",
            FACTS,
            "else: class_by_staff",
            "else: ¦class_by_staf",
            "no derived fact",
        ),
        ("else: another choice", FACTS, "else: class_by_staff", "else: ¦rank", "no choice of 'classes'"),
        (
            "else: of a number",
            FACTS,
            "spent: {money: [投入, spent]}",
            "spent: {money: [投入, spent], ¦else: points}",
            "unknown key 'else'",
        ),
        (
            "else: of an item's field",
            FACTS,
            "of: places}\n      made",
            "of: places, ¦else: rank}\n      made",
            "no `else`",
        ),
        (
            "else: it reads what it stands in for",
            FACTS,
            "place: {choice: [地区, place], of: places}",
            "place: {choice: [地区, place], of: places, else: ¦rank}",
            "may stand in for",
        ),
        # Standards
        (
            "standards: a misspelt name",
            HEAD,
            "standards: [classes]",
            "standards: [¦clases]",
            "no standard 'clases'",
        ),
        ("standards: a text", HEAD, "standards: [classes]", "standards: ¦classes", "list"),
        ("standards: twice", HEAD, "standards: [classes]", "standards: [classes, ¦classes]", "twice"),
        (
            "standards: what the pack says too",
            FACTS,
            "  places: {north",
            "  ¦classes: {a: [甲, a], b: [乙, b]}\n  places: {north",
            "already",
        ),
        (
            "standards: no source",
            STANDARD,
            "title: {zh: 类别, en: Classes}\nsource: 文件一号\n",
            "¦title: {zh: 类别, en: Classes}\n",
            "'source' is missing",
        ),
        (
            "standards: a measure in it",
            STANDARD,
            "source: 文件一号\n",
            "source: 文件一号\n¦order: [rent]\n",
            "unknown key 'order'",
        ),
        ("standards: a misspelt code in it", STANDARD, "below: small}", "below: ¦smal}", "smal"),
        # Groups
        ("groups: a misspelt measure", HEAD, "[rent, hiring]", "[rent, ¦hirnig]", "no measure 'hirnig'"),
        ("groups: one measure", HEAD, "[rent, hiring]", "¦[rent]", "two measures"),
        (
            "groups: a misspelt key",
            HEAD,
            "    measures: all\n",
            "    ¦members: all\n",
            "unknown key 'members'",
        ),
        ("groups: no limit", HEAD, "limits: [best 1 per year topped up]", "¦limits: []", "without a limit"),
        (
            "groups: by a fact",
            HEAD,
            "[best 1 per year topped up]",
            "[best 1 per ¦firm.place topped up]",
            "by year and item",
        ),
        (
            "groups: items where none are awarded",
            HEAD,
            "[best 1 per year topped up]",
            "[best 1 per ¦item]",
            "awards no items",
        ),
        ("groups: the first", HEAD, "[best 1 per year topped up]", "[¦first 1 per year]", "best N"),
        ("groups: all of them as a name", HEAD, "measures: all\n", "measures: ¦every\n", "all"),
        # Limits
        ("limits: topped up of an amount", RENT, "[once per year]", "[at most 500 ¦topped up]", "topped up"),
        ("limits: best where no item is awarded", RENT, "[once per year]", "[¦best 2 per year]", "item"),
        (
            "limits: a misspelt field",
            PRIZES,
            "per work.family topped",
            "per ¦work.famly topped",
            "no field 'famly'",
        ),
        ("limits: by an amount", PRIZES, "per work.family topped", "per ¦work.worth topped", "a choice"),
        (
            "limits: for life by what is not kept",
            PRIZES,
            "best 2 per work.family topped up\n  - at most 40000 per item\nledger: {keys: [work.family]}\n",
            "best 2 per ¦work.family topped up\n  - at most 40000 per item\n",
            "history does not keep",
        ),
        ("limits: no number", HIRING, "[at most 3 awards]", "[at most ¦awards]", "awards"),
        ("limits: none at all", HIRING, "[at most 3 awards]", "[at most ¦0 awards]", "0"),
        (
            "limits: a number in yuan and in awards",
            HIRING,
            "[at most 3 awards]",
            "[at most ¦2.5 awards]",
            "no count",
        ),
        (
            "ledger: a misspelt field",
            PRIZES,
            "{keys: [work.family]}",
            "{keys: [¦work.famly]}",
            "no field 'famly'",
        ),
        (
            "ledger: an amount",
            PRIZES,
            "{keys: [work.family]}",
            "{keys: [¦work.worth]}",
            "a choice, a text or an id",
        ),
        # Tables
        (
            "tables: a misspelt key",
            FACTS,
            "    until: 2026-12-31",
            "    ¦untill: 2026-12-31",
            "unknown key 'untill'",
        ),
        ("tables: a misspelt code", FACTS, "      south: {2026: 20}", "      ¦suoth: {2026: 20}", "suoth"),
        ("tables: days that descend", FACTS, "2025-05-20: 3%", "¦2024-05-20: 3%", "ascend"),
        ("tables: rows of another type", FACTS, "2025-05-20: 3%}", "2025-05-20: ¦3}", "percent"),
        ("tables: what they give", FACTS, "gives: percent", "gives: ¦percents", "one of"),
        ("tables: by what is no choice", FACTS, "by: [places, year]", "by: [¦place, year]", "a choice"),
        ("tables: too deep", FACTS, "south: {2026: 20}", "south: {2026: ¦{west: 20}}", "text"),
        ("tables: a level too few", FACTS, "south: {2026: 20}", "south: ¦20", "keys with values"),
        (
            "tables: it ends before its last row",
            FACTS,
            "until: 2026-12-31",
            "until: ¦2025-05-19",
            "before the last row",
        ),
        ("tables: the wrong key", RENT, "lpr(firm.moved_on)", "lpr(¦firm.spent)", "date"),
        (
            "tables: a key too few",
            HIRING,
            "allowance(firm.place, year)",
            "¦allowance(firm.place)",
            "takes places, year",
        ),
        (
            "tables: rows in the wrong place",
            FACTS,
            "    from: {2024-10-21",
            "    ¦rows: {2024-10-21",
            "`from`",
        ),
        # Derived facts
        (
            "derived: a circle",
            FACTS,
            "  promising: {type: bool, label: [看好, promising], value: points >= 3",
            "  ¦promising: {type: bool, label: [看好, promising], value: promising",
            "cycle",
        ),
        (
            "derived: no label",
            FACTS,
            "  promising: {type: bool, label: [看好, promising],",
            "  promising: ¦{type: bool,",
            "label",
        ),
        ("derived: a misspelt type", FACTS, "promising: {type: bool,", "promising: {type: ¦boolean,", "bool"),
        (
            "derived: a number as a yes or no",
            FACTS,
            "value: points >= 3 or firm.green",
            "value: ¦points",
            "expected bool",
        ),
        ("derived: a code that is none", FACTS, "below: west}", "below: ¦wset}", "wset"),
        (
            "derived: a choice without an end",
            FACTS,
            "value: {steps: points, from: {2: south, 4: north}, below: west}",
            "value: ¦{steps: points, from: {2: south, 4: north}}",
            "`below` is missing",
        ),
        ("derived: steps that descend", FACTS, "from: {10: 1, 50: 3}", "from: {10: 1, ¦5: 3}", "ascend"),
        (
            "derived: it may fall below 0",
            FACTS,
            "{by: firm.place, north: 2, south: 1}",
            "¦applicant.staff - 5",
            "below 0",
        ),
        (
            "derived: stated as a fact too",
            FACTS,
            "  points:\n    type: count",
            "  ¦firm:\n    type: count",
            "'firm'",
        ),
        # Readings
        ("readings: a misspelt option", HEAD, "chosen: points", "chosen: ¦point", "no option 'point'"),
        (
            "readings: one way",
            HEAD,
            "options: {points: [百分点, percentage points], times: [倍数, a multiple]}",
            "¦options: {points: [百分点, percentage points]}",
            "two options",
        ),
        (
            "readings: no question",
            HEAD,
            "    clause: 三\n    question: {zh: 上浮怎么算, en: how the uplift counts}\n",
            "    ¦clause: 三\n",
            "'question' is missing",
        ),
        (
            "readings: an option that nothing names",
            HIRING,
            "reading.uplift == points",
            "reading.uplift == ¦pionts",
            "pionts",
        ),
        (
            "readings: a misspelt reading",
            HIRING,
            "reading.uplift == points",
            "¦reading.upflit == points",
            "upflit",
        ),
        # Notices
        ("notices: a misspelt reading", NOTICE, "{uplift: times}", "{¦upflit: times}", "no reading 'upflit'"),
        ("notices: a misspelt option", NOTICE, "{uplift: times}", "{uplift: ¦time}", "no option 'time'"),
        ("notices: a misspelt table", NOTICE, "{allowance: {west", "{¦alowance: {west", "alowance"),
        ("notices: a row of no code", NOTICE, "{west: {2026: 400}}", "{¦wset: {2026: 400}}", "wset"),
        ("notices: a parameter of another type", NOTICE, "rent.share: 15%", "rent.share: ¦15", "percent"),
        ("notices: a parameter that nobody has", NOTICE, "  whole: 700000", "  ¦whoel: 700000", "whoel"),
        (
            "notices: a requirement that always holds",
            NOTICE,
            "firm.moved_on <= 2025-12-31",
            "¦firm.spent >= 0",
            "always holds",
        ),
        (
            "notices: one that its text excludes",
            NOTICE,
            "firm.moved_on <= 2025-12-31",
            "¦{is: rank == west, code: other}",
            "never hold together",
        ),
        (
            "notices: it adds an award",
            NOTICE,
            "closed: [prizes]",
            "closed: [prizes]\n¦award: {fixed: 5}",
            "unknown key 'award'",
        ),
        # Obligations
        ("obligations: no time", PRIZES, "for: 5 years", "for: ¦five years", "30 days"),
        ("obligations: more than all back", PRIZES, "clawback: 100%", "clawback: ¦150%", "at most 100%"),
        ("obligations: per year", PRIZES, "    per: item", "    per: ¦year", "always item"),
        (
            "obligations: words and an amount",
            PRIZES,
            "    at_least: 50% * granted\n",
            "    at_least: 50% * granted\n    ¦words: {zh: 甲, en: A}\n",
            "words",
        ),
        ("obligations: a percentage", PRIZES, "at_least: 50% * granted", "at_least: ¦50%", "money"),
        (
            "obligations: what its words do not know",
            PRIZES,
            '"{at_least} is due"',
            '"¦{amount} is due"',
            "in braces",
        ),
    )
]
