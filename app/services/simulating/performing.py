"""The job of a simulation: the population opened, the work done, the result and its files made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.services.job_running import Done, JobRefused
from app.services.published_policies import NoSuchPolicy, NoSuchVersion
from app.services.simulating.ordered import Ordered
from app.store import uploads
from app.store.acting import EVERYTHING, Sight, acting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from app.services.job_running import Progress
    from app.services.office import Office
    from app.services.population.batches import Batch
    from app.services.simulating.readings import Reading
    from app.store.jobs import JobRow
    from app.store.uploads import UploadRow

_GONE = Words("上传的文件已删除，请重新上传", "The population is no longer kept: send it again")


def perform_simulation(office: Office, row: JobRow, place: Path, progress: Progress) -> Done:
    """In a thread of the worker. Raises JobRefused, and what `progress` raises."""
    # Polars and plotly take a second to load, and most processes never simulate.
    from app.services.population.batches import PopulationError  # noqa: PLC0415
    from app.services.simulating.forms import result_form  # noqa: PLC0415
    from app.services.simulating.reports import write_reports  # noqa: PLC0415
    from app.services.simulating.simulation import simulate  # noqa: PLC0415

    ordered = Ordered.of(row.input)
    readings = _readings(office, ordered)
    total, population = _population(office, row, ordered, readings[0], progress)
    progress(0, total)
    try:
        done = simulate(
            readings,
            population,
            year=ordered.year,
            as_of=ordered.as_of,
            budget=ordered.budget,
            progress=lambda rows: progress(rows, total),
        )
    except PopulationError as error:
        raise JobRefused(error.message) from None
    return Done(result_form(done), write_reports(done, place))


def _readings(office: Office, ordered: Ordered) -> tuple[Reading, ...]:
    """They were read when the job was ordered; the service may have started with other packs since."""
    try:
        return ordered.readings(office.policies)
    except (NoSuchPolicy, NoSuchVersion):
        words = Words(
            f"没有 {ordered.policy} 的版本 {ordered.version}",
            f"There is no {ordered.version} of {ordered.policy}",
        )
        raise JobRefused(words) from None
    except InputErrors as wrong:
        raise JobRefused(wrong.errors[0].message) from None


def _population(
    office: Office, row: JobRow, ordered: Ordered, base: Reading, progress: Progress
) -> tuple[int | None, Iterable[Batch]]:
    """How many rows there are, where that is known, and the rows."""
    from app.services.population.opening import open_population  # noqa: PLC0415 - Polars
    from app.services.simulating.registered import Registered  # noqa: PLC0415 - Polars

    if ordered.upload is None:
        register = Registered(office, row.mode, base.policy, ordered.year, ordered.as_of, progress.loop)
        return register.count(), register
    upload = asyncio.run_coroutine_threadsafe(
        _upload(office, row.mode, ordered.upload), progress.loop
    ).result()
    place = None if upload is None else office.bulk.upload(upload.id) / upload.name
    if upload is None or place is None or not place.exists():
        raise JobRefused(_GONE)
    return upload.rows + upload.bad_rows, open_population(
        place, base.policy, year=ordered.year, as_of=ordered.as_of
    )


async def _upload(office: Office, mode: str, upload: str) -> UploadRow | None:
    async with acting(office.engine, Sight(mode, EVERYTHING)) as connection:
        return await uploads.find(connection, mode, upload)
