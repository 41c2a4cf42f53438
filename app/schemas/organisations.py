"""Organisations as officers write and read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints, WithJsonSchema
from typing_extensions import TypeAliasType

from app.schemas.application_facts import ApplicationFacts
from app.schemas.bodies import Day, Name, Reason, Sent, Uscc
from app.schemas.words import Digest, Shown

Kind = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A kind of applicant by its code, as the policies name it."""
RegisteredApplicant = TypeAliasType(
    "RegisteredApplicant",
    Annotated[
        Any,
        WithJsonSchema(
            {
                "type": "object",
                "description": "The policy's own facts of an applicant.",
                "additionalProperties": True,
            }
        ),
    ],
)


class StatedFacts(Sent):
    """What the register says of an organisation for one policy and year, replaced as a whole."""

    stated_on: Day
    """The day that the facts are of; not in the future."""
    source: Name
    """Who says so: a register, a return, an officer."""
    year: Annotated[int, Field(strict=True, ge=2000, le=2100)] | None = None
    """The year that they count for; by default that of `stated_on`."""
    applicant: RegisteredApplicant | None = None
    """As in an evaluation under the policy, without `credit`; name, code and kind are the register's."""
    facts: ApplicationFacts | None = None
    """As in an evaluation under the policy."""


class OrganisationBody(Sent):
    """What is known of an organisation."""

    name: Name
    kind: Kind | None = None
    """As the policies name it: `enterprise`, say."""
    facts: dict[str, StatedFacts | None] | None = None
    """By policy, for offers without application. A policy that is not named keeps its facts, null removes them."""


class NewCode(Sent):
    """A code that the organisation of the path has now."""

    uscc: Uscc
    from_: Annotated[Day, Field(alias="from")]
    """The day from which it holds; not in the future."""
    reason: Reason


class OrganisationCode(Shown):
    uscc: str
    from_: date | None = Field(alias="from")
    """Null: from the beginning."""
    reason: str | None


class Organisation(Shown):
    id: str
    uscc: str
    """The code that it has now."""
    name: str
    """The code, until a name is known."""
    kind: str | None
    codes: list[OrganisationCode]
    """All that it had, the oldest first."""
    created_at: datetime
    updated_at: datetime


class RegisteredFacts(Shown):
    """What the register says for one policy, as the policy's reader understood it."""

    year: int
    stated_on: date
    source: str
    applicant: RegisteredApplicant
    """Without name, code and kind, where the register says them."""
    facts: ApplicationFacts
    digest: Digest
    recorded_by: str
    recorded_at: datetime


class OrganisationWithFacts(Organisation):
    """An organisation and what the register says of it."""

    facts: dict[str, RegisteredFacts]
    """By policy."""


class OrganisationList(Shown):
    items: list[Organisation]
    next: str | None
    """Where the list goes on; null: it ends here."""
