"""The change feed, and the events of one application: what happened, in order, and whether it was left as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.procedure.chaining import verify
from app.services.office import sight_of
from app.services.refusals import NotFound
from app.services.trail import public_form
from app.store import applications, feed
from app.store.acting import acting
from app.store.feed import BEGINNING, Place, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.procedure.callers import Caller
    from app.services.office import Office


class FeedPage(NamedTuple):
    """A piece of the feed; `position` is where to go on, always."""

    items: list[dict[str, Any]]
    position: str
    has_more: bool


async def feed_page(
    office: Office, caller: Caller, filters: Mapping[str, str], after: str | None, limit: int
) -> FeedPage:
    """The events behind a position: a platform's own, or all of the mode."""
    wanted = Wanted(caller.mode, caller.platform, filters.get("application"), filters.get("type"))
    async with acting(office.engine, sight_of(caller)) as connection:
        found = await feed.page(connection, wanted, _place(after), limit)
    items = [public_form(one.event) for one in found.items]
    return FeedPage(items, f"{found.end.txid}.{found.end.position}", found.more)


def _place(position: str | None) -> Place:
    if position is None:
        return BEGINNING
    txid, _, within = position.partition(".")
    return Place(int(txid), int(within))


async def chain_page(
    office: Office, caller: Caller, application: str, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of an application's events, and the `seq` to go on after. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        if await applications.find(connection, caller.mode, application) is None:
            raise NotFound
        rows = await feed.chain(
            connection, caller.mode, application, after=0 if after is None else int(after), limit=limit + 1
        )
    items = [public_form(row) for row in rows[:limit]]
    return items, str(rows[limit - 1].seq) if len(rows) > limit else None


async def chain_report(office: Office, caller: Caller, application: str) -> dict[str, Any]:
    """Whether the chain of an application holds. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        found = await feed.whole_chain(connection, caller.mode, application)
    if found is None:
        raise NotFound
    head, rows = found
    report = verify(map(public_form, rows), head.seq, head.hash)
    return {
        "valid": report.valid,
        "length": report.length,
        "head": report.head,
        "first_break": report.first_break,
    }
