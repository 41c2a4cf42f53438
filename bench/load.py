"""A small load client in a process of its own: keep-alive connections, bodies in turn, answers counted.

`python -m bench.load PORT PATH SECONDS CONNECTIONS < bodies` with one JSON body a line; prints one JSON line.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD_END = b"\r\n\r\n"


class Client(asyncio.Protocol):
    """One connection that sends the next request when the last answer has come whole."""

    def __init__(self, requests: Iterator[bytes], stop_at: float, done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._stop_at = stop_at
        self._done = done
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self.answers = 0
        self.octets = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(HEAD_END)
        if head_end < 0:
            return
        head = self._buffer[:head_end].lower()
        if not head.startswith(b"http/1.1 200"):
            self._finish(RuntimeError(self._buffer[:600].decode("utf-8", "replace")))
            return
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(self._buffer) < head_end + 4 + length:
            return
        self._buffer = b""
        self.answers += 1
        self.octets += length
        if time.perf_counter() >= self._stop_at:
            self._finish(None)
        elif self._transport is not None:
            self._transport.write(next(self._requests))

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(exc or ConnectionError("the server closed the connection"))

    def _finish(self, error: Exception | None) -> None:
        if not self._done.done():
            if error is None:
                self._done.set_result(None)
            else:
                self._done.set_exception(error)
        if self._transport is not None:
            self._transport.close()


def encoded(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


async def drive(
    port: int, path: str, seconds: float, connections: int, bodies: list[bytes]
) -> dict[str, float]:
    """Requests a second, how many that were, and the mean size of an answer."""
    loop = asyncio.get_running_loop()
    requests = cycle([encoded(path, body) for body in bodies])
    started = time.perf_counter()
    clients, ends = [], []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        client = Client(requests, started + seconds, done)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
        clients.append(client)
        ends.append(done)
    await asyncio.gather(*ends)
    took = time.perf_counter() - started
    answers = sum(client.answers for client in clients)
    octets = sum(client.octets for client in clients)
    return {"per_second": answers / took, "answers": answers, "bytes": octets / answers}


def main() -> None:
    port, path, seconds, connections = sys.argv[1:5]
    bodies = sys.stdin.buffer.read().splitlines()
    print(json.dumps(asyncio.run(drive(int(port), path, float(seconds), int(connections), bodies))))


if __name__ == "__main__":
    main()
