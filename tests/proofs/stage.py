"""Where the lifecycle is played: a service, its cast, and a clock that only goes forward on one database."""

from __future__ import annotations

import contextlib
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import psycopg

from tests.proofs.cast import Cast, engage
from tests.proofs.service import Service, serving
from tests.proofs.speaking import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable

SHANGHAI = timezone(timedelta(hours=8))
BEGINNING = datetime(2024, 2, 1, 9, tzinfo=SHANGHAI)
LAST_DAY = date(2026, 9, 30)
"""The holidays of all that may follow from a day until then are known."""
PLAYS_ON_ONE = 25
"""Databases are changed after so many plays, as every step looks through the whole ledger."""
_FORGET = """
    ALTER TABLE list_readings DISABLE TRIGGER USER;
    DELETE FROM list_readings;
    ALTER TABLE list_readings ENABLE ALWAYS TRIGGER list_readings_kept;
    ALTER TABLE list_readings ENABLE ALWAYS TRIGGER list_readings_kept_whole;
"""


@dataclass
class Stage:
    """Plays follow each other on it, all beginning on one day, with organisations and projects of their own."""

    address_of: Callable[[str], str]
    """Where a database of the server is, by its name."""
    service: Service = field(init=False)
    speaker: Speaker = field(init=False)
    cast: Cast = field(init=False)
    clock: datetime = BEGINNING
    read_at: datetime | None = None
    """When the punishment list was last said to be read, by the sandbox's time."""
    organisations: int = 0
    steps: int = 0
    plays: int = 0
    done: Counter[str] = field(default_factory=Counter)
    """Actions that were carried out."""
    refused: Counter[str] = field(default_factory=Counter)
    """Refusals, by slug."""
    _url: str = ""
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __post_init__(self) -> None:
        self.build()

    def build(self) -> None:
        """A new database, a new service, everybody engaged."""
        self._open.close()
        name = f"play_{uuid.uuid4().hex}"
        with psycopg.connect(self.address_of("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        self._url = self.address_of(name)
        self.service = self._open.enter_context(serving(self._url))
        self.speaker = Speaker(self.service.address)
        self._open.callback(self.speaker.close)
        self.cast = engage(self.speaker)

    def begin_play(self) -> None:
        """The clock goes back, and with it what was read later: a play depends on nothing but its draws."""
        self.plays += 1
        if self.plays % PLAYS_ON_ONE == 0:
            self.build()
        self.clock, self.read_at = BEGINNING, None
        with psycopg.connect(self._url) as connection:
            connection.execute(_FORGET)

    def pass_days(self, days: int) -> None:
        """As far as the calendar is known."""
        if self.day <= LAST_DAY:
            self.clock += timedelta(days=days, minutes=1)

    @property
    def day(self) -> date:
        return self.clock.date()

    @property
    def stale(self) -> bool:
        return self.read_at is None or self.clock - self.read_at > timedelta(days=30)

    def log(self) -> str:
        """The end of what the service said."""
        return self.service.log.read_text("utf-8", errors="replace")[-4000:]

    def new_organisation(self) -> int:
        self.organisations += 1
        return self.organisations

    def close(self) -> None:
        self._open.close()
