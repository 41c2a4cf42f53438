"""A load client for orders: each request is sent once, over keep-alive connections, and its answer looked at.

`python -m bench.orders PORT CONNECTIONS < requests`: a JSON list of `[method, path, headers, body]`, body a text or
null. Prints one JSON line: seconds, every status with its count, and the time of each answer in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

HEAD_END = b"\r\n\r\n"


def encoded(method: str, path: str, headers: dict[str, str], body: str | None) -> bytes:
    """A request as bytes."""
    data = b"" if body is None else body.encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: bench",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if body is not None or method == "POST":
        lines.append(f"Content-Length: {len(data)}")
    return "\r\n".join(lines).encode() + HEAD_END + data


class Connection:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, request: bytes) -> int:
        """The status of the answer, read whole."""
        self._writer.write(request)
        head = (await self._reader.readuntil(HEAD_END)).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if length.strip():
            await self._reader.readexactly(int(length))
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        self._writer.close()


async def drive(port: int, connections: int, requests: list[bytes]) -> dict[str, Any]:
    """All requests, each once, as fast as the answers come."""
    left = iter(requests)
    statuses: Counter[int] = Counter()
    times: list[float] = []
    opened = [Connection(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(connections)]

    async def work(connection: Connection) -> None:
        for request in left:
            before = time.perf_counter()
            statuses[await connection.send(request)] += 1
            times.append((time.perf_counter() - before) * 1e3)

    started = time.perf_counter()
    await asyncio.gather(*(work(connection) for connection in opened))
    took = time.perf_counter() - started
    for connection in opened:
        connection.close()
    return {"seconds": took, "statuses": dict(statuses), "milliseconds": times}


def main() -> None:
    port, connections = int(sys.argv[1]), int(sys.argv[2])
    requests = [encoded(*one) for one in json.loads(sys.stdin.buffer.read())]
    print(json.dumps(asyncio.run(drive(port, connections, requests))))


if __name__ == "__main__":
    main()
