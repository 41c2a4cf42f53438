"""What a policy pack says, as frozen values: the one tree that every engine reads.

`loading` builds these from YAML; `evaluation` compiles them. Nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.rules.allotment import Allotment
    from app.rules.expression import Condition, Derived, Expression
    from app.rules.facts import FactSchema
    from app.rules.language.naming import Table
    from app.rules.limits import Group, LedgerKey, Limit
    from app.rules.payment_terms import PaymentTerms
    from app.rules.values import Value

    StandIn = tuple[str, Derived]


@dataclass(frozen=True, slots=True)
class Words:
    """A text for people, in Chinese and English, both always."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Period:
    """Days, the first and the last included; None where that end is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class AwardKind(StrEnum):
    """Who decides the figure: the text (fixed, calculated) or an official (up_to, unspecified)."""

    FIXED = "fixed"
    CALCULATED = "calculated"
    UP_TO = "up_to"
    UNSPECIFIED = "unspecified"
    SERVICE = "service"

    __hash__ = str.__hash__  # Enum's own is Python, and these are looked up for every answer


@dataclass(frozen=True, slots=True)
class Rounding:
    """How an award is rounded, once: to a multiple of `to` fen."""

    mode: str = "half up"
    """`half up` (floor(x + 1/2)), `up` (any part counts as one) or `down`."""
    to: int = 1


TO_THE_FEN = Rounding()
NO_LESS = Rounding("up")
"""Of what must be at least so much."""


@dataclass(frozen=True, slots=True)
class Award:
    """The form of an award; `value` is money.

    It is None where kind is unspecified or service, and for a measure whose items are awarded one by one: the form
    is then the `award` of its `each`, of the same kind.
    """

    kind: AwardKind
    value: Value | None = None
    rounding: Rounding = TO_THE_FEN


@dataclass(frozen=True, slots=True)
class Flag:
    """A point for the reviewer: raised unless `unless` is certainly true, or only if `when` certainly is."""

    code: str
    says: Words
    unless: Condition | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Each:
    """Items of one list, decided line by line. With `award`, each item is awarded; else the total is."""

    word: str
    list_name: str
    id_field: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    """key name -> the item's field, e.g. {"project": "project"}."""
    require: tuple[Condition, ...] = ()
    counts: Expression | None = None
    award: Award | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def id_keys(self) -> tuple[str, ...]:
        """The keys whose value is the item's id itself: what history names as item stands for them."""
        return tuple(key for key, field in self.keys.items() if field == self.id_field)


@dataclass(frozen=True, slots=True)
class Obligation:
    """What an award binds its receiver to: by an amount, or by words alone."""

    code: str
    at_least: Expression | None
    """Money; the name `granted` is the line's (or measure's) amount. None: it is no matter of an amount."""
    per_item: bool
    says: Words
    """By an amount it may hold {at_least}, formatted as yuan, and {item}."""
    rounding: Rounding = NO_LESS
    to: Words | None = None
    """Whom the amount goes to."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named constant of a measure, in the unit its type says (fen, whole numbers, ISO dates), over its scale."""

    name: str
    type: str
    value: int | str
    label: Words | None = None
    rows: tuple[tuple[str, int | str], ...] = ()
    """By year or by day: where each row begins, as written, and its value."""
    scale: int = 1
    """Percents and numbers are whole over it."""


