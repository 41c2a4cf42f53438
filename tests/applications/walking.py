"""Applications of the sandbox, led through the procedure on days of our choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from tests.applications.desk import FIRM, PATENTS, decisions

if TYPE_CHECKING:
    import httpx

    from tests.applications.desk import Desk

APPROVED_ON = "2026-11-25"
"""A Wednesday. Five working days of notice from the 26th end on Wednesday, 2 December."""
LAST_DAY = "2026-12-02"
DAY_AFTER = "2026-12-03"
OFFICERS = {
    "accept": "review",
    "publicise": "review",
    "object": "review",
    "resolve": "all",
    "approve": "approve",
    "reopen": "approve2",
    "grant": "finance",
    "hold": "finance",
    "resume": "finance",
    "pay": "finance",
    "confirm": "finance",
    "fail": "finance",
    "recover": "finance",
    "override": "admin",
    "revoke": "admin",
    "write-off": "admin",
    "submit": "apply",
    "withdraw": "apply",
}


def at(day: str) -> dict[str, str]:
    """The sandbox's time: ten in the morning of the day."""
    return {"Duixian-Test-Time": f"{day}T10:00:00+08:00"}


@dataclass
class Walk:
    """One application, and the day on which it is."""

    desk: Desk
    day: str = APPROVED_ON
    seen: dict[str, Any] = field(default_factory=dict)
    """The application as it was answered last."""

    @property
    def id(self) -> str:
        return str(self.seen["id"])

    @property
    def status(self) -> str:
        return str(self.seen["status"])

    @property
    def award(self) -> dict[str, Any]:
        """The only award."""
        (found,) = self.seen["awards"]
        return dict(found)

    def states(self) -> list[str]:
        return [award["state"] for award in self.seen["awards"]]

    def ask(self, action: str, body: Any = None, role: str | None = None) -> httpx.Response:
        return self.desk.act(role or OFFICERS[action], self.id, action, body, headers=at(self.day))

    def do(self, action: str, body: Any = None, role: str | None = None) -> Walk:
        answer = self.ask(action, body, role)
        assert answer.status_code == 200, f"{action}: {answer.text}"
        self.seen = answer.json()
        return self

    def on(self, day: str) -> Walk:
        self.day = day
        return self

    def pay(self) -> Walk:
        return self.do("pay")

    def confirm(self, reference: str = "V-1") -> Walk:
        return self.do("confirm", {"reference": reference, "paid_on": self.day})


def draft(
    desk: Desk,
    measures: list[str] | None = None,
    facts: Any = None,
    applicant: Any = None,
    day: str = APPROVED_ON,
) -> Walk:
    body = {
        "policy": "yanhu-ip",
        "year": int(day[:4]),
        "measures": measures or ["patent-grants"],
        "applicant": applicant or FIRM,
        "facts": PATENTS if facts is None else facts,
    }
    answer = desk.post("apply", "/v1/applications", body, headers=at(day))
    assert answer.status_code == 201, answer.text
    return Walk(desk, day, answer.json())


def approved(
    desk: Desk,
    measures: list[str] | None = None,
    facts: Any = None,
    applicant: Any = None,
    day: str = APPROVED_ON,
) -> Walk:
    """By default 200,000 yuan for patents."""
    walk = draft(desk, measures, facts, applicant, day).do("submit").do("accept")
    return walk.do("approve", {"awards": decisions(walk.seen)})


def publicised(desk: Desk, *of: Any) -> Walk:
    return approved(desk, *of).do("publicise")


def granted(desk: Desk, *of: Any) -> Walk:
    return publicised(desk, *of).on(DAY_AFTER).do("grant")


def paid(desk: Desk, *of: Any) -> Walk:
    return granted(desk, *of).pay().confirm()


PRIZES = {
    "patent_awards": [
        {
            "award_id": f"CN-{n}",
            "name": "中国专利奖",
            "level": "provincial",
            "category": "patent",
            "first_unit": True,
            "amount": amount,
        }
        for n, amount in ((1, "30000.00"), (2, "50000.00"))
    ]
}
"""Two awards of patent-award-match: 30,000 and 50,000 yuan."""


def held(desk: Desk, mode: str = "test") -> dict[str, Any]:
    """What the ledger's own verification says, with claims and uses as they are in the database."""
    with psycopg.connect(desk.url) as connection:
        claims = connection.execute(
            "SELECT claim_key FROM claims WHERE mode = %s ORDER BY 1", [mode]
        ).fetchall()
        usage = connection.execute(
            "SELECT limit_key, used FROM limit_usage WHERE mode = %s ORDER BY 1", [mode]
        ).fetchall()
    report = desk.get("audit", "/v1/ledger/verify").json()
    assert report["valid"], report
    return {"claims": [key for (key,) in claims], "used": [used for _, used in usage]}
