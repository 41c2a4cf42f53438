"""The shape that every action on an application shares: find, lock, If-Match, body, status, one change, one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from app.rules.policy import Words
from app.schemas.bodies import Sent, read_body
from app.services.applications import cases
from app.services.applications.forms import application_form
from app.services.documents import document_form, of_application
from app.services.orders import Answer, Plan, etag
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.rules.procedure.applications import Action
    from app.services.applications.cases import Case
    from app.services.office import Work

Body = TypeVar("Body", bound=Sent)


class NoFields(Sent):
    """An action without fields: an empty object, or no body at all."""


@dataclass(frozen=True, slots=True)
class Act:
    """How one action is carried out. `perform` raises Refusals and returns the case as it then is."""

    action: Action
    model: type[Any]
    """A `Sent`: the body."""
    perform: Callable[[Work, Case, Any], Awaitable[Case]]
    assesses: bool = False
    """Whether it needs the records that bear on the application."""


def plan_of(act: Act, application: str) -> Plan[Case, Any]:
    """The order that carries out an action on one application."""

    async def find(work: Work) -> Case:
        return await cases.find(work, application)

    async def read(_work: Work, _case: Case, body: object) -> Any:  # noqa: ANN401 - the act's own model
        return read_body(act.model, body)

    async def perform(work: Work, case: Case, given: Any) -> Answer:  # noqa: ANN401
        not_backwards(work, case)
        cases.must_allow(work, case, act.action)
        return await answer_of(work, await act.perform(work, case, given))

    return Plan(
        find=find,
        lock=cases.lock,
        open=cases.opener(application, assesses=act.assesses),
        read=read,
        act=perform,
        guarded=True,
    )


async def answer_of(work: Work, case: Case, status: int = 200) -> Answer:
    """The application as it is now."""
    if case.documents is None:
        documents = await of_application(work.connection, case.row.id)
    else:
        documents = [document_form(document) for document in case.documents]
    form = application_form(case, work.caller, work.office.practice, documents)
    return Answer(status, form, {"ETag": etag(case.version)})


def not_backwards(work: Work, case: Case) -> None:
    """The sandbox's time never runs backwards for one application."""
    last = case.row.test_time
    if last is not None and work.clock < last:
        raise Refusal(
            Words(
                "Duixian-Test-Time 不能早于此前用过的时间",
                "Duixian-Test-Time may not be before the time that was used last",
            ),
            kind="conflict",
        )
