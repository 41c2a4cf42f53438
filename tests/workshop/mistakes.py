"""A pack of every kind of part with its cases, and a hundred mistakes put into it, one at a time.

The character ¦ in a changed text marks where the mistake must be told; it is not part of the pack.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.rules.loading.packs import FACTS, GRANT, HEAD, LOANS, MATCH, NOTICE, NOTICED, SERVICES

TIERS = "measures/tiers.yaml"
STEPS = "measures/steps.yaml"
CASES = "cases/grant.yaml"
GIFT = "measures/gift.yaml"

PACK = {
    **NOTICED,
    HEAD: NOTICED[HEAD].replace("[grant, match,", "[grant, tiers, steps, match,"),
    TIERS: """\
clause: 六
title: {zh: 分档, en: Tiers}
award:
  fixed:
    cases:
      - {when: staff.total >= 100, then: 3000}
      - {when: staff.total >= 50 and staff.total < 100, then: 2000}
      - {when: staff.total >= 10 and staff.total < 50, then: 1000}
limits: [at most 9000 per year]
""",
    STEPS: """\
clause: 七
title: {zh: 阶梯, en: Steps}
parameters: {rate: 30%}
award:
  calculated:
    product:
      - staff.pay
      - steps: staff.share
        from:
          10%: rate
          50%: 40%
        below: 5%
  cap: 50000
""",
    CASES: """\
cases:
  - name: fifty people
    request:
      as_of: 2025-06-01
      measures: [tiers]
      applicant: {name: 示例单位, uscc: 91140802MA0GT0018G, credit: {joint_punishment: false}}
      facts: {staff: {total: 50}}
    expect:
      tiers: {verdict: eligible, amount: "2000.00", missing: []}

  - name: forty-nine
    request:
      as_of: 2025-06-01
      measures: [tiers]
      applicant: {name: 示例单位, uscc: 91140802MA0GT0018G, credit: {joint_punishment: false}}
      facts: {staff: {total: 49}}
    expect:
      tiers:
        verdict: eligible
        amount: "1000.00"
