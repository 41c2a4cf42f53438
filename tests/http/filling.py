"""A service in which there is one of everything, to read it all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg

from app.services.instants import day_of, now
from app.services.job_kinds import KINDS
from app.services.job_running import run_job
from app.services.packs import read_pack
from app.services.publishing.archives import pack
from app.settings import PACKAGED_POLICIES
from tests.applications.desk import FIRM, FIRM_2, Desk
from tests.applications.walking import DAY_AFTER, PRIZES, approved, at, draft
from tests.offers.registering import accepted, matched, offers, put, stated
from tests.rules.limits.works import HEAD, ONE, REWARD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.applications.walking import Walk

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + b"\x00" * 50
_OF_OFFERS = ("93140802MA0CT00496", "51140802500000074H")
REASON = {"reason": "so it is"}
_ROLES = ("apply", "audit", "review", "admin")
SCARCE = (
    HEAD.replace("ORDER", "reward")
    + f"measures:\n{REWARD.strip(chr(10))}{ONE}    allot: {{budget: 500, per: year, by: firm.spent, last: partial}}\n"
)
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


def bulk_beside(documents: Path) -> Path:
    """The folder of populations and of files of jobs."""
    return documents.with_name(f"{documents.name}-bulk")


@contextlib.contextmanager
def filled_desk(url: str, documents: Path) -> Iterator[Filled]:
    """One of everything, while the block runs."""
    settings = {
        "DUIXIAN_DOCUMENTS": str(documents),
        "DUIXIAN_BULK": str(bulk_beside(documents)),
        "DUIXIAN_WEBHOOKS_ALLOW_PRIVATE": "true",
        "DUIXIAN_PUBLISH_LEAD_SECONDS": "0.2",
    }
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
    _published(desk)
    found.values |= _offered(desk)
    found.values["allocation"] = _allocated(desk)
    found.values |= _simulated(desk)
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


def _offered(desk: Desk) -> dict[str, str]:
    """An offer that stands, one that was taken, and the match that made them."""
    for firm in ({**FIRM, "uscc": _OF_OFFERS[0]}, {**FIRM, "uscc": _OF_OFFERS[1]}):
        _made(put(desk, stated(), firm))
    match = matched(desk)["id"]
    opened, taken = ([one["id"] for one in offers(desk, uscc=uscc)] for uscc in _OF_OFFERS)
    accepted(desk, taken[0])
    return {"offer": opened[0], "match": match}


def _simulated(desk: Desk) -> dict[str, str]:
    """A simulation on the register, to its end, and one that is cancelled."""
    scenario = {"name": "eight", "parameters": {"patent-grants.granted_min": 8}}
    body = {"population": {"register": True}, "budget": "100000.00", "scenarios": [scenario]}
    first, second = (
        desk.post("admin", "/v1/policies/yanhu-ip/simulations", body).json()["id"] for _ in range(2)
    )
    _made(desk.post("admin", f"/v1/jobs/{second}/cancel"))
    desk.run(run_job(desk.app.state.office, first, KINDS))
    until = time.monotonic() + 60  # the service's own worker may have taken it first
    while desk.get("admin", f"/v1/jobs/{first}").json()["status"] in ("queued", "running"):
        assert time.monotonic() < until, "the simulation does not end"
        time.sleep(0.1)
    return {"job": first, "name": "report.json"}


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


def _published(desk: Desk) -> None:
    """The pack that is served, once more: nothing changes but that it was published."""
    live = Desk.__new__(Desk)
    live.__dict__ |= {**desk.__dict__, "mode": "live"}
    content = pack(read_pack(PACKAGED_POLICIES / "yanhu-ip"))
    headers = {"Content-Type": "application/zip"}
    _made(live.ask("admin", "POST", "/v1/policies", content=content, headers=headers))


def _allocated(desk: Desk) -> str:
    """A budget shared by a pack of its own, published for it."""
    live = Desk.__new__(Desk)
    live.__dict__ |= {**desk.__dict__, "mode": "live"}
    content = pack({"policy.yaml": SCARCE})
    _made(
        live.ask(
            "admin", "POST", "/v1/policies", content=content, headers={"Content-Type": "application/zip"}
        )
    )
    until = time.monotonic() + 30  # the loop that follows publications runs while something is asked
    while desk.get(None, "/v1/policies/forms").status_code == 404:
        assert time.monotonic() < until, "what is published is not served"
        desk.run(asyncio.sleep(0.1))
    facts = {"firm": {"spent": "900.00"}}
    desk.accepted(["reward"], facts, {name: FIRM[name] for name in ("name", "uscc")}, policy="forms")
    body = {"policy": "forms", "measure": "reward", "year": 2026}
    return str(_made(desk.post("approve", "/v1/allocations", body))["id"])


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
