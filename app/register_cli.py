"""`duixian import organisations`: a file of organisations with their facts, into the register."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import typer
from rich.console import Console

from app.ending import WRONG_INPUT, fail
from app.records_cli import progress_bar, tell, with_database

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from rich.progress import Progress

    from app.records_cli import Mode
    from app.services.register_import import Report

_out = Console()


class Telling(NamedTuple):
    """What the whole file is, as far as the command was told."""

    policy: str
    source: str
    stated_on: date | None
    year: int | None


def import_organisations(file: Path, telling: Telling, *, dry_run: bool, by: str, mode: Mode) -> None:
    """Take the file in, whole or not at all. Ends with exit code 2 where it has bad rows."""
    from app.services.importing.faults import BadRows
    from app.services.published_policies import NoSuchPolicy, NotInForce

    report_file = file.with_name(f"{file.name}.errors.ndjson")
    with progress_bar() as bar:
        try:
            report = _import(file, telling, bar, dry_run=dry_run, by=by, mode=mode)
        except BadRows as bad:
            bar.stop()
            tell(bad, file, report_file)
            raise typer.Exit(WRONG_INPUT) from None
        except NoSuchPolicy as unknown:
            fail(f"There is no policy {telling.policy!r}: there is {', '.join(unknown.known)}.", WRONG_INPUT)
        except NotInForce:
            fail(f"No version of {telling.policy} is in force today.", WRONG_INPUT)
    report_file.unlink(missing_ok=True)
    _out.print(_said(report, dry_run=dry_run), highlight=False)


def _import(file: Path, telling: Telling, bar: Progress, *, dry_run: bool, by: str, mode: Mode) -> Report:
    from app.policy_source import published_now
    from app.services.legal_day import legal_day
    from app.services.register_import import Told, import_file, read_file

    stated_on = telling.stated_on or legal_day()
    told = Told(telling.policy, telling.year or stated_on.year, stated_on, telling.source)
    policies = published_now()
    reading = bar.add_task("reading", total=None)
    entries = read_file(file, policies, told, lambda done: bar.update(reading, completed=done))
    bar.update(reading, total=len(entries), completed=len(entries))
    writing = bar.add_task("writing", total=len(entries))
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    report = with_database(
        lambda engine: import_file(
            engine,
            sha256,
            entries,
            mode=mode.value,
            by=by,
            dry_run=dry_run,
            progress=lambda done: bar.update(writing, completed=done),
        )
    )
    bar.update(writing, completed=len(entries))
    return report


def _said(report: Report, *, dry_run: bool) -> str:
    told = (
        f"{report.rows} organisations: {report.made} new, {report.changed} changed, "
        f"{report.present} as they were"
    )
    return f"{told}; nothing was written (dry run)" if dry_run else told
