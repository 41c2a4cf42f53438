"""What every use case has at hand, and the one transaction that it works in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from app.services.instants import day_of, say
from app.store import pipelining
from app.store.acting import EVERYTHING, Sight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from app.rules.procedure.callers import Caller
    from app.services.bulk_folder import BulkFolder
    from app.services.published_policies import PublishedPolicies
    from app.services.served_policies import ServedPolicies
    from app.store.pipelining import Call, Row, Statement


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
    offer_days: int = 30
    """For how many days an award is offered without application."""
    match_hour: int | None = 2
    """The hour, in Asia/Shanghai, from which the register is matched once a day; None: on demand only."""
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
    served: ServedPolicies
    practice: Practice
    documents: Documents
    secret: bytes
    """Of this installation: seals cursors."""
    bulk: BulkFolder
    """Populations that were sent, and the files of jobs."""
    publish_lead: timedelta = timedelta(seconds=3)
    """How long after it is committed a publication comes into effect: every process has seen it by then."""

    @property
    def policies(self) -> PublishedPolicies:
        """What is served now; of an office that was `held`, what was served then."""
        return self.served.now

    def held(self) -> Office:
        """For one request: what it decides by does not change under it."""
        return replace(self, served=self.served.held())


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
    pending: list[Statement | Call] = field(default_factory=list)
    """What goes to the database with the next round trip."""
    writes_last: bool = False
    """Whether what is written may wait for the commit, which is sent together with it."""

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

    async def send(self, *statements: Statement | Call) -> list[Row | None]:
        """What is pending, and these after it, in one round trip; what these gave."""
        sent, self.pending = [*self.pending, *statements], []
        given = await pipelining.send(self.connection, sent) if sent else []
        return given[len(sent) - len(statements) :]

    async def write(self, *statements: Statement | Call) -> None:
        """Now, or with what is sent next: nothing that follows may count on it."""
        self.pending += statements
        if not self.writes_last:
            await self.send()


def sight_of(caller: Caller) -> Sight:
    """The rows that a caller may see: a platform its own, an officer all of the mode."""
    return Sight(caller.mode, caller.platform or EVERYTHING)
