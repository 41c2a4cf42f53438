"""An application's own facts, whichever its policy: each policy's schema says what else there is."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import WithJsonSchema
from typing_extensions import TypeAliasType

ApplicantFacts = TypeAliasType(
    "ApplicantFacts",
    Annotated[
        Any,
        WithJsonSchema(
            {
                "type": "object",
                "description": "Who applies: these two, and the policy's own facts of an applicant.",
                "required": ["name", "uscc"],
                "properties": {
                    "name": {"type": "string"},
                    "uscc": {
                        "type": "string",
                        "description": "The unified social credit code (GB 32100).",
                        "examples": ["91140802MA0GT0018G"],
                    },
                },
                "additionalProperties": True,
            }
        ),
    ],
)
ApplicationFacts = TypeAliasType(
    "ApplicationFacts",
    Annotated[
        Any,
        WithJsonSchema(
            {
                "type": "object",
                "description": "As the policy's schema has them, `GET /v1/policies/{policy}/schema`.",
                "additionalProperties": True,
            }
        ),
    ],
)
