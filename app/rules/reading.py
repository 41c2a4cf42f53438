"""Requests: from parsed JSON to what the engine takes, or every mistake in it at once.

`compile_reader` does the work that a policy needs once; what it returns reads a request in tens of microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.deciding.standing_in import StandIns
from app.rules.input import words
from app.rules.input.assume import ASSUME, Assumer
from app.rules.input.facts import APPLICANT, FACTS, groups_of
from app.rules.input.generated import NotPlain, group_reader
from app.rules.input.history import (
    FIRST_YEAR,
    FUNDING,
    HISTORY,
    LAST_YEAR,
    YEAR,
    HistoryReader,
    funding_reader,
)
from app.rules.input.measures import MEASURES, MeasuresReader
from app.rules.input.mistakes import MOST_ERRORS, InputErrors, Mistake, Mistakes, no_such_field, required
from app.rules.input.relations import CheckedRelation
from app.rules.input.scalars import date_reader, scalar_of
from app.rules.policy import Words
from app.rules.requests import EvaluationRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.rules.policy import Policy
    from app.rules.requests import HistoryEntry

    Plain = dict[str, Any]
    Facts = dict[str, object]

__all__ = ["InputErrors", "Reader", "compile_reader"]

TOP = ("as_of", "year", MEASURES, APPLICANT, FACTS, HISTORY, FUNDING, ASSUME)

_REF = Words("ref 只用于批量请求的行", "ref belongs to the lines of a batch only")
_AS_OF_YEARS = Words(
    f"没有 year 时，日期应在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间",
    f"without `year` the day must lie in the years {FIRST_YEAR} to {LAST_YEAR}",
)


class _Parts(NamedTuple):
    """Parts of a request that there are two ways to read; all but the history as the API has them."""

    applicant: Plain
    facts: Plain
    history: tuple[HistoryEntry, ...]
    paid: list[Plain]


class Reader:
    """Reads the requests of one policy: what is as it should be in a fast way, and anything else in a careful one.

    The fast way gives up at the first thing that is unusual, and the careful one tells all that is wrong.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._applicant, self._facts = groups_of(policy.facts, _id_fields(policy))
        self._measures = MeasuresReader(policy)
        self._history = HistoryReader(policy)
        self._funding = funding_reader()
        self._assumer = Assumer(policy.facts)
        self._relations = tuple(
            CheckedRelation(relation, policy.facts) for relation in policy.facts.relations
        )
        self._stand_ins = StandIns(policy)
        self._date = date_reader(None)
        self._year = scalar_of(YEAR).read
        self._plain_applicant = group_reader(self._applicant, policy.facts)
        self._plain_facts = group_reader(self._facts, policy.facts)

    def __call__(self, body: object, today: date) -> EvaluationRequest:
        """The request in `body`, as `strict_json` gives it; `today` stands for an absent `as_of`.

        Raises InputErrors: all that is wrong, in the order of the body, at most 100.
        """
        return self.plain(body, today) or self.careful(body, today)

    def plain(self, body: object, today: date) -> EvaluationRequest | None:
        """The same of a body without mistakes, in half the time; None for any other.

        A number may stand in `body` as a float: it is never read, since it may not be what was written.
        """
        mistakes = Mistakes()
        try:
            request = self._read_plain(body, today, mistakes)
        except (NotPlain, Mistake, KeyError):
            return None
        return None if mistakes.found else request

    def careful(self, body: object, today: date) -> EvaluationRequest:
        """What a call gives or raises, of any body."""
        mistakes = Mistakes()
        if type(body) is dict:
            request = self._read(body, today, mistakes)
        else:
            mistakes.add((), Mistake("type", lambda: words.wrong_type("group")))
        if mistakes.found:
            raise mistakes.refusal(body)
        return request

    def _read_plain(self, body: object, today: date, mistakes: Mistakes) -> EvaluationRequest:
        if type(body) is not dict or not body.keys() <= _TOP:
            raise NotPlain
        facts: Facts = {}
        applicant = self._plain_applicant(body.get(APPLICANT), facts)
        stated = {} if (given := body.get(FACTS)) is None else self._plain_facts(given, facts)
        history = ((), []) if (given := body.get(HISTORY)) is None else self._history.read_plain(given)
        return self._request(body, today, facts, _Parts(applicant, stated, *history), mistakes)

    def _read(self, body: Mapping[str, Any], today: date, mistakes: Mistakes) -> EvaluationRequest:
        if not body.keys() <= _TOP:
            _unknown(body, mistakes)
        facts: Facts = {}
        applicant = self._applicant_of(body.get(APPLICANT), facts, mistakes)
        stated = {} if (given := body.get(FACTS)) is None else self._facts.read(given, facts, mistakes)
        history = ((), []) if (given := body.get(HISTORY)) is None else self._history.read(given, mistakes)
        return self._request(body, today, facts, _Parts(applicant, stated, *history), mistakes)

    def _request(
        self, body: Mapping[str, Any], today: date, facts: Facts, parts: _Parts, mistakes: Mistakes
    ) -> EvaluationRequest:
        """The rest of the body, and all of it together."""
        get = body.get
        as_of = self._as_of(get("as_of"), today, mistakes)
        year = self._year_of(get("year"), as_of, mistakes)
        measures, listed = self._measures.read(get(MEASURES), mistakes)
        given = get(FUNDING)
        funding, funded = ((), []) if given is None else self._funding(given, mistakes)
        plain = {
            "as_of": as_of.isoformat(),
            "year": year,
            MEASURES: listed,
            APPLICANT: parts.applicant,
            FACTS: parts.facts,
            HISTORY: parts.paid,
            FUNDING: funded,
        }
        given = get(ASSUME)
        assumptions = () if given is None else self._assumer.fill(given, facts, plain, mistakes)
        assumed = [name for name, _ in assumptions]
        for relation in self._relations:
            relation.check(facts, as_of, year, assumed, mistakes)
        filled = facts if mistakes.found else self._stand_ins.filled(facts, year, as_of)
        return EvaluationRequest(as_of, year, measures, filled, parts.history, funding, assumptions, plain)

    def _applicant_of(self, given: object, facts: dict[str, object], mistakes: Mistakes) -> dict[str, Any]:
        if given is not None:
            return self._applicant.read(given, facts, mistakes)
        if self._applicant.required:
            mistakes.add((APPLICANT,), required())
        return {}

    def _as_of(self, given: object, today: date, mistakes: Mistakes) -> date:
        try:
            day = today if given is None else self._date(given)
        except Mistake as mistake:
            mistakes.add(("as_of",), mistake)
            return today
        if not self._policy.in_force(day):
            mistakes.add(("as_of",), Mistake("range", self._not_in_force))
        return day

    def _not_in_force(self) -> Words:
        start, end = self._policy.in_force_from, self._policy.in_force_to
        if end is None:
            return Words(f"该政策自 {start} 起施行", f"the policy is in force from {start}")
        return Words(f"该政策施行期为 {start} 至 {end}", f"the policy is in force from {start} to {end}")

    def _year_of(self, given: object, as_of: date, mistakes: Mistakes) -> int:
        if given is None:
            if self._policy.in_force(as_of) and not FIRST_YEAR <= as_of.year <= LAST_YEAR:
                mistakes.add(("as_of",), Mistake("range", lambda: _AS_OF_YEARS))
            return as_of.year
        try:
            year = self._year(given)
        except Mistake as mistake:
            mistakes.add(("year",), mistake)
            return as_of.year
        assert isinstance(year, int)
        return year


def compile_reader(policy: Policy) -> Reader:
    """What reads the requests of this policy."""
    return Reader(policy)


_TOP = frozenset(TOP)


def _unknown(body: Mapping[str, Any], mistakes: Mistakes) -> None:
    """The first hundred fields that no request has."""
    for name in [name for name in body if name not in _TOP][:MOST_ERRORS]:
        misplaced = Mistake("unknown_field", lambda: _REF) if name == "ref" else no_such_field(name, TOP)
        mistakes.add((name,), misplaced)


def _id_fields(policy: Policy) -> dict[str, tuple[str, ...]]:
    """List name -> the fields by which measures tell its items apart."""
    found: dict[str, dict[str, None]] = {}
    for measure in policy.measures:
        each = measure.each
        if each is not None and each.id_field is not None:
            found.setdefault(each.list_name, {})[each.id_field] = None
    return {name: tuple(fields) for name, fields in found.items()}
