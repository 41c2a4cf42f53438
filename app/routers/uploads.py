"""Uploads: a multipart form with one file, written to a temporary place as it arrives."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.routers.problem_kinds import MALFORMED_FORM
from app.routers.problems import BodyTooLarge, MediaTypeRefused, Problem
from app.rules.facts import InputError
from app.rules.input.mistakes import pointer_of
from app.rules.policy import Words
from app.rules.procedure.document_kinds import HEAD_BYTES
from app.services.document_upload import MOST_BYTES, Upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import BinaryIO

    from python_multipart.multipart import MultipartCallbacks
    from starlette.requests import Request

FORM = "multipart/form-data"
FILE = "file"
_FIELDS = ("kind", "sha256")
_MOST_FIELD = 200
_AROUND = 64 * 1024
"""Bytes of the form that are not the file's."""
_MOST_PARTS = 10
_REQUIRED = Words("请上传一个文件", "must be there: one file")
_NO_FIELD = Words(
    "没有这个字段，可用：file、kind、sha256", "is no field here; there are file, kind and sha256"
)
_TWICE = Words("只能出现一次", "may be there once only")
_TOO_LONG = Words(f"不超过 {_MOST_FIELD} 个字符", f"may have {_MOST_FIELD} characters")
_NO_TEXT = Words("应为 UTF-8 文字，不含控制字符", "must be text in UTF-8, without control characters")


class MalformedForm(Problem):
    """The body is cut off, or no form at all."""

    def __init__(self) -> None:
        super().__init__(
            MALFORMED_FORM,
            Words("表单不完整或格式有误", "The form is cut off, or not of its form"),
        )


class _Form:
    """Takes the parts of a form as the parser finds them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sum = hashlib.sha256()
        self._name = b""
        self._value = b""
        self._disposition = b""
        self._field: str | None = None
        self._parts = 0
        self.ended = False
        self.size = 0
        self.head = b""
        self.file_name: str | None = None
        self.fields: dict[str, bytearray] = {}
        self.mistakes: list[InputError] = []

    def on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise MalformedForm
        self._disposition = b""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def on_headers_finished(self) -> None:
        """Where the part's content goes: the file, a field, or nowhere."""
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise MalformedForm
        name = options[b"name"].decode("utf-8", "replace")
        self._field = None
        if name not in (FILE, *_FIELDS):
            self._mistake(name[:_MOST_FIELD], "unknown_field", _NO_FIELD)
        elif name in self.fields or (name == FILE and self.file_name is not None):
            self._mistake(name, "duplicate_id", _TWICE)
        elif name != FILE:
            self._field = name
            self.fields[name] = bytearray()
        elif b"filename" in options:
            self._field = FILE
            self.file_name = options[b"filename"].decode("utf-8", "replace")
        else:
            self._mistake(FILE, "required", _REQUIRED)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            return
        if self._field != FILE:
            kept = self.fields[self._field]
            kept += data[start : min(end, start + 4 * _MOST_FIELD + 1 - len(kept))]
            return
        self.size += end - start
        if self.size > MOST_BYTES:
            raise BodyTooLarge(MOST_BYTES)
        part = memoryview(data)[start:end]
        if len(self.head) < HEAD_BYTES:
            self.head += bytes(part[: HEAD_BYTES - len(self.head)])
        self._sum.update(part)
        self._file.write(part)

    def on_end(self) -> None:
        self.ended = True

    def upload(self, place: Path) -> Upload:
        """What arrived."""
        if self.file_name is None and not any(one.pointer == f"/{FILE}" for one in self.mistakes):
            self._mistake(FILE, "required", _REQUIRED)
        texts = {name: self._text(name, bytes(value)) for name, value in self.fields.items()}
        return Upload(
            place=place,
            name=self.file_name or "",
            sha256=self._sum.hexdigest(),
            size=self.size,
            head=self.head,
            kind=texts.get("kind"),
            stated_sha256=texts.get("sha256"),
            mistakes=tuple(self.mistakes),
        )

    def _text(self, name: str, value: bytes) -> str | None:
        try:
            text = value.decode("utf-8").strip()
        except UnicodeDecodeError:
            text = "" if len(value) <= 4 * _MOST_FIELD else "x" * (_MOST_FIELD + 1)
            if not text:
                self._mistake(name, "text", _NO_TEXT)
        if len(text) > _MOST_FIELD:
            self._mistake(name, "length", _TOO_LONG)
        elif text and not text.isprintable():
            self._mistake(name, "text", _NO_TEXT)
        return text or None

    def _mistake(self, name: str, code: str, told: Words) -> None:
        plain = name.encode("utf-8", "replace").decode("utf-8")
        self.mistakes.append(InputError(pointer_of((plain,)), code, told))


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Upload]:
    """The one file of a form, in a temporary place for as long as the block runs.

    Raises MediaTypeRefused, MalformedForm, BodyTooLarge, and ClientDisconnect.
    """
    boundary = _boundary(request)
    with tempfile.TemporaryDirectory(prefix="duixian-upload-") as folder:
        place = Path(folder) / "file"
        with place.open("wb") as file:
            form = _Form(file)
            await _parse(request, boundary, form)
        yield form.upload(place)


async def _parse(request: Request, boundary: bytes, form: _Form) -> None:
    callbacks: MultipartCallbacks = {
        "on_part_begin": form.on_part_begin,
        "on_header_field": form.on_header_field,
        "on_header_value": form.on_header_value,
        "on_header_end": form.on_header_end,
        "on_headers_finished": form.on_headers_finished,
        "on_part_data": form.on_part_data,
        "on_end": form.on_end,
    }
    try:
        parser = MultipartParser(boundary, callbacks)
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > MOST_BYTES + _AROUND:
                raise BodyTooLarge(MOST_BYTES)
            parser.write(chunk)
        parser.finalize()
    except FormParserError:
        raise MalformedForm from None
    if not form.ended:
        raise MalformedForm


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    coding = request.headers.get("content-encoding", "").strip().lower()
    if kind != FORM.encode() or not options.get(b"boundary") or coding not in ("", "identity"):
        raise MediaTypeRefused(FORM)
    return options[b"boundary"]
