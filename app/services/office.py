"""What every use case has at hand, and the one transaction that it works in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from app.services.instants import day_of, say
from app.store.acting import EVERYTHING, Sight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from app.rules.procedure.callers import Caller
    from app.services.published_policies import PublishedPolicies


@dataclass(frozen=True, slots=True)
class Practice:
    """What the office settled for itself, where the policy leaves it open."""

    may_return: int = 1
    """How often an application may be returned for correction."""
    answer_days: int = 10
    """Working days to answer a return."""
    public_days: int = 5
    """Working days of a public notice, and the fewest that may be asked for."""
    punishment_lists: tuple[str, ...] = ("national",)
    """Lists that must have been read for the fact to be known."""
    list_days: int = 30
    """How many days a reading of a list holds."""
    maximums: Mapping[str, int] = field(default_factory=dict)
    """Measure (`<policy>.<measure>`) -> the most an official may grant, fen, where the policy names no figure."""


class Documents(Protocol):
    """Where the bytes of documents are. Keys are ids of documents."""

    async def put(self, key: str, source: Path) -> None: ...

    async def read(self, key: str) -> AsyncIterator[bytes]: ...

    async def remove(self, key: str) -> None: ...

    def keys_before(self, moment: datetime) -> AsyncIterator[str]: ...


@dataclass(frozen=True, slots=True)
class Office:
    """The service's own means; one for the process."""

    engine: AsyncEngine
    policies: PublishedPolicies
    practice: Practice
    documents: Documents
    secret: bytes
    """Of this installation: seals cursors."""


@dataclass(slots=True)
class Work:
    """One transaction for one caller."""

    office: Office
    connection: AsyncConnection
    caller: Caller
    now: datetime
    """The moment: of events, keys and tokens."""
    clock: datetime
    """The moment that windows, notices and answer dates go by: `now`, or the sandbox's own time."""

    @property
    def mode(self) -> str:
        return self.caller.mode

    @property
    def day(self) -> date:
        """The legal day."""
        return day_of(self.clock)

    @property
    def at(self) -> str:
        return say(self.now)


def sight_of(caller: Caller) -> Sight:
    """The rows that a caller may see: a platform its own, an officer all of the mode."""
    return Sight(caller.mode, caller.platform or EVERYTHING)
