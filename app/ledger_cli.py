"""`duixian ledger`: look whether claims, caps and awards are what the entries make of them."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from app.settings import read_settings

if TYPE_CHECKING:
    from app.services.ledger_verify import LedgerReport
    from app.settings import Settings

ledger_app = typer.Typer(help="Look into the ledger.", no_args_is_help=True)

_NOT_VALID = 1
_SHOWN = 100
_err = Console(stderr=True)


class LedgerOf(StrEnum):
    live = "live"
    test = "test"
    both = "both"


@ledger_app.callback()
def ledger() -> None:
    """Keeps `verify` a command of its own, though it is the only one."""


@ledger_app.command()
def verify(
    mode: Annotated[LedgerOf, typer.Option(help="Whose ledger.")] = LedgerOf.both,
) -> None:
    """Compute claims, uses of caps and awards anew from the entries; exit code 1 when anything differs."""
    from psycopg import OperationalError as NotThere
    from sqlalchemy.exc import SQLAlchemyError

    from app.store.acting import EVERYTHING

    settings = read_settings()
    try:
        report = asyncio.run(
            _verify(settings, _database(settings), EVERYTHING if mode is LedgerOf.both else mode.value)
        )
    except (SQLAlchemyError, NotThere, OSError) as error:
        _err.print(
            f"The database does not answer, or is not migrated ({type(error).__name__}). "
            "Set DUIXIAN_DATABASE_URL, or DUIXIAN_DATA of a service that runs.",
            soft_wrap=True,
        )
        raise typer.Exit(_NOT_VALID) from None
    for one in report.differences[:_SHOWN]:
        _err.print(
            f"[bold]{escape(one.award or one.key or '')}[/] {one.what}: expected {escape(repr(one.expected))}, "
            f"found {escape(repr(one.found))}",
            soft_wrap=True,
            highlight=False,
        )
    told = "valid" if report.valid else f"{report.found} differences"
    Console().print(f"{report.awards} awards: {told}", highlight=False)
    if not report.valid:
        raise typer.Exit(_NOT_VALID)


def _database(settings: Settings) -> str:
    """The given database, or the own one of a service that runs."""
    if settings.database_url is not None:
        return settings.database_url
    from app.embedded import EmbeddedPostgres

    return EmbeddedPostgres(settings.data).url()


async def _verify(settings: Settings, url: str, mode: str) -> LedgerReport:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from app.services.ledger_verify import verify as run
    from app.services.opening import open_office
    from app.services.published_policies import PublishedPolicies
    from app.services.publishing.following import followed
    from app.store.database import open_database

    engine = open_database(url, pool_size=2)
    served = await followed(engine, PublishedPolicies.in_folder(settings.policies))
    office = open_office(settings, engine, served)
    columns = ("awards", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=_err, transient=True) as bar:
            task = bar.add_task("awards", total=None)
            return await run(office, mode, lambda done, of: bar.update(task, completed=done, total=of))
    finally:
        await engine.dispose()
