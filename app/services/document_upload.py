"""An uploaded document: judged by its content, kept once, whoever sends it twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.rules.procedure.document_kinds import media_type, plain_name
from app.services.documents import etag_of, stored_form
from app.services.instants import new_id
from app.services.orders import Answer, Plan, nothing, unlocked
from app.store import documents
from app.store.documents import DocumentRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from app.services.office import Work

MOST_BYTES = 20 * 1024 * 1024
_NO_KIND = Words(
    "应为 PDF、JPEG 或 PNG 文件（按内容判断，不看扩展名）",
    "must be a PDF, JPEG or PNG file, by its content whatever its name says",
)
_EMPTY = Words("文件是空的", "is empty")
_OTHER_SUM = Words(
    "与收到的内容不符：传输中可能有误，请重新上传",
    "is not that of what arrived: it may have been damaged on the way; send it again",
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrived, in a temporary place."""

    place: Path
    name: str
    """As it was sent."""
    sha256: str
    """Of the content, in hexadecimal."""
    size: int
    head: bytes
    """The first bytes."""
    kind: str | None
    stated_sha256: str | None
    """What the sender says that the content's SHA-256 is."""
    mistakes: tuple[InputError, ...] = ()
    """Of the form's fields."""

    def fingerprint(self) -> bytes:
        """What stands for the body when requests are compared: a file counts by its SHA-256."""
        return orjson.dumps({"kind": self.kind, "name": self.name, "sha256": self.sha256})


def upload_plan(upload: Upload, document: str) -> Plan[None, str]:
    """The order that keeps a document under this id. Its bytes are put before the row is committed."""

    async def read(_work: Work, _found: None, _body: object) -> str:
        mistakes = tuple(_mistakes(upload))
        if mistakes:
            raise InputErrors(mistakes)
        found = media_type(upload.head)
        assert found is not None
        return found

    async def act(work: Work, _found: None, found: str) -> Answer:
        assert work.caller.platform is not None
        row = DocumentRow(
            mode=work.mode,
            id=document,
            platform=work.caller.platform,
            application=None,
            kind=upload.kind,
            name=plain_name(upload.name, found),
            media_type=found,
            sha256=upload.sha256,
            size=upload.size,
            fixed=False,
            created_at=work.now,
        )
        await documents.add(work.connection, row)
        await work.office.documents.put(document, upload.place)
        headers = {"Location": f"/v1/documents/{document}", "ETag": etag_of(row)}
        return Answer(201, stored_form(row), headers)

    return Plan(find=nothing, lock=unlocked, read=read, act=act)


def new_document_id() -> str:
    return new_id("doc")


def _mistakes(upload: Upload) -> Iterable[InputError]:
    yield from upload.mistakes
    if any(one.pointer == "/file" for one in upload.mistakes):
        pass  # there is none to judge, or more than one
    elif not upload.size:
        yield InputError("/file", "length", _EMPTY)
    elif media_type(upload.head) is None:
        yield InputError("/file", "format", _NO_KIND)
    stated = upload.stated_sha256
    if stated is not None and stated.strip().lower().removeprefix("sha256:") != upload.sha256:
        yield InputError("/sha256", "relation", _OTHER_SUM)
