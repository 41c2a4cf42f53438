"""A requirement of several legs speaks with one code, and points at the field that is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.yanhu.asking import ABSENT, ask
from tests.yanhu.engine import yanhu


@pytest.mark.parametrize(
    ("who", "fact", "outcome"),
    [
        ({"kind": "state_owned_enterprise", "size": ABSENT}, "applicant.size", "unknown"),
        ({"kind": ABSENT, "size": "large"}, "applicant.kind", "unknown"),
        ({"kind": "school"}, "applicant.kind", "not_met"),
    ],
)
def test_the_subject_of_open_licensing(who: dict[str, Any], fact: str, outcome: str) -> None:
    asked = ask("open-licensing", {"open_licensing": {"transfers_to_district_smes": 10}}, who)
    (measure,) = yanhu().decide(asked)["measures"]
    reason = measure["reasons"][0]
    assert (reason["code"], reason["fact"], reason["outcome"]) == ("open-licensing.subject", fact, outcome)
    assert reason["pointer"] == "/" + fact.replace(".", "/")
    assert [missing["fact"] for missing in measure["missing"]] == ([fact] if outcome == "unknown" else [])
