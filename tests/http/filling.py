"""A service in which there is one of everything, to read it all."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg

from app.services.instants import day_of, now
from tests.applications.desk import FIRM, FIRM_2, Desk
from tests.applications.walking import DAY_AFTER, PRIZES, approved, at, draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.applications.walking import Walk

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + b"\x00" * 50
REASON = {"reason": "so it is"}
_ROLES = ("apply", "audit", "review", "admin")
_QUERIES = {"/v1/awards/summary": "?policy=yanhu-ip&year=2026"}


@dataclass
class Filled:
    """The desk (sandbox), and a value for every path parameter."""

    desk: Desk
    values: dict[str, str] = field(default_factory=dict)

    def read(self, path: str, scopes: list[str] | None) -> httpx.Response:
        """What a caller with one of the scopes is answered; None: nobody in particular."""
        role = None if scopes is None else next((one for one in _ROLES if one in scopes or not scopes), None)
        values = dict(self.values)
        if path.startswith("/v1/funding-records"):
            values["record"] = values["funding"]
        return self.desk.get(role, path.format(**values) + _QUERIES.get(path, ""))


@contextlib.contextmanager
def filled_desk(url: str, documents: Path) -> Iterator[Filled]:
    """One of everything, while the block runs."""
    settings = {"DUIXIAN_DOCUMENTS": str(documents), "DUIXIAN_WEBHOOKS_ALLOW_PRIVATE": "true"}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    desk = Desk(url, "test")
    try:
        yield _fill(desk)
    finally:
        desk.close()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def _fill(desk: Desk) -> Filled:
    found = Filled(desk, {"policy": "yanhu-ip", "measure": "patent-grants", "kind": "not-json", "n": "1"})
    found.values |= {"uscc": FIRM["uscc"], "list": "national"}
    found.values |= _records(desk)
    # Port 9 takes nothing: what is to be delivered stays.
    hook = _made(desk.post("apply", "/v1/webhooks", {"url": "http://127.0.0.1:9/"}))["id"]
    found.values |= {"webhook": hook, "document": _upload(desk)}
    found.values["application"] = _all_the_way(desk, found.values["document"]).id
    _other_ends(desk)
    _under_notice(desk)
    found.values["key"] = desk.get("admin", "/v1/keys").json()["items"][0]["id"]
    return found


def _made(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def _upload(desk: Desk) -> str:
    file = {"file": ("证书.png", PNG)}
    return str(_made(desk.ask("apply", "POST", "/v1/documents", files=file, data={"kind": "证书"}))["id"])


def _records(desk: Desk) -> dict[str, str]:
    uscc = FIRM_2["uscc"]
    listed = {"uscc": uscc, "list": "court", "listed_on": "2026-01-05", "removed_on": "2026-02-05"}
    funding = {"uscc": uscc, "source": "district", "project": "P-1", "amount": "1.00", "reference": "F-1"}
    return {
        "record": _made(desk.post("review", "/v1/joint-punishment", {**listed, "source": "court"}))["id"],
        "funding": _made(desk.post("review", "/v1/funding-records", {**funding, "granted_on": "2026-01-05"}))[
            "id"
        ],
    }


def _all_the_way(desk: Desk, document: str) -> Walk:
    """An application whose every part has something in it."""
    walk = draft(desk, ["patent-award-match"], PRIZES)
    etag = desk.get("apply", f"/v1/applications/{walk.id}").headers["etag"]
    changes, headers = {"documents": [document], "external_ref": "R-1"}, {"If-Match": etag, **at(walk.day)}
    _made(desk.ask("apply", "PATCH", f"/v1/applications/{walk.id}", json=changes, headers=headers))
    missing = [{"pointer": "/documents", "message": "one more"}]
    walk.do("submit").do("return", {**REASON, "items": missing}, "review")
    walk.do("submit").do("accept").do("approve", {"awards": _decisions(walk)}).do("publicise")
    walk.on("2026-12-01").do("object", {"by": "王某", "contact": "1", "text": "no", "received_on": walk.day})
    dismissed = {"objection": walk.seen["objections"][0]["id"], "outcome": "dismissed", **REASON}
    walk.do("resolve", dismissed).on(DAY_AFTER).do("grant").pay().do("fail", REASON).pay().confirm()
    award = walk.seen["awards"][0]["id"]
    claimed = {"awards": [{"award": award, "amount": "100.00"}], "restores_entitlement": True}
    walk.do("revoke", {**REASON, **claimed})
    return walk.do("recover", {"award": award, "amount": "50.00", "reference": "B", "received_on": walk.day})


def _decisions(walk: Walk) -> list[dict[str, Any]]:
    return [
        {"award": award["id"], "decision": "approve", "expected_amount": award["assessed"]}
        for award in walk.seen["awards"]
    ]


def _other_ends(desk: Desk) -> None:
    """One on hold, one that was refused."""
    approved(desk, None, None, FIRM_2).do("hold", REASON)
    draft(desk, None, {"patents": {"granted": 1, "invention_granted": 1, "high_value_granted": 0}}).do(
        "submit", {"insist": True}
    ).do("accept").do("reject", REASON, "review")


def _under_notice(desk: Desk) -> None:
    """A live application whose notice is open today: the sandbox's are not shown."""
    live = Desk.__new__(Desk)
    live.__dict__ |= {**desk.__dict__, "mode": "live"}
    done = live.approved(["patent-grants"], year=day_of(now()).year)
    today = day_of(now())
    with psycopg.connect(desk.url) as connection:
        connection.execute(
            "UPDATE applications SET status = 'publicised', public_days = 5, public_from = %s,"
            " public_last_day = %s WHERE id = %s",
            [today - timedelta(1), today + timedelta(5), done["id"]],
        )
