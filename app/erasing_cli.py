"""`duixian erase`: who objected, once the time for which it is kept is over."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.records_cli import Mode, ModeOption, with_database
from app.settings import read_settings

_out = Console()


def erase_objector(
    objection: Annotated[str, typer.Argument(help="The objection's id: obj_…")],
    mode: ModeOption = Mode.live,
    by: Annotated[
        str | None, typer.Option(help="Who erases, as a staff number; by default who is logged in.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Erase name, contact and text of an objection for good; its outcome and the audit trail stay.

    Only once its application has been over for DUIXIAN_PERSONAL_DAYS.
    """
    from app.services.erasing import NoSuchObjection, StillNeeded
    from app.services.erasing import erase_objector as erase
    from app.services.instants import day_of

    days = read_settings().personal_days
    if not yes:
        typer.confirm(f"Erase who made objection {objection}? It cannot be undone", abort=True)
    try:
        done = with_database(
            lambda engine: erase(
                engine, mode.value, objection, kept=timedelta(days=days), by=by or getpass.getuser()
            )
        )
    except NoSuchObjection:
        fail(f"There is no objection {objection} among the {mode.value} ones.", WRONG_INPUT)
    except StillNeeded as needed:
        if needed.until is None:
            fail(f"Its application is {needed.status}: it is not over yet.", NOT_POSSIBLE)
        fail(
            f"Kept for {days} days after its application was last changed: until {day_of(needed.until)}.",
            NOT_POSSIBLE,
        )
    _out.print("erased" if done else "was erased before", highlight=False)
