"""Dates and instants as RFC 3339 has them and no other way; numbers in paths; the methods of a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.rules.reading import InputErrors
from app.schemas.bodies import moment_of, read_body
from app.schemas.proceedings import Confirmation
from tests.applications.desk import Desk
from tests.http.asking import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.yanhu.serving import Service


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    running = Desk(database_url, "test")
    yield running
    running.close()


@pytest.mark.parametrize("day", ["2026-W48-3", "20261125", "2026-11-25T00:00:00", "2026-11-31", " 2026-11-2"])
def test_what_python_takes_for_a_day_and_we_do_not(day: str) -> None:
    with pytest.raises(InputErrors) as caught:
        read_body(Confirmation, {"reference": "V-1", "paid_on": day})
    assert [(one.pointer, one.code) for one in caught.value.errors] == [("/paid_on", "format")]


@pytest.mark.parametrize(
    "text",
    ["2026-W48-3T09:00:00+08:00", "20261125T090000+0800", "2026-11-25T09:00:00", "2026-11-25T25:00:00Z", "0"],
)
def test_what_is_no_instant(text: str) -> None:
    assert moment_of(text) is None
    assert moment_of("2026-11-25T09:00:00.5+08:00") is not None


def test_an_assessment_has_a_number(desk: Desk) -> None:
    application = desk.draft(["patent-grants"])["id"]
    for number in ("0", "-1", "x", "1e9", "99999999999999999999"):
        refused(desk.get("audit", f"/v1/applications/{application}/assessments/{number}"), 404, "not-found")
    clock = {"Duixian-Test-Time": "2026-W48-3T09:00:00+08:00"}
    refused(desk.post("apply", "/v1/applications", {}, headers=clock), 422, "invalid-request")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("OPTIONS", "/v1/applications", "GET, HEAD, POST"),
        ("PUT", "/v1/applications/app_1", "GET, HEAD, PATCH"),
        ("PATCH", "/v1/keys/key_1", "DELETE, GET, HEAD"),
        ("PUT", "/v1/policies/yanhu-ip/evaluations", "POST"),
    ],
)
def test_every_method_of_a_path_is_named(service: Service, method: str, path: str, allowed: str) -> None:
    answer = service.request(method, path)
    refused(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allowed
