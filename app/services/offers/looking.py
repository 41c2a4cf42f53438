"""Look at one organisation: what its facts grant on today's records, and the evidence for what is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from app.rules import ENGINE_VERSION
from app.rules.input.mistakes import InputErrors
from app.rules.procedure.claiming import object_claims, projects
from app.rules.procedure.offers import Bar, Granted, OfferStatus, granted_by
from app.services.applications.assessing import hash_of_result, with_records
from app.services.applications.records import basis_of
from app.services.instants import new_id
from app.services.offers.terms import end_of_offer
from app.services.organisation_facts import compose, whose
from app.store import assessments
from app.store.offers import OfferRow
from app.store.organisation_facts import ground_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.requests import EvaluationRequest
    from app.services.applications.records import Basis
    from app.services.office import Office
    from app.services.published_policies import PublishedPolicy
    from app.store.organisation_facts import FactsRow
    from app.store.organisation_register import OrganisationRow


@dataclass(frozen=True, slots=True)
class Matching:
    """One match, or a look at what was touched."""

    office: Office
    mode: str
    published: PublishedPolicy
    """The version in force on the day, as it reads under the year's notice."""
    year: int
    as_of: date
    measures: tuple[str, ...]
    """Of those that can be offered, the ones that are looked at; never empty."""
    whole: bool
    """Whether these are all that can be offered: any other open offer has lost its ground."""
    match: str | None
    by: str
    now: datetime
    day: date
    """From which the days of an offer count."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of one organisation."""

    organisation: OrganisationRow
    facts: FactsRow
    basis: Basis
    verdicts: dict[str, Granted | Bar]
    """By measure: what it grants, or why it is not offered."""


async def look_at(
    connection: AsyncConnection, matching: Matching, organisation: OrganisationRow, facts: FactsRow
) -> Seen | None:
    """Decide all measures on today's records; None where the policy no longer reads the facts.

    Where a list was not read lately the organisation is taken as not listed; whoever offers looks at `basis.stale`.
    """
    published = matching.published
    request = _request(matching, organisation, facts, matching.measures)
    if request is None:
        return None
    found = await assessments.basis(
        connection,
        mode=matching.mode,
        organisation=organisation.id,
        application="",
        claims=object_claims(published.policy, request),
        projects=projects(published.policy, request),
        day=matching.as_of,
    )
    basis = basis_of(found, published.policy, matching.office.practice, matching.now)
    evaluation = published.evaluator.evaluate(_on_records(request, basis))
    verdicts = {result.measure.id: granted_by(result) for result in evaluation.measures}
    if basis.debt:
        verdicts = {
            measure: Bar.DEBT if isinstance(one, Granted) else one for measure, one in verdicts.items()
        }
    return Seen(organisation, facts, basis, verdicts)


def evidence(matching: Matching, seen: Seen, measure: str) -> OfferRow | Bar:
    """The offer of one measure, decided by itself, with all that it rests on."""
    published, facts, basis = matching.published, seen.facts, seen.basis
    request = _request(matching, seen.organisation, facts, (measure,))
    assert request is not None  # it was read with others
    decided = _on_records(request, basis)
    evaluation = published.evaluator.evaluate(decided)
    granted = granted_by(evaluation.measures[0])
    if isinstance(granted, Bar):
        return granted
    result = published.render(evaluation, decided)
    policy = published.policy
    return OfferRow(
        mode=matching.mode,
        id=new_id("off"),
        organisation=seen.organisation.id,
        uscc=seen.organisation.uscc,
        name=seen.organisation.name,
        policy=policy.id,
        policy_version=policy.version,
        policy_digest=policy.digest,
        notice=None if published.notice is None else published.notice.year,
        year=matching.year,
        measure=measure,
        kind=str(granted.kind),
        items=[{"item": item, "amount": amount} for item, amount in granted.items],
        amount=granted.amount,
        ground=ground_of(facts.digest, seen.organisation.name, seen.organisation.kind),
        facts_on=facts.stated_on,
        facts_source=facts.source,
        engine_version=ENGINE_VERSION,
        as_of=matching.as_of,
        request=orjson.dumps(_body(matching, seen.organisation, facts, (measure,))).decode(),
        result=result.decode(),
        result_hash=hash_of_result(result),
        records={**basis.kept(), "joint_punishment": basis.joint_punishment, "assumed": False},
        match=matching.match,
        matched_by=matching.by,
        status=OfferStatus.OFFERED,
        offered_at=matching.now,
        expires_at=end_of_offer(published, matching.day, matching.office.practice.offer_days),
        updated_at=matching.now,
    )


def says_the_same(row: OfferRow, granted: Granted) -> bool:
    """Whether an offer is of the same amount for the same items."""
    items = tuple((one["item"], one["amount"]) for one in row.items)
    return (row.amount, items) == (granted.amount, granted.items)


def _body(
    matching: Matching, organisation: OrganisationRow, facts: FactsRow, measures: Sequence[str]
) -> dict[str, Any]:
    return compose(
        whose(organisation),
        facts.applicant,
        facts.facts,
        year=matching.year,
        as_of=matching.as_of,
        measures=measures,
    )


def _request(
    matching: Matching, organisation: OrganisationRow, facts: FactsRow, measures: Sequence[str]
) -> EvaluationRequest | None:
    body = _body(matching, organisation, facts, measures)
    try:
        return matching.published.read(body, matching.as_of)
    except InputErrors:
        return None


def _on_records(request: EvaluationRequest, basis: Basis) -> EvaluationRequest:
    listed = basis.joint_punishment
    return with_records(request, basis.history, basis.other_funding, bool(listed), assumed=listed is None)
