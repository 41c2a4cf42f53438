"""`duixian match`: the register against a policy, now, with a bar that shows how far it is."""

from __future__ import annotations

import getpass
from datetime import datetime  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.console import Console

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.records_cli import Mode, ModeOption, progress_bar, with_database
from app.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.store.matches import MatchRow

_out = Console()
_LOOK_SECONDS = 0.5


class Asked(NamedTuple):
    """What is to be matched."""

    policy: str
    measures: tuple[str, ...] | None
    year: int | None
    as_of: date | None


def match(
    policy: Annotated[str, typer.Option(help="The policy's id.")] = "yanhu-ip",
    measure: Annotated[
        list[str] | None, typer.Option(help="Only this measure; may be given again.", show_default="all")
    ] = None,
    year: Annotated[int | None, typer.Option(help="The year.", show_default="that of the day")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day.", show_default="today")
    ] = None,
    by: Annotated[
        str, typer.Option(help="Who runs it: a staff number.", show_default="the account of this machine")
    ] = "",
    mode: ModeOption = Mode.live,
) -> None:
    """Match the register against a policy and offer what is due. Whoever runs it does not approve what comes of it."""
    from app.rules.input.mistakes import InputErrors
    from app.services.published_policies import NoSuchPolicy, NotInForce
    from app.services.refusals import Refusal

    with progress_bar() as bar:
        task = bar.add_task("organisations", total=None)
        asked = Asked(policy, tuple(measure) if measure else None, year, as_of.date() if as_of else None)
        try:
            row = with_database(
                lambda engine: _match(
                    engine,
                    asked,
                    by=by or getpass.getuser(),
                    mode=mode.value,
                    progress=lambda row: bar.update(task, completed=row.done, total=row.total or 0),
                )
            )
        except Refusal as refusal:
            fail(str(refusal), NOT_POSSIBLE)
        except InputErrors as refused:
            fail(str(refused), WRONG_INPUT)
        except NoSuchPolicy as unknown:
            fail(f"There is no policy {policy!r}: there is {', '.join(unknown.known)}.", WRONG_INPUT)
        except NotInForce:
            fail(f"No version of {policy} is in force on that day.", WRONG_INPUT)
    told = ", ".join(f"{count} {name}" for name, count in row.tally.items()) or "nothing to offer"
    _out.print(f"{row.done} organisations ({row.id}, {row.status}): {told}", highlight=False)
    if row.status != "succeeded":
        raise typer.Exit(NOT_POSSIBLE)


async def _match(
    engine: AsyncEngine, asked: Asked, *, by: str, mode: str, progress: Callable[[MatchRow], None]
) -> MatchRow:
    """Begin a match and lead it to its end, whoever else is at it."""
    import asyncio

    from app.rules import ENGINE_VERSION
    from app.services.instants import day_of, now
    from app.services.offers import requesting, running
    from app.services.opening import open_office
    from app.services.published_policies import PublishedPolicies
    from app.services.publishing.following import followed
    from app.services.register_policies import register_policies
    from app.store import matches
    from app.store.acting import EVERYTHING, Sight, acting

    settings = read_settings()
    served = await followed(engine, PublishedPolicies.in_folder(settings.policies))
    office = open_office(settings, engine, served)
    await register_policies(engine, [(one.policy, one.files) for one in served.image], ENGINE_VERSION)
    moment = now()
    today = day_of(moment)
    wanted = requesting.wanted_of(
        office, asked.policy, asked.measures, as_of=asked.as_of or today, year=asked.year, today=today
    )
    actor = {"kind": "person", "id": by, "role": "admin", "credential": "cli"}
    sight = Sight(mode, EVERYTHING)
    async with acting(engine, sight) as connection:
        row = await requesting.begin(
            office, connection, wanted, mode=mode, by=by, actor=actor, now=moment, today=today
        )
    while row.ended_at is None:
        if await running.run(office, row, progress) is None:  # a worker is at it: look how far it is
            await asyncio.sleep(_LOOK_SECONDS)
        async with acting(engine, sight) as connection:
            found = await matches.find(connection, mode, row.id)
        assert found is not None
        row = found
        progress(row)
    return row
