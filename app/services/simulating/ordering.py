"""The order for a simulation: read, checked against the policy, and queued as a job."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.schemas.bodies import read_body
from app.schemas.simulations import NewSimulation
from app.services import jobs
from app.services.job_kinds import SIMULATION
from app.services.orders import Answer, Plan, unlocked
from app.services.published_policies import NoSuchPolicy, NotInForce
from app.services.refusals import NotFound
from app.services.simulating.ordered import Ordered
from app.services.simulating.readings import Scenario
from app.store import registered, uploads

if TYPE_CHECKING:
    from datetime import date

    from app.schemas.simulations import PopulationBody
    from app.services.office import Work
    from app.services.published_policies import PublishedPolicies

_ONE_OF = Words(
    '应为 {"upload": …} 或 {"register": true} 之一', 'must be one of {"upload": …} and {"register": true}'
)
_NO_UPLOAD = Words("没有这份上传，或已过期", "is no population that is kept; it may have expired")


def simulation_plan(policy: str) -> Plan[None, tuple[Ordered, int | None]]:
    """Raises NoSuchPolicy: 404."""

    async def find(work: Work) -> None:
        try:
            work.office.policies.versions(policy)
        except NoSuchPolicy as error:
            listed = ", ".join(error.known)
            raise NotFound(
                Words(f"没有这个政策，现有：{listed}", f"No such policy; there is {listed}")
            ) from None

    async def read(work: Work, _found: None, body: object) -> tuple[Ordered, int | None]:
        given = read_body(NewSimulation, body)
        as_of = given.as_of or work.day
        upload, total = await _population(work, policy, given.population)
        ordered = Ordered(
            policy=policy,
            version=_in_force(work.office.policies, policy, as_of),
            year=given.year or as_of.year,
            as_of=as_of,
            budget=given.budget,
            scenarios=tuple(
                Scenario(one.name, one.parameters or {}, one.version) for one in given.scenarios or ()
            ),
            upload=upload,
        )
        # Each scenario is a policy to be read and checked: tens of milliseconds of nothing but thinking.
        await asyncio.to_thread(ordered.readings, work.office.policies)
        return ordered, total

    async def act(work: Work, _found: None, given: tuple[Ordered, int | None]) -> Answer:
        ordered, total = given
        if ordered.upload is not None:
            await uploads.keep_until(
                work.connection, ordered.upload, work.now + work.office.bulk.uploads_kept
            )
        row = await jobs.create(work, SIMULATION, ordered.form(), total)
        return Answer(202, jobs.job_form(row), {"Location": f"/v1/jobs/{row.id}"})

    return Plan(find=find, lock=unlocked, read=read, act=act)


async def _population(work: Work, policy: str, given: PopulationBody) -> tuple[str | None, int | None]:
    """The upload, None for the register, and how many rows there are. Raises InputErrors."""
    if (given.upload is None) == (given.from_register is None) or given.from_register is False:
        raise InputErrors((InputError("/population", "choice", _ONE_OF),))
    if given.upload is None:
        return None, await registered.count(work.connection, work.mode)
    row = await uploads.find(work.connection, work.mode, given.upload)
    if row is None or row.expires_at < work.now:
        raise InputErrors((InputError("/population/upload", "choice", _NO_UPLOAD),))
    if row.policy != policy:
        words = Words(f"是 {row.policy} 的申请人", f"was sent as a population of {row.policy}")
        raise InputErrors((InputError("/population/upload", "choice", words),))
    return row.id, row.rows + row.bad_rows


def _in_force(policies: PublishedPolicies, policy: str, day: date) -> str:
    """The version in force on the day. Raises InputErrors at `/as_of`."""
    try:
        return policies.in_force(policy, day).policy.version
    except NotInForce as error:
        listed = ", ".join(
            f"{one.version} ({one.in_force_from}/{one.in_force_to or '..'})" for one in error.versions
        )
        words = Words(
            f"该日没有有效的版本，现有：{listed}", f"No version is in force on that day; there is {listed}"
        )
        raise InputErrors((InputError("/as_of", "range", words),)) from None
