"""`duixian erase`: an objector is forgotten for good, in time and not before, and every chain still verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.applications.importing import command
from tests.applications.test_publicising import objected, objection, resolution
from tests.applications.walking import publicised

if TYPE_CHECKING:
    from tests.applications.desk import Desk
    from tests.applications.walking import Walk


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept longer than its application lasts."""
    monkeypatch.setenv("DUIXIAN_PERSONAL_DAYS", "0")


def erase(desk: Desk, walk: Walk, which: int = 0) -> tuple[int, str]:
    """Exit code, and what was said."""
    one = walk.seen["objections"][which]["id"]
    done = command(desk.url, "erase", one, "--mode", "test", "--by", "p-9", "--yes")
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def kept(desk: Desk, walk: Walk) -> tuple[list[Any], bytes | None]:
    """The objectors of an application, and its salt."""
    with psycopg.connect(desk.url) as connection:
        objectors = connection.execute(
            "SELECT objector FROM objections WHERE application = %s ORDER BY id", [walk.id]
        ).fetchall()
        salt = connection.execute("SELECT salt FROM applications WHERE id = %s", [walk.id]).fetchone()
    assert salt is not None
    return [one for (one,) in objectors], salt[0]


def rejected(desk: Desk) -> Walk:
    """Two persons objected; the second one's objection ended it."""
    walk = objected(publicised(desk))
    walk.do("resolve", resolution(walk, "dismissed"))
    walk.do("object", objection(by="李某某"))
    return walk.do("resolve", resolution(walk))


@pytest.mark.usefixtures("at_once")
def test_one_person_goes_and_with_the_last_one_the_salt(sandbox: Desk) -> None:
    walk = rejected(sandbox)
    assert walk.status == "rejected"
    assert erase(sandbox, walk) == (0, "erased")
    objectors, salt = kept(sandbox, walk)
    assert objectors[0] is None
    assert objectors[1]["by"] == "李某某"
    assert salt is not None
    assert erase(sandbox, walk) == (0, "was erased before")
    assert erase(sandbox, walk, 1) == (0, "erased")
    assert kept(sandbox, walk) == ([None, None], None)
    shown = sandbox.get("review", f"/v1/applications/{walk.id}").json()["objections"]
    assert [(one["by"], one["contact"], one["text"], one["outcome"]) for one in shown] == [
        (None, None, None, "dismissed"),
        (None, None, None, "upheld"),
    ]
    verified = sandbox.get("audit", f"/v1/applications/{walk.id}/events/verify").json()
    assert verified["valid"] is True
    with psycopg.connect(sandbox.url) as connection:
        told = connection.execute(
            "SELECT data, actor ->> 'id' FROM events WHERE type = 'objector.erased' ORDER BY seq"
        ).fetchall()
    assert [(data["objection"], data["salt_erased"], who) for data, who in told] == [
        (shown[0]["id"], False, "p-9"),
        (shown[1]["id"], True, "p-9"),
    ]


def test_nobody_is_erased_before_the_time(sandbox: Desk) -> None:
    walk = rejected(sandbox)
    code, said = erase(sandbox, walk)
    assert code == 1
    assert said.startswith("Kept for 1095 days")
    with psycopg.connect(sandbox.url, autocommit=True) as connection:
        connection.execute(
            "UPDATE applications SET updated_at = now() - interval '1096 days' WHERE id = %s", [walk.id]
        )
    assert erase(sandbox, walk) == (0, "erased")


@pytest.mark.usefixtures("at_once")
def test_nobody_is_erased_while_the_application_is_under_way(sandbox: Desk) -> None:
    walk = objected(publicised(sandbox))
    assert erase(sandbox, walk) == (1, "Its application is publicised: it is not over yet.")
    assert kept(sandbox, walk)[0][0]["by"] == "王某某"


def test_an_objection_that_is_not_there_is_said_to_be_missing(sandbox: Desk) -> None:
    done = command(sandbox.url, "erase", "obj_" + "0" * 32, "--mode", "test", "--yes")
    assert done.returncode == 2
    assert "There is no objection" in done.stderr
    assert "Traceback" not in done.stderr
