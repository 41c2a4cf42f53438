"""Assess an application on a day's records, and keep the assessment whole so that it can be replayed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from app.rules import ENGINE_VERSION
from app.rules.procedure.claiming import Counted, counted_of, object_claims, projects_among, rows_of
from app.services.applications.binding import bound_to
from app.services.applications.records import Basis, basis_of
from app.store import assessments
from app.store.assessments import AssessmentRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from app.rules.policy import Measure, Policy
    from app.rules.requests import EvaluationRequest
    from app.rules.results import Evaluation, MeasureResult, Verdict
    from app.services.office import Work
    from app.services.published_policies import PublishedPolicy
    from app.store.applications import ApplicationRow

LISTED = "applicant.credit.joint_punishment"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the assessment says of one award-to-be: an item where items are awarded one by one, else a measure."""

    measure: Measure
    verdict: Verdict
    assessed: int | None
    """Fen; None where an official decides, or nothing is settled."""
    ceiling: int | None
    item: str | None
    counted: Counted

    @property
    def place(self) -> tuple[str, str | None]:
        """What it is of, across assessments."""
        return self.measure.id, self.item


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment just made."""

    row: AssessmentRow
    published: PublishedPolicy
    request: EvaluationRequest
    evaluation: Evaluation
    basis: Basis
    findings: tuple[Finding, ...]
    answer: dict[str, Any]
    """The kept answer, read."""


def request_body(row: ApplicationRow, as_of: date) -> dict[str, Any]:
    """The application as a request that the policy's reader takes."""
    return {
        "as_of": as_of.isoformat(),
        "year": row.year,
        "measures": list(row.measures),
        "applicant": row.applicant,
        "facts": row.facts,
    }


async def assess(
    work: Work,
    row: ApplicationRow,
    occasion: str,
    *,
    assume_unlisted: bool = False,
    known: Mapping[str, Any] | None = None,
) -> Assessed:
    """Decide the application on today's records. The caller holds the organisation's lock and keeps the row.

    With `assume_unlisted`, an applicant whose lists were not read lately is taken as not listed, and the answer says
    so under `assumptions`. `known`: what the records say of the claims that the row names. Raises InputErrors for
    facts that the bound version does not take, NotInForce.
    """
    published = await bound_to(work.office, work.connection, row, work.day)
    policy = published.policy
    as_of = work.day if policy.in_force_to is None else min(work.day, policy.in_force_to)
    body = request_body(row, as_of)
    request = published.read(body, as_of)
    found = await _records(work, row, policy, request, known)
    basis = basis_of(found, policy, work.office.practice, work.clock)
    listed = basis.joint_punishment
    assumed = listed is None and assume_unlisted
    request = with_records(
        request, basis.history, basis.other_funding, False if assumed else listed, assumed=assumed
    )
    evaluation = published.evaluator.evaluate(request)
    result = published.render(evaluation, request)
    kept = AssessmentRow(
        mode=row.mode,
        application=row.id,
        n=(row.assessment or 0) + 1,
        platform=row.platform,
        occasion=occasion,
        policy=policy.id,
        policy_version=policy.version,
        policy_digest=policy.digest,
        notice=None if published.notice is None else published.notice.year,
        engine_version=ENGINE_VERSION,
        as_of=as_of,
        at=work.now,
        request=orjson.dumps(body).decode(),
        result=result.decode(),
        result_hash=hash_of_result(result),
        records={**basis.kept(), "joint_punishment": listed, "assumed": assumed},
    )
    findings = tuple(_findings(evaluation, request, row.organisation))
    return Assessed(kept, published, request, evaluation, basis, findings, orjson.loads(result))


async def _records(
    work: Work,
    row: ApplicationRow,
    policy: Policy,
    request: EvaluationRequest,
    known: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    """Read anew where another version now finds other claims than when the application was last changed."""
    claims = object_claims(policy, request)
    named = projects_among(policy, claims)
    if known is not None and (claims, named) == (row.object_claims, row.projects):
        return known
    return await assessments.basis(
        work.connection,
        mode=row.mode,
        organisation=row.organisation,
        application=row.id,
        claims=claims,
        projects=named,
        day=work.day,
    )


def with_records(
    request: EvaluationRequest,
    history: tuple[Any, ...],
    other_funding: tuple[Any, ...],
    listed: bool | None,
    *,
    assumed: bool,
) -> EvaluationRequest:
    """The request with what the records say, as if it had been sent so."""
    facts = dict(request.facts)
    normalised = dict(request.normalised)
    if listed is not None:
        facts[LISTED] = listed
        applicant: Mapping[str, Any] = normalised["applicant"]  # type: ignore[assignment]
        normalised["applicant"] = {**applicant, "credit": {"joint_punishment": listed}}
    normalised["history"] = [entry.told() for entry in history]
    normalised["other_funding"] = [entry._asdict() for entry in other_funding]
    return replace(
        request,
        facts=facts,
        history=history,
        other_funding=other_funding,
        normalised=normalised,
        assumptions=((LISTED, listed),) if assumed else (),
    )


def hash_of_result(result: bytes) -> str:
    """`sha256:` and the SHA-256 of an answer's bytes."""
    return f"sha256:{hashlib.sha256(result).hexdigest()}"


def hash_of_basis(request: str, records: Mapping[str, Any]) -> str:
    """The same over what was decided on; the event of a decision names both hashes."""
    basis = orjson.dumps([request, records], option=orjson.OPT_SORT_KEYS)
    return hash_of_result(basis)


def hashes_of(row: AssessmentRow) -> dict[str, Any]:
    """What an event says of the assessment that it rests on."""
    return {
        "assessment": row.n,
        "result_hash": row.result_hash,
        "basis_hash": hash_of_basis(row.request, row.records),
    }


async def keep(work: Work, assessed: Assessed) -> None:
    """Keep the assessment, and the version that it was made by."""
    await work.write(assessments.keeping(assessed.row))


def _findings(evaluation: Evaluation, request: EvaluationRequest, organisation: str) -> Iterator[Finding]:
    for result in evaluation.measures:
        measure = result.measure
        each = measure.each
        if each is None or each.award is None or not result.lines:
            yield _of_measure(result, request, organisation)
            continue
        for position, line in enumerate(result.lines):
            up_to = result.kind == "up_to"
            yield Finding(
                measure=measure,
                verdict=line.verdict,
                assessed=None if up_to else line.amount,
                ceiling=line.amount if up_to else None,
                item=line.item,
                counted=counted_of(measure, request, organisation, position),
            )


def _of_measure(result: MeasureResult, request: EvaluationRequest, organisation: str) -> Finding:
    measure = result.measure
    counting: list[int] = []
    if measure.each is not None and measure.each.award is None and rows_of(request, measure.each.list_name):
        counting = [place for place, line in enumerate(result.lines) if line.verdict == "eligible"]
    return Finding(
        measure=measure,
        verdict=result.verdict,
        assessed=result.amount,
        ceiling=result.ceiling,
        item=None,
        counted=counted_of(measure, request, organisation, None, counting),
    )
