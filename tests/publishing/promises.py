"""A pack of one measure that says how much it pays, in as many versions as wanted."""

from __future__ import annotations

from app.rules.loading import load_policy

POLICY = "promise"


def files(yuan: int, version: str = "1", policy: str = POLICY) -> dict[str, str]:
    """The pack that pays so much, with a case that says so."""
    return {
        "policy.yaml": f"""\
id: {policy}
title: {{zh: 承诺, en: Promise}}
authority: {{zh: 某局, en: some bureau}}
division: '140802'
status: in-force
version: '{version}'
in_force: {{from: 2024-01-01}}
order: [reward]
facts:
  firm:
    staff: {{count: [人数, staff]}}
""",
        "measures/reward.yaml": f"""\
clause: 一
title: {{zh: 奖励, en: Reward}}
parameters: {{amount: {yuan}}}
require: firm.staff >= 10
award: {{fixed: amount}}
""",
        "cases/reward.yaml": f"""\
cases:
  - name: ten are enough
    request:
      as_of: 2026-11-23
      applicant: {{name: 示例单位, uscc: 91140802MA0GT0018G}}
      facts: {{firm: {{staff: 10}}}}
    expect: {{reward: {{verdict: eligible, amount: "{yuan}.00"}}}}
""",
    }


def digest(yuan: int, version: str = "1", policy: str = POLICY) -> str:
    return load_policy(files(yuan, version, policy)).digest


BODY = {
    "as_of": "2026-11-23",
    "applicant": {
        "name": "示例单位",
        "uscc": "91140802MA0GT0018G",
        "credit": {"joint_punishment": False},
    },
    "facts": {"firm": {"staff": 10}},
}
