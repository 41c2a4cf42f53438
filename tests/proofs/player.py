"""One play as it goes on: what is sent, what came of it, and whether the service agrees with the law after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.proofs.codes import code_of
from tests.proofs.comparing import differences
from tests.proofs.model import Law
from tests.proofs.speaking import Call, Heard, new_key

if TYPE_CHECKING:
    from tests.proofs.cast import Member
    from tests.proofs.model import Case
    from tests.proofs.stage import Stage

LONGEST = 200
"""Characters of an answer in the story."""
MANNERS = ("plain",) * 6 + (
    "replayed",
    "replayed",
    "stale",
    "unguarded",
    "keyless",
    "reused",
    "by a stranger",
)
"""How an order is sent: as it should be, again, or first in a way that must be refused."""


class Player:
    """Sends orders on a stage, well or ill mannered, and compares."""

    def __init__(self, stage: Stage) -> None:
        stage.begin_play()
        self.stage = stage
        self.play = stage.plays
        self.law = Law()
        self.story: list[str] = []
        """What was done, for the report of a violation."""

    def call(
        self, method: str, path: str, by: Member, body: Any = None, *, keyed: bool = True, **more: Any
    ) -> Call:
        return Call(method, path, by, body, new_key() if keyed else None, at=self.stage.clock, **more)

    def hear(self, call: Call) -> Heard:
        heard = self.stage.speaker.send(call)
        asked = f"{call.method} {call.path} by {call.by} at {call.at} {call.body}"
        self.story.append(f"{asked[:LONGEST]} -> {str(heard)[:LONGEST]}")
        assert heard.status < 500, f"{call} -> {heard}"
        return heard

    def member(self, name: str) -> Member:
        return self.stage.cast[name]

    def path(self, case: Case, action: str = "") -> str:
        return f"/v1/applications/{case.id}" + (f"/{action}" if action else "")

    def ill_mannered(self, case: Case, call: Call, manner: str) -> None:
        """First sent in a way that must be refused and must change nothing."""
        wrong: dict[str, tuple[dict[str, Any], int]] = {
            "stale": ({"version": f'"{case.version + 1}"'}, 412),
            "unguarded": ({"version": None}, 428),
            "keyless": ({"key": None}, 400),
        }
        if manner in wrong:
            change, status = wrong[manner]
            heard = self.hear(replace(call, **change))
            assert heard.status == status, f"{manner}: {heard}"
        if manner == "by a stranger":
            other = "platform-b" if case.platform == "platform-a" else "platform-a"
            path, by = self.path(case, "withdraw"), self.member(other)
            heard = self.hear(self.call("POST", path, by, version=f'"{case.version}"'))
            assert heard.status == 404, f"another platform's: {heard}"
            heard = self.hear(self.call("POST", path, self.member("auditor"), version=f'"{case.version}"'))
            assert heard.status == 403, f"without the scope: {heard}"

    def replay(self, call: Call, first: Heard) -> None:
        again = self.hear(call)
        assert again.replayed, f"not a replay: {again}"
        assert (again.status, again.raw) == (first.status, first.raw), f"{first} was replayed as {again}"

    def reuse(self, call: Call) -> None:
        heard = self.hear(replace(call, body={"reason": new_key()}))
        assert (heard.status, heard.slug) == (422, "idempotency-key-reused"), f"key reused: {heard}"

    def agrees(self, case: Case) -> None:
        """The service shows what the model holds, of this application, its organisation and the whole ledger."""
        self.stage.steps += 1
        speaker, onlooker = self.stage.speaker, self.member("onlooker")
        heard = speaker.send(Call("GET", self.path(case), self.member(case.platform)))
        assert heard.status == 200, f"cannot be read: {heard}"
        shown = heard.body
        open_shown = {*shown["allowed_actions"], *speaker.get(self.path(case), onlooker)["allowed_actions"]}
        wrong = differences(case, shown, open_shown)
        assert not wrong, "; ".join(wrong)
        case.version = int(heard.headers["etag"].strip('"'))
        report = speaker.get(self.path(case) + "/events/verify", onlooker)
        assert report["valid"], f"events: {report}"
        assert report["length"] == case.events, f"events: {report}, should be {case.events}"
        assert not self.law.broken(), self.law.broken()
        self.ledger_agrees(case)

    def ledger_agrees(self, case: Case) -> None:
        """The organisation's awards add up to what the model holds, and the ledger to its own sums."""
        speaker, onlooker = self.stage.speaker, self.member("onlooker")
        holder = self.law.who(case.organisation)
        promised = sum(
            award.used
            for one in self.law.cases
            if self.law.who(one.organisation) == holder
            for award in one.awards
        )
        shown = speaker.all_of(f"/v1/awards?uscc={code_of(case.organisation)}", onlooker)
        assert used_of(shown) == promised, f"awards add up to {used_of(shown)}, should be {promised}"
        report = speaker.get("/v1/ledger/verify", onlooker)
        assert report["valid"], f"ledger: {report}"


def used_of(awards: list[dict[str, Any]]) -> int:
    """Fen that count: what is promised, paid or owed, less what came back."""
    unused = ("assessed", "ineligible", "declined", "released")
    fen = [
        round(float(one["amount"]) * 100) - round(float(one["recovered"]) * 100)
        for one in awards
        if one["state"] not in unused
    ]
    return sum(fen)
