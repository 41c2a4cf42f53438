"""How often an order waits for the database: what its speed rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from app.store import key_line, pipelining

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.store.pipelining import Call, Row, Statement
    from tests.applications.desk import Desk


@pytest.fixture
def trips(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was sent so far: functions called and statements, one line a round trip."""
    sent: list[str] = []
    send_on = pipelining.send_on

    async def noting(driver: Any, wanted: Sequence[Statement | Call]) -> list[Row | None]:
        sent.append(
            " + ".join(one[0].decode().split(" FROM ")[-1].split(" ")[0].split("(")[0] for one in wanted)
        )
        return await send_on(driver, wanted)

    def before(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement.split(" ", 1)[0])

    monkeypatch.setattr(pipelining, "send_on", noting)
    monkeypatch.setattr(key_line, "send_on", noting)
    engine = desk.app.state.office.engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    yield sent
    event.remove(engine, "before_cursor_execute", before)


def test_a_submit_takes_two_round_trips_after_the_key(desk: Desk, trips: list[str]) -> None:
    draft = desk.draft(["patent-grants"])
    trips.clear()
    answer = desk.post("apply", f"/v1/applications/{draft['id']}/submit", headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert trips == [
        "find_api_key",
        "BEGIN + SELECT + open_case",
        "keep_assessment + write_change + keep_answer + COMMIT",
    ]


def test_so_does_an_action_that_changes_the_status_alone(desk: Desk, trips: list[str]) -> None:
    submitted = desk.submitted(["patent-grants"])
    trips.clear()
    answer = desk.post("review", f"/v1/applications/{submitted['id']}/accept", headers={"If-Match": '"2"'})
    assert answer.status_code == 200, answer.text
    assert trips == ["find_api_key", "BEGIN + SELECT + open_case", "write_change + keep_answer + COMMIT"]


def test_a_replay_takes_one_more(desk: Desk, trips: list[str]) -> None:
    draft = desk.draft(["patent-grants"])
    headers = {"If-Match": '"1"', "Idempotency-Key": "twice"}
    first = desk.post("apply", f"/v1/applications/{draft['id']}/submit", headers=headers)
    trips.clear()
    again = desk.post("apply", f"/v1/applications/{draft['id']}/submit", headers=headers)
    assert again.content == first.content
    assert trips == ["find_api_key", "BEGIN + SELECT + open_case", "kept_answer"]