""",
}


class Seeded(NamedTuple):
    """One text of one file changed."""

    name: str
    file: str
    old: str
    new: str


SEEDED = [
    Seeded(*one)
    for one in (
        # Names
        ("a misspelt fact", GRANT, "- staff.total >= most", "- ¦staf.total >= most"),
        ("a misspelt field", GRANT, "is: staff.share > 50%", "is: ¦staff.shore > 50%"),
        ("a misspelt set", GRANT, "kind in payers", "kind in ¦payer"),
        ("a misspelt code", SERVICES, "== enterprise", "== ¦entreprise"),
        ("a misspelt parameter", GRANT, "total >= most", "total >= ¦mots"),
        ("a misspelt list", MATCH, "prize in prizes", "prize in ¦prices"),
        ("a misspelt item field", MATCH, "- prize.level >= middle", "- ¦prize.levle >= middle"),
        ("a misspelt measure in order", HEAD, "[grant, tiers", "[¦grnat, tiers"),
        ("a misspelt key of a measure", GRANT, "limits: [once", "¦limit: [once"),
        ("a misspelt key of a policy", HEAD, "authority:", "¦autority:"),
        ("a misspelt key of an item", MATCH, "  award: {calc", "  ¦awards: {calc"),
        ("a misspelt kind of award", TIERS, "  fixed:", "  ¦fixd:"),
        ("a misspelt type", FACTS, "green: {bool:", "green: {¦boolean:"),
        (
            "a misspelt choice list",
            FACTS,
            "level: {choice: [级别, level], of: levels}\n    green",
            "level: {choice: [级别, level], of: ¦level}\n    green",
        ),
        ("a misspelt flag form", GRANT, "    unless: app", "    ¦unles: app"),
        ("a misspelt limit", TIERS, "[at most 9000 per year]", "[at most 9000 per ¦yera]"),
        ("a misspelt key of an exclusion", HEAD, "    when: app", "    ¦wehn: app"),
        ("a misspelt key of a service", SERVICES, "    does: {zh: 答疑", "    ¦dose: {zh: 答疑"),
        ("a misspelt key of a notice", NOTICE, "closed:", "¦closd:"),
        ("a misspelt parameter in a notice", NOTICE, "  grant.most: 12", "  ¦grant.mots: 12"),
        ("a misspelt measure in a notice", NOTICE, "closed: [loans", "closed: [¦loan"),
        ("a misspelt key of a window", NOTICE, "{from: 2026-04-01, to:", "{from: 2026-04-01, ¦till:"),
        ("a misspelt key of a fact", FACTS, "min: 1}", "¦mni: 1}"),
        ("a misspelt key of words", GRANT, "title: {zh: 资助", "title: {¦cn: 资助"),
        ("a misspelt key of an obligation", MATCH, "    at_least:", "    ¦at_lest:"),
        ("a misspelt key of steps", STEPS, "        below: 5%", "        ¦belwo: 5%"),
        ("a misspelt key of a condition", GRANT, "  - code: big", "  - ¦cod: big"),
        # Types
        ("a count compared with a choice", GRANT, "- staff.total >= most", "- staff.total >= ¦high"),
        ("a percent compared with a number", GRANT, "staff.share > 50%", "staff.share > ¦50"),
        ("a date compared with a number", NOTICE, "staff.since <= 2025-01-01", "staff.since <= ¦2025"),
        ("an award that is a percent", GIFT, "award: unspecified", "award: {fixed: ¦50%}"),
        (
            "a yes-or-no fact compared with a number",
            GRANT,
            "common and staff.green",
            "common and staff.green ¦> 1",
        ),
        ("choices without order compared", SERVICES, "kind == enterprise", "kind ¦>= enterprise"),
        ("a number as a condition", SERVICES, "applicant.kind == enterprise", "¦staff.total"),
        ("money times money", MATCH, "ratio * prize.amount}", "prize.amount ¦* prize.amount}"),
        ("a chained comparison", SERVICES, "applicant.kind == enterprise", "1 < staff.total ¦< 5"),
        ("a year in yuan", TIERS, "then: 3000}", "then: ¦2024-01-01}"),
        ("a list in place of a text", GRANT, "clause: 一\n", "clause: ¦[一]\n"),
        ("a text in place of a list", TIERS, "limits: [at most 9000 per year]", "limits: ¦once"),
        ("a text in place of a mapping", MATCH, "keys: {project: prize.project}", "keys: ¦project"),
        ("an id that is no id", MATCH, "id: prize.prize_id", "id: ¦prize.level"),
        # What is missing
        ("no clause", TIERS, "clause: 六\ntitle", "¦title"),
        ("no title", TIERS, "clause: 六\ntitle: {zh: 分档, en: Tiers}\n", "¦clause: 六\n"),
        (
            "no award",
            GIFT,
            "clause: 五\ntitle: {zh: 奖励, en: Gift}\nrequire: staff.total >= common\naward: unspecified\n",
            "¦clause: 五\ntitle: {zh: 奖励, en: Gift}\nrequire: staff.total >= common\n",
        ),
        ("a label in one language", FACTS, "[绿色, green]", "¦[绿色]"),
        ("words in one language", TIERS, "{zh: 分档, en: Tiers}", "¦{zh: 分档}"),
        (
            "a flag that says nothing",
            GRANT,
            "    unless: applicant.town in towns\n    says: {zh: 请核对, en: Look at the town}",
            "    ¦unless: applicant.town in towns",
        ),
        ("an order that leaves a measure out", HEAD, "order: [grant, tiers,", "order: ¦[grant,"),
        (
            "a case without then",
            TIERS,
            "- {when: staff.total >= 100, then: 3000}",
            "- ¦{when: staff.total >= 100}",
        ),
        ("no first day in force", HEAD, "{from: 2024-01-01, to: 2026-12-31}", "¦{to: 2026-12-31}"),
        ("a key without a value", GIFT, "award: unspecified", "¦award:"),
        (
            "an exclusion without a clause",
            HEAD,
            "  punished:\n    when: applicant.credit.joint_punishment\n    bars: money\n    clause: 九\n",
            "  punished:\n    ¦when: applicant.credit.joint_punishment\n    bars: money\n",
        ),
        # Tiers, shares and caps
        (
            "a tier never reached",
            TIERS,
            "- {when: staff.total >= 50 and staff.total < 100",
            "- {when: ¦staff.total >= 500",
        ),
        (
            "tiers that overlap",
            TIERS,
            "{when: staff.total >= 10 and staff.total < 50",
            "{when: ¦staff.total >= 10 and staff.total < 60",
        ),
        (
            "tiers with a gap",
            TIERS,
            "{when: staff.total >= 10 and staff.total < 50",
            "{when: ¦staff.total >= 10 and staff.total < 40",
        ),
        (
            "a case after else",
            TIERS,
            "      - {when: staff.total >= 10 and",
            "      - {else: 5}\n      - ¦{when: staff.total >= 10 and",
        ),
        (
            "an else never reached",
            TIERS,
            "- {when: staff.total >= 10 and staff.total < 50, then: 1000}",
            "- {when: staff.total < 50, then: 1000}\n      - ¦{else: 5}",
        ),
        ("steps that descend", STEPS, "          50%: 40%", "          ¦5%: 40%"),
        ("a step beyond the most", STEPS, "          50%: 40%", "          ¦150%: 40%"),
        (
            "a below never reached",
            STEPS,
            "          10%: rate\n          50%: 40%\n        below",
            "          0%: rate\n          50%: 40%\n        ¦below",
        ),
        ("the same step twice", STEPS, "          50%: 40%", "          ¦10%: 40%"),
        ("a share over 100 percent", MATCH, "parameters: {ratio: 50%}", "parameters: {ratio: ¦500%}"),
        (
            "a share over 100 percent in place",
            LOANS,
            "{calculated: 50% * counted}",
            "{calculated: ¦150% * counted}",
        ),
        ("a cap below the fixed amounts", TIERS, "limits: [at most", "  cap: ¦500\nlimits: [at most"),
        ("a yearly cap below the fixed amounts", TIERS, "[at most 9000", "[¦at most 900"),
        ("a cap below the floor", STEPS, "  cap: 50000", "  floor: 60000\n  cap: ¦50000"),
        ("an else beside all codes", GRANT, "    else: 100", "    low: 1\n    middle: 2\n    ¦else: 100"),
        ("a condition that always holds", SERVICES, "applicant.kind == enterprise", "¦staff.total >= 0"),
        ("a condition that never holds", GRANT, "staff.share > 50%", "¦staff.share > 100%"),
        (
            "requirements that exclude one another",
            SERVICES,
            "require: applicant.kind == enterprise",
            "require:\n      - {is: applicant.kind == enterprise, code: a}\n"  # noqa: ISC004 - one text, in two lines
            "      - ¦{is: applicant.kind == school, code: b}",
        ),
        ("a parameter never used", STEPS, "{rate: 30%}", "{rate: 30%, ¦idle: 5}"),
        ("an award that may be negative", TIERS, "then: 3000}", "then: ¦staff.pay - 3000}"),
        ("a division by what may be 0", TIERS, "then: 3000}", "then: staff.pay / ¦staff.abroad}"),
        # Dates
        ("a policy that ends before it begins", HEAD, "to: 2026-12-31", "to: ¦2023-12-31"),
        ("a window that ends before it opens", NOTICE, "to: 2026-05-31", "to: ¦2026-03-31"),
        ("no such day", HEAD, "from: 2024-01-01", "from: ¦2024-02-30"),
        ("a day with slashes", NOTICE, "published: 2026-03-01", "published: ¦2026/03/01"),
        ("a notice of another year", NOTICE, "year: 2026", "year: ¦2025"),
        # Twice
        ("a measure twice in order", HEAD, "match, loans", "match, ¦grant, loans"),
        ("a key twice", TIERS, "clause: 六\n", "clause: 六\n¦clause: 七\n"),
        ("a fact twice", FACTS, "    green: {bool", "    ¦total: {bool"),
        (
            "two requirements with one code",
            SERVICES,
            "require: applicant.kind == enterprise",
            "require:\n      - applicant.kind == enterprise\n      - ¦applicant.kind != school",
        ),
        ("a limit twice", TIERS, "per year]", "per year, ¦at most 8000 per year]"),
        ("a section in two files", SERVICES, "services:\n", "¦order: [grant]\nservices:\n"),
        ("a member of a set twice", "sets/towns.txt", "西镇\n", "西镇\n¦东镇\n"),
        # YAML
        ("a Norwegian no", NOTICE, "closed: [loans, hall]", "closed: ¦no"),
        ("digits with separators", TIERS, "then: 3000}", "then: 3¦_000}"),
        ("a sexagesimal", TIERS, "then: 3000}", "then: 12¦:30}"),
        ("an octal", TIERS, "then: 3000}", "then: 0¦o17}"),
        ("a tab", GIFT, "clause: 五\n", "clause: 五\n¦\tnote: x\n"),
        ("an anchor", GIFT, "clause: 五", "clause: ¦&a 五"),
        ("an alias", GIFT, "clause: 五", "clause: ¦*a"),
        ("a merge key", GIFT, "clause: 五", "¦<<: {clause: 五}"),
        ("a tag", GIFT, "clause: 五", "clause: ¦!!python/object:os.system 五"),
        ("a second document", GIFT, "award: unspecified\n", "award: unspecified\n¦---\nclause: 六\n"),
        (
            "a comma that cuts an expression",
            GIFT,
            "award: unspecified",
            "award: {calculated: 1000 * min(staff.total, ¦20)}",
        ),
        ("an open bracket", TIERS, "[at most 9000 per year]\n", "[at most 9000 per year\n¦"),
        (
            "a bomb of aliases",
            GIFT,
            "clause: 五\n",
            "a: ¦&a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a]\nclause: 五\n",
        ),
        ("a byte order mark", GIFT, "clause: 五\n", "¦\ufeffclause: 五\n"),
        ("deep nesting", GIFT, "award: unspecified", "award: " + "[" * 39 + "¦" + "[" * 400 + "]" * 439),
        # Cases
        ("a case that fails", CASES, 'amount: "1000.00"', 'amount: ¦"1001.00"'),
        ("a case of an unknown fact", CASES, "staff: {total: 49}", "staff: {totl: ¦49}"),
        ("a case of an unknown measure", CASES, "      tiers:\n", "      ¦tirs:\n"),
        ("a case with a wrong verdict", CASES, "        verdict: eligible\n", "        verdict: ¦eligble\n"),
        (
            "a case that expects an unknown thing",
            CASES,
            '        amount: "1000.00"',
            '        ¦amnt: "1000.00"',
        ),
        (
            "a case without a request",
            CASES,
            "  - name: forty-nine\n    request:\n",
            "  - name: forty-nine\n    ¦requst:\n",
        ),
        ("a case with a fact of the wrong type", CASES, "staff: {total: 49}", "staff: {total: ¦no}"),
        ("two cases of one name", CASES, "name: forty-nine", "name: ¦fifty people"),
        ("a case with a number in digits and separators", CASES, "total: 49", "total: ¦4_9"),
    )
]
