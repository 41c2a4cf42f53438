"""JSON logs on standard error: static messages with attributes, one object a line, never a body."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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


class LineLog:
    """Says the same kind of thing very often, at INFO, at less than half of structlog's cost."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **fields: object) -> None:
        """One line with these attributes."""
        if self._logger.isEnabledFor(logging.INFO):
            said = {"event": event, **fields, "level": "info", "logger": self._logger.name}
            said["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            self._logger.info(_Line(orjson.dumps(said, default=str).decode()))


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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # The request line is ours to log (app.main), with its route and request id.
    for name, least in (
        ("uvicorn.access", "WARNING"),
        ("alembic", "WARNING"),
        ("sqlalchemy.engine", "WARNING"),
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