@dataclass(frozen=True, slots=True)
class Measure:
    id: str
    clause: str
    title: Words
    award: Award
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    require: tuple[Condition, ...] = ()
    each: Each | None = None
    limits: tuple[Limit, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    flags: tuple[Flag, ...] = ()
    ledger_key: str = ""
    """Stays when the text is issued anew: awards of every version are counted under it. Services have none."""
    does: Words | None = None
    """Services: what the district does."""
    succeeds: tuple[str, ...] = ()
    """The ledger keys of older versions whose awards count as awards of this measure."""
    ledger_keys: tuple[LedgerKey, ...] = ()
    """What the ledger keeps of its awards beside year, item and what items publish."""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Facts with the values that the measure takes; `require` begins with them."""
    in_force: Period | None = None
    """The days of the measure within those of its policy; `require` has them."""
    payment: PaymentTerms | None = None
    """None: the whole is paid at once, to the applicant."""
    conditional: tuple[Expression, ...] = ()
    """What decided whether limits hold that were written with a condition: readings and parameters."""
    review: Words | None = None
    """A note for legal review."""
    says: Words | None = None
    """The measure in the author's own words, for the catalogue."""
    allotment: Allotment | None = None
    """Where a budget or places meet all applicants together."""

    @property
    def history_keys(self) -> tuple[str, ...]:
        """What history holds of its awards under `keys`."""
        published = () if self.each is None else tuple(self.each.keys)
        return (*published, *(key.kept_as for key in self.ledger_keys))

    @property
    def pays(self) -> bool:
        return self.award.kind is not AwardKind.SERVICE

    @property
    def evaluated(self) -> bool:
        """A service without a condition is in the catalogue only."""
        return self.pays or bool(self.require)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A general bar on money: `bars` is "money" (the measure) or the key its items publish."""

    id: str
    clause: str
    title: Words
    when: Condition | None = None
    item_key: str | None = None
    """Set: items whose key names a project that district funds or history already supported."""


@dataclass(frozen=True, slots=True)
class Provision:
    """A general provision, in our own words, for the catalogue."""

    id: str
    clause: str
    says: Words


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause that can be read in more than one way, and the way that is chosen."""

    id: str
    clause: str
    question: Words
    options: tuple[tuple[str, Words], ...]
    chosen: str | None
    """None where nobody decided it yet: what turns on it stays undetermined."""


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard that the pack names, and what it is taken from, as its file says."""

    id: str
    title: Words
    source: str


@dataclass(frozen=True, slots=True)
class Material:
    """What an applicant hands in under a notice; without `measures` for every measure."""

    says: Words
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A year's notice: what it changes, and the policy as it reads in that year."""

    year: int
    published: date
    """The first day on which the notice applies."""
    window: tuple[date, date] | None
    """First and last day of applications; None where the notice sets none."""
    closed: frozenset[str]
    """Measures and services that the year does not open. Those that are evaluated are never met in `policy`."""
    review: Mapping[str, Words]
    """Measure -> a note for legal review."""
    materials: tuple[Material, ...]
    maximum: Mapping[str, int]
    """Measure whose award is unspecified -> the most an official may grant for one award, fen."""
    policy: Policy
    """Parameters replaced, requirements added; id, version and digest as before, and no notices of its own."""


@dataclass(frozen=True, slots=True)
class Term:
    """The policy as it reads from a year of requests on, and from a day on; None where nothing turns on it."""

    year: int | None
    since: date | None
    policy: Policy

    def begun(self, year: int, as_of: date) -> bool:
        return (self.year is None or self.year <= year) and (self.since is None or self.since <= as_of)


@dataclass(frozen=True, slots=True)
class Policy:
    id: str
    family: str
    version: str
    status: str
    title: Words
    authority: Words
    division: str
    currency: str
    in_force_from: date
    in_force_to: date | None
    digest: str
    """sha256:… over the canonical content."""
    facts: FactSchema
    measures: tuple[Measure, ...]
    """Every measure and service, in catalogue order."""
    exclusions: tuple[Exclusion, ...] = ()
    provisions: tuple[Provision, ...] = ()
    notices: tuple[Notice, ...] = ()
    """One a year, in the order of years."""
    groups: tuple[Group, ...] = ()
    readings: tuple[Reading, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()
    """Facts that a derived one stands in for where a request does not state them."""
    derived: tuple[Derived, ...] = ()
    """Each after those that it is worked out of."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    standards: tuple[Standard, ...] = ()
    parts: Mapping[tuple[str, str, str], str] = field(default_factory=dict, compare=False, repr=False)
    """Section, measure or year, key -> a fingerprint of what the pack says there: what differs between versions."""
    terms: tuple[Term, ...] = ()
    """Where parameters change with years or days: the policy of each term, in their order. It reads itself as in
    the last of them."""

    def groups_of(self, measure_id: str) -> tuple[Group, ...]:
        """The groups that a measure is of."""
        return tuple(group for group in self.groups if measure_id in group.measures)

    def measure(self, measure_id: str) -> Measure | None:
        return next((m for m in self.measures if m.id == measure_id), None)

    def notice_of(self, year: int) -> Notice:
        """The notice of the year, published yet or not. Raises StopIteration where there is none."""
        return next(one for one in self.notices if one.year == year)

    def notice(self, year: int, as_of: date) -> Notice | None:
        """The notice of the year, once it is published."""
        return next((n for n in self.notices if n.year == year and n.published <= as_of), None)

    def on(self, year: int, as_of: date) -> Policy:
        """As its dated parameters stand, without the year's notice."""
        begun = [term.policy for term in self.terms if term.begun(year, as_of)]
        return begun[-1] if begun else (self.terms[0].policy if self.terms else self)

    def as_read(self, year: int, as_of: date) -> Policy:
        """Under the year's notice, once it is published."""
        policy = self.on(year, as_of)
        notice = policy.notice(year, as_of)
        return policy if notice is None else notice.policy

    @property
    def period(self) -> Period:
        """The days on which it is in force."""
        return Period(self.in_force_from, self.in_force_to)

    def in_force(self, day: date) -> bool:
        return self.period.holds(day)
