"""POST /v1/imports/{kind}: a file of records as the body, taken in whole or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Reviewer
from app.routers.documenting import problem
from app.routers.documenting_orders import order_operation
from app.routers.orders import answer_to, order_of
from app.routers.problem_kinds import KEY_MISSING, UNSUPPORTED_MEDIA_TYPE
from app.routers.problems import BodyTooLarge, Problem
from app.rules.policy import Words
from app.schemas.imports import ImportAnswer
from app.services.importing.by_order import SentFile, import_plan
from app.services.importing.headings import ImportKind
from app.services.importing.tables import Format

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

router = APIRouter(tags=["records"])

MOST_BYTES = 20 * 1024 * 1024
_FORMATS = {
    "text/csv": Format.CSV,
    "application/x-ndjson": Format.NDJSON,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Format.XLSX,
}
KindPath = Annotated[
    str,
    Path(description="What the file has.", json_schema_extra={"enum": [str(kind) for kind in ImportKind]}),
]
_IMPORT = order_operation(None, ImportAnswer, may_validate=True, timed=True)
_IMPORT["responses"][400] = problem(KEY_MISSING)
_IMPORT["openapi_extra"]["requestBody"] = {
    "required": True,
    "content": {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in _FORMATS},
}


class NotATable(Problem):
    """The body is of no type that records are read from."""

    def __init__(self) -> None:
        listed = ", ".join(_FORMATS)
        super().__init__(
            UNSUPPORTED_MEDIA_TYPE,
            Words(f"请以其中之一发送，不压缩：{listed}", f"Send one of these, not compressed: {listed}"),
            headers={"Accept-Encoding": "identity"},
        )


@router.post(
    "/v1/imports/{kind}", operation_id="import_records", summary="Take in a file of records", **_IMPORT
)
async def import_records(request: Request, kind: KindPath, caller: Reviewer) -> Response:
    """CSV (UTF-8 or GB18030), NDJSON or XLSX, at most 20 MiB; by the API's names or Chinese headings.

    A row that is recorded already is passed over, one that ends a listing stands in its place, and the very same file
    adds nothing. With any mistake nothing is taken in, and `errors` has the first hundred by row and column.
    """
    form = _form_of(request)
    if form is None:
        return await answer_to(
            request, order_of(request, caller, _refuse, may_validate=True), import_plan(kind, None)
        )
    async with _received(request, form) as file:
        order = order_of(request, caller, file.fingerprint, may_validate=True)
        return await answer_to(request, order, import_plan(kind, file))


def _refuse() -> bytes:
    raise NotATable


def _form_of(request: Request) -> Format | None:
    if request.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        return None
    essence = request.headers.get("content-type", "").split(";")[0]
    return _FORMATS.get(essence.strip().lower())


@asynccontextmanager
async def _received(request: Request, form: Format) -> AsyncIterator[SentFile]:
    """The body in a temporary file for as long as the block runs. Raises BodyTooLarge."""
    with tempfile.TemporaryDirectory(prefix="duixian-import-") as folder:
        place = FilePath(folder) / "file"
        found: Any = hashlib.sha256()
        size = 0
        with place.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_BYTES:
                    raise BodyTooLarge(MOST_BYTES)
                found.update(chunk)
                file.write(chunk)
        yield SentFile(place, form, found.hexdigest())
