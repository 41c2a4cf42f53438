"""Calling the addresses that platforms name: only public ones, by the very address that was looked at, in short time.

The name is resolved here, every address of it is looked at, and the connection goes to one of those addresses, with the
name in Host and in TLS: a name that answers differently the second time gains nothing. Redirects are not followed, no
proxy of the surroundings is used, and of an answer no more is read than is needed to be done with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import httpx

from app.rules.procedure.calling import is_public

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_URL = 2_000
MOST_ANSWER = 64 * 1024
PATIENCE_SECONDS = 10.0
_REST_SECONDS = 1.0
_CHECK_SECONDS = 3.0
_MOST_ADDRESSES = 3
_PORTS = {"https": 443, "http": 80}


class UrlRefused(ValueError):
    """Not an address that may be called. `code`: what an outcome or a mistake is told by."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Target(NamedTuple):
    """A URL taken apart."""

    secure: bool
    host: str
    port: int
    path: str
    """With the query."""

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"


class Reply(NamedTuple):
    """What came of a call: a status, or the code of what went wrong."""

    status: int | None
    error: str | None


class Receivers:
    """Calls receivers. `allow_private`: plain HTTP and inner addresses too, for trials and closed networks."""

    def __init__(self, *, allow_private: bool = False, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._allow_private = allow_private
        self._patience = patience_seconds
        # Resolving blocks a thread; of its own, so that a name that does not answer holds up nothing else.
        self._resolving = ThreadPoolExecutor(32, "resolving")
        # A connection is never used twice: it was checked for one name.
        self._client = httpx.AsyncClient(
            verify=ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(patience_seconds, connect=patience_seconds / 3),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """End it; names that are still being resolved are left to themselves."""
        await self._client.aclose()
        self._resolving.shutdown(wait=False, cancel_futures=True)

    async def check(self, url: str) -> None:
        """Whether the URL may be called as things are. Raises UrlRefused, and TimeoutError."""
        target = self._target(url)
        async with asyncio.timeout(_CHECK_SECONDS):
            await self._addresses(target)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body. Every failure is a reply: nothing but cancellation is raised."""
        try:
            async with asyncio.timeout(self._patience):
                target = self._target(url)
                return Reply(await self._send(target, body, headers), None)
        except UrlRefused as refused:
            return Reply(None, refused.code)
        except (TimeoutError, httpx.TimeoutException):
            return Reply(None, "timeout")
        except httpx.ConnectError as error:
            return Reply(None, "tls" if _is_tls(error) else "connection")
        except (httpx.HTTPError, OSError):
            return Reply(None, "connection")

    async def _send(self, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
        """By the first address that can be reached."""
        *others, last = await self._addresses(target)
        for address in others:
            with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._send_to(address, target, body, headers)
        return await self._send_to(last, target, body, headers)

    async def _send_to(self, address: str, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
        host = f"[{address}]" if ":" in address else address
        scheme = "https" if target.secure else "http"
        request = self._client.build_request(
            "POST",
            f"{scheme}://{host}:{target.port}{target.path}",
            content=body,
            headers={**headers, "Host": target.host_header, "Connection": "close"},
            extensions={"sni_hostname": target.host} if target.secure else {},
        )
        answer = await self._client.send(request, stream=True)
        try:
            # The status is the answer; the rest is taken so that the receiver can end, and may fail.
            with contextlib.suppress(httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(_REST_SECONDS):
                    await _drain(answer)
            return answer.status_code
        finally:
            await answer.aclose()

    def _target(self, url: str) -> Target:
        """Raises UrlRefused for what is no URL of the kind that may be called."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise UrlRefused("url") from None
        plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MOST_URL
        if (
            not plain
            or parts.scheme not in _PORTS
            or not host
            or parts.fragment
            or parts.username is not None
        ):
            raise UrlRefused("url")
        if parts.scheme != "https" and not self._allow_private:
            raise UrlRefused("https")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme == "https", host, _PORTS[parts.scheme] if port is None else port, path)

    async def _addresses(self, target: Target) -> list[str]:
        """The addresses to connect to. Raises UrlRefused when there is none, or one of them may not be called."""
        found = await self._resolve(target)
        if not found:
            raise UrlRefused("name")
        if not self._allow_private and not all(map(is_public, found)):
            raise UrlRefused("address")
        return found[:_MOST_ADDRESSES]

    async def _resolve(self, target: Target) -> list[str]:
        try:
            return [str(ipaddress.ip_address(target.host))]
        except ValueError:
            pass
        loop = asyncio.get_running_loop()
        try:
            rows = await loop.run_in_executor(self._resolving, _look_up, target.host, target.port)
        except (OSError, UnicodeError):
            return []
        return list(dict.fromkeys(rows))


def _look_up(host: str, port: int) -> list[str]:
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


async def _drain(answer: httpx.Response) -> None:
    read = 0
    async for part in answer.aiter_raw():
        read += len(part)
        if read > MOST_ANSWER:
            return


def _is_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
