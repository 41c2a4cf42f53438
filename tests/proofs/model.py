"""The law in memory: who holds what, what may still be awarded.

Written from the clauses, sharing nothing with the service. Money in fen.
Organisations are numbers; a merged one stands for its survivor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.proofs.asking import (
    GRANTS_AMOUNT,
    LICENSING_CEILING,
    NAVIGATION_AMOUNTS,
    OUTLET_AMOUNTS,
    PLEDGE_CAP,
    Grants,
    Licensing,
    Loan,
    Mark,
    Navigation,
    Outlet,
    Prize,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.proofs.asking import Ask, Asked

Claim = tuple[Any, ...]
"""What it is of, then the organisation's number or None for anyone, then what it counts by."""
Place = tuple[str, str | None]
"""Measure and item."""
COUNTED = ("reserved", "payable", "paid", "owed", "written_off")


def same(text: str) -> str:
    """What two spellings of one id share."""
    return text.lower().replace("-", "").replace(" ", "")


@dataclass(frozen=True)
class Due:
    """What an eligible place gives."""

    kind: str
    amount: int | None
    """None where an official decides, up to `ceiling`."""
    claims: tuple[Claim, ...]
    ceiling: int | None = None
    capped: bool = False


@dataclass
class Award:
    """One award of an application, with its accounts."""

    place: Place
    due: Due
    state: str = "assessed"
    """assessed, declined, ineligible, held (money is promised or more) or released."""
    amount: int = 0
    accounts: dict[str, int] = field(default_factory=dict)
    clawed_back: int = 0
    claiming: bool = False
    restores: bool = False
    """Whether the last claw-back of it gives the entitlement back with the money."""
    id: str = ""

    @property
    def used(self) -> int:
        return sum(self.accounts.get(name, 0) for name in COUNTED)

    def move(self, origin: str | None, target: str | None, amount: int) -> None:
        """Money from one account to another; None is outside."""
        assert amount > 0
        if origin is not None:
            assert self.accounts.get(origin, 0) >= amount, f"{self.place} has no {amount} in {origin}"
            self.accounts[origin] -= amount
        if target is not None:
            self.accounts[target] = self.accounts.get(target, 0) + amount

    def release(self) -> None:
        for name in ("reserved", "payable"):
            if held := self.accounts.get(name, 0):
                self.move(name, None, held)
        self.state, self.claiming = "released", False


@dataclass
class Objection:
    id: str
    places: tuple[Place, ...] | None
    outcome: str | None = None


@dataclass
class Case:
    """An application as the law sees it."""

    number: int
    id: str
    ref: str
    platform: str
    organisation: int
    year: int
    asked: Asked
    status: str = "draft"
    awards: list[Award] = field(default_factory=list)
    accepted_by: set[str] = field(default_factory=set)
    approved_by: set[str] = field(default_factory=set)
    resolved_by: set[str] = field(default_factory=set)
    paid_by: set[str] = field(default_factory=set)
    times_returned: int = 0
    answer_by: date | None = None
    submitted: bool = False
    on_hold: bool = False
    notice: tuple[date, date] | None = None
    objections: list[Objection] = field(default_factory=list)
    override: bool = False
    ordered_on: date | None = None
    reference: str = ""
    """The voucher of its last payment."""
    events: int = 1
    version: int = 1

    def open(self) -> list[Award]:
        """What is eligible and not decided."""
        return [award for award in self.awards if award.state == "assessed"]

    def held(self, account: str) -> list[Award]:
        return [award for award in self.awards if award.accounts.get(account, 0)]

    def award(self, place: Place) -> Award | None:
        return next((award for award in self.awards if award.place == place), None)


