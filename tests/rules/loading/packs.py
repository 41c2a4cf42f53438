"""A small pack of every kind of part, and the mistakes that are put into it.

The character ¦ in a changed text marks where the mistake must be told; it is not part of the pack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.rules.loading import PackError, PackErrors, load_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = "¦"
HEAD = "policy.yaml"
FACTS = "facts.yaml"
GRANT = "measures/grant.yaml"
MATCH = "measures/match.yaml"
LOANS = "measures/loans.yaml"
SERVICES = "services.yaml"
NOTICE = "notices/2026.yaml"

PACK = {
    HEAD: """\
id: small
title: {zh: 小政策, en: A small policy}
authority: {zh: 某局, en: Some bureau}
division: '140802'
status: in-force
version: 2024.1
in_force: {from: 2024-01-01, to: 2026-12-31}
order: [grant, match, loans, advice]
parameters: {common: 30}
exclusions:
  punished:
    when: applicant.credit.joint_punishment
    bars: money
    clause: 九
    title: {zh: 惩戒, en: Punished}
  twice:
    bars: items with project
    clause: 九
    title: {zh: 重复, en: Twice}
provisions:
  notice: {clause: 九, zh: 见通知, en: See the notice}
""",
    FACTS: """\
choices:
  kinds: {enterprise: [企业, enterprise], school: [学校, school], other: [其他, other]}
  levels:
    low: [低, low]
    middle: [中, middle]
    high: [高, high]
    ordered: low to high
sets:
  payers: {of: kinds, are: [enterprise, other]}
  towns: {of: text, file: sets/towns.txt}
applicant:
  kind: {choice: [类型, kind], of: kinds}
  town: {text: [镇, town]}
facts:
  staff:
    total: {count: [人数, people], unit: [人, people], min: 1}
    abroad: {count: [境外人数, people abroad]}
    pay: {money: [工资, pay], max: 5000000}
    share: {percent: [占比, share], max: 100%}
    score: {number: [得分, score], places: 1, min: -5, max: 99.5}
    since: {date: [成立日期, founded]}
    level: {choice: [级别, level], of: levels}
    green: {bool: [绿色, green]}
  prizes:
    list: [奖项, prizes]
    item:
      prize_id: {id: [编号, prize no.]}
      project: {id: [项目, project], optional: yes}
      level: {choice: [级别, level], of: levels}
      amount: {money: [奖金, amount]}
      first: {bool: [第一, first]}
relations:
  - staff.abroad <= staff.total
""",
    "sets/towns.txt": "东镇\n西镇\n",
    GRANT: """\
clause: 一
title: {zh: 资助, en: Grant}
parameters:
  most: 10
  amount: 200000
require:
  - applicant.kind in payers
  - code: big
    any:
      - staff.total >= most
      - staff.total >= common and staff.green
  - {is: staff.share > 50%, code: share_min, clause: 一（一）, says: {zh: 需 {required}, en: needs {required}}}
award:
  fixed:
    by: staff.level
    high: amount
    else: 100
  cap: amount
limits: [once per staff.level, at most amount per year]
flags:
  town:
    unless: applicant.town in towns
    says: {zh: 请核对, en: Look at the town}
ledger: {key: small.old-grant}
""",
    MATCH: """\
clause: 二
title: {zh: 配套, en: Match}
parameters: {ratio: 50%}
each:
  item: prize in prizes
  id: prize.prize_id
  keys: {project: prize.project}
  require:
    - prize.level >= middle
    - prize.first
  award: {calculated: ratio * prize.amount}
  flags:
    raised:
      when: paid(this) > 0 and paid(this) < due
      says: {zh: 已付较少, en: Less was paid}
limits: [once per item for anyone]
obligations:
  share:
    at_least: ratio * granted
    per: item
    says: {zh: "{item} 至少 {at_least}", en: "{item}: {at_least}"}
""",
    LOANS: """\
clause: 三
title: {zh: 补贴, en: Subsidy}
each:
  item: prize in prizes
  id: prize.prize_id
  counts: prize.amount
award: {calculated: 50% * counted}
limits:
  - once per item and year
  - at most 200000 per year
""",
    SERVICES: """\
services:
  advice:
    clause: 四
    title: {zh: 咨询, en: Advice}
    does: {zh: 答疑, en: Answers}
    require: applicant.kind == enterprise
""",
}
# A text in { } may hold no braces of its own unless it is quoted.
PACK[GRANT] = PACK[GRANT].replace(
    "{zh: 需 {required}, en: needs {required}}", '{zh: "需 {required}", en: "needs {required}"}'
)


NOTICED = {
    **PACK,
    HEAD: PACK[HEAD].replace("loans, advice]", "loans, gift, advice, hall]"),
    "measures/gift.yaml": """\
clause: 五
title: {zh: 奖励, en: Gift}
require: staff.total >= common
award: unspecified
""",
    SERVICES: PACK[SERVICES]
    + """\
  hall:
    clause: 四
    title: {zh: 场地, en: Hall}
    does: {zh: 提供场地, en: Lends a hall}
""",
    NOTICE: """\
year: 2026
published: 2026-03-01
window: {from: 2026-04-01, to: 2026-05-31}
parameters:
  grant.most: 12
  grant.amount: 150000
  match.ratio: 40%
  common: 35
require:
  grant: staff.since <= 2025-01-01
  advice:
    - {is: staff.pay > 0, code: paying, clause: 七}
closed: [loans, hall]
review:
  match: {zh: 请法务核对, en: To be checked by counsel}
materials:
  - {zh: 申请表, en: Form}
  - {zh: 证书, en: Certificate, measures: [match, grant]}
maximum:
  gift: 50000
""",
}
"""The pack with a notice of every part, a measure without a figure and a service that is only listed."""


def errors_of(files: Mapping[str, str]) -> tuple[PackError, ...]:
    """What is wrong with the pack."""
    with pytest.raises(PackErrors) as caught:
        load_policy(files)
    return caught.value.errors


def changed(path: str, old: str, new: str, pack: Mapping[str, str] = PACK) -> tuple[dict[str, str], int, int]:
    """The pack with one text changed, and the line and column of the mark in it."""
    text = pack[path]
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
    text = text.replace(old, new)
    assert text.count(HERE) == 1
    before = text[: text.index(HERE)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return {**pack, path: text.replace(HERE, "")}, line, column


def check(
    path: str, old: str, new: str, suggestion: str | None, says: str, pack: Mapping[str, str] = PACK
) -> None:
    """The change is refused at the mark with this suggestion; the English words hold `says`."""
    files, line, column = changed(path, old, new, pack)
    found = errors_of(files)
    told = [(error.file, error.line, error.column, error.suggestion) for error in found]
    assert told == [(path, line, column, suggestion)], found
    assert says in found[0].message.en
    assert any("一" <= character <= "鿿" for character in found[0].message.zh)
