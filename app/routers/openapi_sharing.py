"""What many operations share, said once: headers, parameters and refusals as components of the document."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from app.routers.documenting import (
    AS_OF,
    CACHED,
    IF_NONE_MATCH,
    REQUEST_ID,
    VERSION,
)
from app.routers.documenting_orders import (
    AFTER,
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    LIMIT,
    LOCATION,
    NO_STORE,
    REPLAYED,
    TEST_TIME,
    VALIDATE_ONLY,
)
from app.routers.guarding import RATE_LIMITS, RETRY_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PARAMETERS: Mapping[str, dict[str, Any]] = {
    "After": AFTER,
    "AsOf": AS_OF,
    "IdempotencyKey": IDEMPOTENCY_KEY,
    "IfMatch": IF_MATCH,
    "IfNoneMatch": IF_NONE_MATCH,
    "Limit": LIMIT,
    "TestTime": TEST_TIME,
    "ValidateOnly": VALIDATE_ONLY,
    "Version": VERSION,
}
_HEADERS: Mapping[str, dict[str, Any]] = {
    "Cached": CACHED["Cache-Control"],
    "Fingerprint": CACHED["ETag"],
    "IdempotencyReplayed": REPLAYED["Idempotency-Replayed"],
    "Location": LOCATION["Location"],
    "NeverStored": NO_STORE["Cache-Control"],
    "RateLimit": RATE_LIMITS["RateLimit"],
    "RateLimitPolicy": RATE_LIMITS["RateLimit-Policy"],
    "RequestId": REQUEST_ID["X-Request-Id"],
    "RetryAfter": RETRY_AFTER["Retry-After"],
    "Version": ETAG["ETag"],
}
_RESPONSES: Mapping[str, str] = {
    "304": "NotModified",
    "400": "Malformed",
    "401": "Unauthenticated",
    "403": "Forbidden",
    "404": "NotFound",
    "405": "MethodNotAllowed",
    "412": "PreconditionFailed",
    "413": "BodyTooLarge",
    "415": "UnsupportedMediaType",
    "422": "InvalidRequest",
    "428": "PreconditionRequired",
    "429": "RateLimited",
    "503": "NotReady",
}
"""Of each status the form that most operations have; any other stands where it belongs."""


def share(paths: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Put references in place of what is shared. Returns the components by section."""
    operations = [operation for methods in paths.values() for operation in methods.values()]
    parameters, headers = _Shared("parameters", _PARAMETERS), _Shared("headers", _HEADERS)
    for operation in operations:
        if "parameters" in operation:
            operation["parameters"] = [parameters.put(one) for one in operation["parameters"]]
        operation["responses"] = {
            status: {
                **response,
                "headers": {name: headers.put(one) for name, one in response["headers"].items()},
            }
            for status, response in operation["responses"].items()
        }
    responses = _Shared("responses", dict(_usual(operations)))
    for operation in operations:
        operation["responses"] = {
            status: responses.put(one) if status in _RESPONSES else one
            for status, one in operation["responses"].items()
        }
    return {shared.section: shared.used for shared in (parameters, headers, responses)}


class _Shared:
    """A section of the components."""

    def __init__(self, section: str, named: Mapping[str, dict[str, Any]]) -> None:
        self.section = section
        self.used: dict[str, Any] = {}
        self._named = {_key(value): (name, value) for name, value in named.items()}

    def put(self, value: dict[str, Any]) -> dict[str, Any]:
        """A reference to the component that is the same; the value itself where there is none."""
        found = self._named.get(_key(value))
        if found is None:
            return value
        name, component = found
        self.used = dict(sorted({**self.used, name: component}.items()))
        return {"$ref": f"#/components/{self.section}/{name}"}


def _usual(operations: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, name in _RESPONSES.items():
        forms = [one["responses"][status] for one in operations if status in one["responses"]]
        if forms:
            usual, _ = Counter(map(_key, forms)).most_common(1)[0]
            yield name, orjson.loads(usual)


def _key(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
