"""Whose a key is, when the connection or the database is lost: a new try, or 503, never a 401."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg

from tests.http.asking import refused

if TYPE_CHECKING:
    from tests.applications.desk import Desk

_CUT = (
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'duixian keys'"
)


def test_a_lost_connection_is_made_anew(desk: Desk) -> None:
    assert desk.get("admin", "/v1/me").status_code == 200
    with psycopg.connect(desk.url, autocommit=True) as connection:
        assert connection.execute(_CUT).fetchone() == (1,)
    assert desk.get("admin", "/v1/me").status_code == 200


def test_without_a_database_it_is_503_and_well_again_afterwards(desk: Desk) -> None:
    assert desk.get("admin", "/v1/me").status_code == 200
    name = urlsplit(desk.url).path.lstrip("/")
    with psycopg.connect(desk.url.replace(name, "postgres"), autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        answer = desk.get("admin", "/v1/me")
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    refused(answer, 503, "not-ready")
    assert answer.headers["retry-after"] == "5"
    assert desk.get("admin", "/v1/me").status_code == 200
