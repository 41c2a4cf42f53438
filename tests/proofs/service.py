"""The service as a process of its own, on a free port of 127.0.0.1, and its PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from app.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
ADMIN_SECRET = "dx_live_" + "proofs" * 7 + "0"
"""The first admin key, told to the service by its setting."""
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For proofs in which the server's machine never fails."""
START_SECONDS = 90.0
_SERVES = re.compile(r"serves on http://127\.0\.0\.1:(\d+)")


class NeverServed(RuntimeError):
    """The service ended, or did not come up in time; the text is the end of its log."""


@dataclass
class Service:
    """`duixian serve` on a database of somebody else's. `start` may follow `kill` any number of times."""

    url: str
    """The database."""
    folder: Path
    """For its log and its data."""
    workers: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)
    """More DUIXIAN_* variables."""
    port: int = 0
    """0: any free one, which is then kept."""
    process: subprocess.Popen[str] | None = None
    _reader: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "service.log"

    def start(self) -> None:
        """Returns once it serves. Raises NeverServed."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DUIXIAN_")}
        environment |= {
            "DUIXIAN_DATABASE_URL": self.url,
            "DUIXIAN_DATA": str(self.folder),
            "DUIXIAN_DOCUMENTS": str(self.folder / "documents"),
            "DUIXIAN_PORT": str(self.port),
            "DUIXIAN_WORKERS": str(self.workers),
            "DUIXIAN_ADMIN_KEY": ADMIN_SECRET,
            "DUIXIAN_LOG_LEVEL": "WARNING",
            "DUIXIAN_RATE_LIMIT": "0",
            "DUIXIAN_FAILED_RATE_LIMIT": "0",
            "PYTHONPATH": str(ROOT),
            **self.settings,
        }
        with self.log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "serve", "--stop-with-parent"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self.port = self._port_said(self.process)

    def _port_said(self, process: subprocess.Popen[str]) -> int:
        output: IO[str] | None = process.stdout
        assert output is not None
        impatient = threading.Timer(START_SECONDS, process.kill)
        impatient.start()
        try:
            for line in output:
                if found := _SERVES.search(line):
                    # What it says later is read away, or it would block when the pipe is full.
                    self._reader = threading.Thread(target=output.read, daemon=True)
                    self._reader.start()
                    return int(found[1])
        finally:
            impatient.cancel()
        self._ended(process)
        raise NeverServed(self.log.read_text("utf-8", errors="replace")[-4000:])

    def kill(self) -> None:
        """As the kernel would: no warning. Its workers go with it."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self._ended(self.process)
            self.process = None

    def stop(self) -> int | None:
        """In order; the exit code, None when it was not running."""
        if self.process is None:
            return None
        self.process.terminate()
        try:
            code = self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._ended(self.process)
        self.process = None
        return code

    def _ended(self, process: subprocess.Popen[str]) -> None:
        process.wait()
        if self._reader is not None:
            self._reader.join()
            self._reader = None
        if process.stdout is not None:
            process.stdout.close()


@contextlib.contextmanager
def serving(url: str, *, workers: int = 1, **settings: str) -> Iterator[Service]:
    """A service on this database for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="duixian-proof-") as name:
        service = Service(url, Path(name), workers, settings)
        try:
            service.start()
            yield service
        except BaseException:
            if service.log.exists():
                sys.stderr.write(service.log.read_text("utf-8", errors="replace")[-3000:])
            raise
        finally:
            service.stop()


@contextlib.contextmanager
def own_database(settings: Mapping[str, str] = FAST) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of one's own, started, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="duixian-proof-") as name:
        server = EmbeddedPostgres(Path(name), settings=settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
