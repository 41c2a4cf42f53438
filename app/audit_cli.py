"""`duixian audit`: verify the trail of a whole database, and export what shows later that it was not rewritten."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from app.ending import WRONG_INPUT, fail
from app.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from app.services.auditing import Break
    from app.services.signing import Signer
    from app.store.auditing import AuditedDatabase

audit_app = typer.Typer(help="Verify the audit trail.", no_args_is_help=True)

out = Console()
err = Console(stderr=True)

Result = TypeVar("Result")
BROKEN = 1


class Mode(StrEnum):
    live = "live"
    test = "test"


ModeOption = Annotated[Mode | None, typer.Option(help="Live or test alone.", show_default="both")]


@audit_app.command()
def verify(
    mode: ModeOption = None,
    heads: Annotated[
        Path | None, typer.Option(help="Exported heads: check that they are still part of the chains.")
    ] = None,
) -> None:
    """Hash every event anew, hold every chain against its head and every assessment against the trail.

    Exit code 0: all holds. 1: something does not; the first break of each chain is said. 2: the input is wrong.
    """
    from app.services.auditing import audit

    signer = _key(checks=True) if heads is not None else None
    breaks = 0

    def found(broken: Break) -> None:
        nonlocal breaks
        breaks += 1
        place = "" if broken.seq is None else f" at {broken.seq}"
        out.print(
            f"{broken.mode} {escape(broken.chain)}{place}: {broken.what}", soft_wrap=True, highlight=False
        )

    with _database(mode) as database:
        result = _with_progress("Verifying", sum(database.total()), lambda go: audit(database, found, go))
        compared = None if heads is None or signer is None else _compare(database, heads, signer, found)
    words = f"{result.chains} chains, {result.events} events, {result.assessments} assessments"
    if compared is not None:
        words += f", {compared} exported heads"
    out.print(f"{words}: {'valid' if not breaks else f'{breaks} broken'}", highlight=False)
    if breaks:
        raise typer.Exit(BROKEN)


@audit_app.command()
def heads(
    mode: ModeOption = None,
    file: Annotated[Path | None, typer.Option("--out", help="Where to write; else standard output.")] = None,
) -> None:
    """Export the heads of all chains, signed. Keep the file where the database's owner cannot reach it."""
    from app.services.chain_heads import export_heads
    from app.services.instants import now

    signer = _key(checks=False)
    with _database(mode) as database:
        if file is None:
            count = export_heads(database, signer, now(), sys.stdout.buffer)
            sys.stdout.buffer.flush()
        else:
            try:
                with file.open("wb") as written:
                    count = export_heads(database, signer, now(), written)
            except OSError as error:
                fail(f"Cannot write {file}: {error.strerror}.", WRONG_INPUT)
    err.print(f"{count} heads, signed with {signer.algorithm}", highlight=False)


def _compare(database: AuditedDatabase, file: Path, signer: Signer, found: Callable[[Break], None]) -> int:
    """How many exported heads were held against the chains."""
    from app.services.chain_heads import HeadsRefused, check_signature, compare_heads, read_heads

    try:
        with file.open("rb") as lines:
            count = check_signature(lines, signer)
            lines.seek(0)
            _with_progress(
                "Comparing", count, lambda go: compare_heads(database, read_heads(lines), found, go)
            )
    except OSError as error:
        fail(f"Cannot read {file}: {error.strerror}.", WRONG_INPUT)
    except HeadsRefused as refused:
        fail(f"{file}: {refused}", WRONG_INPUT)
    return count


def _with_progress(what: str, total: int, work: Callable[[Callable[[int], None]], Result]) -> Result:
    """A bar on standard error while it works."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=not err.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        return work(lambda step: progress.advance(task, step))


def _database(mode: Mode | None) -> AbstractContextManager[AuditedDatabase]:
    from app.store.auditing import audited_database

    url = read_settings().database_url
    if url is None:
        fail("Set DUIXIAN_DATABASE_URL.", WRONG_INPUT)
    return audited_database(url, None if mode is None else mode.value)


def _key(*, checks: bool) -> Signer:
    from app.services.heads_folder import NoAuditKey, checker_of, signer_of
    from app.services.signing import KeyUnusable

    settings = read_settings()
    try:
        found = checker_of(settings) if checks else signer_of(settings)
        if found is None:
            raise NoAuditKey
    except (NoAuditKey, KeyUnusable) as error:
        fail(str(error), WRONG_INPUT)
    except OSError as error:
        fail(f"Cannot read {error.filename}: {error.strerror}.", WRONG_INPUT)
    return found
