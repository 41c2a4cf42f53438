"""All hand-worked cases, and how an answer is held against one (or against the oracle)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.yanhu.cases_items import CASES as WITH_ITEMS
from tests.yanhu.cases_requirements import CASES as WITHOUT_ITEMS

if TYPE_CHECKING:
    from tests.yanhu.asking import Case

CASES: list[Case] = [*WITHOUT_ITEMS, *WITH_ITEMS]


def shape(measure: dict[str, Any]) -> dict[str, Any]:
    """One measure of an answer in the oracle's words."""
    keys = ("kind", "item", "cap", "used", "remaining", "reduced_by")
    return {
        "kind": measure["award"]["kind"],
        "verdict": measure["verdict"],
        **{k: measure["award"][k] for k in ("amount", "ceiling", "potential")},
        "reasons": [r["code"] for r in measure["reasons"]],
        "missing": [m["fact"] for m in measure["missing"]],
        "lines": [
            {
                **{k: line[k] for k in ("item", "verdict", "amount", "counted")},
                "reasons": [r["code"] for r in line["reasons"]],
                "flags": sorted(f["code"] for f in line["flags"]),
            }
            for line in measure["lines"]
        ],
        "limits": [[limit[k] for k in keys] for limit in measure["limits"]],
        "obligations": [[o["code"], o["item"], o["at_least"]] for o in measure["obligations"]],
        "flags": sorted(f["code"] for f in measure["flags"]),
    }


def seen(measure: dict[str, Any]) -> dict[str, Any]:
    """One measure of an answer in the cases' words."""
    plain = shape(measure)
    reasons = {r["code"]: r for r in measure["reasons"]}
    return {
        **plain,
        "codes": plain["reasons"],
        "lines": {line["item"]: [line["verdict"], line["amount"]] for line in plain["lines"]},
        "line_codes": {line["item"]: line["reasons"] for line in plain["lines"]},
        "line_flags": {line["item"]: line["flags"] for line in plain["lines"]},
        "counted": {line["item"]: line["counted"] for line in plain["lines"]},
        "due": {item: least for _, item, least in plain["obligations"]},
        "values": {code: r["value"] for code, r in reasons.items()},
        "required": {code: r["required"] for code, r in reasons.items()},
        "shortfall": {code: r["shortfall"] for code, r in reasons.items()},
        "pointers": {code: r["pointer"] for code, r in reasons.items()},
        "facts": {code: r["fact"] for code, r in reasons.items()},
        "clauses": {code: r["clause"] for code, r in reasons.items()},
    }


PARTIAL = ("values", "required", "shortfall", "pointers", "facts", "clauses", "line_codes", "line_flags")


def differences(case: Case, answer: dict[str, Any]) -> list[str]:
    """What the answer says otherwise than the case; empty when it holds."""
    found = {m["id"]: seen(m) for m in answer["measures"]}
    found["totals"] = answer["totals"]
    found["assumptions"] = {"list": answer["assumptions"]}
    found["order"] = {"list": [m["id"] for m in answer["measures"]]}
    wrong = []
    for name, expected in case.expect.items():
        for key, value in expected.items():
            got = found[name][key]
            if key in PARTIAL and isinstance(got, dict):
                got = {k: got.get(k, "absent") for k in value}
            if got != value:
                wrong.append(f"{name}.{key}: expected {value!r}, got {got!r}")
    return wrong
