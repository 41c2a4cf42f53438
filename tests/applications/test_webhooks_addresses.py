"""No webhook leads to an inner address: by its URL, by its name, or by a name that changes its mind."""

from __future__ import annotations

import datetime as dt
import socket
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.rules.procedure.calling import is_public
from app.services.receivers import Receivers, Reply, UrlRefused
from tests.applications.receiving import receiving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.applications.desk import Desk

REFUSED = {
    "http://example.com/": "https",
    "ftp://example.com/": "url",
    "https:///path": "url",
    "https://user:word@example.com/": "url",
    "https://example.com/#fragment": "url",
    "https://example.com:99999/": "url",
    "https://example.com/a b": "url",
    "https://exämple.com/": "url",
    "https://127.0.0.1/": "address",
    "https://127.1.2.3:8443/": "address",
    "https://10.0.0.1/": "address",
    "https://172.16.0.1/": "address",
    "https://192.168.1.1/": "address",
    "https://169.254.169.254/latest/meta-data": "address",
    "https://100.64.0.1/": "address",
    "https://100.100.100.200/": "address",
    "https://168.63.129.16/": "address",
    "https://192.0.0.192/": "address",
    "https://0.0.0.0/": "address",
    "https://224.0.0.1/": "address",
    "https://255.255.255.255/": "address",
    "https://198.18.0.1/": "address",
    "https://[::1]/": "address",
    "https://[::]/": "address",
    "https://[fe80::1]/": "address",
    "https://[fd00:ec2::254]/": "address",
    "https://[ff02::1]/": "address",
    "https://[::ffff:127.0.0.1]/": "address",
    "https://[::ffff:a9fe:a9fe]/": "address",
    "https://[64:ff9b::7f00:1]/": "address",
    "https://[2002:7f00:1::]/": "address",
    "https://localhost/": "address",
    "https://2130706433/": "address",
    "https://0x7f.1/": "address",
    "https://no-such-name.invalid/": "name",
}


@pytest.mark.anyio
@pytest.mark.parametrize(("url", "code"), REFUSED.items(), ids=list(REFUSED))
async def test_what_may_not_be_called(url: str, code: str) -> None:
    receivers = Receivers()
    try:
        with pytest.raises(UrlRefused) as refused:
            await receivers.check(url)
        assert refused.value.code == code
        assert await receivers.post(url, b"{}", {}) == Reply(None, code)
    finally:
        await receivers.close()


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "2002:808:808::1"])
def test_the_open_internet_may_be_called(address: str) -> None:
    assert is_public(address)


def resolving_to(*answers: str) -> Callable[..., list[Any]]:
    """A resolver that gives one answer after the other, and the last one again and again."""
    left = list(answers)

    def look_up(_host: str, port: int, **_more: object) -> list[Any]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return look_up


@pytest.mark.anyio
async def test_a_name_that_changes_its_mind_is_looked_at_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("8.8.8.8", "127.0.0.1"))
    receivers = Receivers()
    try:
        await receivers.check("https://platform.test/")
        assert await receivers.post("https://platform.test/", b"{}", {}) == Reply(None, "address")
    finally:
        await receivers.close()


@pytest.mark.anyio
async def test_one_inner_address_among_others_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(_host: str, port: int, **_more: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    receivers = Receivers()
    try:
        assert await receivers.post("https://platform.test/", b"{}", {}) == Reply(None, "address")
    finally:
        await receivers.close()


@pytest.mark.anyio
async def test_the_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A name is asked for once a call, and stays the name in Host and in TLS."""
    certificate = certify(tmp_path / "named.pem", "platform.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("127.0.0.1", "192.0.2.1"))
    receivers = Receivers(allow_private=True)
    try:
        with receiving(certificate=certificate) as receiver:
            url = f"https://platform.test:{receiver.port}/a?b=c"
            assert await receivers.post(url, b"{}", {"webhook-id": "x"}) == Reply(204, None)
            (got,) = receiver.got
            assert got.headers["host"] == f"platform.test:{receiver.port}"
            assert got.path == "/a?b=c"
    finally:
        await receivers.close()


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "trusted"), [("other.test", True), ("platform.test", False)])
async def test_a_certificate_of_another_name_or_of_nobody_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, trusted: bool
) -> None:
    certificate = certify(tmp_path / "named.pem", name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("127.0.0.1"))
    receivers = Receivers(allow_private=True)
    try:
        with receiving(certificate=certificate) as receiver:
            reply = await receivers.post(f"https://platform.test:{receiver.port}/", b"{}", {})
            assert reply == Reply(None, "tls")
            assert receiver.got == []
    finally:
        await receivers.close()


def certify(file: Path, name: str) -> Path:
    """A certificate that trusts itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "http://example.com/", "x", "https://localhost/", ""])
def test_it_cannot_be_registered(desk: Desk, url: str) -> None:
    answer = desk.post("apply", "/v1/webhooks", {"url": url})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/url"
    assert desk.get("apply", "/v1/webhooks").json()["items"] == []
