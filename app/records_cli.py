"""`duixian import` and `duixian export`: records in bulk, and all that is held about one applicant."""

from __future__ import annotations

import asyncio
import getpass
import hashlib
import os
import sys
from datetime import datetime  # noqa: TC003 - typer reads it
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, TypeVar

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.database_address import database_address
from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.services.importing.faults import BadRows, Fault
    from app.services.importing.taking_in import Report

Result = TypeVar("Result")
_SHOWN = 20
_STATEMENT_SECONDS, _LOCK_SECONDS = 600, 60
_out = Console()
_err = Console(stderr=True)


class Kind(StrEnum):
    joint_punishment = "joint-punishment"
    funding = "funding"
    organisations = "organisations"


class FileFormat(StrEnum):
    csv = "csv"
    xlsx = "xlsx"
    ndjson = "ndjson"


class Mode(StrEnum):
    live = "live"
    test = "test"


_ENDINGS = {".csv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".ndjson": "ndjson", ".jsonl": "ndjson"}
ModeOption = Annotated[Mode, typer.Option(help="Whose records.")]


def import_records(
    kind: Annotated[Kind, typer.Argument(help="What the file has.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or NDJSON.", exists=True, dir_okay=False)],
    form: Annotated[
        FileFormat | None, typer.Option("--format", help="By default as the name ends.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but the write.")] = False,
    by: Annotated[
        str, typer.Option(help="Who records: a staff number.", show_default="the account of this machine")
    ] = "",
    mode: ModeOption = Mode.live,
    policy: Annotated[
        str, typer.Option(help="organisations: the policy that their facts are for.")
    ] = "yanhu-ip",
    source: Annotated[
        str | None, typer.Option(help="organisations: who says so.", show_default="the file's name")
    ] = None,
    stated_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="organisations: the day of the facts.", show_default="today"),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(help="organisations: the year of the facts.", show_default="that of the day"),
    ] = None,
) -> None:
    """Take in a file of records or organisations, whole or not at all; the same file twice adds nothing.

    Bad rows are shown, written to FILE.errors.ndjson, and end it with exit code 2. Organisations come as a population
    does: CSV, XLSX, NDJSON, Parquet or Arrow by the ending of the name.
    """
    by = by or getpass.getuser()
    if kind is not Kind.organisations:
        _records(kind, file, form, dry_run=dry_run, by=by, mode=mode)
        return
    from app.register_cli import Telling, import_organisations

    told = Telling(policy, source or file.name, None if stated_on is None else stated_on.date(), year)
    import_organisations(file, told, dry_run=dry_run, by=by, mode=mode)


def _records(kind: Kind, file: Path, form: FileFormat | None, *, dry_run: bool, by: str, mode: Mode) -> None:
    from app.services.importing.faults import BadRows

    chosen = form.value if form is not None else _ENDINGS.get(file.suffix.lower())
    if chosen is None:
        fail(f"Say what {file.name} is: --format csv, xlsx or ndjson.", WRONG_INPUT)
    report_file = file.with_name(f"{file.name}.errors.ndjson")
    with progress_bar() as bar:
        try:
            report = _import(kind, file, chosen, bar, dry_run=dry_run, by=by, mode=mode)
        except BadRows as bad:
            bar.stop()
            tell(bad, file, report_file)
            raise typer.Exit(WRONG_INPUT) from None
    report_file.unlink(missing_ok=True)
    _out.print(_said(report, dry_run=dry_run), highlight=False)


def export_applicant(
    uscc: Annotated[str, typer.Option(help="A code that the applicant has or had.")],
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write, readable by you alone.", show_default="standard output"),
    ] = None,
    mode: ModeOption = Mode.live,
) -> None:
    """Write everything that is held about one applicant, as one JSON document."""
    from app.services.export import export
    from app.services.refusals import NotFound

    try:
        document = with_database(lambda engine: export(engine, mode.value, uscc))
    except NotFound:
        fail("There is no organisation with this code.", WRONG_INPUT)
    data = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if out is None:
        sys.stdout.buffer.write(data)
        return
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def progress_bar() -> Progress:
    """How far it is, for the eye, on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=_err)


def _import(
    kind: Kind, file: Path, form: str, bar: Progress, *, dry_run: bool, by: str, mode: Mode
) -> Report:
    from app.services.importing.by_hand import import_by_hand
    from app.services.importing.entries import entries_of
    from app.services.importing.headings import ImportKind
    from app.services.importing.tables import Format
    from app.services.importing.taking_in import File
    from app.services.legal_day import legal_day

    wanted = ImportKind(kind.value)
    reading = bar.add_task("reading", total=None)
    entries = entries_of(
        file, Format(form), wanted, legal_day(), lambda done: bar.update(reading, completed=done)
    )
    bar.update(reading, total=len(entries), completed=len(entries))
    writing = bar.add_task("writing", total=len(entries))
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    report = with_database(
        lambda engine: import_by_hand(
            engine,
            File(wanted, sha256),
            entries,
            mode=mode.value,
            by=by,
            dry_run=dry_run,
            progress=lambda done: bar.update(writing, completed=done),
        )
    )
    bar.update(writing, completed=len(entries))
    return report


def with_database(work: Callable[[AsyncEngine], Awaitable[Result]]) -> Result:
    """Run a piece of work on an engine of its own. What the database refuses ends the command."""
    from psycopg import OperationalError as NotThere
    from sqlalchemy.exc import SQLAlchemyError

    from app.store.database import open_database

    async def run(url: str) -> Result:
        engine = open_database(
            url,
            pool_size=1,
            statement_timeout_seconds=_STATEMENT_SECONDS,
            lock_timeout_seconds=_LOCK_SECONDS,
        )
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run(database_address(read_settings())))
    except (SQLAlchemyError, NotThere, OSError) as error:
        fail(
            f"The database does not answer, is busy, or is not migrated ({type(error).__name__}). "
            "Set DUIXIAN_DATABASE_URL, or DUIXIAN_DATA of a service that runs.",
            NOT_POSSIBLE,
        )


def tell(bad: BadRows, file: Path, report_file: Path) -> None:
    """The bad rows: some for the eye, all for a program."""
    lines = b"".join(orjson.dumps(fault.form()) + b"\n" for fault in bad.faults)
    report_file.write_bytes(lines)
    for fault in bad.faults[:_SHOWN]:
        _out.print(_line(file, fault), soft_wrap=True, highlight=False)
    if len(bad.faults) > _SHOWN:
        _out.print(f"… and {len(bad.faults) - _SHOWN} more", highlight=False)
    _out.print(
        f"Nothing was taken in: {len(bad.faults)} mistakes, all of them in {escape(str(report_file))}",
        soft_wrap=True,
        highlight=False,
    )


def _line(file: Path, fault: Fault) -> str:
    """In the form that editors make links of: file:row."""
    place = f"{file}:{fault.row}" if fault.row else str(file)
    column = "" if fault.column is None else f" [cyan]{escape(fault.column)}[/]"
    form = fault.form()
    value = "" if form["value"] is None else f" {escape(repr(form['value']))}"
    return f"[bold]{escape(place)}[/]{column}{value}: {escape(fault.message.zh)} / {escape(fault.message.en)}"


def _said(report: Report, *, dry_run: bool) -> str:
    if report.repeated:
        return f"{report.rows} rows: this very file was taken in before, nothing is added"
    told = (
        f"{report.rows} rows: {report.added} added ({report.superseded} in place of earlier ones), "
        f"{report.present} were there already"
    )
    return f"{told}; nothing was written (dry run)" if dry_run else told
