"""/v1/documents: upload, look at, fetch and delete."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import StreamingResponse

from app.routers.access import Anyone, Applicant
from app.routers.documenting import problem
from app.routers.documenting_orders import ETAG, LOCATION, order_operation, read_operation
from app.routers.orders import NOT_STORED, answer_order, answer_read, answer_to, office_of, order_of
from app.routers.problem_kinds import MALFORMED_FORM
from app.routers.query import read_query
from app.routers.uploads import FORM, received
from app.schemas.documents import StoredDocument
from app.services import documents
from app.services.document_upload import new_document_id, upload_plan

if TYPE_CHECKING:
    from app.store.documents import DocumentRow

router = APIRouter(tags=["documents"])

_ID = {"pattern": "^doc_[0-9a-f]{32}$"}
DocumentId = Annotated[
    str, Path(description="The document's id.", examples=["doc_" + "0" * 32], json_schema_extra=_ID)
]
_FORM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "PDF, JPEG or PNG, at most 20 MiB; judged by its content.",
        },
        "kind": {
            "type": "string",
            "maxLength": 200,
            "description": "What it is, in your own words: `licence`, say.",
        },
        "sha256": {
            "type": "string",
            "description": "SHA-256 of the content in hexadecimal: what arrives is checked against it.",
        },
    },
}
_UPLOAD = order_operation(None, StoredDocument, status=201, found=False, headers={**ETAG, **LOCATION})
_UPLOAD["openapi_extra"]["requestBody"] = {"required": True, "content": {FORM: {"schema": _FORM_SCHEMA}}}
_UPLOAD["responses"][400] = {
    **problem(MALFORMED_FORM),
    "description": "No Idempotency-Key, or no whole form.",
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_CONTENT = read_operation(None)
_CONTENT["responses"][200] |= {
    "content": dict.fromkeys(("application/pdf", "image/jpeg", "image/png"), _BINARY),
    "description": "The bytes, to be saved and not shown.",
}


@router.post(
    "/v1/documents", operation_id="upload_document", summary="Upload a document for an application", **_UPLOAD
)
async def upload_document(request: Request, caller: Applicant) -> Response:
    """The same key with the same file gives the first answer again: a file counts by its SHA-256."""
    async with received(request) as upload:
        order = order_of(request, caller, upload.fingerprint)
        return await answer_to(request, order, upload_plan(upload, new_document_id()))


@router.get(
    "/v1/documents/{document}",
    operation_id="get_document",
    summary="One document's metadata",
    **read_operation(StoredDocument, headers=ETAG),
)
async def get_document(request: Request, document: DocumentId, caller: Anyone) -> Response:
    """A platform sees its own; another's is not there."""
    read_query(request.scope, {})
    content, row = await documents.one(office_of(request), caller, document)
    return answer_read(content, row.version)


@router.get(
    "/v1/documents/{document}/content",
    operation_id="get_document_content",
    summary="One document's bytes",
    response_class=Response,
    **_CONTENT,
)
async def get_document_content(request: Request, document: DocumentId, caller: Anyone) -> Response:
    """Always as a download: nothing of it runs in a browser under this service's name."""
    read_query(request.scope, {})
    row, chunks = await documents.content(office_of(request), caller, document)
    return StreamingResponse(chunks, 200, _headers_of(row))


@router.delete(
    "/v1/documents/{document}",
    operation_id="delete_document",
    summary="Delete a document that no application has",
    **order_operation(None, None, status=204, guarded=True, keyed=False, bare=True, problems=("conflict",)),
)
async def delete_document(request: Request, document: DocumentId, caller: Applicant) -> Response:
    """One that an application names is taken out of it first; one that was submitted stays."""
    answer = await answer_order(request, caller, documents.delete_plan(document), bare=True)
    await documents.forget_bytes(office_of(request), document)
    return answer


def _headers_of(row: DocumentRow) -> dict[str, str]:
    plain = row.name.encode("ascii", "replace").decode().translate({ord(c): "_" for c in '?"\\%'})
    digest = base64.b64encode(bytes.fromhex(row.sha256)).decode()
    return {
        **NOT_STORED,
        "Content-Type": row.media_type,
        "Content-Length": str(row.size),
        # RFC 6266: the plain name for old clients, the whole one for all others.
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Download-Options": "noopen",
        "Repr-Digest": f"sha-256=:{digest}:",
    }
