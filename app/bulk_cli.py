"""`duixian bulk`: a file of a population decided into another."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.policy_source import PublishedOption, policies_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from rich.progress import Task

    from app.rules.policy import Policy, Words
    from app.services.population.deciding_files import Done, Run
    from app.services.published_policies import PublishedPolicy

INTERRUPTED = 130
_MOST_BATCH_ROWS = 1_000_000
out = Console()
err = Console(stderr=True)


InArgument = Annotated[
    Path,
    typer.Argument(
        metavar="IN", help="Parquet, Arrow, NDJSON, CSV (a file or a folder) or XLSX.", exists=True
    ),
]
OutArgument = Annotated[
    Path, typer.Argument(metavar="OUT", help="A .parquet, .csv, .ndjson or .xlsx to write.")
]
VersionOption = Annotated[
    str | None, typer.Option(help="One of its versions; by default the one in force.", show_default=False)
]
DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="By default today in China.")]
YearOption = Annotated[int | None, typer.Option(help="By default that of the day.", min=2000, max=2100)]
MeasuresOption = Annotated[
    list[str] | None,
    typer.Option(help="Only these, with commas between or as often as needed.", show_default="all"),
]
BatchRowsOption = Annotated[int, typer.Option(help="Rows in memory at a time.", min=1, max=_MOST_BATCH_ROWS)]


def bulk(
    source: InArgument,
    out: OutArgument,
    policy: Annotated[str, typer.Option(help="The policy's id.")] = "yanhu-ip",
    version: VersionOption = None,
    as_of: DayOption = None,
    year: YearOption = None,
    measures: MeasuresOption = None,
    lines: Annotated[bool, typer.Option("--lines", help="Write a second table, one row an item.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing if a row is bad.")] = False,
    batch_rows: BatchRowsOption = 50_000,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the same run stopped.")] = False,
    published: PublishedOption = None,
) -> None:
    """Decide a whole population, a row an applicant, in bounded memory. No server is needed.

    Bad rows are left out, told in OUT.errors.ndjson and counted at the end.

    Exit codes: 0 written; 1 a file could not be read or written to the end; 2 the file or what was asked is wrong,
    or with --strict a row is bad; 130 interrupted.
    """
    from app.services.population.deciding_files import Run

    text, day, chosen_year = in_force(policy, version, as_of, year, published)
    run = Run(
        source=source,
        out=out,
        policy=text.policy,
        year=chosen_year,
        as_of=day,
        batch_rows=batch_rows,
        measures=_measures(measures, text.policy),
        lines=lines,
        strict=strict,
        resume=resume,
    )
    _print(_decide(run), run)


def _decide(run: Run) -> Done:
    """Do it; what hinders it ends the command."""
    from app.services.population.batches import PopulationError
    from app.services.population.deciding_files import BadRowsRefused, decide_file

    try:
        return _with_progress(lambda tell: decide_file(run, tell))
    except PopulationError as error:
        fail(said(error.message), WRONG_INPUT)
    except BadRowsRefused as refused:
        told = f"{refused.errors} mistakes, all of them in {refused.errors_file}"
        fail(f"Nothing was written: {told}", WRONG_INPUT)
    except OSError as error:
        place = error.filename or run.out
        fail(f"{place}: {error.strerror or error}. Go on with --resume.", NOT_POSSIBLE)
    except KeyboardInterrupt:
        fail("Interrupted. Go on with --resume.", INTERRUPTED)


def in_force(
    policy: str, version: str | None, as_of: datetime | None, year: int | None, published: bool | None
) -> tuple[PublishedPolicy, date, int]:
    """The version that decides, as it reads under the year's notice; the day and the year."""
    from app.rules.language.lexing import nearest
    from app.rules.loading import PackErrors
    from app.services.legal_day import legal_day
    from app.services.published_policies import (
        NoPolicies,
        NoSuchPolicy,
        NoSuchVersion,
        NotInForce,
    )

    day = legal_day() if as_of is None else as_of.date()
    try:
        source = policies_of(published)
        policies = source.policies
        found = policies.in_force(policy, day) if version is None else policies.pinned(policy, version, day)
    except (NoSuchPolicy, NoSuchVersion) as error:
        asked = policy if isinstance(error, NoSuchPolicy) else version or ""
        what = "policy" if isinstance(error, NoSuchPolicy) else "version"
        near = nearest(asked, error.known)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(error.known)}"
        fail(f"There is no {what} {asked!r}; {hint}", WRONG_INPUT)
    except NotInForce as error:
        since = ", ".join(f"{one.version} from {one.in_force_from}" for one in error.versions)
        fail(f"No such version of {policy} is in force on {day}: {since}.", WRONG_INPUT)
    except (NoPolicies, PackErrors) as error:
        fail(f"{error} See: duixian policy check", NOT_POSSIBLE)
    chosen = day.year if year is None else year
    if not 2000 <= chosen <= 2100:
        fail(f"Say --year, 2000 to 2100: the day {day} lies outside.", WRONG_INPUT)
    source.tell(err, found.policy)
    return found.for_year(chosen, day), day, chosen


def _measures(given: list[str] | None, policy: Policy) -> tuple[str, ...] | None:
    """The measures asked for, in catalogue order."""
    from app.rules.input.measures import MEASURES, MeasuresReader
    from app.rules.input.mistakes import Mistakes

    if given is None:
        return None
    names = [name.strip() for one in given for name in one.split(",") if name.strip()]
    mistakes = Mistakes()
    _, listed = MeasuresReader(policy).read(names, mistakes)
    if mistakes.found:
        refusal = mistakes.refusal({MEASURES: names})
        told = (
            f"{names[int(error.pointer.rsplit('/', 1)[1])] if error.pointer.count('/') > 1 else '--measures'}: "
            f"{said(error.message)}"
            for error in refusal.errors
        )
        fail("\n".join(told), WRONG_INPUT)
    return tuple(listed)


class _Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} rows/s", style="progress.data.speed")


def _with_progress(work: Callable[[Callable[[str, int, int | None], None]], Done]) -> Done:
    """Do the work under a progress bar; without one where nobody looks."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
        tasks = {}

        def tell(step: str, rows: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=rows, total=total)

        return work(tell)


def _print(done: Done, run: Run) -> None:
    """A row a measure, then what was left out."""
    from app.rules.money import format_yuan

    policy = run.policy
    table = Table(caption=f"{policy.id} {policy.version}, {run.as_of}, {run.year}", caption_justify="left")
    table.add_column("Measure", overflow="fold")
    for heading in ("Eligible", "Ineligible", "Undetermined", "Amount (yuan)"):
        table.add_column(heading, justify="right")
    for measure_id, counts in done.tally.verdicts.items():
        measure = policy.measure(measure_id)
        assert measure is not None
        amount = format_yuan(done.tally.amounts[measure_id]) if measure.pays else ""
        table.add_row(measure_id, *(f"{count}" for count in counts.values()), amount)
    table.add_section()
    table.add_row("Total", "", "", "", format_yuan(sum(done.tally.amounts.values())))
    out.print(table)
    out.print(
        f"{done.tally.rows} applicants decided: {escape(str(run.out))}", soft_wrap=True, highlight=False
    )
    if done.errors_file is not None:
        out.print(
            f"[yellow]{done.bad_rows} bad rows left out[/], {done.errors} mistakes: "
            f"{escape(str(done.errors_file))}",
            soft_wrap=True,
            highlight=False,
        )


def said(words: Words) -> str:
    return f"{words.zh} / {words.en}"
