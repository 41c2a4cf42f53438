"""Organisations as officers write and read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from app.schemas.bodies import Day, Name, Reason, Sent, Uscc
from app.schemas.words import Shown

Kind = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A kind of applicant by its code, as the policies name it."""


class OrganisationBody(Sent):
    """What is known of an organisation."""

    name: Name
    kind: Kind | None = None
    """As the policies name it: `enterprise`, say."""


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


class OrganisationList(Shown):
    items: list[Organisation]
    next: str | None
    """Where the list goes on; null: it ends here."""
