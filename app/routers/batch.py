"""POST /v1/policies/{policy}/evaluations/batch: NDJSON in and out, streamed both ways.

Two tasks: one reads lines and decides them, one sends the answers. They meet in a Spill only, so that reading never
waits for sending; see there.
"""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

import orjson
from starlette.requests import ClientDisconnect

from app.logs import log
from app.routers.bodies import NDJSON, check_media_type
from app.routers.problems import instance_of, problem_of
from app.routers.query import read_query
from app.services.batch import LineSplitter, answer_line
from app.services.spill import Spill, TooMuchSpilled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import Receive, Scope, Send

    from app.routers.metrics import Metrics
    from app.services.batch import Answered, Line
    from app.services.published_policies import PublishedPolicies
    from app.services.served_policies import ServedPolicies

PATH = "/v1/policies/{policy}/evaluations/batch"
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", NDJSON.encode()),
        (b"cache-control", b"no-store"),
        # Proxies that buffer would turn a stream into one late answer.
        (b"x-accel-buffering", b"no"),
    ],
}

_TURN_SECONDS = 0.002
"""How long lines are decided before others have their turn: about ten lines, sent as one piece."""
_STALLED_SECONDS = 300
"""How long a client may take none of its answers before the batch is given up."""

_log = log(__name__)


class BatchEndpoint:
    """Answers batches of every policy; the policy is in the path."""

    def __init__(
        self, served: ServedPolicies, metrics: Metrics, open_spill: Callable[[], Spill] = Spill
    ) -> None:
        self._served = served
        self._metrics = metrics
        self._open_spill = open_spill

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        policy_id: str = scope["path_params"]["policy"]
        policies = self._served.now
        policies.versions(policy_id)
        read_query(scope, {})
        check_media_type(scope, NDJSON)
        left = False
        with self._open_spill() as spill:
            work = _Batch(policies, policy_id, self._metrics, instance_of(scope), spill)
            try:
                async with asyncio.TaskGroup() as group:
                    reading = group.create_task(work.read(receive))
                    group.create_task(work.send(send, reading))
            except* ClientDisconnect:
                left = True
            except* (TooMuchSpilled, TimeoutError):
                # Left without its end, so that the client sees that it was cut off.
                _log.warning("batch cut off", reason="the client does not take its answers")
        # Not from within `except*`, which would wrap it in a group.
        if left:
            raise ClientDisconnect


class _Batch:
    """One batch under way."""

    def __init__(
        self, policies: PublishedPolicies, policy_id: str, metrics: Metrics, instance: str, spill: Spill
    ) -> None:
        self._policies = policies
        self._policy_id = policy_id
        self._metrics = metrics
        self._instance = instance
        self._spill = spill
        self._splitter = LineSplitter()
        self._results = 0
        self._errors = 0

    async def read(self, receive: Receive) -> None:
        """Decide every line, then the summary; then watch whether the client stays to take it all.

        Raises ClientDisconnect, which ends the sending too, and TooMuchSpilled.
        """
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            more = message.get("more_body", False)
            await self._decide(self._splitter.feed(message.get("body", b"")))
        await self._decide(self._splitter.end())
        self._spill.put(self._summary())
        self._spill.end()
        while (await receive())["type"] == "http.request":
            pass
        raise ClientDisconnect

    async def send(self, send: Send, reading: asyncio.Task[None]) -> None:
        """Send answers as they come, then end the answer and the watching."""
        started = False
        while (data := await self._spill.take()) is not None:
            async with asyncio.timeout(_STALLED_SECONDS):
                if not started:
                    started = True
                    await send(_START)
                await send({"type": "http.response.body", "body": data, "more_body": True})
        reading.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _decide(self, lines: Iterable[Line]) -> None:
        began = perf_counter()
        for line in lines:
            answered = answer_line(self._policies, self._policy_id, line)
            self._spill.put(self._rendered(answered))
            if perf_counter() - began > _TURN_SECONDS:
                # Others' requests, and the sending of these answers, go on in between.
                await asyncio.sleep(0)
                began = perf_counter()
        await asyncio.sleep(0)

    def _rendered(self, answered: Answered) -> bytes:
        ref = orjson.dumps(answered.ref)
        if answered.decided is not None:
            self._results += 1
            self._metrics.decided(self._policy_id, answered.decided.evaluation)
            return b'{"line":%d,"ref":%b,"result":%b}\n' % (answered.number, ref, answered.decided.content)
        assert answered.error is not None
        self._errors += 1
        problem = problem_of(answered.error).document(self._instance, None)
        return b'{"line":%d,"ref":%b,"error":%b}\n' % (answered.number, ref, orjson.dumps(problem))

    def _summary(self) -> bytes:
        counts = {
            "lines": self._splitter.count,
            "results": self._results,
            "errors": self._errors,
        }
        return orjson.dumps({"summary": counts}) + b"\n"
