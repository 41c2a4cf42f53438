"""JSON logs on standard error: static messages with attributes, one object a line, never a body."""

from __future__ import annotations

import contextlib
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import orjson
import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


_ROOT = logging.getLogger()


def _to_json(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


def _keep_only_what_we_said(_: object, __: str, event: EventDict) -> EventDict:
    """uvicorn puts a coloured twin of its message beside it."""
    event.pop("color_message", None)
    return event


class _Line(str):
    """A record's message that is its whole JSON line already."""

    __slots__ = ()


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Lets finished lines pass."""

    def format(self, record: logging.LogRecord) -> str:
        return record.msg if isinstance(record.msg, _Line) else super().format(record)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes finished lines as they are, too."""

    def say(self, line: str) -> None:
        """One line at once, for what needs no record."""
        with self.lock or contextlib.nullcontext():
            try:
                self.stream.write(line + self.terminator)
                # Standard error flushes every line by itself.
                if not getattr(self.stream, "line_buffering", False):
                    self.flush()
            except Exception:  # noqa: BLE001 - as `emit` does: a log that fails must not fail the request
                self.handleError(logging.makeLogRecord({"msg": _Line(line)}))


class RequestLog:
    """One INFO line for each request, in a quarter of the time of the general way to say something."""

    _MOST_OPENINGS = 1024

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)
        self._ending = f',"level":"info","logger":{orjson.dumps(name).decode()},"timestamp":"'
        self._openings: dict[tuple[str, str, int], str] = {}

    def answered(
        self, method: str, route: str, status: int, seconds: float, request_id: str, traceparent: str | None
    ) -> None:
        """A request is over. The last two are logged as they are: they may hold nothing that JSON escapes."""
        if not self._logger.isEnabledFor(logging.INFO):
            return
        key = (method, route, status)
        opening = self._openings.get(key) or self._opening(key)
        trace = "" if traceparent is None else f',"traceparent":"{traceparent}"'
        now = datetime.now(UTC).isoformat()[:-6]
        line = f'{opening}{seconds * 1000:.2f},"request_id":"{request_id}"{trace}{self._ending}{now}Z"}}'
        handlers = _ROOT.handlers
        if len(handlers) == 1 and type(handlers[0]) is _Handler:
            handlers[0].say(line)
        else:
            self._logger.info(_Line(line))

    def _opening(self, key: tuple[str, str, int]) -> str:
        """Methods are the clients' words: no more are remembered than there may be routes and statuses."""
        if len(self._openings) >= self._MOST_OPENINGS:
            self._openings.clear()
        method, route, status = key
        said = orjson.dumps({"event": "request", "method": method, "route": route, "status": status}).decode()
        found = self._openings[key] = f'{said[:-1]},"milliseconds":'
        return found


def configure_logs(level: str) -> None:
    """Send this process's logs, ours and the libraries', through one JSON formatter. Safe to call again."""
    formatter = _Formatter(
        foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder(), _keep_only_what_we_said],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_to_json),
        ],
    )
    handler = _Handler(sys.stderr)
    handler.setFormatter(formatter)
    _ROOT.handlers = [handler]
    _ROOT.setLevel(level)
    # The request line is ours to log (app.main), with its route and request id.
    for name, least in (
        ("uvicorn.access", "WARNING"),
        ("alembic", "WARNING"),
        ("sqlalchemy.engine", "WARNING"),
        # They log whole addresses.
        ("httpx", "WARNING"),
        ("httpcore", "WARNING"),
    ):
        logging.getLogger(name).setLevel(least)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def log(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
