"""The service as an operator meets it: one command, any end, and a folder that starts again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, ClassVar

import httpx
import psutil
import psycopg
import pytest

from app.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_SECONDS = 90
STOP_SECONDS = 40


class Run:
    """One `duixian serve` on a free port."""

    started: ClassVar[list[Run]] = []

    def __init__(self, root: Path, data: Path, command: tuple[str, ...] = ()) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DUIXIAN_")}
        environment |= {"DUIXIAN_DATA": str(data), "DUIXIAN_PORT": "0", "PYTHONPATH": str(root)}
        self.log = data.parent / "stderr.log"
        with self.log.open("ab") as errors:
            self.process = subprocess.Popen(
                command or (sys.executable, "-m", "app.cli", "serve"),
                cwd=root,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self.said: list[str] = []
        self.started.append(self)

    def address(self) -> str:
        """Where it serves, from what it prints."""
        output: IO[str] | None = self.process.stdout
        assert output is not None
        for line in output:
            self.said.append(line)
            if found := re.search(r"serves on (http://127\.0\.0\.1:\d+)", line):
                return found[1]
        pytest.fail(f"it never served:\n{self.log.read_text('utf-8')[-3000:]}")

    def end(self, sign: int) -> int:
        self.process.send_signal(sign)
        return self.process.wait(STOP_SECONDS)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder; whatever server a killed run left in it is stopped afterwards."""
    folder = tmp_path / "data"
    yield folder
    while Run.started:
        output = Run.started.pop().process.stdout
        assert output is not None
        output.close()
    if folder.exists():
        EmbeddedPostgres(folder).stop()


def servers_of(data: Path) -> list[int]:
    cluster = str(data.resolve() / "postgres")
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"] and cluster in process.info["cmdline"]
    ]


