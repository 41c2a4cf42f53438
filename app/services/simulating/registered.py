"""The register as a population: every organisation that we hold, with its facts and what the records say of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from app.rules.input.mistakes import InputErrors
from app.rules.procedure.claiming import object_claims, projects
from app.rules.reading import compile_reader
from app.services.applications.records import basis_of
from app.services.instants import now
from app.services.organisation_facts import compose, whose
from app.services.population.batches import Batch, RowError, column_of_pointer
from app.services.population.bodies import Bodies
from app.store import assessments, organisation_facts, organisation_register, registered
from app.store.acting import EVERYTHING, Sight, acting

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.policy import Policy
    from app.services.applications.records import Basis
    from app.services.office import Office
    from app.store.organisation_facts import FactsRow
    from app.store.organisation_register import OrganisationRow

    Row = dict[str, Any]

AT_ONCE = 500
Found = TypeVar("Found")


@dataclass(slots=True)
class Registered:
    """Iterated from a thread; the database is asked on the service's loop. `ref` is the organisation's id.

    Facts are those of the policy and year; an organisation without any is there with its name and kind. History,
    funding and lists are as the records have them; where a list was not read lately, nobody is taken as listed.
    """

    office: Office
    mode: str
    policy: Policy
    """Under the year's notice."""
    year: int
    as_of: date
    loop: asyncio.AbstractEventLoop
    _bodies: Bodies = field(init=False)

    def __post_init__(self) -> None:
        self._bodies = Bodies(self.policy)

    def count(self) -> int:
        """How many organisations there are."""
        return self._ask(self._count())

    def __iter__(self) -> Iterator[Batch]:
        """In the order in which they were entered."""
        read = compile_reader(self.policy)
        after, done = "", 0
        while found := self._ask(self._page(read, after)):
            rows = [one for _, one in found if isinstance(one, dict)]
            numbers = [done + place for place, (_, one) in enumerate(found, 1) if isinstance(one, dict)]
            errors = [
                RowError(done + place, column_of_pointer(error.pointer), None, error.code, error.message)
                for place, (_, one) in enumerate(found, 1)
                if isinstance(one, InputErrors)
                for error in one.errors
            ]
            yield Batch(self._bodies.frame(rows), pl.Series(numbers, dtype=pl.Int64), tuple(errors))
            after, done = found[-1][0], done + len(found)

    def _ask(self, work: Coroutine[Any, Any, Found]) -> Found:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    async def _count(self) -> int:
        async with acting(self.office.engine, Sight(self.mode, EVERYTHING)) as connection:
            return await registered.count(connection, self.mode)

    async def _page(self, read: Any, after: str) -> list[tuple[str, Row | InputErrors]]:  # noqa: ANN401 - a reader
        """The next organisations, each as a row or with why it is none."""
        async with acting(self.office.engine, Sight(self.mode, EVERYTHING)) as connection:
            ids = await registered.ids_after(connection, self.mode, after, AT_ONCE)
            known = await organisation_register.find_all(connection, self.mode, ids)
            facts = {
                row.organisation: row
                for row in await organisation_facts.of_organisations(
                    connection, self.mode, ids, self.policy.id
                )
                if row.year == self.year
            }
            return [(one, await self._row(connection, read, known[one], facts.get(one))) for one in ids]

    async def _row(
        self,
        connection: AsyncConnection,
        read: Any,  # noqa: ANN401 - a reader
        organisation: OrganisationRow,
        facts: FactsRow | None,
    ) -> Row | InputErrors:
        applicant, stated = (None, {}) if facts is None else (facts.applicant, facts.facts)
        body = compose(whose(organisation), applicant, stated, year=self.year, as_of=self.as_of)
        try:
            request = read(body, self.as_of)
        except InputErrors as wrong:
            return wrong
        basis = await assessments.basis(
            connection,
            mode=self.mode,
            organisation=organisation.id,
            application="",
            claims=object_claims(self.policy, request),
            projects=projects(self.policy, request),
            day=self.as_of,
        )
        row = self._bodies.row(request, organisation.id)
        return self._on_records(row, basis_of(basis, self.policy, self.office.practice, now()))

    def _on_records(self, row: Row, basis: Basis) -> Row:
        """The row with what the records say. Awards of other policies bear on nothing here."""
        ours = {measure.id for measure in self.policy.measures}
        row["applicant"]["credit"] = {"joint_punishment": bool(basis.listed)}
        row["history"] = [
            {name: value for name, value in entry.told().items() if name != "own"}
            for entry in basis.history
            if entry.measure in ours
        ]
        row["other_funding"] = [entry._asdict() for entry in basis.other_funding]
        return row
