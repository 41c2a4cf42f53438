"""Publishing under load: evaluations in flight on two services while versions are published and taken back.

Every answer names one digest and must pay what the rules of that digest pay; none may fail. Two services stand for
replicas: how far apart they switch is measured as the time for which one already answered by the new rules and another
still by the old. `python -m tests.proofs.publishing [VERSIONS] [RATE]`, `make publishing VERSIONS= RATE=`: RATE
evaluations a second in all; prints what it found, the figures last.
"""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import httpx
import orjson

from app.services.publishing.archives import pack
from tests.proofs.service import ADMIN_SECRET, own_database, serving
from tests.publishing.promises import BODY, POLICY, digest, files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VERSIONS, RATE = 10, 1_000
CONNECTIONS = 16
"""In all; each sends one request after another, at its share of the rate."""


@dataclass
class Found:
    """What the answers said."""

    answers: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    first: dict[str, float] = field(default_factory=dict)
    """Digest and step -> when it was first answered by."""
    last: dict[str, float] = field(default_factory=dict)
    switches: int = 0
    apart: list[float] = field(default_factory=list)
    """Seconds for which both the rules before and after a switch were answered by, one for each switch."""

    @property
    def figures(self) -> str:
        widest = max(self.apart, default=0.0)
        rate = self.answers / self.seconds if self.seconds else 0.0
        return (
            f"{self.answers} evaluations at {rate:.0f} a second, {self.switches} switches, {len(self.failed)} failed, "
            f"at most {widest * 1000:.0f} ms between the first answer by new rules and the last by old ones"
        )


class _Client:
    """One kept connection that speaks just enough HTTP."""

    def __init__(self, port: int, body: bytes) -> None:
        self._port = port
        self._request = (
            f"POST /v1/policies/{POLICY}/evaluations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def ask(self) -> tuple[int, bytes]:
        self._writer.write(self._request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        return int(head.split(b" ", 2)[1]), await self._reader.readexactly(length)


async def _load(port: int, pause: float, found: Found, stop: asyncio.Event, amounts: dict[str, str]) -> None:
    due = time.monotonic()
    async with _Client(port, orjson.dumps(BODY)) as client:
        while not stop.is_set():
            status, body = await client.ask()
            moment = time.monotonic()
            found.answers += 1
            if status != 200:
                found.failed.append(f"{status}: {body[:200]!r}")
                continue
            answer = orjson.loads(body)
            named, amount = answer["policy"]["digest"], answer["measures"][0]["award"]["amount"]
            if amounts.get(named) != amount:
                found.failed.append(f"{named} paid {amount}, not {amounts.get(named)}")
            found.first.setdefault(named, moment)
            found.last[named] = moment
            due += pause
            await asyncio.sleep(max(0.0, due - moment))


async def run(
    addresses: Sequence[str], versions: int, rate: int, tell: Callable[[str], object] = print
) -> Found:
    """Publish so many versions through the first service, then take all but the first back."""
    found, stop = Found(), asyncio.Event()
    amounts = {digest(yuan): f"{yuan}.00" for yuan in range(100, 100 + versions)}
    headers = {"Authorization": f"Bearer {ADMIN_SECRET}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as officer:
        await _order(officer, f"{addresses[0]}/v1/policies", pack(files(100)))
        ports = [int(address.rsplit(":", 1)[1]) for address in addresses]
        pause = CONNECTIONS / rate
        began = time.monotonic()
        loads = [
            asyncio.create_task(_load(ports[n % len(ports)], pause, found, stop, amounts))
            for n in range(CONNECTIONS)
        ]
        try:
            await asyncio.sleep(0.5)
            for yuan in range(101, 100 + versions):
                await _switched(found, officer, f"{addresses[0]}/v1/policies", pack(files(yuan)))
                tell(f"published {yuan}: {found.answers} evaluations, {len(found.failed)} failed")
            for yuan in range(98 + versions, 99, -1):
                await _switched(found, officer, f"{addresses[0]}/v1/policies/{POLICY}/rollback", None)
                tell(f"back to {yuan}: {found.answers} evaluations, {len(found.failed)} failed")
        finally:
            stop.set()
            for done in await asyncio.gather(*loads, return_exceptions=True):
                if isinstance(done, BaseException):
                    found.failed.append(repr(done))
        found.seconds = time.monotonic() - began
    return found


async def _switched(found: Found, officer: httpx.AsyncClient, url: str, content: bytes | None) -> None:
    """Order it, let the loads see it, and measure how long both rules were answered by."""
    before = max(found.last, key=found.last.__getitem__)
    found.first.clear()
    found.last.clear()
    made = await _order(officer, url, content)
    await asyncio.sleep(0.3)
    after = max(found.last, key=found.last.__getitem__)
    if after == before or made["active_from"] is None:
        found.failed.append(f"{url} changed nothing that is answered by")
    found.switches += 1
    found.apart.append(max(0.0, found.last.get(before, 0.0) - found.first[after]))


async def _order(officer: httpx.AsyncClient, url: str, content: bytes | None) -> dict[str, Any]:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    if content is not None:
        headers["Content-Type"] = "application/zip"
    answer = await officer.post(url, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def main(versions: int = VERSIONS, rate: int = RATE) -> int:
    with own_database() as server:
        url = server.url()
        with serving(url) as one, serving(url) as other:
            found = asyncio.run(run([one.address, other.address], versions, rate))
    for failure in found.failed[:20]:
        print(failure)
    print(found.figures)
    return 1 if found.failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
