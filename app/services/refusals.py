"""What a caller can act on: each refusal knows its kind, its words, and what it tells besides.

`kind` is the slug of a problem page; the routers turn a refusal into a problem document in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_NOT_THERE = Words("没有这个资源", "There is no such resource")


class Refusal(Exception):
    """An answer other than what was asked for."""

    kind = "not-allowed-now"

    def __init__(
        self,
        message: Words,
        *,
        kind: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Iterable[Mapping[str, Any]] = (),
        **more: Any,  # noqa: ANN401 - members of the problem document, JSON values
    ) -> None:
        super().__init__(message.en)
        self.kind = kind or self.kind
        self.message = message
        self.headers = dict(headers or {})
        self.errors = tuple(errors)
        self.more = more


class Unauthenticated(Refusal):
    """No credential, or none that holds."""

    kind = "unauthenticated"

    def __init__(self, message: Words, *, sent: bool = False) -> None:
        """`sent`: a credential came, and does not hold (RFC 6750, 3.1)."""
        error = ', error="invalid_token"' if sent else ""
        super().__init__(message, headers={"WWW-Authenticate": f'Bearer realm="duixian"{error}'})


class RateLimited(Refusal):
    """Asked too often."""

    kind = "rate-limited"

    def __init__(self, wait: int, headers: Mapping[str, str]) -> None:
        """`wait`: seconds until it may be tried again; `headers`: what the RateLimit fields say."""
        super().__init__(
            Words(f"请求过于频繁，请在 {wait} 秒后重试", f"Too many requests; try again in {wait} s"),
            headers={"Retry-After": str(wait), **headers},
        )


class Unreachable(Refusal):
    """Something outside that the answer needs does not answer: not the caller's mistake."""

    kind = "not-ready"

    def __init__(self, message: Words) -> None:
        super().__init__(message, headers={"Retry-After": "5"})


class Forbidden(Refusal):
    """The caller is known and may not."""

    kind = "forbidden"


class NotFound(Refusal):
    """Not there, or not for this caller to know of."""

    kind = "not-found"

    def __init__(self, message: Words | None = None) -> None:
        super().__init__(message or _NOT_THERE)


class KeyMissing(Refusal):
    """A POST that changes something came without an Idempotency-Key."""

    kind = "idempotency-key-missing"


class KeyReused(Refusal):
    """The Idempotency-Key was used for something else."""

    kind = "idempotency-key-reused"


class InFlight(Refusal):
    """Somebody else is at it: the same key, or rows that this change needs."""

    kind = "in-flight"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "另一请求正在处理同一内容，请稍后重试",
                "Another request is at work on the same; try again shortly",
            ),
            headers={"Retry-After": "1"},
        )


class PreconditionMissing(Refusal):
    """No If-Match, or `*`."""

    kind = "precondition-required"


class Stale(Refusal):
    """The resource has changed since the caller read it."""

    kind = "precondition-failed"

    def __init__(self, etag: str) -> None:
        super().__init__(
            Words(
                "该资源已被更改，请重新读取后再试", "The resource has changed; read it again and decide anew"
            ),
            headers={"ETag": etag},
        )


class NotAllowedNow(Refusal):
    """The status does not allow the action."""

    def __init__(self, status: str, allowed: Iterable[str]) -> None:
        actions = list(allowed)
        zh = "、".join(actions) or "无"
        en = ", ".join(actions) or "nothing"
        super().__init__(
            Words(f"当前状态为 {status}，可进行：{zh}", f"The status is {status}; allowed now: {en}"),
            application_status=status,
            allowed_actions=actions,
        )


class Kept(Exception):
    """A refusal whose traces are kept all the same: what was written is committed, the key is not."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
