"""Clients that do not give up: every order is sent under one key until it is answered, whatever is killed meanwhile."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tests.proofs.asking import Asked, Grants, Loan, Outlet, Prize
from tests.proofs.codes import code_of
from tests.proofs.speaking import Call, Heard, Speaker, new_key

if TYPE_CHECKING:
    import threading

    from tests.proofs.asking import Ask
    from tests.proofs.cast import Cast

PAUSE, PATIENCE = 0.2, 90.0
SHARED = 1
"""An organisation that all clients apply for."""
SHARED_COST = 4_000
"""Of its loans, fen: so little that ten thousand of them stay under the year's cap, however fast the clients are."""
_NEXT = {
    "submit": ("accept", "reviewer-1"),
    "accept": ("approve", "approver-1"),
    "approve": ("publicise", "reviewer-2"),
}


class GaveUp(AssertionError):
    """No answer within the patience of a client."""


@dataclass
class Acknowledged:
    """An application as the answers told it."""

    id: str
    ref: str
    platform: str
    version: int
    status: str
    events: list[str]
    """The types of its events, in order."""
    contested: bool = False
    """An approval was refused, or answered only the second time: the records had changed."""


@dataclass
class Client:
    """One client: makes applications and brings them as far as it can, until `enough`."""

    number: int
    address: str
    cast: Cast
    year: int
    enough: threading.Event
    known: list[Acknowledged] = field(default_factory=list)
    sent_again: int = 0
    replayed: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self) -> None:
        """The work of a thread."""
        self._speaker = Speaker(self.address)
        chance = random.Random(self.number)  # noqa: S311 - choosing what to ask for
        made = 0
        try:
            while not self.enough.is_set():
                made += 1
                self._one(chance, made)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is a violation
            self.wrong.append(f"client {self.number}: {type(error).__name__} {error}")
        finally:
            self._speaker.close()

    def _one(self, chance: random.Random, made: int) -> None:
        """An application from its creation to its public notice."""
        ref = f"K-{self.number}-{made}"
        shared = chance.random() < 0.3
        organisation = SHARED if shared else 1000 * self.number + made + 1
        asks: list[Ask] = [Grants(), Outlet(), Prize(ref, 1_000_000), Loan(ref, 1_000_000)]
        asked = Asked((Loan(ref, SHARED_COST),)) if shared else Asked((chance.choice(asks),))
        platform = "platform-a" if self.number % 2 else "platform-b"
        body = asked.body(code_of(organisation), f"Organisation {organisation}", self.year, ref)
        heard = self._insist(Call("POST", "/v1/applications", self.cast[platform], body, new_key()))
        if heard.status != 201:
            self.wrong.append(f"{ref} was not made: {heard}")
            return
        case = Acknowledged(
            heard.body["id"], ref, platform, _version(heard), heard.body["status"], ["application.created"]
        )
        self.known.append(case)
        step: tuple[str, str] | None = ("submit", platform)
        while step is not None:
            action, who = step
            heard = self._act(case, action, who, heard.body)
            if heard.status != 200:
                case.contested = True
                if heard.status not in (409, 412) or action != "approve":
                    self.wrong.append(f"{action} of {ref}: {heard}")
                return
            case.version, case.status = _version(heard), heard.body["status"]
            case.events.append(f"application.{_PAST[action]}")
            step = _NEXT.get(action)

    def _act(self, case: Acknowledged, action: str, who: str, shown: dict[str, Any]) -> Heard:
        body = None
        if action == "approve":
            body = {
                "awards": [
                    {"award": one["id"], "decision": "approve", "expected_amount": one["assessed"]}
                    for one in shown["awards"]
                    if one["state"] == "assessed"
                ]
            }
        path = f"/v1/applications/{case.id}/{action}"
        return self._insist(Call("POST", path, self.cast[who], body, new_key(), f'"{case.version}"'))

    def _insist(self, call: Call) -> Heard:
        """The answer, however often it has to be asked for."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                heard = self._speaker.send(call)
            except httpx.TransportError:
                heard = None
            if heard is not None and heard.status < 500 and heard.slug != "in-flight":
                self.replayed += heard.replayed
                return heard
            self.sent_again += 1
            time.sleep(PAUSE)
        raise GaveUp(f"{call.method} {call.path}")


_PAST = {"submit": "submitted", "accept": "accepted", "approve": "approved", "publicise": "publicised"}


def _version(heard: Heard) -> int:
    return int(heard.headers["etag"].strip('"'))
