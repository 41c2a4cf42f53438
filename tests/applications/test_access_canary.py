"""A secret that was sent is nowhere afterwards: not in answers, logs, metrics or the database."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.applications.desk import Desk
from tests.applications.issuer import Issuer

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "dx_live_CANARY-kanarienvogel-0123456789-abcdefghij"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    open_issuer = Issuer()
    yield open_issuer
    open_issuer.close()


class Overheard(logging.Handler):
    """Keeps all that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.getMessage()} {vars(record)}")


def everything_kept(url: str) -> str:
    """All rows of all tables, as text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchall()
        return "\n".join(
            str(row[0])
            for (table,) in tables
            for row in connection.execute(f"SELECT t::text FROM {table} t").fetchall()  # noqa: S608
        )


def test_no_secret_is_found_anywhere(
    database_url: str,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    given = "canary-admin-key-0123456789-abcdefghijklmnop"
    monkeypatch.setenv("DUIXIAN_ADMIN_KEY", given)
    monkeypatch.setenv("DUIXIAN_LOG_LEVEL", "DEBUG")
    for name, value in issuer.settings.items():
        monkeypatch.setenv(name, value)
    overheard = Overheard()
    desk = Desk(database_url)
    logging.getLogger().addHandler(overheard)
    try:
        officer = {"name": "canary", "scopes": ["review"], "person": "p-1"}
        made = desk.post(None, "/v1/keys", officer, headers={"Authorization": f"Bearer {given}"}).json()
        good, expired = issuer.token(), issuer.token(exp=1)
        secrets = [CANARY, given, made["secret"], good, expired, issuer.signed_with_the_public_key()]
        answers: list[Any] = []
        for secret in secrets:
            headers = {"Authorization": f"Bearer {secret}", "If-Match": '"1"'}
            answers += [
                desk.get(None, "/v1/me", headers=headers),
                desk.get(None, "/v1/keys", headers=headers),
                desk.post(None, "/v1/keys", {"name": 1}, headers=headers),
                desk.ask(None, "DELETE", "/v1/keys/key_0", headers=headers),
                desk.get(None, "/v1/no-such-place", headers=headers),
            ]
        told = "\n".join(f"{answer.headers} {answer.text}" for answer in answers)
        places = {
            "answers": told,
            "metrics": desk.get(None, "/metrics").text,
            "logs": "\n".join(overheard.said) + "".join(capfd.readouterr()),
            "database": everything_kept(database_url),
        }
    finally:
        logging.getLogger().removeHandler(overheard)
        desk.close()
    assert "unauthenticated" in told
    assert "/v1/me" in places["logs"]
    assert made["id"] in places["database"]
    for place, text in places.items():
        for secret in secrets:
            assert secret not in text, place
            assert secret.rsplit(".", 1)[-1] not in text, place
            if place != "database":
                assert hashlib.sha256(secret.encode()).hexdigest() not in text, place
