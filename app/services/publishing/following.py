"""Every process follows the publications and switches at the moment that they name, by the database's clock.

A publication comes into effect some seconds after it is committed. Processes look once a second, load and compile
what is new in a thread, and wait: all that have seen it switch within the precision of their timers. One that could
not look in time (its database was away) switches as soon as it has looked.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from app.logs import log
from app.rules.ledger_keys import LedgerKeysMoved
from app.services.published_policies import PublishedPolicies
from app.services.publishing.assembling import assembled
from app.services.publishing.effect import moments_after
from app.services.register_policies import kept_version
from app.services.served_policies import ServedPolicies
from app.store import publications

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from app.services.published_policies import PublishedPolicy
    from app.store.publications import Publication

LOOK_SECONDS = 1.0
_log = log(__name__)


async def followed(engine: AsyncEngine, image: PublishedPolicies) -> ServedPolicies:
    """What is in effect now, for a command: nothing switches under it. Raises what the database does."""
    return await Following(engine, ServedPolicies(image)).now()


class News(NamedTuple):
    """What to serve from when on, by this process's clock: ascending, the first one due already."""

    newest: int
    steps: list[tuple[float, PublishedPolicies]]

    def begun(self) -> list[PublishedPolicies]:
        """Those that are due by now."""
        return [policies for due, policies in self.steps if due <= time.monotonic()]


class Following:
    """Keeps what a process serves as the publications say."""

    def __init__(
        self, engine: AsyncEngine, served: ServedPolicies, *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._engine = engine
        self._served = served
        self._look_seconds = look_seconds
        self._newest = -1
        self._compiled: dict[str, PublishedPolicy] = {one.policy.digest: one for one in served.image}
        self._broken: set[str] = set()
        self._switching: asyncio.Task[None] | None = None
        self._reading = True

    async def now(self) -> ServedPolicies:
        """Look once, and stay with what is in effect. Raises SQLAlchemyError where that cannot be read."""
        news = await self._news()
        if news is not None:
            self._switch(news.begun()[-1])
        return self._served

    async def run(self) -> None:
        """Until it is cancelled, whatever happens to the database."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(self._look_seconds)
        finally:
            if self._switching is not None:
                self._switching.cancel()

    async def look(self) -> None:
        """Whether anything was published; nothing changes while it cannot be read."""
        try:
            news = await self._news()
        except Exception as error:  # noqa: BLE001 - a later look may succeed; a service that no longer looks never would
            if self._reading:
                _log.warning("publications cannot be read", error=type(error).__name__)
            self._reading = False
            return
        self._reading = True
        if news is not None:
            self.take(news)

    async def _news(self) -> News | None:
        """None where nothing is new."""
        async with self._engine.connect() as connection:
            newest, moment = await publications.newest(connection)
            seen = time.monotonic()
            if newest == self._newest:
                return None
            rows = await publications.every(connection)
            moments = (moment, *moments_after(rows, moment))
            steps = [
                (seen + (step - moment).total_seconds(), await self._policies_at(connection, rows, step))
                for step in moments
            ]
        return News(newest, steps)

    def take(self, news: News) -> None:
        """Switch to what is in effect by now, which loading took its time to find, and to the rest when it is due."""
        self._newest = news.newest
        if self._switching is not None:
            self._switching.cancel()
        begun = news.begun()
        self._switch(begun[-1])
        self._switching = asyncio.create_task(self._switch_later(news.steps[len(begun) :]))

    async def _switch_later(self, steps: Sequence[tuple[float, PublishedPolicies]]) -> None:
        for due, policies in steps:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self._switch(policies)

    def _switch(self, policies: PublishedPolicies) -> None:
        before = {one.policy.digest for one in self._served.now}
        after = {one.policy.digest for one in policies}
        self._served.switch(policies)
        if before != after:
            _log.info("other policies are served", came=sorted(after - before), went=sorted(before - after))

    async def _policies_at(
        self, connection: AsyncConnection, rows: Sequence[Publication], moment: datetime
    ) -> PublishedPolicies:
        image = self._served.image
        found = await assembled(image, rows, moment, lambda digest: self._version(connection, digest))
        try:
            return PublishedPolicies(found.values())
        except LedgerKeysMoved as error:
            # Refused when it was published, so that only another image can have brought it about.
            _log.error("what was published does not go with the packs of this image", error=str(error))
            return image

    async def _version(self, connection: AsyncConnection, digest: str) -> PublishedPolicy | None:
        """None for one that this engine cannot read any more."""
        if digest not in self._compiled and digest not in self._broken:
            try:
                self._compiled[digest] = await kept_version(connection, digest)
            except (SQLAlchemyError, OSError):
                raise
            except Exception as error:  # noqa: BLE001 - whatever a newer engine stumbles over in one pack, others are served
                self._broken.add(digest)
                _log.error("a published pack cannot be served", digest=digest, error=type(error).__name__)
        return self._compiled.get(digest)
