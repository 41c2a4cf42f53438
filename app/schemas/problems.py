"""Problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from app.schemas.words import NOT_ALWAYS, Shown, Words


class InputMistake(Shown):
    """One mistake in what was sent."""

    pointer: str
    """RFC 6901, into the body; empty for the body as a whole and for a query parameter."""
    code: str
    """required, type, choice, range, format, unknown_field, duplicate_id, relation, check_character, length, text."""
    message: Words
    parameter: str | SkipJsonSchema[None] = NOT_ALWAYS
    """The query parameter that is wrong, where it is not the body."""
    row: int | SkipJsonSchema[None] = NOT_ALWAYS
    """The row of an imported file, from 1; 0 for the file as a whole."""
    column: str | None = NOT_ALWAYS
    """The heading of the column, as it stands in the file; null: it is the row as a whole."""
    file: str | SkipJsonSchema[None] = NOT_ALWAYS
    """The file of a policy pack, with its path in the pack."""
    line: int | SkipJsonSchema[None] = NOT_ALWAYS
    """In that file, from 1."""
    character: int | SkipJsonSchema[None] = NOT_ALWAYS
    """In that line, from 1."""
    suggestion: str | SkipJsonSchema[None] = NOT_ALWAYS
    """What was probably meant."""


class Problem(Shown):
    """Why a request was not answered."""

    type: str
    """A page of this service that explains the kind of problem and its fix."""
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    """What is wrong here, in English; `message` has both languages."""
    instance: str
    """The path that was asked."""
    message: Words
    request_id: str | SkipJsonSchema[None] = NOT_ALWAYS
    """Names this request in the logs; absent in the lines of a batch."""
    errors: Annotated[list[InputMistake], Field(max_length=100)] | SkipJsonSchema[None] = NOT_ALWAYS
    """Every mistake at once, in the order of the body."""
    known: list[str] | SkipJsonSchema[None] = NOT_ALWAYS
    """What could have been named instead."""


class Checks(Shown):
    database: bool
    """It answers."""
    migrations: bool
    """It stands at the revision that this code wants."""
    policies: bool
    """They are loaded, and kept by their digest."""


class NotReadyProblem(Problem):
    """What is not there yet."""

    checks: Checks
