"""Many clients at once, over as many connections; and applications made ready for them in bulk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from tests.proofs.codes import code_of
from tests.proofs.speaking import KEPT_SECONDS, Call, Heard, new_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.proofs.asking import Asked
    from tests.proofs.cast import Cast

CONNECTIONS = 64
MOST_TRIES = 40


@dataclass(frozen=True, slots=True)
class Ready:
    """An application at some step, as its last answer showed it."""

    id: str
    version: str
    shown: dict[str, Any]

    @classmethod
    def of(cls, heard: Heard) -> Ready:
        return cls(heard.body["id"], heard.headers["etag"], heard.body)


class Crowd:
    """As many connections as there are callers at once."""

    def __init__(self, address: str, cast: Cast) -> None:
        limits = httpx.Limits(
            max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=KEPT_SECONDS
        )
        self._client = httpx.AsyncClient(base_url=address, limits=limits, timeout=60.0, trust_env=False)
        self.cast = cast
        self.waits = 0
        """How often an answer was to try again, since somebody else was at it."""
        self.sent = 0

    async def send(self, call: Call) -> Heard:
        """The final answer: one that says to try again is tried again, with the same key. Never a 5xx."""
        for _ in range(MOST_TRIES):
            heard = await self.once(call)
            if heard.slug != "in-flight":
                return heard
            self.waits += 1
            assert "retry-after" in heard.headers, f"no Retry-After: {heard}"
            await asyncio.sleep(0.2)
        raise AssertionError(f"never answered: {call}")

    async def once(self, call: Call) -> Heard:
        self.sent += 1
        answer = await self._client.request(
            call.method, call.path, headers=call.headers(), content=call.content()
        )
        heard = Heard(answer.status_code, answer.headers, answer.content)
        assert heard.status < 500, f"{call.method} {call.path}: {heard}"
        return heard

    async def at_once(self, calls: Iterable[Call]) -> list[Heard]:
        """All of them together, each on a connection of its own."""
        return list(await asyncio.gather(*(self.send(call) for call in calls)))

    async def done(self, calls: Iterable[Call]) -> list[Ready]:
        """The applications after calls of which none may be refused."""
        heard = await self.at_once(calls)
        for one in heard:
            assert one.status in (200, 201), f"refused while getting ready: {one}"
        return [Ready.of(one) for one in heard]

    async def accepted(self, wanted: Sequence[tuple[int, Asked]], year: int) -> list[Ready]:
        """Applications of these organisations, taken on by a reviewer, ready to be approved."""
        return await self.act(await self.submitted(wanted, year), "accept", "reviewer-1")

    async def submitted(self, wanted: Sequence[tuple[int, Asked]], year: int) -> list[Ready]:
        return await self.act(await self.drafted(wanted, year), "submit", "platform-a")

    async def drafted(self, wanted: Sequence[tuple[int, Asked]], year: int) -> list[Ready]:
        platform = self.cast["platform-a"]
        return await self.done(
            Call(
                "POST",
                "/v1/applications",
                platform,
                asked.body(code_of(number), f"Organisation {number}", year),
                new_key(),
            )
            for number, asked in wanted
        )

    async def act(self, cases: Iterable[Ready], action: str, who: str, body: Any = None) -> list[Ready]:
        return await self.done(self.action(case, action, who, body) for case in cases)

    def action(self, case: Ready, action: str, who: str, body: Any = None) -> Call:
        path = f"/v1/applications/{case.id}/{action}"
        return Call("POST", path, self.cast[who], body, new_key(), case.version)

    def approval(self, case: Ready, who: str) -> Call:
        """Approve every award that is assessed, as it is assessed."""
        decisions: list[dict[str, Any]] = []
        for award in case.shown["awards"]:
            if award["state"] != "assessed":
                continue
            decision = {"award": award["id"], "decision": "approve"}
            if award["ceiling"] is None:
                decision |= {"expected_amount": award["assessed"]}
            else:
                decision |= {"amount": award["ceiling"], "reason": "as found"}
            decisions.append(decision)
        return self.action(case, "approve", who, {"awards": decisions})

    async def get(self, path: str, who: str) -> Any:
        heard = await self.once(Call("GET", path, self.cast[who]))
        assert heard.status == 200, f"GET {path}: {heard}"
        return heard.body

    async def close(self) -> None:
        await self._client.aclose()
