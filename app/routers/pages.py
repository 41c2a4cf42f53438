"""Pages for people: what a kind of problem means and how to mend it, and the list of operations.

Plain HTML without scripts: nothing is loaded from elsewhere, so the pages work where the outside is blocked.
"""

from __future__ import annotations

import hashlib
from html import escape
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response

from app.routers.cached import conditional
from app.routers.documenting import CACHED, IF_NONE_MATCH, NOT_MODIFIED, PUBLIC, problem
from app.routers.problem_kinds import INVALID_REQUEST, KINDS, NOT_FOUND, ProblemKind
from app.routers.problems import Problem
from app.routers.query import read_query
from app.rules.policy import Words
from app.schemas.explanations import ProblemExplanation, ProblemExplanations
from app.services.catalogue import Representation

if TYPE_CHECKING:
    from collections.abc import Iterable

router = APIRouter(tags=["problems"])

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code{background:#eee;padding:.1em .3em}td{padding:.2rem 1rem .2rem 0;vertical-align:top}"
)
_BY_SLUG = {kind.slug: kind for kind in KINDS}
KindSlug = Annotated[
    str,
    Path(description="The last part of the `type`.", json_schema_extra={"enum": [k.slug for k in KINDS]}),
]
_HTML = {"text/html": {"schema": {"type": "string"}}}


def _described(model: type) -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "description": "JSON, or HTML for those who accept it.",
            "model": model,
            "content": _HTML,
            "headers": CACHED,
        },
        304: NOT_MODIFIED,
        422: problem(INVALID_REQUEST),
    }


@router.get(
    "/problems",
    operation_id="list_problem_kinds",
    summary="Every kind of problem",
    responses=_described(ProblemExplanations),
    openapi_extra={"parameters": [IF_NONE_MATCH], **PUBLIC},
)
async def list_problem_kinds(request: Request) -> Response:
    """The kinds that the `type` of a problem document can name."""
    read_query(request.scope, {})
    body = "".join(_explained_in_html(kind) for kind in KINDS)
    return _negotiated(request, {"problems": [_explained(kind) for kind in KINDS]}, "Problems 问题", body)


@router.get(
    "/problems/{kind}",
    operation_id="explain_problem_kind",
    summary="What a kind of problem means",
    responses=_described(ProblemExplanation) | {404: problem(NOT_FOUND)},
    openapi_extra={"parameters": [IF_NONE_MATCH], **PUBLIC},
)
async def explain_problem_kind(request: Request, kind: KindSlug) -> Response:
    """The page at the `type` URL of a problem document: what it means, and how to mend it."""
    read_query(request.scope, {})
    found = _BY_SLUG.get(kind)
    if found is None:
        raise Problem(
            NOT_FOUND,
            Words("没有这类问题", "There is no such kind of problem"),
            known=tuple(_BY_SLUG),
        )
    return _negotiated(request, _explained(found), found.title.en, _explained_in_html(found))


def operations_page(document: dict[str, Any]) -> bytes:
    """The operations of an OpenAPI document as a page."""
    rows = "".join(
        f"<tr><td><code>{method.upper()}</code><td><code>{escape(path)}</code>"
        f"<td>{escape(operation.get('summary', ''))}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    about = escape(document["info"]["description"])
    return _page(
        document["info"]["title"],
        f'<p>{about}<p>OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a> · '
        f'<a href="/problems">Problems 问题</a><table>{rows}</table>',
    )


def page_of(content: bytes) -> Representation:
    """Bytes with their fingerprint."""
    return Representation(content, hashlib.sha256(content).hexdigest())


def _negotiated(request: Request, value: dict[str, Any], title: str, body: str) -> Response:
    if "text/html" in _accepted(request.headers.getlist("accept")):
        answer = conditional(request, page_of(_page(title, body)), "text/html")
    else:
        answer = conditional(request, page_of(orjson.dumps(value)))
    answer.headers["Vary"] = "Accept"
    return answer


def _accepted(sent: Iterable[str]) -> set[str]:
    return {part.split(";")[0].strip().lower() for line in sent for part in line.split(",")}


def _explained(kind: ProblemKind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "status": int(kind.status),
        "title": {"zh": kind.title.zh, "en": kind.title.en},
        "fix": {"zh": kind.fix.zh, "en": kind.fix.en},
    }


def _explained_in_html(kind: ProblemKind) -> str:
    return (
        f'<section id="{kind.slug}"><h2>{int(kind.status)} {escape(kind.title.zh)} · {escape(kind.title.en)}</h2>'
        f'<p lang="zh">{escape(kind.fix.zh)}<p lang="en">{escape(kind.fix.en)}</section>'
    )


def _page(title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    ).encode()
