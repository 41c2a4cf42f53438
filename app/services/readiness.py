"""Whether this process can do all its work: the database, its migrations, the policies kept in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from app.logs import log
from app.rules import ENGINE_VERSION
from app.services.register_policies import register_policies
from app.store.database import is_reachable, revision

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.services.served_policies import ServedPolicies

_log = log(__name__)

_RETRY_SECONDS = 2.0
_PATIENCE_SECONDS = 2.0
"""Less than what those who ask (containers, load balancers) wait."""


class Checks(NamedTuple):
    database: bool
    migrations: bool
    policies: bool


class Readiness:
    """Registers the policies as soon as the database lets it, and answers whether all is well now."""

    def __init__(self, engine: AsyncEngine, served: ServedPolicies, wanted_revision: str) -> None:
        self._engine = engine
        self._served = served
        self._wanted_revision = wanted_revision
        self._registered = False

    async def register(self) -> bool:
        """Keep every policy by its digest; False when the database does not answer or is not migrated."""
        packs = [(one.policy, one.files) for one in self._served.image]
        try:
            await register_policies(self._engine, packs, ENGINE_VERSION)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("policies not registered yet", reason=type(error).__name__)
            return False
        self._registered = True
        return True

    async def register_at_last(self) -> None:
        """Try until it is done: a service that starts before its database needs no second start."""
        registered = await self.register()
        while not registered:
            await asyncio.sleep(_RETRY_SECONDS)
            registered = await self.register()

    async def checks(self) -> Checks:
        """Ask the database now, with little patience."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                found = await revision(self._engine)
                reachable = found is not None or await is_reachable(self._engine)
        except TimeoutError:
            return Checks(database=False, migrations=False, policies=self._registered)
        return Checks(reachable, found == self._wanted_revision, self._registered and self._served.current)
