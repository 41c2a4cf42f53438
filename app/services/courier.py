"""Delivers what is in the outbox: looks every second, leases what is due, and writes down what came of it.

The outbox is the queue: an event's deliveries are made in its own transaction, and a courier that dies leaves a lease
that passes, so that each arrives at least once. Every endpoint has its own few places, and no transaction is open while
a receiver answers: one that is slow or dead delays nobody else. Any number of couriers may work on one database.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import orjson

from app.logs import log
from app.rules.procedure.delivering import GONE, cloud_event, delay_after, signature
from app.services.instants import now as this_moment
from app.services.instants import say
from app.store import outbox
from app.store.acting import EVERYWHERE, acting
from app.store.outbox import Outcome

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.services.instants import Clock
    from app.services.receivers import Receivers, Reply
    from app.store.outbox import SentEvent, Taken
    from app.store.webhooks import EndpointRow

LOOK_SECONDS = 1.0
LEASE = timedelta(seconds=20)
"""After which a delivery that a courier took and did not finish is tried again; longer than a receiver may take."""
PLACES = 4
"""Of each endpoint, in each process."""
_PAUSE_SECONDS = 5.0
_BREATH_SECONDS = 0.02
_STOP_SECONDS = 5.0

_log = log(__name__)
_random = secrets.SystemRandom()


class Courier:
    """One for a process."""

    def __init__(
        self,
        engine: AsyncEngine,
        receivers: Receivers,
        *,
        sender: str = "duixian",
        clock: Clock = this_moment,
        look_seconds: float = LOOK_SECONDS,
        lease: timedelta = LEASE,
    ) -> None:
        self._engine = engine
        self._receivers = receivers
        self._sender = sender
        self._clock = clock
        self._look_seconds = look_seconds
        self._lease = lease
        self._busy: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop; what is under way then is let end."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                pause = self._look_seconds
                try:
                    await self.look()
                except Exception as error:  # noqa: BLE001 - whatever it is, the next look may succeed
                    _log.warning("outbox cannot be read", error=type(error).__name__)
                    pause = _PAUSE_SECONDS
                await self._rest(stopped, pause)
        finally:
            stopped.cancel()
            await self.finish(_STOP_SECONDS)

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way; what takes longer is left to its lease."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def look(self) -> int:
        """Begin to deliver what is due and has a place; how much."""
        self._freed.clear()
        now = self._clock()
        begun = 0
        async with acting(self._engine, EVERYWHERE) as connection:
            waiting = await outbox.waiting(connection, now)
        for mode, endpoint in waiting:
            places = PLACES - self._busy[endpoint]
            if places <= 0:
                continue
            async with acting(self._engine, EVERYWHERE) as connection:
                taken = await outbox.take(connection, endpoint, now=now, until=now + self._lease, most=places)
            for one in taken:
                self._begin(mode, one)
            begun += len(taken)
        return begun

    async def _rest(self, stopped: asyncio.Task[Literal[True]], seconds: float) -> None:
        """Until it is time to look again, a place is free, or it is over."""
        freed = asyncio.create_task(self._freed.wait())
        await asyncio.wait({stopped, freed}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        freed.cancel()
        if not stopped.done() and self._freed.is_set():
            await asyncio.sleep(_BREATH_SECONDS)  # several that end together are one look

    def _begin(self, mode: str, taken: Taken) -> None:
        self._busy[taken.endpoint] += 1
        task = asyncio.create_task(self._deliver(mode, taken))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._end(done, taken.endpoint))

    def _end(self, task: asyncio.Task[None], endpoint: str) -> None:
        self._tasks.discard(task)
        self._busy[endpoint] -= 1
        if not self._busy[endpoint]:
            del self._busy[endpoint]
        self._freed.set()

    async def _deliver(self, mode: str, taken: Taken) -> None:
        try:
            async with acting(self._engine, EVERYWHERE) as connection:
                found = await outbox.load(connection, mode, taken)
            if found is None:
                outcome = Outcome("pending", None, None, self._clock())  # switched off meanwhile: waits
            else:
                reply = await self._send(*found)
                outcome = self._outcome(taken, reply)
            await self._settle(taken, outcome)
        except Exception as error:  # noqa: BLE001 - its lease passes, and it is tried again
            _log.warning("delivery not written down", delivery=taken.id, error=type(error).__name__)

    async def _send(self, endpoint: EndpointRow, event: SentEvent) -> Reply:
        now = self._clock()
        body = orjson.dumps(cloud_event(_told(event)))
        timestamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self._sender,
            "webhook-id": event.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(endpoint.secrets(now), event.id, timestamp, body),
        }
        return await self._receivers.post(endpoint.url, body, headers)

    def _outcome(self, taken: Taken, reply: Reply) -> Outcome:
        now = self._clock()
        if reply.status is not None and 200 <= reply.status < 300:
            return Outcome("delivered", reply.status, None, now)
        if reply.status == GONE:
            return Outcome("failed", GONE, "gone", now)
        error = reply.error or ("redirect" if 300 <= (reply.status or 0) < 400 else "status")
        delay = delay_after(taken.attempts, _random.random())
        if delay is None:
            return Outcome("failed", reply.status, error, now)
        return Outcome("pending", reply.status, error, now + timedelta(seconds=delay))

    async def _settle(self, taken: Taken, outcome: Outcome) -> None:
        now = self._clock()
        async with acting(self._engine, EVERYWHERE) as connection:
            written = await outbox.settle(connection, taken, outcome, now)
            if outcome.error == "gone":
                await outbox.disable(connection, taken.endpoint, "gone", now)
        _log.info(
            "webhook",
            delivery=taken.id,
            endpoint=taken.endpoint,
            attempt=taken.attempts,
            state=outcome.state,
            status=outcome.status,
            error=outcome.error,
            late=not written,
        )


def _told(event: SentEvent) -> dict[str, object]:
    return {
        "id": event.id,
        "application": event.application,
        "seq": event.seq,
        "type": event.type,
        "at": say(event.at),
        "to": event.to_status,
    }
