"""The four measures as a decision graph of zen-engine: amounts in fen, no reasons, nothing unknown.

One node a measure, as its editor would draw it: a decision table where the rule is a table, else expressions.
"""

from __future__ import annotations

import json
from typing import Any

import zen

OPEN = "applicant.joint_punishment == false"
PLEDGE_OPEN = (
    "applicant.kind in ['enterprise', 'state_owned_enterprise']"
    " and applicant.size in ['micro', 'small', 'medium'] and applicant.technology_innovative == true"
    " and facts.provincial_subsidy_received == false"
)
COUNTED = (
    "sum(map(filter(facts.pledge_loans, #.collateral in ['patent', 'trademark', 'copyright']"
    " and #.lender in ['bank', 'financial_institution'] and #.repaid_on_time == true),"
    " #.interest + #.guarantee_fee + #.appraisal_fee))"
)
EXCELLENCE = (
    "sum(map(facts.navigation_projects,"
    " #.excellence == 'national' ? 30000000 : #.excellence == 'provincial' ? 20000000 : 0))"
)


def _table(name: str, columns: list[tuple[str, str]], output: str, rules: list[list[str]]) -> dict[str, Any]:
    inputs = [{"id": f"{name}-{i}", "name": n, "field": f} for i, (n, f) in enumerate(columns)]
    keys = [i["id"] for i in inputs] + [f"{name}-out"]
    return {
        "type": "decisionTableNode",
        "id": name,
        "name": name,
        "position": {"x": 0, "y": 0},
        "content": {
            "hitPolicy": "first",
            "inputs": inputs,
            "outputs": [{"id": f"{name}-out", "name": output, "field": output}],
            "rules": [
                {"_id": f"{name}-r{i}", **dict(zip(keys, rule, strict=True))} for i, rule in enumerate(rules)
            ],
        },
    }


def _expressions(name: str, rows: list[tuple[str, str]]) -> dict[str, Any]:
    expressions = [{"id": f"{name}-{i}", "key": key, "value": value} for i, (key, value) in enumerate(rows)]
    return {
        "type": "expressionNode",
        "id": name,
        "name": name,
        "position": {"x": 0, "y": 0},
        "content": {"expressions": expressions},
    }


def graph() -> dict[str, Any]:
    punished = ("punished", "applicant.joint_punishment")
    grants = _table(
        "grants",
        [
            punished,
            ("granted", "facts.patents.granted"),
            ("invention", "facts.patents.invention_granted"),
            ("high value", "facts.patents.high_value_granted"),
        ],
        "patent_grants",
        [
            ["true", "", "", "", "0"],
            ["", ">= 10", "", "", "20000000"],
            ["", "", ">= 5", "", "20000000"],
            ["", "", "", ">= 1", "20000000"],
            ["", "", "", "", "0"],
        ],
    )
    outlet = _table(
        "outlet",
        [punished, ("level", "facts.recognised_level")],
        "service_outlet",
        [["true", "", "0"], ["", "'national'", "10000000"], ["", "'provincial'", "5000000"], ["", "", "0"]],
    )
    navigation = _expressions("navigation", [("navigation", f"{OPEN} ? {EXCELLENCE} : 0")])
    half = f"({OPEN} and {PLEDGE_OPEN}) ? floor(({COUNTED} + 1) / 2) : 0"
    capped = "min([$.half, max([0, 20000000 - pledge_paid])])"
    pledge = _expressions("pledge", [("half", half), ("pledge_financing", capped)])
    return _connected([grants, navigation, pledge, outlet])


def _connected(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    ends = [
        {"type": "inputNode", "id": "in", "name": "request", "position": {"x": 0, "y": 0}},
        {"type": "outputNode", "id": "out", "name": "response", "position": {"x": 0, "y": 0}},
    ]
    edges = []
    for node in nodes:
        edges.append({"id": f"a-{node['id']}", "type": "edge", "sourceId": "in", "targetId": node["id"]})
        edges.append({"id": f"b-{node['id']}", "type": "edge", "sourceId": node["id"], "targetId": "out"})
    return {"nodes": [*ends, *nodes], "edges": edges}


class ZenPeer:
    """Compiled once; `amounts` takes the plain shape of `handwritten.plain`."""

    def __init__(self) -> None:
        self._decision = zen.ZenEngine().create_decision(json.dumps(graph()))

    def amounts(self, case: dict[str, Any]) -> tuple[int, int, int, int]:
        found = self._decision.evaluate(case)["result"]
        return (
            int(found["patent_grants"]),
            int(found["navigation"]),
            int(found["pledge_financing"]),
            int(found["service_outlet"]),
        )
