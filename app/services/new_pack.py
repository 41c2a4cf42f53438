"""A new policy pack to begin from: one measure with a fixed amount, and cases on both sides of its threshold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class NewPack:
    """What a pack begins with. Texts are as people wrote them."""

    id: str
    title: tuple[str, str]
    """Chinese, English."""
    authority: tuple[str, str]
    division: str
    """GB/T 2260, six digits."""
    since: date
    amount: int
    """Whole yuan, above 0."""


def new_pack(given: NewPack) -> Mapping[str, str]:
    """Path -> text. It loads, and its cases pass."""
    policy = f"""\
id: {given.id}
family: {given.id}
version: '1'
status: draft
title: {_words(given.title)}
authority: {_words(given.authority)}
division: '{given.division}'
currency: CNY
in_force: {{from: {given.since}}}
order: [patent-grants]
"""
    facts = """\
facts:
  patents:
    granted: {count: [年度专利授权量, patents granted in the year], unit: [件, patents]}
"""
    measure = f"""\
clause: 一
title: {{zh: 专利授权奖励, en: Award for patent grants}}
parameters: {{least: 10, amount: {given.amount}}}
require: [patents.granted >= least]
award: {{fixed: amount}}
limits: [once per year]
"""
    cases = (
        "cases:\n"
        + _case(given, 10, "eligible", f"{given.amount}.00")
        + _case(given, 9, "ineligible", "0.00")
    )
    return {
        "policy.yaml": policy,
        "facts.yaml": facts,
        "measures/patent-grants.yaml": measure,
        "cases/patent-grants.yaml": cases,
    }


def _words(both: tuple[str, str]) -> str:
    """Quoted, so that any text is text."""
    zh, en = (json.dumps(text, ensure_ascii=False) for text in both)
    return f"{{zh: {zh}, en: {en}}}"


def _case(given: NewPack, granted: int, verdict: str, amount: str) -> str:
    return f"""\
  - name: {granted} grants
    request:
      as_of: {given.since}
      applicant: {{name: 示例单位, uscc: 91140802MA0GT0018G}}
      facts: {{patents: {{granted: {granted}}}}}
    expect:
      patent-grants: {{verdict: {verdict}, amount: "{amount}"}}
"""
