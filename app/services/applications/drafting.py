"""Make an application, and change it while it is a draft or was returned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.facts import InputError
from app.rules.input.mistakes import MOST_ERRORS, InputErrors
from app.rules.policy import Words
from app.rules.procedure.applications import Status, allowed_actions
from app.rules.procedure.callers import Scope
from app.rules.procedure.claiming import object_claims, projects_among
from app.schemas.applications import ChangedApplication, NewApplication
from app.schemas.bodies import read_body
from app.services import documents
from app.services.applications import cases
from app.services.applications.acting import answer_of, not_backwards
from app.services.applications.binding import bound_to, check_year
from app.services.applications.cases import Case, Change
from app.services.instants import new_id
from app.services.orders import Plan, nothing, unlocked
from app.services.refusals import NotAllowedNow, Refusal
from app.store import applications, organisations
from app.store.applications import ApplicationRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.services.office import Work
    from app.services.orders import Answer
    from app.services.published_policies import PublishedPolicy

_NAMED_OTHERWISE = {
    "code": "applicant.name",
    "message": {
        "zh": "申请单位名称与登记的不一致，请核对",
        "en": "The applicant's name differs from the one on record - please check",
    },
}


class Draft(NamedTuple):
    """An application's own fields, read: as the policy's reader understood them."""

    measures: tuple[str, ...]
    applicant: dict[str, Any]
    facts: dict[str, Any]
    object_claims: tuple[str, ...]
    projects: tuple[str, ...]
    documents: tuple[str, ...] | None
    external_ref: str | None
    published: PublishedPolicy


def create_plan() -> Plan[None, tuple[NewApplication, Draft]]:
    """The order that makes a draft."""
    return Plan(find=nothing, lock=unlocked, read=_read_new, act=_create)


def change_plan(application: str) -> Plan[Case, tuple[ChangedApplication, Draft]]:
    """The order that changes a draft or a returned application."""

    async def find(work: Work) -> Case:
        return await cases.find(work, application)

    return Plan(
        find=find,
        lock=cases.lock,
        open=cases.opener(application),
        read=_read_change,
        act=_change,
        guarded=True,
        keyed=False,
    )


async def _read_new(work: Work, _found: None, body: object) -> tuple[NewApplication, Draft]:
    given = read_body(NewApplication, body)
    published = work.office.policies.in_force(given.policy, work.day).for_year(given.year, work.day)
    draft = _draft(published, given, work, year=given.year, documents=given.documents)
    return given, draft


def _draft(
    published: PublishedPolicy,
    given: NewApplication | ChangedApplication,
    work: Work,
    *,
    year: int,
    documents: list[str] | None,
    before: ApplicationRow | None = None,
) -> Draft:
    """What the policy's reader makes of the fields; all mistakes at once. Raises InputErrors."""
    body: dict[str, Any] = {"as_of": work.day.isoformat(), "year": year}
    for name in ("measures", "applicant", "facts"):
        value = getattr(given, name)
        body[name] = value if value is not None or before is None else getattr(before, name)
    if isinstance(body["measures"], tuple):
        body["measures"] = list(body["measures"])
    mistakes = list(_own_mistakes(body, published))
    try:
        request = published.read(body, work.day)
    except InputErrors as refused:
        mistakes += [one for one in refused.errors if not any(m.pointer == one.pointer for m in mistakes)]
    if mistakes:
        raise InputErrors(tuple(mistakes[:MOST_ERRORS]))
    plain: Any = request.normalised
    claims = object_claims(published.policy, request)
    return Draft(
        measures=tuple(measure.id for measure in published.policy.measures if measure.id in request.measures),
        applicant=plain["applicant"],
        facts=plain["facts"],
        object_claims=claims,
        projects=projects_among(published.policy, claims),
        documents=None if documents is None else tuple(documents),
        external_ref=given.external_ref,
        published=published,
    )


def _own_mistakes(body: dict[str, Any], published: PublishedPolicy) -> Iterable[InputError]:
    """What an application may not say though an evaluation may."""
    applicant = body["applicant"]
    if isinstance(applicant, dict) and "credit" in applicant:
        words = Words("不由申请人填写：以名单记录为准", "is not for the applicant to say: the records do")
        yield InputError("/applicant/credit", "unknown_field", words)
    asked = body["measures"]
    if not isinstance(asked, list) or not asked:
        words = Words("应列出至少一项有资金的措施", "must name at least one measure with money")
        yield InputError("/measures", "required" if asked is None else "type", words)
        return
    pays = {measure.id: measure.pays for measure in published.policy.measures}
    for position, name in enumerate(asked):
        if isinstance(name, str) and pays.get(name) is False:
            words = Words(
                "是服务事项，没有资金，无需申请", "is a service without money: there is nothing to apply for"
            )
            yield InputError(f"/measures/{position}", "choice", words)


