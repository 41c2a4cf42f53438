"""Read applications and their assessments, as far as the caller may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from app.rules import ENGINE_VERSION
from app.rules.procedure.masking import mask_name, mask_uscc
from app.services.applications import cases
from app.services.applications.assessing import hash_of_result, with_records
from app.services.applications.binding import by_digest
from app.services.applications.forms import application_form, summary_form
from app.services.applications.records import kept_history
from app.services.documents import of_application
from app.services.instants import now, say
from app.services.office import Work, sight_of
from app.services.refusals import NotFound
from app.store import applications, assessments
from app.store.acting import acting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.procedure.callers import Caller
    from app.services.office import Office
    from app.store.assessments import AssessmentRow


async def one(office: Office, caller: Caller, application: str) -> tuple[dict[str, Any], int]:
    """The application and its version. Raises NotFound, also for another platform's."""
    async with acting(office.engine, sight_of(caller)) as connection:
        moment = now()
        work = Work(office, connection, caller, moment, moment)
        case = await cases.load(work, (await cases.find(work, application)).row)
        documents = await of_application(connection, application)
        return application_form(case, caller, office.practice, documents), case.version


async def listed(
    office: Office, caller: Caller, filters: Mapping[str, Any], after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of applications, newest first, and the id to go on after; None on the last page."""
    async with acting(office.engine, sight_of(caller)) as connection:
        rows = await applications.page(connection, caller.mode, caller.platform, filters, after, limit + 1)
    page = rows[:limit]
    items = [summary_form(row, masked(row.applicant)) for row in page]
    return items, page[-1].id if len(rows) > limit else None


def masked(applicant: Mapping[str, Any]) -> dict[str, Any]:
    """Name and code as lists show them."""
    found = dict(applicant)
    code = found.get("uscc", "")
    if "uscc" in found:
        found["uscc"] = mask_uscc(code)
    if "name" in found and code.startswith("92"):
        found["name"] = mask_name(found["name"])
    return found


async def assessment_list(office: Office, caller: Caller, application: str) -> list[dict[str, Any]]:
    """All assessments of an application, without what they were made on. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        moment = now()
        await cases.find(Work(office, connection, caller, moment, moment), application)
        rows = await assessments.of_application(connection, application)
    return [_form(row) for row in rows]


async def assessment(office: Office, caller: Caller, application: str, n: int) -> dict[str, Any]:
    """One assessment, whole; what the records said of others is for officers. Raises NotFound."""
    row = await _assessment(office, caller, application, n)
    found = {**_form(row), "request": orjson.loads(row.request), "result": orjson.loads(row.result)}
    if caller.platform is None:
        found["records"] = row.records
    return found


async def replay(office: Office, caller: Caller, application: str, n: int) -> dict[str, Any]:
    """Decide an assessment again from what it kept, by the version it was made by, and compare the bytes."""
    row = await _assessment(office, caller, application, n)
    async with acting(office.engine, sight_of(caller)) as connection:
        published = await by_digest(office, connection, row.policy_digest)
    asked = orjson.loads(row.request)
    published = published.bound(row.notice, asked["year"], row.as_of)
    request = published.read(asked, row.as_of)
    history, funding = kept_history(row.records)
    listed, assumed = row.records["joint_punishment"], row.records["assumed"]
    request = with_records(request, history, funding, False if assumed else listed, assumed=assumed)
    result = published.render(published.evaluator.evaluate(request), request)
    digest = hash_of_result(result)
    kept, made = orjson.loads(row.result), orjson.loads(result)
    return {
        "application": application,
        "assessment": n,
        "identical": digest == row.result_hash,
        "result_hash": row.result_hash,
        "replayed_hash": digest,
        "engine_version": {"then": row.engine_version, "now": ENGINE_VERSION},
        "difference": [] if digest == row.result_hash else difference(kept, made),
    }


def difference(kept: Any, made: Any, pointer: str = "") -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Where two JSON values differ: RFC 6901 pointer, then and now; at most 100 places."""
    if isinstance(kept, dict) and isinstance(made, dict):
        names = [*kept, *(name for name in made if name not in kept)]
        parts = [(str(name), kept.get(name), made.get(name)) for name in names]
    elif isinstance(kept, list) and isinstance(made, list) and len(kept) == len(made):
        parts = [(str(place), old, new) for place, (old, new) in enumerate(zip(kept, made, strict=True))]
    elif kept == made:
        return []
    else:
        return [{"pointer": pointer, "then": kept, "now": made}]
    found: list[dict[str, Any]] = []
    for name, old, new in parts:
        found += difference(old, new, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    return found[:100]


async def _assessment(office: Office, caller: Caller, application: str, n: int) -> AssessmentRow:
    async with acting(office.engine, sight_of(caller)) as connection:
        moment = now()
        await cases.find(Work(office, connection, caller, moment, moment), application)
        row = await assessments.find(connection, application, n)
    if row is None:
        raise NotFound
    return row


def _form(row: AssessmentRow) -> dict[str, Any]:
    return {
        "n": row.n,
        "application": row.application,
        "occasion": row.occasion,
        "policy": {
            "id": row.policy,
            "version": row.policy_version,
            "digest": row.policy_digest,
            "notice": row.notice,
        },
        "engine_version": row.engine_version,
        "as_of": row.as_of.isoformat(),
        "at": say(row.at),
        "result_hash": row.result_hash,
        "verdicts": [
            {"measure": one["id"], "verdict": one["verdict"]} for one in orjson.loads(row.result)["measures"]
        ],
    }
