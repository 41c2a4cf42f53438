"""Alive, ready, not ready, ready again: what a container and a load balancer see."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from app.rules import ENGINE_VERSION
from app.settings import read_settings
from tests.http.asking import GOOD, refused
from tests.yanhu.serving import Service

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def running(url: str) -> Iterator[Service]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUIXIAN_DATABASE_URL", url)
        read_settings.cache_clear()
        service = Service()
        try:
            yield service
        finally:
            service.close()
    read_settings.cache_clear()


TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


def open_to_connections(url: str, wanted: bool) -> None:
    """Let the database be connected to, or not, and end who is connected."""
    other = make_url(url).set(database="postgres").render_as_string(hide_password=False)
    name = make_url(url).database
    assert name is not None
    with psycopg.connect(other, autocommit=True) as connection:
        change = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        connection.execute(change.format(sql.Identifier(name), sql.Literal(wanted)))
        if not wanted:
            connection.execute(TERMINATE, [name])


def wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + 20
    while service.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline, service.get("/readyz").text
        time.sleep(0.1)


def test_alive_and_ready(service: Service) -> None:
    assert service.get("/livez").json() == {"status": "alive"}
    answer = service.get("/readyz")
    assert answer.json() == {"status": "ready", "database": True, "migrations": True, "policies": True}
    assert answer.headers["cache-control"] == "no-store"


def test_metrics_are_in_prometheus_text_format(service: Service) -> None:
    answer = service.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE duixian_http_requests_total counter" in answer.text


def test_it_flips_when_the_database_goes_and_recovers_when_it_is_back(database_url: str) -> None:
    with running(database_url) as service:
        wait_until_ready(service)
        open_to_connections(database_url, False)
        problem = refused(service.get("/readyz"), 503, "not-ready")
        assert problem["checks"] == {"database": False, "migrations": False, "policies": True}
        assert service.get("/livez").status_code == 200
        assert service.post(json=GOOD).status_code == 200
        open_to_connections(database_url, True)
        wait_until_ready(service)


def test_an_older_database_is_not_ready_until_it_is_migrated(database_url: str) -> None:
    with running(database_url) as service:
        with psycopg.connect(database_url, autocommit=True) as connection:
            newest = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            connection.execute("UPDATE alembic_version SET version_num = 'older'")
            problem = refused(service.get("/readyz"), 503, "not-ready")
            assert problem["checks"] == {"database": True, "migrations": False, "policies": True}
            assert newest is not None
            connection.execute("UPDATE alembic_version SET version_num = %s", newest)
        assert service.get("/readyz").status_code == 200


def test_it_starts_before_its_database_and_registers_the_policies_at_last(database_url: str) -> None:
    open_to_connections(database_url, False)
    with running(database_url) as service:
        problem = refused(service.get("/readyz"), 503, "not-ready")
        assert problem["checks"] == {"database": False, "migrations": False, "policies": False}
        open_to_connections(database_url, True)
        wait_until_ready(service)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT policy, version, engine_version FROM policy_versions").fetchall()
    assert rows == [("yanhu-ip", "2023-draft", ENGINE_VERSION)]


def test_what_is_kept_is_what_decided(database_url: str) -> None:
    with running(database_url) as service:
        digest = json.loads(service.post(json=GOOD).content)["policy"]["digest"]
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT digest FROM policy_versions").fetchall()
    assert rows == [(digest,)]
