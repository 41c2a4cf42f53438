"""Documents of applications: attached while it is a draft, fixed once submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.logs import log
from app.rules.facts import InputError
from app.rules.input.mistakes import MOST_ERRORS, InputErrors
from app.rules.policy import Words
from app.services.instants import say
from app.services.office import sight_of
from app.services.orders import Answer, Plan, etag
from app.services.refusals import NotFound, Refusal
from app.store import documents
from app.store.acting import EVERYTHING, Sight, acting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.procedure.callers import Caller
    from app.services.office import Office, Work
    from app.store.documents import DocumentRow

_AT_ONCE = 500
_NOT_YOURS = Words(
    "没有这份文件，或已用于另一申请", "is no document of yours, or belongs to another application"
)
_LOST = Words(
    "文件的登记还在，内容已不在存储中：请联系管理机构从备份恢复",
    "The document is on record, but its content is no longer in the store: ask the office to restore it",
)
_log = log(__name__)
_TWICE = Words("同一文件只能列出一次", "is named before: once is enough")


async def attach(work: Work, application: str, ids: Sequence[str]) -> None:
    """Make these the application's documents; those left out are unused again, unless they are fixed.

    Raises InputErrors at `/documents/<n>` for one that is not the platform's, or another application's.
    """
    found = await documents.by_ids(work.connection, work.mode, ids, lock=True)
    mistakes = tuple(_mistakes(found, application, ids))
    if mistakes:
        raise InputErrors(mistakes[:MOST_ERRORS])
    await documents.attach(work.connection, application, ids)


async def fix(work: Work, application: str) -> None:
    """From now on the application's documents stay as they are."""
    await documents.fix(work.connection, application)


async def of_application(connection: AsyncConnection, application: str) -> list[dict[str, Any]]:
    """The application's documents as the API shows them."""
    return [document_form(row) for row in await documents.of_application(connection, application)]


async def one(office: Office, caller: Caller, document: str) -> tuple[dict[str, Any], DocumentRow]:
    """A document as the API shows it, and its row. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        row = (await documents.by_ids(connection, caller.mode, [document])).get(document)
    if row is None:
        raise NotFound
    return stored_form(row), row


async def content(office: Office, caller: Caller, document: str) -> tuple[DocumentRow, AsyncIterator[bytes]]:
    """A document's row and its bytes, chunk by chunk. Raises NotFound, and says so where only its bytes are gone."""
    _, row = await one(office, caller, document)
    try:
        return row, await office.documents.read(document)
    except FileNotFoundError:
        _log.error("the bytes of a document are gone", document=document)
        raise Refusal(_LOST, kind=NotFound.kind) from None


def delete_plan(document: str) -> Plan[DocumentRow, None]:
    """The order that deletes a document which no application has. Its bytes go once that is committed."""

    async def find(work: Work) -> DocumentRow:
        return await _find(work, lock=False)

    async def lock(work: Work, _found: DocumentRow) -> DocumentRow:
        return await _find(work, lock=True)

    async def _find(work: Work, *, lock: bool) -> DocumentRow:
        row = (await documents.by_ids(work.connection, work.mode, [document], lock=lock)).get(document)
        if row is None:
            raise NotFound
        return row

    async def read(_work: Work, _found: DocumentRow, _body: object) -> None:
        return None

    async def act(work: Work, found: DocumentRow, _given: None) -> Answer:
        if found.application is not None:
            raise _in_use(found)
        await documents.remove(work.connection, [document])
        return Answer(204, None)

    return Plan(find=find, lock=lock, read=read, act=act, guarded=True, keyed=False)


async def forget_bytes(office: Office, document: str) -> None:
    """The bytes of a document whose row is gone."""
    await office.documents.remove(document)


async def remove_unused(office: Office, before: datetime) -> int:
    """Remove the documents that were uploaded before the moment and belong to no application; how many.

    Bytes without a row, which an upload that failed leaves, go as well.
    """
    removed = 0
    while True:
        async with acting(office.engine, Sight(EVERYTHING, EVERYTHING)) as connection:
            ids = await documents.remove_unused(connection, before, _AT_ONCE)
        for one_id in ids:
            await office.documents.remove(one_id)
        removed += len(ids)
        if len(ids) < _AT_ONCE:
            break
    await _sweep(office, before)
    return removed


async def _sweep(office: Office, before: datetime) -> None:
    batch: list[str] = []
    async for key in office.documents.keys_before(before):
        batch.append(key)
        if len(batch) == _AT_ONCE:
            await _remove_strays(office, batch)
            batch = []
    await _remove_strays(office, batch)


async def _remove_strays(office: Office, keys: list[str]) -> None:
    async with acting(office.engine, Sight(EVERYTHING, EVERYTHING)) as connection:
        known = await documents.known(connection, keys)
    for key in keys:
        if key not in known:
            await office.documents.remove(key)


def document_form(row: DocumentRow) -> dict[str, Any]:
    """A document as an application shows it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "media_type": row.media_type,
    }


def stored_form(row: DocumentRow) -> dict[str, Any]:
    """A document by itself."""
    return document_form(row) | {
        "application": row.application,
        "fixed": row.fixed,
        "created_at": say(row.created_at),
    }


def etag_of(row: DocumentRow) -> str:
    return etag(row.version)


def _mistakes(found: dict[str, DocumentRow], application: str, ids: Sequence[str]) -> Iterable[InputError]:
    for place, one_id in enumerate(ids):
        if one_id in ids[:place]:
            yield InputError(f"/documents/{place}", "duplicate_id", _TWICE)
        elif one_id not in found or found[one_id].application not in (None, application):
            yield InputError(f"/documents/{place}", "choice", _NOT_YOURS)


def _in_use(row: DocumentRow) -> Refusal:
    if row.fixed:
        words = Words("文件已随申请提交，不能删除", "It was submitted with an application and stays")
    else:
        words = Words(
            f"文件属于申请 {row.application}：请先从申请的 documents 中移除",
            f"It belongs to application {row.application}: take it out of its `documents` first",
        )
    return Refusal(words, kind="conflict", application=row.application)
