"""The policy catalogue."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.schemas.answers import AwardKind, Choice, FactType, PolicyReference
from app.schemas.words import Digest, Money, Shown, Words


class InForce(Shown):
    """Both days included; no `to`: open-ended."""

    from_: date = Field(alias="from")
    to: date | None


class VersionSummary(Shown):
    version: str
    status: str
    digest: Digest
    in_force: InForce


class PolicySummary(VersionSummary):
    id: str
    title: Words
    authority: Words
    division: str
    """GB/T 2260."""


class PolicyList(Shown):
    items: list[PolicySummary]
    next: str | None
    """Where the list goes on; null: it ends here."""


class Provision(Shown):
    id: str
    clause: str
    text: Words


class ExclusionSummary(Shown):
    """A general bar on money."""

    id: str
    clause: str
    title: Words
    bars: Literal["measure", "item"]
    condition: Words | None
    """Null where items are barred by what history and other funding name."""


class MeasureObligation(Shown):
    measure: str
    code: str
    text: Words
    """With … for the item and the amount, which only an award has."""
    at_least: Words | None
    """How the amount is worked out; null where it is no matter of an amount."""
    to: Words | None
    """Whom the amount goes to."""


class NoticeWindow(Shown):
    """Both days included."""

    from_: date = Field(alias="from")
    to: date


class NoticeMaterial(Shown):
    text: Words
    measures: list[str]
    """The measures that it is for; empty: every one."""


class NoticeSummary(Shown):
    """A year's notice; what it changes of a measure is shown there."""

    year: int
    published: date
    """From this day on it applies to what is decided for the year."""
    window: NoticeWindow | None
    """When applications are taken; null: no such limit."""
    closed: list[str]
    """The measures that the year does not open."""
    materials: list[NoticeMaterial]


class PolicyDetail(PolicySummary):
    currency: str
    versions: list[VersionSummary]
    """Every version, oldest first."""
    provisions: list[Provision]
    exclusions: list[ExclusionSummary]
    obligations: list[MeasureObligation]
    measures: list[str]
    """Measures and services, in the order of answers."""
    notices: list[NoticeSummary]
    """Those published by the day, by year."""


class MeasureSummary(Shown):
    id: str
    clause: str
    title: Words
    kind: AwardKind
    evaluated: bool
    """False for a service without a condition: it is listed here only."""


class MeasureList(Shown):
    policy: PolicyReference
    items: list[MeasureSummary]
    next: str | None
    """Where the list goes on; null: it ends here."""


class Requirement(Shown):
    code: str | None
    """The reason's code; null for a group without a name."""
    clause: str
    kind: Literal["one", "all", "any"]
    text: Words
    of: list[Requirement]
    """The parts of `all` and `any`."""


class ParameterRow(Shown):
    from_: str = Field(alias="from")
    """A year (of requests) or a day (`as_of`)."""
    value: int | str


class ParameterValue(Shown):
    name: str
    type: str
    value: int | str
    """Money as yuan, percents as text with %."""
    rows: list[ParameterRow]
    """Where it changes with years or days: `value` is that of the last row; empty: it never changes."""


class LevelAmount(Shown):
    level: str
    label: Words
    amount: Money


class AwardForm(Shown):
    kind: AwardKind
    per: Literal["applicant", "item", "total"]
    """Whether the applicant, each item, or the total of the items that count is awarded."""
    text: Words
    """The award in words: tables, steps, cases and what limits the figure."""
    amount: Money | None
    """Where the text states one figure; for up_to it is the ceiling, not an amount due."""
    levels: list[LevelAmount]
    """Where the figure depends on a level."""
    parameters: list[str]
    """The parameters that a formula uses."""


class Items(Shown):
    """The list whose items are decided one by one."""

    fact: str
    label: Words
    id_field: str | None
    requirements: list[Requirement]


class LimitForm(Shown):
    kind: Literal[
        "once",
        "once_per_year",
        "once_per_item",
        "at_most",
        "best",
        "first",
        "annual_cap",
        "lifetime_cap",
        "item_cap",
        "topped_up",
        "group",
        "group_cap",
    ]
    cap: int | Money
    for_anyone: bool
    """It counts an object whoever asks, not the applicant."""
    text: Words


AllotmentWay = TypeAliasType("AllotmentWay", Literal["scale", "arrival", "rank"])


class AllotmentForm(Shown):
    """A budget or places that all applicants share."""

    budget: Money | None
    places: int | None
    per: Literal["year"] | None
    """Null: the years share one."""
    by: AllotmentWay
    scores: list[Words]
    """What ranks applicants, the highest first; each decides where those before it are equal."""
    ties: Literal["decide", "admit", "refuse"] | None
    """Where scores rank: what becomes of equal ones of whom not all get in."""
    last: Literal["partial", "refuse"] | None
    """Whether who crosses the budget gets what is left of it; null where nobody can."""
    text: Words


class RequiredFact(Shown):
    fact: str
    """Dotted; for a field of an item `list[].field`."""
    type: FactType
    label: Words
    unit: Words | None
    choices: list[Choice] | None


class FlagForm(Shown):
    code: str
    text: Words


class ReviewNote(Shown):
    """What a year's notice leaves to legal review."""

    year: int
    text: Words


class NoticeChange(Shown):
    """What a year's notice changes of the measure."""

    year: int
    closed: bool
    parameters: list[ParameterValue]
    """Their values in this year."""
    requirements: list[Requirement]
    """Those that the notice adds."""
    maximum: Money | None
    """The most that may be granted for one award, where the text states no figure."""


class MeasureDetail(MeasureSummary):
    policy: PolicyReference
    in_force: InForce
    """The days of the measure: its own, or the policy's."""
    does: Words | None
    """Services: what the district does."""
    subject: list[Requirement]
    """Who may apply: the requirements on the applicant alone; empty: any organisation."""
    requirements: list[Requirement]
    """All requirements, the subject's included; each must hold."""
    items: Items | None
    parameters: list[ParameterValue]
    award: AwardForm
    limits: list[LimitForm]
    allotment: AllotmentForm | None
    """How applicants share what there is; null: nobody's award depends on another's."""
    obligations: list[MeasureObligation]
    payment: list[Words]
    """How it is paid out: instalments, payees, what holds it; empty: at once, to the applicant."""
    legal_review: Words | None
    """The pack's own note for legal review."""
    says: Words | None
    """The measure in its author's words."""
    flags: list[FlagForm]
    required_facts: list[RequiredFact]
    ledger_key: str | None
    """Under what its awards are counted, in every version; null for services."""
    review: list[ReviewNote]
    notices: list[NoticeChange]
    """Those published by the day that change the measure; what stands above is the text without them."""
