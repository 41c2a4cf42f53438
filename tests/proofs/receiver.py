"""A receiver of webhooks that writes down what reaches it, checks the signatures, and now and then refuses once."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED_EVERY = 40
"""Each of so many events is refused when it comes first."""


@dataclass
class Mailbox:
    """What came, in the order in which it was taken."""

    secrets: list[bytes] = field(default_factory=list)
    """Of the webhooks that send here."""
    port: int = 0
    taken: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Application -> the numbers of its events, as they were taken; some more than once."""
    ids: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The webhook's id -> application and number: one event has one id, however often it comes."""
    wrong: list[str] = field(default_factory=list)
    refusing: bool = True
    _refused: set[str] = field(default_factory=set)
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status to answer with."""
        name = headers.get("webhook-id", "")
        if not self._is_signed(headers, name, body):
            self.wrong.append(f"{name} is not signed as it should be")
            return 400
        told = json.loads(body)["data"]
        with self._lock:
            self._seen += 1
            if self.refusing and self._seen % REFUSED_EVERY == 0 and name not in self._refused:
                self._refused.add(name)
                return 503
            place = (str(told["application"]), int(told["seq"]))
            if self.ids.setdefault(name, place) != place:
                self.wrong.append(f"{name} is {self.ids[name]} and {place}")
            self.taken[place[0]].append(place[1])
        return 204

    def _is_signed(self, headers: dict[str, str], name: str, body: bytes) -> bool:
        signed = b".".join((name.encode(), headers.get("webhook-timestamp", "").encode(), body))
        good = {
            "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
            for secret in self.secrets
        }
        return bool(good.intersection(headers.get("webhook-signature", "").split(" ")))

    def out_of_order(self) -> list[str]:
        """Applications of which an event was taken before one that comes earlier."""
        found = []
        for application, numbers in self.taken.items():
            first = list(dict.fromkeys(numbers))
            if first != sorted(first):
                found.append(f"webhooks of {application} came as {first}")
        return found


@contextlib.contextmanager
def receiving() -> Iterator[Mailbox]:
    """A receiver on 127.0.0.1 for as long as the block runs."""
    box = Mailbox()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            announced = int(self.headers.get("content-length", "0"))
            body = self.rfile.read(announced)
            if len(body) < announced:  # the sender was killed in the middle of it: nothing came
                self.close_connection = True
                return
            status = box.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A sender that was killed: that is what is tried here."""

    server = Server(("127.0.0.1", 0), Handler)
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
