"""The service under test, over HTTP in this process, for synchronous tests."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.main import create_app
from app.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/v1/policies/yanhu-ip/evaluations"


class Service:
    """`create_app()` behind httpx; one event loop, start-up and shut-down included."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._app = create_app()
        self._lifespan: Any = self._app.router.lifespan_context(self._app)
        self._runner.run(self._lifespan.__aenter__())
        transport = httpx.ASGITransport(app=self._app)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://service")

    def post(self, path: str = PATH, **arguments: Any) -> httpx.Response:
        return self._runner.run(self._client.post(path, **arguments))

    def get(self, path: str, **arguments: Any) -> httpx.Response:
        return self._runner.run(self._client.get(path, **arguments))

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, **arguments))

    def evaluate(self, body: Any) -> Any:
        answer = self.post(json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.run(self._lifespan.__aexit__(None, None, None))
        self._runner.close()


@pytest.fixture(scope="session")
def service(session_database_url: str) -> Iterator[Service]:
    """One service for the whole run: what it answers depends on nothing but the request."""
    os.environ["DUIXIAN_DATABASE_URL"] = session_database_url
    read_settings.cache_clear()
    running = Service()
    yield running
    running.close()
    os.environ.pop("DUIXIAN_DATABASE_URL", None)
    read_settings.cache_clear()
