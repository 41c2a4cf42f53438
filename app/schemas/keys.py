"""API keys, and who a caller is."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.rules.procedure.callers import Scope
from app.schemas.bodies import Moment, Name, Sent
from app.schemas.words import Mode, Shown

PLATFORM_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$"
PlatformId = Annotated[str, Field(pattern=PLATFORM_PATTERN, examples=["yanhu-portal"])]


def _told(code: str, zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("told", "key", {"code": code, "zh": zh, "en": en})


def _together(scopes: list[Scope]) -> list[Scope]:
    if len(set(scopes)) < len(scopes):
        raise _told("duplicate_id", "同一权限只列一次", "names a scope twice")
    if Scope.APPLY in scopes and len(scopes) > 1:
        raise _told("relation", "apply 不能与其他权限并列", "apply stands alone")
    return scopes


class NewKey(Sent):
    """A key to be made. With `apply` it belongs to a platform; with any other scope it names a person."""

    name: Name
    """What the key is for, as people say it."""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=6), AfterValidator(_together)]
    """What the key may do: `apply` alone, or any of the others."""
    platform: Annotated[PlatformId | None, Field(validate_default=True)] = None
    """Whose applications; with `apply` only."""
    person: Annotated[Name | None, Field(validate_default=True)] = None
    """The officer's staff number, always the same one: duties are kept apart by it."""
    mode: Mode | None = None
    """live or test; the caller's own by default. A test key makes test keys only."""
    expires_at: Moment | None = None
    """When it ends; never, by default."""

    @field_validator("platform", "person", mode="after")
    @classmethod
    def _of_its_holder(cls, value: str | None, info: ValidationInfo) -> str | None:
        scopes: list[Scope] | None = info.data.get("scopes")
        if scopes is None:
            return value
        wanted = (Scope.APPLY in scopes) == (info.field_name == "platform")
        if wanted and value is None:
            raise _told("required", "该权限的密钥必填", "is required with these scopes")
        if not wanted and value is not None:
            raise _told("relation", "不适用于该权限的密钥", "does not go with these scopes")
        return value


class ApiKey(Shown):
    """A key, without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    platform: str | None
    person: str | None
    mode: Mode
    hint: str
    """The last characters of the secret."""
    created_by: str
    """The person; `duixian` for a key that the service made."""
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class IssuedKey(ApiKey):
    """A key that was just made."""

    secret: str | None
    """Shown once: null when the answer is replayed."""


class ApiKeyList(Shown):
    items: list[ApiKey]
    next: str | None
    """Send it as `after` for the next page; null on the last."""


class RequestLimit(Shown):
    """How often this credential may ask."""

    requests: int | None
    """In `seconds`; null: no limit."""
    seconds: int
    remaining: int | None
    resets_in: int
    """Seconds until all of them are there again."""


class Me(Shown):
    """Who the caller is."""

    mode: Mode
    platform: str | None
    person: str | None
    scopes: list[Scope]
    credential: str
    """The key's id, or `jwt`."""
    expires_at: str | None
    limits: RequestLimit
