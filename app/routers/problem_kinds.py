"""Every kind of problem this service answers with, and the fix: the pages at the `type` URLs come from here."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from app.rules.policy import Words


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind: its page is `/problems/<slug>`."""

    slug: str
    status: int
    title: Words
    fix: Words

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


INVALID_REQUEST = ProblemKind(
    "invalid-request",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    Words("请求内容有误", "The request is not valid"),
    Words(
        "errors 列出每一处错误（最多 100 处）：pointer 是指向请求体的 RFC 6901 指针，parameter 是出错的查询参数。"
        "未声明的字段和参数会被拒绝，以免写错的事实被当作未知。各事实的类型和取值见 /v1/policies/{policy}/schema。",
        "`errors` lists every mistake (at most 100): `pointer` is an RFC 6901 pointer into the body, `parameter` the "
        "query parameter that is wrong. Fields and parameters that are not declared are refused, so that a misspelt "
        "fact is never read as unknown. /v1/policies/{policy}/schema has the type and values of every fact.",
    ),
)
NOT_JSON = ProblemKind(
    "not-json",
    HTTPStatus.BAD_REQUEST,
    Words("请求体不是严格的 JSON", "The body is not strict JSON"),
    Words(
        "请求体须为一个 UTF-8 编码的 JSON 值（RFC 8259）：无字节顺序标记，无 NaN 或 Infinity，同一对象中键不重复，"
        "嵌套不超过 32 层。detail 给出行和列。",
        "The body must be one JSON value (RFC 8259) in UTF-8: no byte order mark, no NaN or Infinity, no key twice in "
        "one object, at most 32 levels deep. `detail` names the line and column.",
    ),
)
NOT_FOUND = ProblemKind(
    "not-found",
    HTTPStatus.NOT_FOUND,
    Words("没有这个资源", "There is nothing here"),
    Words(
        "检查路径：路径区分大小写，末尾没有斜杠。全部路径见 /docs 和 /openapi.json；known 列出可用的名称。",
        "Check the path: it is case-sensitive and has no slash at the end. /docs and /openapi.json list every path; "
        "`known` lists the names that exist.",
    ),
)
METHOD_NOT_ALLOWED = ProblemKind(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    Words("此处不支持该方法", "This method is not supported here"),
    Words("Allow 标头列出支持的方法。", "The `Allow` header lists the methods that are supported."),
)
BODY_TOO_LARGE = ProblemKind(
    "body-too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Words("请求体过大", "The body is too large"),
    Words(
        "单个请求（批量时为一行）不超过 1 MiB。多个申请人请用批量评估，每行一个请求。",
        "A request, or one line of a batch, may have 1 MiB. Send many applicants as a batch, one request a line.",
    ),
)
UNSUPPORTED_MEDIA_TYPE = ProblemKind(
    "unsupported-media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Words("不支持的内容类型", "This content type is not supported"),
    Words(
        "单个评估发送 Content-Type: application/json，批量评估发送 application/x-ndjson；字符集只能是 UTF-8，"
        "不接受压缩的请求体。",
        "Send `Content-Type: application/json` for one evaluation, `application/x-ndjson` for a batch; the charset can "
        "only be UTF-8, and compressed bodies are not taken.",
    ),
)
NOT_READY = ProblemKind(
    "not-ready",
    HTTPStatus.SERVICE_UNAVAILABLE,
    Words("服务尚未就绪", "The service is not ready"),
    Words("稍后重试；/readyz 说明缺少什么。", "Try again later; /readyz says what is not there yet."),
)
INTERNAL_ERROR = ProblemKind(
    "internal-error",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    Words("服务内部错误", "The service failed"),
    Words(
        "这不是您的错误。请将 request_id 告知运行方，日志中可以据此查到原因。",
        "This is not your mistake. Tell the operator the `request_id`: the logs name the cause under it.",
    ),
)

KINDS: tuple[ProblemKind, ...] = (
    INVALID_REQUEST,
    NOT_JSON,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    NOT_READY,
    INTERNAL_ERROR,
)
