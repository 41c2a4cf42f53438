"""The service as clients meet it: one uvicorn on 127.0.0.1, its own database, real HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def address(session_database_url: str, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("service") / "log"
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    environment = {**os.environ, "DUIXIAN_DATABASE_URL": session_database_url}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output)
        try:
            _wait_for(f"http://127.0.0.1:{port}/livez", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail(f"the service did not start:\n{log.read_text('utf-8')[-3000:]}")


@pytest.fixture(scope="session")
def document(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document that the running service gives out, as a file."""
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    file.write_bytes(httpx.get(f"{address}/openapi.json").raise_for_status().content)
    return file
