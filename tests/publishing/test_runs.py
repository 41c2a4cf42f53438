"""Jobs and commands that have the database decide by what is published, a whole run by one moment, and say by what."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.services.job_running import Done, run_job
from app.services.job_worker import JobWorker
from app.services.published_policies import PublishedPolicies, PublishedPolicy
from app.services.publishing.archives import pack
from app.services.served_policies import ServedPolicies
from app.store.database import open_database
from tests.applications.importing import command
from tests.publishing.promises import BODY, POLICY, digest, files
from tests.simulating.working import finished

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.job_running import Progress
    from app.services.office import Office
    from app.store.jobs import JobRow
    from tests.applications.desk import Desk

DAY = BODY["as_of"]
LINE = json.dumps({name: value for name, value in BODY.items() if name != "as_of"}) + "\n"


def publish(desk: Desk, yuan: int) -> None:
    answer = desk.ask(
        "admin",
        "POST",
        "/v1/policies",
        content=pack(files(yuan)),
        headers={"Content-Type": "application/zip"},
    )
    assert answer.status_code == 201, answer.text


def ordered(desk: Desk, *scenarios: dict[str, Any]) -> str:
    """The id of a simulation that waits, of a population of one."""
    sent = desk.post(
        "admin",
        f"/v1/uploads?policy={POLICY}&as_of={DAY}",
        content=LINE.encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert sent.status_code == 201, sent.text
    body = {"population": {"upload": sent.json()["id"]}, "as_of": DAY, "scenarios": list(scenarios)}
    answer = desk.post("admin", f"/v1/policies/{POLICY}/simulations", body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def told(job: dict[str, Any]) -> tuple[str, str]:
    """The digest that a simulation was by, and what it costs."""
    assert job["status"] == "succeeded", job
    result = job["result"]
    assert result["base"]["policy"] == result["policy"]
    return result["policy"]["digest"], result["base"]["totals"]["amount"]


def test_a_simulation_is_by_what_is_published_as_it_begins_and_says_so(desk: Desk) -> None:
    publish(desk, 100)
    first = ordered(desk)
    assert told(finished(desk, first)) == (digest(100), "100.00")
    waiting = ordered(desk, {"name": "more", "parameters": {"reward.amount": 500}})
    publish(desk, 200)
    done = finished(desk, waiting)
    assert told(done) == (digest(200), "200.00")
    other = done["result"]["scenarios"][0]
    assert other["totals"]["amount"] == "500.00"
    assert other["policy"]["digest"] != digest(200)


def test_what_is_published_while_a_job_runs_does_not_change_it(desk: Desk) -> None:
    publish(desk, 100)
    job = ordered(desk)
    seen: list[str] = []

    def perform(office: Office, _row: JobRow, _place: Path, progress: Progress) -> Done:
        seen.append(office.policies.latest(POLICY).policy.digest)
        desk.app.state.served.switch(PublishedPolicies([PublishedPolicy.of(files(200))]))
        progress(0, 1)
        seen.append(office.policies.latest(POLICY).policy.digest)
        return Done({})

    desk.run(run_job(desk.app.state.office, job, {"simulation": perform}))
    assert seen == [digest(100), digest(100)]
    assert desk.app.state.served.now.latest(POLICY).policy.digest == digest(200)


def test_no_job_begins_before_it_is_known_what_is_published(desk: Desk) -> None:
    publish(desk, 100)
    job = ordered(desk)
    served = ServedPolicies(desk.app.state.served.image)

    def status() -> str:
        with psycopg.connect(desk.url) as connection:
            row = connection.execute("SELECT status FROM jobs WHERE id = %s", [job]).fetchone()
        assert row is not None
        return str(row[0])

    async def run() -> None:
        stop, engine = asyncio.Event(), open_database(desk.url, pool_size=3)
        office = replace(desk.app.state.office, engine=engine, served=served)
        running = asyncio.create_task(JobWorker(desk.url, office, poll_seconds=0.05).run(stop))
        try:
            await asyncio.sleep(1)
            assert status() == "queued"
            served.switch(desk.app.state.served.now)
            async with asyncio.timeout(60):
                while status() != "succeeded":  # noqa: ASYNC110 - the database tells nobody
                    await asyncio.sleep(0.05)
        finally:
            stop.set()
            await running
            await engine.dispose()

    desk.run(run())


def test_the_register_and_its_match_go_by_what_is_published(desk: Desk, tmp_path: Path) -> None:
    publish(desk, 100)
    publish(desk, 300)
    file = tmp_path / "organisations.ndjson"
    applicant = {"name": "示例单位", "uscc": "91140802MA0GT0018G"}
    file.write_text(json.dumps({"applicant": applicant, "facts": BODY["facts"]}) + "\n", "utf-8")
    taken = command(desk.url, "import", "organisations", file, "--policy", POLICY)
    assert taken.returncode == 0, taken.stdout
    match = command(desk.url, "match", "--by", "0023", "--policy", POLICY)
    assert match.returncode == 0, match.stderr
    with psycopg.connect(desk.url) as connection:
        offers = connection.execute("SELECT amount, policy_digest FROM offers").fetchall()
    assert offers == [(30_000, digest(300))]


@pytest.mark.parametrize("name", ["bulk", "simulate"])
def test_commands_on_files_decide_by_what_is_published_or_by_the_folder_and_say_which(
    desk: Desk, tmp_path: Path, name: str
) -> None:
    publish(desk, 100)
    people = tmp_path / "people.ndjson"
    people.write_text(LINE, "utf-8")
    out = {"bulk": (people, tmp_path / "out.csv"), "simulate": (people,)}[name]
    options = (name, *out, "--policy", POLICY, "--as-of", DAY)
    done = command(desk.url, *options)
    assert done.returncode == 0, done.stderr
    assert f"{POLICY} 1 {digest(100)}, as published" in done.stderr
    assert "100.00" in done.stdout
    of_folder = command(desk.url, *options, "--folder")
    assert of_folder.returncode == 2
    assert "There is no policy" in of_folder.stderr


def test_the_workbook_to_fill_in_is_of_what_is_published(desk: Desk, tmp_path: Path) -> None:
    publish(desk, 100)
    made = tmp_path / "register.xlsx"
    done = command(desk.url, "policy", "template", POLICY, made)
    assert done.returncode == 0, done.stderr
    filled = command(desk.url, "simulate", made, "--policy", POLICY, "--as-of", DAY)
    assert f"{digest(100)}, as published" in filled.stderr
    refused = command(desk.url, "policy", "template", POLICY, made, "--folder")
    assert refused.returncode == 2
    assert f"There is no policy '{POLICY}' in " in refused.stderr


def test_a_command_that_cannot_read_what_is_published_decides_nothing(desk: Desk, tmp_path: Path) -> None:
    people = tmp_path / "people.ndjson"
    people.write_text(LINE, "utf-8")
    with psycopg.connect(desk.url) as connection:
        connection.execute("ALTER TABLE publications RENAME TO elsewhere")
    refused = command(desk.url, "bulk", people, tmp_path / "out.csv", "--as-of", DAY)
    assert refused.returncode == 1
    assert "The database does not answer" in refused.stderr
    assert not (tmp_path / "out.csv").exists()
    by_folder = command(desk.url, "bulk", people, tmp_path / "out.csv", "--as-of", DAY, "--folder")
    assert "app/policies" in by_folder.stderr
    assert "The database" not in by_folder.stderr
