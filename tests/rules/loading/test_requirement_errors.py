"""Mistakes in requirements, their codes, and parameters."""

from __future__ import annotations

import pytest

from tests.rules.loading.packs import GRANT, LOANS, MATCH, PACK, SERVICES, check, errors_of

KIND = "- applicant.kind in payers"
TOTAL = "- staff.total >= most\n"
LEVEL = "- prize.level >= middle"
SHARE = "{is: staff.share > 50%, code: share_min, clause: 一（一）,"


@pytest.mark.parametrize(
    ("old", "new", "suggestion", "says"),
    [
        (KIND, "- applicant.kind in ¦payer", "payers", "unknown set"),
        (KIND, "- ¦aplicant.kind in payers", "applicant.kind", "unknown name"),
        (KIND, "- applicant.kind == ¦scool", "school", "no code"),
        (KIND, "- applicant.kind ¦= school", "==", "one ="),
        (KIND, "- applicant.kind ¦< school", None, "no order"),
        (KIND, "- applicant.town == ¦west", "'west'", "quoted"),
        (KIND, "- applicant.kind in ¦towns", None, "set of text"),
        (KIND, "- ¦lpr(staff.since) > 3%", None, "no function or table 'lpr'"),
        (KIND, "- ¦reading.uplift == points", None, "no reading"),
        (KIND, "- award(¦mach) > 0", "match", "no measure or group 'mach'"),
        (KIND, "- ¦counted > 0", None, "no meaning here"),
        (KIND, "- paid(¦ths) > 0", "this", "no measure or group 'ths'"),
        (KIND, "- ¦prizes", None, "is a list"),
        (KIND, "- ¦prize.first", "prizes", "unknown name"),
        (KIND, "- {any: [staff.green], ¦all: [staff.green]}", None, "exactly one of"),
        (KIND, "- {any: ¦[]}", None, "without a condition"),
        (KIND, "- {¦ani: [staff.green]}", "any", "unknown key"),
        (KIND, "- ¦[staff.green]", None, "under `all` or `any`"),
        (KIND, "- {any: [staff.green, applicant.kind == school], ¦sais: x}", "says", "unknown key"),
        (KIND, "- {any: [staff.green, applicant.kind == school], says: ¦{zh: 甲, en: A}}", None, "group with a `code`"),
        (KIND, "- {is: staff.abroad > 1, code: ¦Abroad}", None, "lower-case"),
        (TOTAL, "- staff.total >= ¦mots\n", "most", "unknown name"),
        (TOTAL, "- staff.total ¦>= most and 1 < staff.abroad ¦< 5\n".replace("total ¦", "total "), None, "not chained"),
        (SHARE, "{is: staff.share > ¦50, code: share_min, clause: 一（一）,", "50%", "written with %"),
        (SHARE, "{is: ¦staff.share > staff.pay, code: share_min, clause: 一（一）,", None, "do not meet"),
        (SHARE, "{is: staff.share > 50%, ¦cod: share_min, clause: 一（一）,", "code", "unknown key"),
        ('{zh: "需 {required}",', '{zh: "需 ¦{requird}",', "{required}", "in braces"),
        (KIND, "- ¦staff.abroad >= 0", None, "always holds"),
        (KIND, "- staff.green and ¦staff.total < 1", None, "never hold"),
        (KIND, "- staff.green or not ¦staff.green", None, "twice"),
        (KIND, "- {code: both, is: ¦staff.abroad > 5 and staff.abroad < 5}", None, "never hold"),
        (KIND, "- ¦{code: both, any: [staff.abroad > 5, staff.abroad <= 5]}", None, "always holds"),
        (KIND, "- {is: staff.abroad > 5, code: more}\n  - ¦{is: staff.abroad < 5, code: less}", None, "together"),
        (KIND, "- applicant.kind in payers\n  - ¦applicant.kind != other", None, "'kind' twice (first in line 7)"),
        (KIND, "- applicant.kind in payers and staff.green and (¦applicant.kind != other)", None, "twice"),
        (KIND, "- {is: applicant.kind in payers, code: ¦big}\n", None, None),
        (KIND, "- {is: applicant.kind in payers, code: town}\n", None, None),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(
    old: str, new: str, suggestion: str | None, says: str | None
) -> None:
    if says is None:
        found = errors_of({**PACK, GRANT: PACK[GRANT].replace(old, new.replace("¦", ""))})
        assert len(found) == 1
        assert "twice (first in line 7)" in found[0].message.en
        return
    check(GRANT, old, new, suggestion, says)


@pytest.mark.parametrize(
    ("path", "old", "new", "suggestion", "says"),
    [
        (MATCH, LEVEL, "- prize.level >= ¦midle", "middle", "no code"),
        (MATCH, LEVEL, "- ¦prize.levl >= middle", "prize.level", "no field"),
        (MATCH, LEVEL, "- any(¦prize in prizes where prize.first)", None, "taken"),
        (MATCH, LEVEL, "- {is: prize.level >= middle, code: ¦prizes}", None, "'prizes' twice"),
        (MATCH, LEVEL, "- {is: prize.level >= middle, code: ¦first}", None, None),
        (MATCH, "    raised:\n", "    ¦level:\n", None, "'level' twice"),
        (MATCH, LEVEL, "- ¦count(x in prizes) >= 2", None, "'prizes' twice"),
        (SERVICES, "applicant.kind == enterprise", "applicant.kind == ¦enterprize", "enterprise", "no code"),
        (SERVICES, "applicant.kind == enterprise", "¦staff.abroad >= 0", None, "always holds"),
        (SERVICES, "    does: {zh: 答疑, en: Answers}", "    does: {zh: 答疑, ¦eng: Answers}", "en", "unknown key"),
        (SERVICES, "    clause: 四\n", "    clause: 四\n    ¦limits: [once]\n", None, "unknown key"),
        (SERVICES, "    clause: 四\n    title", "    ¦title", "clause", "missing"),
    ],
)  # fmt: skip
def test_a_mistake_of_items_and_services(
    path: str, old: str, new: str, suggestion: str | None, says: str | None
) -> None:
    if says is None:
        found = errors_of({**PACK, path: PACK[path].replace(old, new.replace("¦", ""))})
        assert [(error.line, error.column) for error in found] == [(10, 7)]
        assert "'first' twice (first in line 9)" in found[0].message.en
        return
    check(path, old, new, suggestion, says)


@pytest.mark.parametrize(
    ("old", "new", "suggestion", "says"),
    [
        ("  most: 10\n", "  most: 10\n  ¦spare: 5\n", None, "never used"),
        ("  most: 10\n", "  most: {¦2025: 10}\n", None, "begins no later"),
        ("  most: 10\n", "  most: ¦10 + 1\n", None, "a parameter is"),
        ("  most: 10\n", "  most: 1¦_0\n", None, "cannot continue"),
        ("  most: 10\n", "  ¦Most: 10\n", None, "lower-case"),
        ("  most: 10\n", "  most: 10\n  ¦staff: 5\n", None, "means something else"),
        ("  most: 10\n", "  most: 10\n  ¦payers: 5\n", None, "means something else"),
        ("  most: 10\n", "  most: 10\n  ¦year: 5\n", None, "means something else"),
        ("  most: 10\n", "  most: 10\n  ¦common: 5\n", None, "means something else"),
        ("  most: 10\n", "  most: ¦10.5\n", None, None),
        ("  amount: 200000\n", "  amount: ¦200000\n", None, "used as"),
    ],
)
def test_a_mistake_of_parameters(old: str, new: str, suggestion: str | None, says: str | None) -> None:
    if says is None:
        found = errors_of({**PACK, GRANT: PACK[GRANT].replace(old, "  most: 10.5\n")})
        assert [(error.line, error.column, error.message.en) for error in found] == [
            (10, 24, "10.5 is no count")
        ]
        return
    if says == "used as":
        text = PACK[GRANT].replace(KIND, KIND + "\n  - staff.abroad < amount")
        found = errors_of({**PACK, GRANT: text})
        assert [(error.line, error.column) for error in found] == [(5, 11)]
        assert "used as count and money" in found[0].message.en
        return
    check(GRANT, old, new, suggestion, says)


def test_a_common_parameter_that_nothing_uses_is_told() -> None:
    text = PACK[GRANT].replace("staff.total >= common", "staff.total >= 30")
    found = errors_of({**PACK, GRANT: text})
    assert [(e.file, e.line, e.column, e.message.en) for e in found] == [
        ("policy.yaml", 9, 22, "the parameter 'common' is never used")
    ]
    assert LOANS in PACK
