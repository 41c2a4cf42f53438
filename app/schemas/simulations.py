"""Simulations as they are ordered, and the populations that are sent for them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.schemas.bodies import Day, Name, Sent, Yuan
from app.schemas.words import Shown, Words

Count = Annotated[int, Field(ge=0)]
UploadId = Annotated[str, Field(pattern="^upl_[0-9a-f]{32}$")]
MOST_SCENARIOS, MOST_PARAMETERS = 10, 20


def _constant(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("constant_type", "constant")
    return value


Constant = Annotated[
    Any,
    BeforeValidator(_constant),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "maxLength": 200}]}),
]
"""A number, or text: yuan, a percent such as "50%", a date."""


def _one_of(schema: dict[str, Any]) -> None:
    """In the document two objects; the model alone would let both be left out."""
    schema.pop("properties", None)
    schema.pop("additionalProperties", None)
    schema.pop("type", None)
    schema["oneOf"] = [
        {
            "type": "object",
            "properties": {name: kind},
            "required": [name],
            "additionalProperties": False,
        }
        for name, kind in (
            ("upload", {"type": "string", "pattern": "^upl_[0-9a-f]{32}$"}),
            ("register", {"type": "boolean", "const": True}),
        )
    ]


class PopulationBody(Sent):
    """Exactly one of the two."""

    model_config = ConfigDict(json_schema_extra=_one_of)

    upload: UploadId | None = None
    """A population that was sent."""
    from_register: Annotated[bool | None, Field(alias="register")] = None
    """True: the organisations on record."""


class ScenarioBody(Sent):
    """Another reading of the law: other values of parameters, another version, or both."""

    name: Name
    parameters: Annotated[dict[str, Constant], Field(max_length=MOST_PARAMETERS)] | None = None
    """`<measure>.<parameter>` -> its value, in the unit that the policy has."""
    version: Annotated[str, Field(max_length=100)] | None = None
    """Of the same policy; it need not be in force."""


class NewSimulation(Sent):
    """A population under the law as it is, and under each scenario."""

    population: PopulationBody
    as_of: Day | None = None
    year: Annotated[int, Field(ge=2000, le=2100, strict=True)] | None = None
    budget: Yuan | None = None
    scenarios: Annotated[list[ScenarioBody], Field(max_length=MOST_SCENARIOS)] | None = None
    """At most ten."""


class RowMistake(Shown):
    """One thing that is wrong with one row."""

    row: Count
    """As the file counts."""
    column: str
    """Dotted; empty for the row as a whole."""
    code: str
    message: Words


class UploadAnswer(Shown):
    """A population as it was checked. Rows that cannot be read are left out of every simulation."""

    id: UploadId
    policy: str
    version: str
    """Of the policy that it was checked against."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: Count
    rows: Count
    """That can be read."""
    bad_rows: Count
    errors: Annotated[list[RowMistake], Field(max_length=100)]
    """The first hundred mistakes."""
    expires_at: datetime
