"""Problem documents (RFC 9457): every error that a client sees is made here, and only here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.routers.methods import methods_at
from app.routers.problem_kinds import (
    BODY_TOO_LARGE,
    BY_SLUG,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    NOT_JSON,
    NOT_READY,
    UNSUPPORTED_MEDIA_TYPE,
    ProblemKind,
)
from app.rules.input.strict_json import NotJson
from app.rules.policy import Words
from app.rules.reading import InputErrors
from app.services.batch import LineTooLong
from app.services.catalogue import NoSuchMeasure
from app.services.published_policies import NoSuchPolicy, NoSuchVersion, NotInForce
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import Scope

MEDIA_TYPE = "application/problem+json"
MOST_MISTAKES = 100


class Problem(Exception):
    """What is wrong with a request, in the shape that a client sees."""

    def __init__(
        self,
        kind: ProblemKind,
        message: Words,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        known: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message.en)
        self.kind = kind
        self.message = message
        self.errors = errors
        self.known = known
        self.headers = dict(headers or {})
        self.more = dict(more or {})
        """Members of this kind alone."""

    def document(self, instance: str, request_id: str | None) -> dict[str, Any]:
        """The members of the problem document."""
        found: dict[str, Any] = {
            "type": self.kind.type,
            "title": self.kind.title.en,
            "status": int(self.kind.status),
            "detail": self.message.en,
            "instance": instance,
            "message": _both(self.message),
        }
        if request_id is not None:
            found["request_id"] = request_id
        if self.errors:
            found["errors"] = list(self.errors)
        if self.known:
            found["known"] = list(self.known)
        return found | self.more


class NotReady(Problem):
    """Something that all the work needs is not there now."""

    def __init__(self, checks: Mapping[str, bool]) -> None:
        failed = ", ".join(name for name, passed in checks.items() if not passed)
        super().__init__(
            NOT_READY,
            Words(f"尚未就绪：{failed}", f"Not ready: {failed}"),
            headers={"Retry-After": "5"},
            more={"checks": dict(checks)},
        )


class MediaTypeRefused(Problem):
    """The body's content type, charset or coding is none that the route takes."""

    def __init__(self, wanted: str) -> None:
        super().__init__(
            UNSUPPORTED_MEDIA_TYPE,
            Words(
                f"请发送 Content-Type: {wanted}，字符集 UTF-8，不压缩",
                f"Send Content-Type: {wanted}, charset UTF-8, not compressed",
            ),
            headers={"Accept-Encoding": "identity"},
        )


class BodyTooLarge(Problem):
    """The body has more bytes than the route reads."""

    def __init__(self, most: int) -> None:
        super().__init__(
            BODY_TOO_LARGE, Words(f"请求体超过 {most} 字节", f"The body has more than {most} bytes")
        )


class QueryRefused(Problem):
    """Query parameters that are unknown, repeated or not of their form."""

    def __init__(self, mistakes: Sequence[tuple[str, str, Words]]) -> None:
        super().__init__(
            INVALID_REQUEST,
            Words("查询参数有误", "The query is not valid"),
            errors=[
                {"pointer": "", "code": code, "message": _both(message), "parameter": name}
                for name, code, message in mistakes[:MOST_MISTAKES]
            ],
        )


def problem_of(error: Exception) -> Problem:
    """The problem that an error of any layer is for a client."""
    match error:
        case Problem():
            return error
        case InputErrors():
            return _input(error)
        case NotJson():
            return Problem(NOT_JSON, error.message)
        case Refusal():
            return Problem(
                BY_SLUG[error.kind],
                error.message,
                errors=error.errors,
                headers=error.headers,
                more=error.more,
            )
        case LineTooLong():
            return Problem(BODY_TOO_LARGE, Words("该行超过 1 MiB", "The line has more than 1 MiB"))
        case NoSuchPolicy():
            return Problem(NOT_FOUND, Words("没有这个政策", "There is no such policy"), known=error.known)
        case NoSuchVersion():
            return Problem(
                NOT_FOUND,
                Words(
                    f"没有这个版本，现有：{'、'.join(error.known)}",
                    f"There is no such version; there are: {', '.join(error.known)}",
                ),
                known=error.known,
            )
        case NoSuchMeasure():
            return Problem(
                NOT_FOUND,
                Words("该政策没有这项措施", "The policy has no such measure"),
                known=error.known,
            )
        case NotInForce():
            return _not_in_force(error)
        case HTTPException():
            return _of_framework(error)
        case RequestValidationError():
            # Only parts of the path are read by the framework.
            return Problem(NOT_FOUND, Words("路径中的编号不合要求", "The path names what there cannot be"))
    return Problem(
        INTERNAL_ERROR,
        Words("服务处理请求时出错", "The service failed while it answered"),
    )


HANDLED: tuple[type[Exception], ...] = (
    Problem,
    InputErrors,
    NotJson,
    NoSuchPolicy,
    NoSuchVersion,
    NoSuchMeasure,
    NotInForce,
    Refusal,
    HTTPException,
    RequestValidationError,
)
"""The errors that are answers."""


async def answer_problem(request: Request, error: Exception) -> Response:
    """The one exception handler."""
    if isinstance(error, HTTPException) and error.status_code == METHOD_NOT_ALLOWED.status:
        error.headers = {"Allow": ", ".join(methods_at(request.scope))}
    problem = problem_of(error)
    request_id = request.scope.get("state", {}).get("request_id")
    return Response(
        orjson.dumps(problem.document(instance_of(request.scope), request_id)),
        status_code=problem.kind.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
    )


def instance_of(scope: Scope) -> str:
    """The path that was asked, percent-encoded: a URI reference whatever it holds."""
    return quote(scope["path"])


def _both(text: Words) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _input(error: InputErrors) -> Problem:
    count = len(error.errors)
    return Problem(
        INVALID_REQUEST,
        Words(f"请求体有 {count} 处错误", f"The body has {count} mistake{'s' if count > 1 else ''}"),
        errors=[
            {"pointer": one.pointer, "code": one.code, "message": _both(one.message)}
            for one in error.errors[:MOST_MISTAKES]
        ],
    )


def _not_in_force(error: NotInForce) -> Problem:
    spans = [
        f"{policy.version} ({policy.in_force_from}/{policy.in_force_to or '..'})" for policy in error.versions
    ]
    return QueryRefused(
        [
            (
                "as_of",
                "range",
                Words(
                    f"该日没有有效的版本，现有：{'、'.join(spans)}",
                    f"No version is in force on that day; there are: {', '.join(spans)}",
                ),
            )
        ]
    )


def _of_framework(error: HTTPException) -> Problem:
    headers = dict(error.headers or {})
    if error.status_code == METHOD_NOT_ALLOWED.status:
        return Problem(
            METHOD_NOT_ALLOWED,
            Words(f"支持：{headers['Allow']}", f"Supported: {headers['Allow']}"),
            headers=headers,
        )
    if error.status_code == NOT_FOUND.status:
        return Problem(NOT_FOUND, Words("没有这个路径", "There is no such path"), headers=headers)
    return Problem(
        INVALID_REQUEST, Words("请求无法处理", "The request cannot be understood"), headers=headers
    )
