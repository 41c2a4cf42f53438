"""Records of punishment and funding, as officers write and read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from app.schemas.bodies import Day, Moment, Name, Sent, Uscc, Yuan
from app.schemas.words import Money, Shown

LIST_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MOST_LIST = 100
ListName = Annotated[str, StringConstraints(strict=True, pattern=LIST_PATTERN, max_length=MOST_LIST)]
"""A list's short name: `national`, `court`, `tax`."""
FundingSource = TypeAliasType(
    "FundingSource", Literal["district", "municipal", "provincial", "national", "other"]
)
FUNDING_SOURCES = ("district", "municipal", "provincial", "national", "other")
Void = Annotated[bool, Field(strict=True)]


class PunishmentBody(Sent):
    """An organisation was put on a list. Rows never change: a later one names the one that it replaces."""

    uscc: Uscc
    list: ListName
    listed_on: Day
    """Not in the future."""
    removed_on: Day | None = None
    """The first day on which it is listed no more."""
    source: Name
    reference: Name | None = None
    supersedes: Name | None = None
    """The record of the same organisation that this one replaces."""
    void: Void = False
    """With `supersedes`: that record never was. Default: false."""


class FundingBody(Sent):
    """An organisation had money from elsewhere. Rows never change: a later one names the one that it replaces."""

    uscc: Uscc
    source: FundingSource
    project: Name | None = None
    measure: Name | None = None
    amount: Yuan
    granted_on: Day
    """Not in the future."""
    reference: Name
    supersedes: Name | None = None
    """The record of the same organisation that this one replaces."""
    void: Void = False
    """With `supersedes`: that record never was. Default: false."""


class ReadingBody(Sent):
    """A list was read at its source."""

    source: Name
    queried_at: Moment
    """Not in the future."""


class _Record(Shown):
    id: str
    uscc: str
    """The code that the record came with."""
    organisation: str


class _Kept(Shown):
    supersedes: str | None
    superseded_by: str | None
    """The record that counts in place of this one."""
    void: bool
    recorded_by: str
    recorded_at: datetime


class PunishmentRecord(_Kept, _Record):
    list: str
    listed_on: date
    removed_on: date | None
    """Listed while listed_on <= day < removed_on."""
    source: str
    reference: str | None


class FundingRecord(_Kept, _Record):
    source: FundingSource
    project: str | None
    measure: str | None
    amount: Money
    granted_on: date
    reference: str


class PunishmentList(Shown):
    items: list[PunishmentRecord]
    next: str | None
    """Where the list goes on; null: it ends here."""


class FundingList(Shown):
    items: list[FundingRecord]
    next: str | None
    """Where the list goes on; null: it ends here."""


class ListReading(Shown):
    list: str
    required: bool
    """Whether it must have been read lately for joint punishment to be known."""
    source: str | None
    """Null: it was never read."""
    queried_at: datetime | None
    holds_until: datetime | None
    """When the reading is too old to rely on."""
    stale: bool
    """Never read, or too long ago."""
    recorded_by: str | None
    recorded_at: datetime | None


class ListReadings(Shown):
    items: list[ListReading]
    next: str | None
    """Always null: there are few lists."""
