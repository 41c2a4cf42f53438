"""What schemathesis must be taught: NDJSON, who may ask what, and what there is to ask for.

It reads DUIXIAN_CONTRACT: JSON with `address`, `keys` (a secret for each scope) and `ids` (path parameter -> values).
"""

from __future__ import annotations

import itertools
import json
import os
import re
import uuid
from typing import Any

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

# A batch is made of bytes, sent as they are; so are the files of imports.
for media_type in (
    "application/x-ndjson",
    "text/csv",
    "application/vnd.apache.parquet",
    "application/vnd.apache.arrow.stream",
    "application/vnd.apache.arrow.file",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
):
    schemathesis.serializer.alias(media_type, "application/octet-stream")

CONTRACT: dict[str, Any] = json.loads(os.environ["DUIXIAN_CONTRACT"])
ROLES = ("apply", "audit", "review", "approve", "finance", "admin")
COUNT = itertools.count()
TURNS = {name: itertools.cycle(values) for name, values in CONTRACT["ids"].items()}
KEY = re.compile(r"[!-~]{1,255}\Z")
OWN = ("application", "document", "webhook", "key", "offer")
"""What has a version of its own."""


@schemathesis.hook
def before_call(context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Ask as somebody who may; mostly of what is there, where what was made up is well formed; nothing twice."""
    operation = context.operation.definition.raw
    scopes = operation.get("x-scopes")
    if scopes is None:
        return
    authorization = bearer(next(one for one in ROLES if one in (scopes or ROLES)))
    case.headers["Authorization"] = authorization
    path = case.meta.components.get(ParameterLocation.PATH) if case.meta is not None else None
    if path is None or path.mode.is_positive:
        for name in case.path_parameters or {}:
            known = known_value(operation["operationId"], name)
            if known is not None and (operation["operationId"] == "revoke_key" or next(COUNT) % 5):
                case.path_parameters[name] = known
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and KEY.match(key):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
    if case.headers.get("If-Match"):
        found = current_etag(case, authorization)
        if found is not None:
            case.headers["If-Match"] = found


def bearer(role: str) -> str:
    return f"Bearer {CONTRACT['keys'][role]}"


def known_value(operation: str, name: str) -> str | None:
    """Something that is there."""
    if operation == "revoke_key":
        return new_key()
    if name == "record" and "funding" in operation:
        name = "funding"
    return next(TURNS[name]) if name in TURNS else None


def new_key() -> str:
    """A key for nobody's use, so that those that the test runs by are not revoked."""
    headers = {"Authorization": bearer("admin"), "Idempotency-Key": uuid.uuid4().hex}
    body = {"name": "for nobody", "scopes": ["audit"], "person": "p-nobody"}
    answer = requests.post(CONTRACT["address"] + "/v1/keys", headers=headers, json=body, timeout=20)
    return str(answer.json()["id"])


def current_etag(case: Any, authorization: str) -> str | None:
    """The version of what an order is about."""
    for name in OWN:
        value = (case.path_parameters or {}).get(name)
        if isinstance(value, str) and value in case.formatted_path:
            path = case.formatted_path.partition(value)[0] + value
            headers = {"Authorization": authorization}
            answer = requests.get(CONTRACT["address"] + path, headers=headers, timeout=20)
            return answer.headers.get("ETag")
    return None
