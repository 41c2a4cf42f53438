"""Every kind of problem this service answers with, and the fix: the pages at the `type` URLs come from here."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from app.routers.conflict_kinds import CONFLICT_WORDS
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
        "单个请求（批量时为一行）不超过 1 MiB，上传的文件不超过 20 MiB。多个申请人请用批量评估，每行一个请求。",
        "A request, or one line of a batch, may have 1 MiB, a file 20 MiB. Send many applicants as a batch, one "
        "request a line.",
    ),
)
UNSUPPORTED_MEDIA_TYPE = ProblemKind(
    "unsupported-media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Words("不支持的内容类型", "This content type is not supported"),
    Words(
        "发送 Content-Type: application/json，批量评估发送 application/x-ndjson，字符集只能是 UTF-8；"
        "文件以 multipart/form-data 上传。detail 说明此处接受什么；不接受压缩的请求体。",
        "Send `Content-Type: application/json`, for a batch `application/x-ndjson`, with no charset but UTF-8; a "
        "document as `multipart/form-data`. `detail` says what is taken here; compressed bodies are not.",
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

MALFORMED_FORM = ProblemKind(
    "malformed-form",
    HTTPStatus.BAD_REQUEST,
    Words("请求体不是完整的 multipart/form-data", "The body is not a whole multipart/form-data"),
    Words(
        "请求体须为 RFC 7578 的 multipart/form-data，分隔符与 Content-Type 的 boundary 一致，以结束分隔符收尾；"
        "多数 HTTP 库上传文件时会自动生成。",
        "The body must be multipart/form-data (RFC 7578) with the boundary that Content-Type names, up to the closing "
        "one. HTTP libraries make it when they are told to upload a file.",
    ),
)

NOT_A_POPULATION = ProblemKind(
    "not-a-population",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    Words("文件不是可读的申请人数据", "The file is no population"),
    Words(
        "detail 说明哪里无法读取、应为什么。列名见 /v1/policies/{policy}/schema；扩展名或 Content-Type 须与内容一致。"
        "只是个别行有误的文件照常接收，并逐行列出。",
        "`detail` says what cannot be read and what was expected. /v1/policies/{policy}/schema names the columns; the "
        "name's ending or Content-Type must fit the content. A file with some bad rows is taken, and they are listed.",
    ),
)

INVALID_POLICY = ProblemKind(
    "invalid-policy",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    Words("政策包有误", "The pack is no valid policy"),
    Words(
        "errors 逐处列出 file、line、character、应为什么和建议，未通过的测试案例也在其中。"
        "在本地用 duixian policy check 可得到同样的结果。正在生效的政策不受影响。",
        "`errors` has the file, line and character of every mistake, what was expected and a suggestion; cases that do "
        "not come out as they say are among them. `duixian policy check` says the same. What is in effect stays.",
    ),
)
UNAUTHENTICATED = ProblemKind(
    "unauthenticated",
    HTTPStatus.UNAUTHORIZED,
    Words("需要有效的凭证", "A credential that holds is needed"),
    Words(
        "发送 Authorization: Bearer <密钥或令牌>。密钥由管理员签发，可能已过期或被撤销；GET /v1/me 说明凭证属于谁。",
        "Send `Authorization: Bearer` with a key or token. Keys are issued by an administrator and can expire or be "
        "revoked; GET /v1/me says whose a credential is.",
    ),
)
FORBIDDEN = ProblemKind(
    "forbidden",
    HTTPStatus.FORBIDDEN,
    Words("没有此项权限", "Not for this credential"),
    Words(
        "该凭证有效，但没有所需的权限；scopes 列出所需的权限。",
        "The credential holds but lacks the scope; `scopes` names what would do.",
    ),
)
RATE_LIMITED = ProblemKind(
    "rate-limited",
    HTTPStatus.TOO_MANY_REQUESTS,
    Words("请求过于频繁", "Too many requests"),
    Words(
        "按 Retry-After 稍后重试；RateLimit 标头说明余量。",
        "Wait for Retry-After; the RateLimit headers say what is left.",
    ),
)
KEY_MISSING = ProblemKind(
    "idempotency-key-missing",
    HTTPStatus.BAD_REQUEST,
    Words("缺少 Idempotency-Key", "The Idempotency-Key is missing"),
    Words(
        "每个改变数据的 POST 都要带 Idempotency-Key：为每项操作生成一个随机值（例如 UUID），重试时用同一个值。"
        "同一个键和同样的请求返回第一次的答复（Idempotency-Replayed: true），保留 7 天。",
        "Every POST that changes something needs an Idempotency-Key: make a random value (a UUID, say) for each thing "
        "you do, and send the same one when you retry. The same key and request give the first answer "
        "(`Idempotency-Replayed: true`), for 7 days.",
    ),
)
KEY_REUSED = ProblemKind(
    "idempotency-key-reused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    Words("Idempotency-Key 已用于另一请求", "The Idempotency-Key was used for another request"),
    Words(
        "同一个键只能用于同一个请求（方法、路径、查询、内容都相同）；另一项操作请用新的键。",
        "A key stands for one request: the same method, path, query and body. Use a new key for anything else.",
    ),
)
IN_FLIGHT = ProblemKind(
    "in-flight",
    HTTPStatus.CONFLICT,
    Words("正在处理", "Under way"),
    Words(
        "同一键的请求或同一单位的另一变更尚未结束；按 Retry-After 用同一个键重试。",
        "A request with this key, or another change for the same organisation, is not finished yet. Retry after "
        "Retry-After with the same key.",
    ),
)
PRECONDITION_REQUIRED = ProblemKind(
    "precondition-required",
    HTTPStatus.PRECONDITION_REQUIRED,
    Words("缺少 If-Match", "If-Match is missing"),
    Words(
        "先读取该资源，把答复的 ETag 放进 If-Match，以免覆盖他人的变更；不接受 *。",
        "Read the resource first and send its ETag as If-Match, so that nobody's change is overwritten; not *.",
    ),
)
PRECONDITION_FAILED = ProblemKind(
    "precondition-failed",
    HTTPStatus.PRECONDITION_FAILED,
    Words("资源已被更改", "The resource has changed"),
    Words(
        "读取之后它已被更改；答复的 ETag 是当前版本。重新读取，再决定是否仍要这样做。",
        "It changed since you read it; the answer's ETag is the current one. Read it again and decide anew.",
    ),
)
CONFLICTS = tuple(ProblemKind(slug, HTTPStatus.CONFLICT, title, fix) for slug, title, fix in CONFLICT_WORDS)

KINDS: tuple[ProblemKind, ...] = (
    INVALID_REQUEST,
    NOT_JSON,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    NOT_READY,
    INTERNAL_ERROR,
    MALFORMED_FORM,
    NOT_A_POPULATION,
    INVALID_POLICY,
    UNAUTHENTICATED,
    FORBIDDEN,
    RATE_LIMITED,
    KEY_MISSING,
    KEY_REUSED,
    IN_FLIGHT,
    PRECONDITION_REQUIRED,
    PRECONDITION_FAILED,
    *CONFLICTS,
)
BY_SLUG = {kind.slug: kind for kind in KINDS}
"""What a refusal's `kind` names."""