async def _create(work: Work, _found: None, given: tuple[NewApplication, Draft]) -> Answer:
    body, draft = given
    policy = work.office.policies.in_force(body.policy, work.day).policy
    check_year(policy, body.year, work.day)
    await _check_reference(work, draft.external_ref, None)
    uscc = draft.applicant["uscc"]
    organisation = await organisations.of_code(
        work.connection,
        work.mode,
        uscc,
        name=draft.applicant["name"],
        kind=draft.applicant.get("kind"),
        new_id=new_id("org"),
    )
    # So that it is not merged into another between here and the commit: the application would stay behind.
    await organisations.lock(work.connection, work.mode, organisation.id)
    assert work.caller.platform is not None
    row = ApplicationRow(
        mode=work.mode,
        id=new_id("app"),
        platform=work.caller.platform,
        organisation=organisation.id,
        uscc=uscc,
        external_ref=draft.external_ref,
        policy=body.policy,
        year=body.year,
        status=Status.DRAFT,
        measures=draft.measures,
        applicant=draft.applicant,
        facts=draft.facts,
        object_claims=draft.object_claims,
        projects=draft.projects,
        flags=_flags(organisation.name, draft.applicant["name"]),
        test_time=work.clock if work.clock != work.now else None,
        created_at=work.now,
        updated_at=work.now,
    )
    actor = work.caller.actor(Scope.APPLY)
    case = await cases.begin(
        work, row, actor, {"policy": row.policy, "year": row.year, "measures": list(row.measures)}
    )
    if draft.documents:
        await documents.attach(work, row.id, list(draft.documents))
    answer = await answer_of(work, case, 201)
    return replace(answer, headers={**answer.headers, "Location": f"/v1/applications/{row.id}"})


async def _read_change(work: Work, case: Case, body: object) -> tuple[ChangedApplication, Draft]:
    given = read_body(ChangedApplication, body)
    row = case.row
    published = await bound_to(work.office, work.connection, row, work.day)
    draft = _draft(published, given, work, year=row.year, documents=given.documents, before=row)
    mistakes = []
    if draft.applicant["uscc"] != row.uscc:
        words = Words("统一社会信用代码不能更改：请另行申请", "cannot change: make another application")
        mistakes.append(InputError("/applicant/uscc", "choice", words))
    if row.submitted_at is not None and draft.measures != row.measures:
        words = Words("首次提交后不能更改", "cannot change after the first submit")
        mistakes.append(InputError("/measures", "choice", words))
    if mistakes:
        raise InputErrors(tuple(mistakes))
    return given, draft


async def _change(work: Work, case: Case, given: tuple[ChangedApplication, Draft]) -> Answer:
    body, draft = given
    row = case.row
    not_backwards(work, case)
    if row.status not in (Status.DRAFT, Status.RETURNED):
        raise NotAllowedNow(
            row.status, allowed_actions(case.position(work.office.practice), work.caller.scopes)
        )
    if draft.external_ref is not None and draft.external_ref != row.external_ref:
        await _check_reference(work, draft.external_ref, row.id)
    if draft.documents is not None:
        await documents.attach(work, row.id, list(draft.documents))
        case = replace(case, documents=None)
    changed = replace(
        row,
        measures=draft.measures,
        applicant=draft.applicant,
        facts=draft.facts,
        object_claims=draft.object_claims,
        projects=draft.projects,
        external_ref=draft.external_ref or row.external_ref,
    )
    change = Change(
        row=changed,
        kind="application.changed",
        actor=work.caller.actor(Scope.APPLY),
        data={"fields": sorted(body.model_fields_set)},
    )
    return await answer_of(work, await cases.write(work, case, change))


async def _check_reference(work: Work, reference: str | None, own: str | None) -> None:
    """The constraint behind it knows no name to tell."""
    if reference is None or work.caller.platform is None:
        return
    other = await applications.of_reference(work.connection, work.mode, work.caller.platform, reference)
    if other is not None and other != own:
        raise Refusal(
            Words(f"external_ref 已用于申请 {other}", f"The external_ref belongs to application {other}"),
            kind="duplicate-ref",
            application=other,
        )


def _flags(known: str, stated: str) -> list[dict[str, Any]]:
    return [] if known == stated else [_NAMED_OTHERWISE]
