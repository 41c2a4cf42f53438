"""Populations as they arrive: one file as the body, or a form with one file and those of its lists; to disk at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.routers.problem_kinds import UNSUPPORTED_MEDIA_TYPE
from app.routers.problems import BodyTooLarge, Problem
from app.routers.uploads import FORM, MalformedForm
from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from python_multipart.multipart import MultipartCallbacks
    from starlette.requests import Request

FORMS = {
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.apache.arrow.stream": ".arrow",
    "application/vnd.apache.arrow.file": ".arrow",
    "application/x-ndjson": ".ndjson",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
"""Media type of a body -> how the file is named."""
MAIN, LISTS = "file", "list"
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|.][^\x00-\x1f\x7f/\\:*?\"<>|]{0,98}\Z")
_MOST_FILES = 50
_AROUND = 64 * 1024
"""Bytes of a form that are no file's."""
_NO_FIELD = Words(
    "没有这个字段，可用：file、list", "is no field here; there are `file`, and `list` as often as needed"
)
_ONCE = Words("须有且只有一个 file", "there is exactly one `file`")
_NAMED = Words(
    "文件须有名称，扩展名与内容一致，名称不重复",
    "a file has a plain name of its own, with the ending of its form",
)
_MANY = Words(f"至多 {_MOST_FILES} 个文件", f"at most {_MOST_FILES} files")


class NotAForm(Problem):
    """The body is of no type that populations are read from."""

    def __init__(self) -> None:
        listed = ", ".join((FORM, *FORMS))
        words = Words(f"请以其中之一发送，不压缩：{listed}", f"Send one of these, not compressed: {listed}")
        super().__init__(UNSUPPORTED_MEDIA_TYPE, words, headers={"Accept-Encoding": "identity"})


async def receive(request: Request, folder: Path, most_bytes: int) -> str:
    """Write what arrives into the folder; the name of the main file.

    Raises NotAForm, MalformedForm, BodyTooLarge, InputErrors and ClientDisconnect.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if request.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise NotAForm
    media_type = kind.decode("latin-1").lower()
    if media_type == FORM and options.get(b"boundary"):
        return await _form(request, options[b"boundary"], folder, most_bytes)
    if media_type not in FORMS:
        raise NotAForm
    name = f"population{FORMS[media_type]}"
    size = 0
    with (folder / name).open("wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most_bytes:
                raise BodyTooLarge(most_bytes)
            file.write(chunk)
    if not size:
        raise InputErrors((InputError("", "required", Words("文件是空的", "the file is empty")),))
    return name


async def _form(request: Request, boundary: bytes, folder: Path, most_bytes: int) -> str:
    parts = _Parts(folder)
    callbacks: MultipartCallbacks = {
        "on_part_begin": parts.begin,
        "on_header_field": parts.header_name,
        "on_header_value": parts.header_value,
        "on_header_end": parts.header_end,
        "on_headers_finished": parts.open,
        "on_part_data": parts.data,
        "on_part_end": parts.close,
        "on_end": parts.end,
    }
    try:
        parser = MultipartParser(boundary, callbacks)
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > most_bytes + _AROUND:
                raise BodyTooLarge(most_bytes)
            parser.write(chunk)
        parser.finalize()
    except FormParserError:
        raise MalformedForm from None
    finally:
        parts.close()
    return parts.main()


class _Parts:
    """Takes the files of a form as the parser finds them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._header = self._value = self._disposition = b""
        self._file: BinaryIO | None = None
        self._main: list[str] = []
        self._names: set[str] = set()
        self._mistakes: list[InputError] = []
        self._ended = False

    def begin(self) -> None:
        self._disposition = b""
        if len(self._names) >= _MOST_FILES:
            raise InputErrors((InputError(f"/{LISTS}", "length", _MANY),))

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def open(self) -> None:
        """Where the part's content goes: a file of its own name, or nowhere."""
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise MalformedForm
        field = options[b"name"].decode("utf-8", "replace")
        if field not in (MAIN, LISTS):
            self._mistakes.append(InputError("", "unknown_field", _NO_FIELD))
            return
        name = options.get(b"filename", b"").decode("utf-8", "replace")
        if not _NAME.match(name) or name.casefold() in self._names:
            self._mistakes.append(InputError(f"/{field}", "format", _NAMED))
            return
        self._names.add(name.casefold())
        if field == MAIN:
            self._main.append(name)
        self._file = (self._folder / name).open("xb")

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def end(self) -> None:
        self._ended = True

    def main(self) -> str:
        """The name of the main file, once all has arrived. Raises MalformedForm and InputErrors."""
        if not self._ended:
            raise MalformedForm
        if len(self._main) != 1 and not any(one.pointer == f"/{MAIN}" for one in self._mistakes):
            self._mistakes.append(InputError(f"/{MAIN}", "required", _ONCE))
        if self._mistakes:
            raise InputErrors(tuple(self._mistakes))
        return self._main[0]
