"""The service as clients meet it: one uvicorn on 127.0.0.1, its own database, real HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.applications.walking import draft
from tests.conftest import new_database
from tests.http.filling import bulk_beside, filled_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Stock:
    """What there is in the service's database."""

    url: str
    documents: Path
    ids: dict[str, list[str]]
    """Values of path parameters; those of the sandbox."""


@pytest.fixture(scope="session")
def stock(_migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """A database with keys of every role, and applications in several statuses."""
    url = new_database(_migrated_template)
    documents = tmp_path_factory.mktemp("documents")
    with filled_desk(url, documents) as filled:
        applications = [draft(filled.desk).id for _ in range(4)]
        applications += [draft(filled.desk).do("submit").id for _ in range(4)]
        applications += [draft(filled.desk).do("submit").do("accept").id for _ in range(4)]
        applications.append(filled.values["application"])
        ids = {
            name: [filled.values[name]]
            for name in (
                "document",
                "webhook",
                "uscc",
                "record",
                "funding",
                "list",
                "offer",
                "match",
                "job",
                "name",
            )
        }
    return Stock(url, documents, {"application": applications, "n": ["1"], **ids})


@pytest.fixture(scope="session")
def address(stock: Stock, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("service") / "log"
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    environment = {**os.environ, "DUIXIAN_DATABASE_URL": stock.url}
    environment["DUIXIAN_DOCUMENTS"] = str(stock.documents)
    environment["DUIXIAN_BULK"] = str(bulk_beside(stock.documents))
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
