"""What all records have in common: whose they are, and the row that they replace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.rules.procedure.callers import Scope
from app.services.instants import new_id
from app.services.office import sight_of
from app.services.refusals import NotFound, Refusal
from app.services.trail import record
from app.store import organisations
from app.store.acting import acting
from app.store.organisation_register import id_of_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from app.rules.procedure.callers import Caller
    from app.services.office import Office, Work
    from app.store.records import Book, Row, Seen

CHAIN = "records"
FUTURE = Words("不能晚于今天", "cannot be later than today")
ORDER = Words("不能早于列入日期", "cannot be earlier than the day of listing")
VOID_OF_WHAT = Words(
    "作废须用 supersedes 指明被作废的记录", "needs `supersedes`, the record that is declared void"
)
NO_NAME = Words("应含有字母、数字或汉字", "must have more than spaces and dashes")
_UNKNOWN = Words("该单位没有这条记录", "is no record of this organisation")


def day_mistakes(day: date, pointer: str, today: date) -> Iterable[InputError]:
    """A record is of what has happened."""
    if day > today:
        yield InputError(pointer, "range", FUTURE)


def void_mistakes(supersedes: str | None, void: bool) -> Iterable[InputError]:
    if void and supersedes is None:
        yield InputError("/void", "relation", VOID_OF_WHAT)


def refuse(mistakes: Iterable[InputError]) -> None:
    """Raises InputErrors, if there are mistakes."""
    found = tuple(mistakes)
    if found:
        raise InputErrors(found)


def paged(found: list[dict[str, Any]], limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """A page of at most `limit` forms, and the position to go on from when one more was found."""
    page = found[:limit]
    return page, page[-1]["id"] if len(found) > limit else None


async def one(
    office: Office,
    caller: Caller,
    book: Book[Row],
    form: Callable[[Seen[Row]], dict[str, Any]],
    record_id: str,
) -> dict[str, Any]:
    """A record of a book. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        found = await book.find(connection, caller.mode, record_id)
    if found is None:
        raise NotFound
    return form(found)


async def page_of(
    office: Office,
    caller: Caller,
    book: Book[Row],
    form: Callable[[Seen[Row]], dict[str, Any]],
    wanted: Mapping[str, Any],
    *,
    where: dict[str, object],
    after: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """Records of a book, the latest first, and the position to go on from.

    `where` is by columns; of `wanted` the rest is read: uscc, and counting for those that no later one replaces.
    """
    async with acting(office.engine, sight_of(caller)) as connection:
        if "uscc" in wanted:
            organisation = await id_of_code(connection, caller.mode, wanted["uscc"])
            if organisation is None:
                return [], None
            where["organisation"] = organisation
        found = await book.page(
            connection,
            caller.mode,
            after=after,
            limit=limit + 1,
            where=where,
            counting=wanted.get("counting", False),
        )
    return paged([form(row) for row in found], limit)


async def lock_organisation(work: Work, uscc: str) -> str:
    """The organisation that has the code, locked; made, by the name of its code, if nobody has it."""
    found = await organisations.of_code(
        work.connection, work.mode, uscc, name=uscc, kind=None, new_id=new_id("org")
    )
    await organisations.lock(work.connection, work.mode, found.id)
    return found.id


async def check_replaced(work: Work, book: Book[Row], organisation: str, supersedes: str | None) -> None:
    """Raises InputErrors for a record that is not the organisation's, a Refusal for one that counts no more."""
    if supersedes is None:
        return
    found = await book.find(work.connection, work.mode, supersedes)
    if found is None or found.row.organisation != organisation:
        raise InputErrors((InputError("/supersedes", "choice", _UNKNOWN),))
    if found.superseded_by is not None:
        raise Refusal(
            Words(
                f"这条记录已由 {found.superseded_by} 取代",
                f"The record was replaced already, by {found.superseded_by}",
            ),
            kind="conflict",
            superseded_by=found.superseded_by,
        )


async def say(work: Work, kind: str, data: dict[str, Any]) -> None:
    """An event of the records' chain."""
    await record(
        work.connection,
        mode=work.mode,
        chain=CHAIN,
        kind=kind,
        at=work.now,
        actor=work.caller.actor(Scope.REVIEW),
        data=data,
    )
