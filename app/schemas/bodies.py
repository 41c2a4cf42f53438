"""The base of every body that changes something, and how its mistakes are told: all at once, at their pointers."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.rules.facts import InputError
from app.rules.identifiers import normalise_uscc, uscc_mistake
from app.rules.input.mistakes import MOST_ERRORS, InputErrors, pointer_of
from app.rules.money import parse_yuan
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

Body = TypeVar("Body", bound="Sent")
MOST_NAME, MOST_TEXT = 200, 2_000
MOST_FEN = 10**14
# Python reads more than RFC 3339 has: weeks, days of the year, no offset.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
MOMENT_PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
_MOMENT = re.compile(MOMENT_PATTERN.replace("$", r"\Z"))


def without_defaults(schema: dict[str, Any]) -> None:
    """In the document a field may be left out; makers of clients take a default for one that is always there."""
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Sent(BaseModel):
    """A body: no field that is not declared, no value of another type."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, json_schema_extra=without_defaults
    )


def _plain(text: object) -> object:
    """NFC, no white space around it, no control characters, no half of a surrogate pair."""
    if not isinstance(text, str):
        raise PydanticCustomError("string_type", "text")
    stripped = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in stripped):
        raise PydanticCustomError("text", "control")
    return stripped


def _yuan(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("money_type", "money")
    try:
        found = parse_yuan(value)
    except ValueError:
        raise PydanticCustomError("money_format", "money") from None
    if not 0 <= found <= MOST_FEN:
        raise PydanticCustomError("money_range", "money")
    return found


def _above_nothing(fen: int) -> int:
    if fen <= 0:
        raise PydanticCustomError("money_range", "money")
    return fen


def _day(value: object) -> object:
    if isinstance(value, str) and _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date_format", "date")


def moment_of(text: str) -> datetime | None:
    """The instant that a text names by RFC 3339; None where it names none."""
    try:
        return datetime.fromisoformat(text) if _MOMENT.match(text) else None
    except ValueError:
        return None


def _moment(value: object) -> object:
    found = moment_of(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("moment_format", "moment")
    return found


def _code(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "text")
    wrong = uscc_mistake(value)
    if wrong is not None:
        code, words = wrong
        raise PydanticCustomError("told", "uscc", {"code": code, "zh": words.zh, "en": words.en})
    return normalise_uscc(value)


Name = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=MOST_NAME)]
"""One line for people or systems: 1 to 200 characters."""
Reason = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=MOST_TEXT)]
"""A written reason: 1 to 2,000 characters."""
Yuan = Annotated[
    int,
    BeforeValidator(_yuan),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,2})?$"},
                {"type": "number", "minimum": 0, "maximum": MOST_FEN // 100},
            ],
            "examples": ["200000.00"],
        }
    ),
]
"""Money, read into fen: text in yuan, or a number with at most two decimals; 0 to 10^12 yuan."""
PositiveYuan = Annotated[Yuan, AfterValidator(_above_nothing)]
Day = Annotated[date, BeforeValidator(_day)]
"""A legal day, YYYY-MM-DD."""
Moment = Annotated[datetime, BeforeValidator(_moment)]
"""RFC 3339 with an offset."""
Uscc = Annotated[str, BeforeValidator(_code), Field(examples=["91140802MA0GT0018G"])]
"""A unified social credit code (GB 32100), normalised."""


def read_body(model: type[Body], body: object) -> Body:
    """The body as its model has it; None counts as an empty object. Raises InputErrors."""
    try:
        return model.model_validate({} if body is None else body)
    except ValidationError as error:
        raise InputErrors(tuple(_mistake(one) for one in error.errors()[:MOST_ERRORS])) from None


_TOLD: Mapping[str, tuple[str, Words]] = {
    "missing": ("required", Words("必填", "is required")),
    "extra_forbidden": ("unknown_field", Words("没有这个字段", "is no field here")),
    "string_type": ("type", Words("应为文字", "must be text")),
    "int_type": ("type", Words("应为整数", "must be a whole number")),
    "bool_type": ("type", Words("应为 true 或 false", "must be true or false")),
    "list_type": ("type", Words("应为列表", "must be a list")),
    "model_type": ("type", Words("应为对象", "must be an object")),
    "dict_type": ("type", Words("应为对象", "must be an object")),
    "text": ("text", Words("含有控制字符", "holds control characters")),
    "money_type": ("type", Words("应为金额（元）", "must be an amount in yuan")),
    "money_format": (
        "format",
        Words("应为至多两位小数的金额（元）", "must be yuan with at most two decimals"),
    ),
    "money_range": ("range", Words("金额超出范围", "the amount is out of range")),
    "constant_type": ("type", Words("应为数字或文字", "must be a number or text")),
    "date_format": ("format", Words("应为日期 YYYY-MM-DD", "must be a date, YYYY-MM-DD")),
    "moment_format": (
        "format",
        Words("应为带时区的时间（RFC 3339）", "must be an instant with an offset (RFC 3339)"),
    ),
    "string_too_short": ("length", Words("过短", "is too short")),
    "string_too_long": ("length", Words("过长", "is too long")),
    "too_short": ("length", Words("项数过少", "has too few items")),
    "too_long": ("length", Words("项数过多", "has too many items")),
    "literal_error": ("choice", Words("不在可选值之中", "is none of the choices")),
    "enum": ("choice", Words("不在可选值之中", "is none of the choices")),
    "string_pattern_mismatch": ("format", Words("格式不符", "is not of the form")),
    "greater_than_equal": ("range", Words("过小", "is too small")),
    "less_than_equal": ("range", Words("过大", "is too large")),
}
_OTHER = ("format", Words("不合要求", "is not valid"))


def _mistake(error: Any) -> InputError:  # noqa: ANN401 - pydantic's ErrorDetails
    pointer = pointer_of(tuple(error["loc"]))
    context = error.get("ctx") or {}
    if error["type"] == "told":
        return InputError(pointer, context["code"], Words(context["zh"], context["en"]))
    code, words = _TOLD.get(error["type"], _OTHER)
    if code == "choice" and "expected" in context:
        words = Words(f"应为 {context['expected']} 之一", f"must be one of {context['expected']}")
    return InputError(pointer, code, words)
