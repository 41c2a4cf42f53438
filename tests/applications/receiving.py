"""Receivers of webhooks: real servers on this machine, each in a thread, that remember what they got."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found

    @property
    def place(self) -> tuple[str, int]:
        data = self.event["data"]
        return data["application"], data["seq"]


@dataclass
class Receiver:
    """Answers with what `answer` says, by the number of the request from 1: a status, or it may sleep first."""

    answer: Callable[[Got, int], int] = field(default=lambda _got, _n: 204)
    redirects_to: str | None = None
    body: bytes = b""
    got: list[Got] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook?key=1"

    def wait_for(self, count: int, seconds: float = 30) -> list[Got]:
        """What it got, once that is so much."""
        deadline = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < deadline, f"{len(self.got)} of {count}"
            time.sleep(0.01)
        return list(self.got)


@contextlib.contextmanager
def receiving(receiver: Receiver | None = None, certificate: Path | None = None) -> Iterator[Receiver]:
    """A receiver that answers while the block runs; with a certificate over TLS."""
    receiver = receiver or Receiver()
    guard = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            got = Got(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            with guard:
                receiver.got.append(got)
                number = len(receiver.got)
            status = receiver.answer(got, number)
            with contextlib.suppress(OSError):
                self.send_response(status)
                if receiver.redirects_to is not None:
                    self.send_header("Location", receiver.redirects_to)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        receiver.scheme = "https"
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
