"""What all tests share: one real PostgreSQL for the whole run, one database for each who asks."""

from __future__ import annotations

import os
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from app.embedded import EmbeddedPostgres
from app.store.database import open_database
from app.store.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy.ext.asyncio import AsyncEngine

# A test's server keeps nothing, so it need not wait for the disk.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
ADDRESS = "DUIXIAN_TEST_SERVER"
# Tests ask more often than people; those of the limits set their own.
os.environ.setdefault("DUIXIAN_RATE_LIMIT", "0")
os.environ.setdefault("DUIXIAN_FAILED_RATE_LIMIT", "0")


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the server before its workers, which inherit its address, and stops it last."""
    if ADDRESS in os.environ or config.option.collectonly or config.option.help:
        return
    folder = tempfile.TemporaryDirectory(prefix="duixian-tests-")
    server = EmbeddedPostgres(Path(folder.name), settings=FAST)
    server.start()
    os.environ[ADDRESS] = server.url("{database}")

    def end() -> None:
        del os.environ[ADDRESS]
        server.stop()
        folder.cleanup()

    config.add_cleanup(end)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def _address(database: str) -> str:
    return os.environ[ADDRESS].replace("%7Bdatabase%7D", database).replace("{database}", database)


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of a database of one's own, nothing in it."""
    name = f"t_{uuid.uuid4().hex}"
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield _address(name)
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _migrated_template() -> str:
    """A migrated database that others are copied from, one for each worker."""
    name = f"template_{uuid.uuid4().hex}"
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    migrate(_address(name))
    return name


@pytest.fixture
def database_url(_migrated_template: str) -> Iterator[str]:
    """The address of a migrated database of one's own."""
    name = f"t_{uuid.uuid4().hex}"
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_migrated_template}")
    yield _address(name)
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def new_database(template: str) -> str:
    """The address of a new copy of a database, for a fixture of whatever scope."""
    name = f"copy_{uuid.uuid4().hex}"
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return _address(name)


@pytest.fixture(scope="session")
def session_database_url(_migrated_template: str) -> str:
    """A migrated database that a worker's tests share, for those that only read it."""
    name = f"shared_{uuid.uuid4().hex}"
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_migrated_template}")
    return _address(name)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a migrated database of one's own."""
    opened = open_database(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parents[1]
