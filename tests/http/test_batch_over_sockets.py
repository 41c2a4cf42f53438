"""Batches over real sockets: clients that send first, read slowly, stop half-way or go away."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.routing import Route

from app.main import create_app
from app.routers.batch import BatchEndpoint
from app.services.spill import Spill
from tests.http.asking import GOOD, PATH
from tests.http.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BATCH = f"{PATH}/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}
LINES = 3_000
EVERY = {**GOOD, "measures": None}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(create_app()) as found:
        yield found


def requests(count: int) -> bytes:
    return b"".join(json.dumps({**EVERY, "ref": number}).encode() + b"\n" for number in range(1, count + 1))


def check(answer: bytes, count: int) -> None:
    *lines, last = answer.splitlines()
    assert json.loads(last) == {"summary": {"lines": count, "results": count, "errors": 0}}
    assert [json.loads(line)["ref"] for line in lines] == list(range(1, count + 1))


@pytest.fixture(scope="module", autouse=True)
def spills(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A temporary folder of its own: pytest holds deleted files of the common one."""
    folder = tmp_path_factory.mktemp("spills")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder
        assert list(folder.iterdir()) == []


def spilled_files() -> list[str]:
    """Deleted files of that folder that this process still holds open."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            target = str(link.readlink())
            if target.startswith(tempfile.gettempdir()) and target.endswith("(deleted)"):
                found.append(target)
    return found


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def wait_for_no_spilled_file() -> None:
    wait_for(lambda: not spilled_files())


def test_a_client_that_sends_all_before_it_reads_is_answered(port: int) -> None:
    content = requests(LINES)
    request = urllib.request.Request(f"http://127.0.0.1:{port}{BATCH}", data=content, headers=NDJSON)
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - our own server
        check(answer.read(), LINES)
    wait_for_no_spilled_file()


def test_so_is_one_that_sends_in_chunks_of_any_size(port: int) -> None:
    content = requests(LINES)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    pieces = (content[at : at + 7_919] for at in range(0, len(content), 7_919))
    connection.request("POST", BATCH, body=pieces, headers=NDJSON, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 200
    check(answer.read(), LINES)
    connection.close()


def test_answers_come_while_lines_are_still_being_sent(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        head = f"POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
        client.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        line = requests(1)
        client.sendall(b"%x\r\n%b\r\n" % (len(line), line))
        early = b""
        while b'"ref":1' not in early:
            early += client.recv(65_536)
        assert early.startswith(b"HTTP/1.1 200")
        client.sendall(b"0\r\n\r\n")
        while b'"summary"' not in early:
            early += client.recv(65_536)


def test_a_slow_reader_gets_everything_and_holds_up_nobody(port: int) -> None:
    content = requests(LINES)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        head = (
            f"POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n"
        )
        client.sendall(head.encode() + f"Content-Length: {len(content)}\r\n\r\n".encode())
        client.sendall(content)
        wait_for(spilled_files)
        began = time.monotonic()
        assert evaluated(port) == 200
        assert time.monotonic() - began < 5
        found = bytearray()
        while part := client.recv(65_536):
            found += part
            if len(found) < 2_000_000:
                time.sleep(0.005)
    check(unchunked(bytes(found)), LINES)
    wait_for_no_spilled_file()


@pytest.mark.parametrize("framing", ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
def test_a_sender_that_is_cut_off_gets_no_summary(port: int, framing: str) -> None:
    line = requests(1)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        head = f"POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n{framing}\r\n\r\n"
        client.sendall(head.encode())
        client.sendall(b"%x\r\n%b\r\n" % (len(line), line) if "chunked" in framing else line)
        found = b""
        while b'"ref":1' not in found:
            found += client.recv(65_536)
        client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(65_536):
                found += part
    assert b'"summary"' not in found
    assert not found.endswith(b"0\r\n\r\n")


def until_settled(read: Callable[[], float]) -> float:
    """What is read twice, half a second apart; the work under way ends within seconds, on a busy machine later."""
    for _ in range(40):
        before = read()
        time.sleep(0.5)
        if read() == before:
            return before
    raise AssertionError("the work does not end")


def test_a_client_that_goes_away_ends_the_work(port: int) -> None:
    content = requests(LINES)
    before = verdicts(port)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        head = f"POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
        client.sendall(head.encode() + f"Content-Length: {len(content)}\r\n\r\n".encode())
        client.sendall(content[: len(content) // 3])
    wait_for_no_spilled_file()
    settled = until_settled(lambda: verdicts(port))
    assert settled - before <= LINES / 3 + 1
    assert 'route="/v1/policies/{policy}/evaluations/batch",status="499"' in metrics(port)


def test_many_batches_and_evaluations_at_once(port: int) -> None:
    content = requests(300)
    answers: list[bytes] = []

    def send() -> None:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{BATCH}", data=content, headers=NDJSON)
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - our own server
            answers.append(answer.read())

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    assert all(evaluated(port) == 200 for _ in range(20))
    for sender in senders:
        sender.join(120)
    assert len(answers) == 6
    for answer in answers:
        check(answer, 300)


def test_a_client_that_takes_nothing_is_cut_off_when_the_disk_is_used_up() -> None:
    app = create_app()
    endpoint = BatchEndpoint(
        app.state.served, app.state.metrics, lambda: Spill(in_memory=0, in_file=2_000_000)
    )
    app.router.routes.insert(0, Route("/small/{policy}", endpoint, methods=["POST"]))
    content = requests(LINES)
    with served(app) as port, socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        head = "POST /small/yanhu-ip HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
        client.sendall(head.encode() + f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        wait_for(spilled_files)
        wait_for_no_spilled_file()
        found = bytearray()
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(65_536):
                found += part
    assert found.startswith(b"HTTP/1.1 200")
    assert b'"summary"' not in found
    assert not found.endswith(b"0\r\n\r\n")


def evaluated(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", PATH, json.dumps(GOOD), {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def metrics(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def verdicts(port: int) -> float:
    """How many requests were decided so far."""
    name = 'duixian_evaluations_total{policy="yanhu-ip"} '
    return next(
        (float(line.removeprefix(name)) for line in metrics(port).splitlines() if line.startswith(name)), 0.0
    )


def unchunked(raw: bytes) -> bytes:
    """The body of a chunked answer."""
    at = raw.index(b"\r\n\r\n") + 4
    found = []
    while True:
        end = raw.index(b"\r\n", at)
        length = int(raw[at:end], 16)
        if length == 0:
            return b"".join(found)
        found.append(raw[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