class Law:
    """Every application, organisation and record of one run."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.survivor: dict[int, int] = {}
        self.listed: dict[int, list[tuple[date, date | None]]] = {}
        self.funded: set[str] = set()
        """Projects with money of the district, as `same` spells them."""
        self.caps: dict[tuple[int, int], int] = {}
        """Raised when organisations were merged."""
        self.doubled: set[Claim] = set()
        """Claims that two organisations held before they became one."""
        self.references: set[str] = set()
        """Vouchers of payments that were confirmed and did not fail."""

    def who(self, organisation: int) -> int:
        while organisation in self.survivor:
            organisation = self.survivor[organisation]
        return organisation

    def merge(self, survivor: int, other: int) -> None:
        survivor, other = self.who(survivor), self.who(other)
        self.survivor[other] = survivor
        self.listed.setdefault(survivor, []).extend(self.listed.pop(other, []))
        seen: set[Claim] = set()
        for _, claim in self.held_claims():
            if claim in seen:
                self.doubled.add(claim)
            seen.add(claim)
        for case in self.cases:
            key = (self.who(case.organisation), case.year)
            self.caps[key] = max(self.caps.get(key, PLEDGE_CAP), self.used(*key))

    def canonical(self, claim: Claim) -> Claim:
        kind, holder, *rest = claim
        return (kind, None if holder is None else self.who(holder), *rest)

    def held_claims(self, but: Case | None = None) -> Iterator[tuple[Award, Claim]]:
        for case in self.cases:
            if case is but:
                continue
            for award in case.awards:
                if award.claiming:
                    for claim in award.due.claims:
                        yield award, self.canonical(claim)

    def used(self, organisation: int, year: int, but: Case | None = None) -> int:
        """Fen used of the annual cap of pledge-financing."""
        return sum(
            award.used
            for case in self.cases
            if case is not but and self.who(case.organisation) == organisation and case.year == year
            for award in case.awards
            if award.due.capped
        )

    def debt(self, organisation: int) -> int:
        return sum(
            award.accounts.get("owed", 0)
            for case in self.cases
            if self.who(case.organisation) == organisation
            for award in case.awards
        )

    def is_listed(self, organisation: int, day: date) -> bool:
        entries = self.listed.get(self.who(organisation), [])
        return any(since <= day and (until is None or day < until) for since, until in entries)

    def undetermined(self, case: Case, day: date) -> bool:
        """Whether a fact is missing that matters."""
        vague = any(isinstance(ask, Grants) and ask.granted is None for ask in case.asked.asks)
        return vague and not self.is_listed(case.organisation, day) and not self._grants_taken(case)

    def _grants_taken(self, case: Case) -> bool:
        claim = ("grants", self.who(case.organisation), case.year)
        return any(one == claim for _, one in self.held_claims(but=case))

    def assess(self, case: Case, day: date) -> dict[Place, Due]:
        """What is eligible on a day's records, in no order."""
        if self.is_listed(case.organisation, day):
            return {}
        taken = {claim for _, claim in self.held_claims(but=case)}
        holder = self.who(case.organisation)
        found = {
            place: due
            for ask in case.asked.asks
            if not isinstance(ask, Loan)
            for place, due in [_single(ask, holder, case.year)]
            if due is not None
            and not taken.intersection(due.claims)
            and not any(claim[0] == "project" and claim[2] in self.funded for claim in due.claims)
        }
        pledged = self._pledged(case, holder, taken)
        if pledged is not None:
            found["pledge-financing", None] = pledged
        return found

    def _pledged(self, case: Case, holder: int, taken: set[Claim]) -> Due | None:
        if case.asked.of(Licensing):
            return None
        loans = [
            loan
            for loan in case.asked.of(Loan)
            if loan.repaid and ("loan", holder, case.year, same(loan.loan_id)) not in taken
        ]
        cost = sum(loan.cost for loan in loans)
        left = PLEDGE_CAP - self.used(holder, case.year, but=case)
        amount = min((cost + 1) // 2, left)
        if not loans or amount <= 0:
            return None
        claims = tuple(("loan", holder, case.year, same(loan.loan_id)) for loan in loans)
        return Due("calculated", amount, claims, capped=True)

    def broken(self) -> list[str]:
        """What must never be: a cap passed, a claim held twice."""
        wrong = []
        holders: dict[Claim, Award] = {}
        for award, claim in self.held_claims():
            if holders.get(claim, award) is not award and claim not in self.doubled:
                wrong.append(f"{claim} is held twice")
            holders[claim] = award
        keys = {(self.who(case.organisation), case.year) for case in self.cases}
        passed = [key for key in keys if self.used(*key) > self.caps.get(key, PLEDGE_CAP)]
        return [*wrong, *(f"{key} uses {self.used(*key)}" for key in passed)]


def _single(ask: Ask, holder: int, year: int) -> tuple[Place, Due | None]:
    """The place of what is awarded by itself, and what it gives where the clause is met."""
    match ask:
        case Grants(granted):
            due = Due("fixed", GRANTS_AMOUNT, (("grants", holder, year),))
            return ("patent-grants", None), due if granted is not None and granted >= 10 else None
        case Prize(award_id, amount, project, level):
            claims: tuple[Claim, ...] = (("prize", None, same(award_id)),)
            if project is not None:
                claims += (("project", None, same(project)),)
            met = level == "national" and amount > 0
            return ("patent-award-match", award_id), Due("calculated", amount, claims) if met else None
        case Navigation(project, rating):
            claims = (("navigation", None, same(project)), ("project", None, same(project)))
            paid = NAVIGATION_AMOUNTS.get(rating)
            return ("navigation", project), None if paid is None else Due("fixed", paid, claims)
        case Licensing(transfers):
            due = Due("up_to", None, (("licensing", holder),), ceiling=LICENSING_CEILING)
            return ("open-licensing", None), due if transfers >= 10 else None
        case Outlet(level):
            paid = OUTLET_AMOUNTS.get(level)
            claims = (("outlet", holder, level),)
            return ("service-outlet", None), None if paid is None else Due("fixed", paid, claims)
        case Mark(number, fees):
            due = Due("calculated", fees, (("mark", None, same(number)),))
            return ("gi-trademark", number), due if fees > 0 else None
        case _:
            raise AssertionError(ask)