def mark(data: Path) -> None:
    """Leave something in the database that a later run must still find."""
    with psycopg.connect(EmbeddedPostgres(data).url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS mark (n int)")
        connection.execute("INSERT INTO mark VALUES (1)")


def marks(data: Path) -> int:
    with psycopg.connect(EmbeddedPostgres(data).url()) as connection:
        row = connection.execute("SELECT count(*) FROM mark").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order_and_the_folder_starts_again(root: Path, data: Path, sign: int) -> None:
    run = Run(root, data)
    assert httpx.get(run.address() + "/readyz").status_code == 200
    mark(data)
    assert run.end(sign) == 0
    assert servers_of(data) == []
    assert not (data / "postgres" / "postmaster.pid").exists()
    again = Run(root, data)
    assert httpx.get(again.address() + "/readyz").status_code == 200
    assert marks(data) == 1
    assert again.end(signal.SIGTERM) == 0


def test_after_a_kill_the_next_run_takes_over_the_server_left_behind(root: Path, data: Path) -> None:
    run = Run(root, data)
    run.address()
    mark(data)
    run.end(signal.SIGKILL)
    left = servers_of(data)
    assert len(left) == 1
    again = Run(root, data)
    assert httpx.get(again.address() + "/readyz").status_code == 200
    assert servers_of(data) == left
    assert marks(data) == 1
    assert again.end(signal.SIGTERM) == 0
    assert servers_of(data) == []


def test_after_a_power_cut_the_next_run_recovers_what_was_committed(root: Path, data: Path) -> None:
    run = Run(root, data)
    run.address()
    mark(data)
    run.end(signal.SIGKILL)
    for pid in servers_of(data):
        os.kill(pid, signal.SIGKILL)
    again = Run(root, data)
    assert httpx.get(again.address() + "/readyz").status_code == 200
    assert marks(data) == 1
    assert again.end(signal.SIGTERM) == 0


def test_a_stale_pid_file_that_names_a_living_stranger_is_not_believed(data: Path) -> None:
    server = EmbeddedPostgres(data)
    server.start()
    server.stop()
    owner = (data / "postgres").stat()
    stale = data / "postgres" / "postmaster.pid"
    stale.write_text(
        f"{os.getpid()}\n{data / 'postgres'}\n0\n5432\n{data / 'postgres'}\n\n0 0\nready\n", "utf-8"
    )
    os.chown(stale, owner.st_uid, owner.st_gid)
    with psycopg.connect(server.start()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_a_start_that_was_cut_off_while_making_the_folder_is_begun_anew(data: Path) -> None:
    (data / "postgres.new" / "base").mkdir(parents=True)
    (data / "postgres.new" / "PG_VERSION").write_text("18\n", "ascii")
    server = EmbeddedPostgres(data)
    with psycopg.connect(server.start()) as connection:
        assert connection.execute("SHOW server_version_num").fetchone()[0].startswith("18")  # type: ignore[index]
    server.stop()


def test_two_runs_cannot_share_a_folder(root: Path, data: Path) -> None:
    first = Run(root, data)
    address = first.address()
    second = Run(root, data)
    assert second.process.wait(START_SECONDS) == 1
    assert f"in use by another run (process {first.process.pid})" in second.log.read_text("utf-8")
    assert httpx.get(address + "/readyz").status_code == 200
    assert first.end(signal.SIGTERM) == 0


def test_a_port_in_use_is_said_plainly(root: Path, data: Path, tmp_path: Path) -> None:
    first = Run(root, data)
    port = first.address().rsplit(":", 1)[1]
    other = tmp_path / "other" / "data"
    other.parent.mkdir()
    second = Run(root, other, ("env", f"DUIXIAN_PORT={port}", sys.executable, "-m", "app.cli", "serve"))
    assert second.process.wait(START_SECONDS) == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in second.log.read_text("utf-8")
    assert servers_of(other) == []
    assert first.end(signal.SIGTERM) == 0


def test_it_ends_with_the_process_that_started_it(root: Path, data: Path) -> None:
    """`make run` killed outright must not leave a service that nobody sees."""
    command = [sys.executable, "-m", "app.cli", "serve", "--stop-with-parent"]
    starter = f"import subprocess; subprocess.run({command!r})"
    run = Run(root, data, (sys.executable, "-c", starter))
    address = run.address()
    assert httpx.get(address + "/livez").status_code == 200
    run.end(signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while servers_of(data) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert servers_of(data) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(address + "/livez")


def test_it_prints_a_line_to_copy_that_answers(root: Path, data: Path) -> None:
    run = Run(root, data)
    run.address()
    assert run.process.stdout is not None
    for line in run.process.stdout:
        run.said.append(line)
        if "Ctrl-C" in line:
            break
    command = "".join(run.said).split("Ask it:")[1].split("Ctrl-C")[0]
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
    assert '"verdict":"ineligible"' in answer.replace(" ", "")
    assert run.end(signal.SIGTERM) == 0


def test_the_first_start_shows_an_administrators_key_once_and_it_opens(root: Path, data: Path) -> None:
    run = Run(root, data)
    address = run.address()
    shown = [found[0] for line in run.said if (found := re.search(r"dx_live_[A-Za-z0-9_-]{43}", line))]
    file = data / "admin-key"
    assert shown == [file.read_text("ascii").strip()]
    assert file.stat().st_mode & 0o777 == 0o600
    assert shown[0] not in run.log.read_text("utf-8")
    answer = httpx.get(address + "/v1/me", headers={"Authorization": f"Bearer {shown[0]}"})
    assert answer.json()["scopes"] == ["admin"]
    assert run.end(signal.SIGTERM) == 0
    again = Run(root, data)
    answer = httpx.get(again.address() + "/v1/me", headers={"Authorization": f"Bearer {shown[0]}"})
    assert answer.status_code == 200
    assert not any("dx_live_" in line for line in again.said)
    assert again.end(signal.SIGTERM) == 0


def test_a_database_of_another_postgresql_is_refused_not_touched(root: Path, data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("17\n", "ascii")
    run = Run(root, data)
    assert run.process.wait(START_SECONDS) == 1
    assert "made by PostgreSQL 17, this is 18" in run.log.read_text("utf-8")
    assert [file.name for file in (data / "postgres").iterdir()] == ["PG_VERSION"]
