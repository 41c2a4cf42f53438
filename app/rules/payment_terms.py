"""How an award is paid out once it is granted: in instalments, to whom, and when not yet (language.md section 11).

None of it changes a verdict or an amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.rules.expression import Condition

WHOLE = 10**8
"""100 % as a share."""
UNITS = {"day": ("天", "day"), "month": ("个月", "month"), "year": ("年", "year")}


@dataclass(frozen=True, slots=True)
class Span:
    count: int
    unit: str
    """day, month or year."""

    @property
    def words(self) -> Words:
        zh, en = UNITS[self.unit]
        return Words(f"{self.count} {zh}", f"{self.count} {en}{'' if self.count == 1 else 's'}")


@dataclass(frozen=True, slots=True)
class Instalment:
    """A share of the award in 10^-8; None: what the others leave."""

    share: int | None
    after: Span | None = None
    """From the payment before on; of the first from the end of the public notice on."""
    when: Condition | None = None
    """Must hold on the day of payment; the verdict does not read it."""
    says: Words | None = None


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid in the applicant's place, or beside it: a share of each instalment in 10^-8; None: the rest."""

    to: Words
    share: int | None = None
    name: str | None = None
    """The text fact that names it; None where the words are all that is known."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Approved but not payable, unless the condition certainly does not hold."""

    when: Condition
    says: Words


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """`instalments` and `payees` are empty where the whole is paid at once, to the applicant."""

    instalments: tuple[Instalment, ...] = ()
    payees: tuple[Payee, ...] = ()
    hold: Hold | None = None


AT_ONCE = PaymentTerms()


class Part(NamedTuple):
    """One payment: the place of its instalment and of its payee, and fen."""

    instalment: int
    payee: int
    amount: int


def parts(terms: PaymentTerms, amount: int) -> tuple[Part, ...]:
    """The payments of an award in fen, in the order in which they are due; they sum to it. None is of 0.00."""
    shares = [one.share for one in terms.instalments] or [None]
    among = [one.share for one in terms.payees] or [None]
    return tuple(
        Part(instalment, payee, fen)
        for instalment, due in enumerate(divided(amount, shares))
        for payee, fen in enumerate(divided(due, among))
        if fen
    )


def divided(amount: int, shares: Sequence[int | None]) -> list[int]:
    """Fen of each share, rounded down; None takes what is left, and where there is none the last one does."""
    found = [0 if share is None else amount * share // WHOLE for share in shares]
    found[rest_of(shares)] += amount - sum(found)
    return found


def rest_of(shares: Iterable[int | None]) -> int:
    """The place of the share that takes the rest."""
    listed = list(shares)
    return listed.index(None) if None in listed else len(listed) - 1
