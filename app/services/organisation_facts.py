"""Facts of the register: read as an evaluation's are, kept as they were understood, composed into requests."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import rfc8785

from app.rules.facts import InputError
from app.rules.identifiers import normalise_uscc, uscc_mistake
from app.rules.input.mistakes import InputErrors, pointer_of
from app.rules.policy import Words
from app.rules.procedure.claiming import object_claims, projects
from app.services.instants import say
from app.services.published_policies import NoSuchPolicy, NotInForce
from app.store.organisation_facts import FactsRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from app.rules.requests import EvaluationRequest
    from app.services.published_policies import PublishedPolicies, PublishedPolicy
    from app.store.organisation_register import OrganisationRow

FUNDED = "funding|"
"""Stands before the projects among a row's keys: district funding that names one touches the organisation."""
_OF_THE_REGISTER = ("name", "uscc")
_SAID_BY_RECORDS = Words("不由登记填写：以名单记录为准", "is not for the register to say: the records do")
_OTHERWISE = Words("与登记的单位不一致", "is not as the register has the organisation")
_FUTURE = Words("不能晚于今天", "cannot be later than today")


class Whose(NamedTuple):
    """The organisation that facts are of, as the register names it."""

    uscc: str
    name: str
    kind: str | None


class Stated(NamedTuple):
    """Facts as somebody states them; `applicant` and `facts` as they were sent, not read yet."""

    policy: str
    year: int | None
    """None: that of `stated_on`."""
    stated_on: date
    source: str
    applicant: object
    facts: object


class ReadFacts(NamedTuple):
    """Facts as the policy's reader understood them."""

    policy: str
    year: int
    stated_on: date
    source: str
    applicant: dict[str, Any]
    facts: dict[str, Any]
    digest: str
    keys: tuple[str, ...]

    def same_as(self, row: FactsRow) -> bool:
        """Whether nothing is new."""
        return (self.digest, self.stated_on, self.source) == (row.digest, row.stated_on, row.source)

    def row(self, mode: str, organisation: str, *, by: str, at: datetime) -> FactsRow:
        """As it is kept."""
        return FactsRow(
            mode=mode, organisation=organisation, **self._asdict(), recorded_by=by, recorded_at=at
        )


def whose(row: OrganisationRow) -> Whose:
    return Whose(row.uscc, row.name, row.kind)


def read_facts(policies: PublishedPolicies, organisation: Whose, stated: Stated, today: date) -> ReadFacts:
    """The facts, read by the policy in force today. Raises InputErrors with all that is wrong.

    Pointers lead into `{stated_on, applicant, facts}`; the empty one says that the policy itself is not known.
    """
    try:
        published = policies.in_force(stated.policy, today)
    except NoSuchPolicy as error:
        known = ", ".join(error.known)
        raise InputErrors(
            (
                InputError(
                    "", "choice", Words(f"没有这个政策，现有：{known}", f"is no policy: there is {known}")
                ),
            )
        ) from None
    except NotInForce:
        raise InputErrors(
            (InputError("", "choice", Words("该政策今天没有施行的版本", "has no version in force today")),)
        ) from None
    year = stated.stated_on.year if stated.year is None else stated.year
    mistakes = list(_own_mistakes(organisation, stated, today))
    try:
        request = published.for_year(year, today).read(
            compose(organisation, stated.applicant, stated.facts, year=year, as_of=today), today
        )
    except InputErrors as refused:
        told = {one.pointer for one in mistakes}
        raise InputErrors((*mistakes, *(one for one in refused.errors if one.pointer not in told))) from None
    if mistakes:
        raise InputErrors(tuple(mistakes))
    return _read(published, request, stated, year)


def compose(
    organisation: Whose,
    applicant: object,
    facts: object,
    *,
    year: int,
    as_of: date,
    measures: Iterable[str] | None = None,
) -> dict[str, Any]:
    """The request that the register makes of an organisation; its kind, where the facts do not say it."""
    body: dict[str, Any] = {"as_of": as_of.isoformat(), "year": year}
    if measures is not None:
        body["measures"] = list(measures)
    if applicant is None:
        applicant = {}
    if isinstance(applicant, dict):
        kind = {} if organisation.kind is None else {"kind": organisation.kind}
        own = {"name": organisation.name, "uscc": organisation.uscc}
        applicant = {**kind, **{name: value for name, value in applicant.items() if value is not None}, **own}
    return {**body, "applicant": applicant, "facts": facts}


def facts_form(row: FactsRow) -> dict[str, Any]:
    """The facts as the API shows them to officers."""
    return {
        "year": row.year,
        "stated_on": row.stated_on.isoformat(),
        "source": row.source,
        "applicant": row.applicant,
        "facts": row.facts,
        "digest": row.digest,
        "recorded_by": row.recorded_by,
        "recorded_at": say(row.recorded_at),
    }


def at_policy(error: InputError, policy: str) -> InputError:
    """The same mistake with its pointer into a body that has facts by policy."""
    return InputError(pointer_of(("facts", policy)) + error.pointer, error.code, error.message)


def _read(published: PublishedPolicy, request: EvaluationRequest, stated: Stated, year: int) -> ReadFacts:
    plain: Mapping[str, Any] = request.normalised
    given = stated.applicant if isinstance(stated.applicant, dict) else {}
    applicant = {
        name: value
        for name, value in plain["applicant"].items()
        if name in given and name not in _OF_THE_REGISTER
    }
    facts = dict(plain["facts"])
    canonical = rfc8785.dumps({"policy": stated.policy, "year": year, "applicant": applicant, "facts": facts})
    policy = published.policy
    keys = (
        *object_claims(policy, request),
        *(FUNDED + project for project in projects(policy, request)),
    )
    return ReadFacts(
        stated.policy,
        year,
        stated.stated_on,
        stated.source,
        applicant,
        facts,
        f"sha256:{hashlib.sha256(canonical).hexdigest()}",
        keys,
    )


def _own_mistakes(organisation: Whose, stated: Stated, today: date) -> Iterable[InputError]:
    """What the register may not say though an evaluation may."""
    if stated.stated_on > today:
        yield InputError("/stated_on", "range", _FUTURE)
    applicant = stated.applicant
    if not isinstance(applicant, dict):
        return
    if "credit" in applicant:
        yield InputError("/applicant/credit", "unknown_field", _SAID_BY_RECORDS)
    name, uscc = applicant.get("name"), applicant.get("uscc")
    if name is not None and name != organisation.name:
        yield InputError("/applicant/name", "choice", _OTHERWISE)
    if isinstance(uscc, str) and uscc_mistake(uscc) is None:
        if normalise_uscc(uscc) != organisation.uscc:
            yield InputError("/applicant/uscc", "choice", _OTHERWISE)
    elif uscc is not None:
        yield InputError("/applicant/uscc", "format", _OTHERWISE)
