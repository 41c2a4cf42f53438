"""`duixian allot`: who of a population gets what of a measure's budget or places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from app.bulk_cli import (
    BatchRowsOption,
    DayOption,
    InArgument,
    OutArgument,
    VersionOption,
    YearOption,
    err,
    in_force,
    out,
    said,
)
from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.policy_source import PublishedOption  # noqa: TC001 - typer reads it when the command is made

if TYPE_CHECKING:
    from app.rules.policy import Policy
    from app.services.population.sharing_files import SharedOut, Sharing


def allot(
    source: InArgument,
    target: OutArgument,
    measure: Annotated[str, typer.Option(help="The measure whose budget or places are shared.")],
    policy: Annotated[str, typer.Option(help="The policy's id.")] = "yanhu-ip",
    version: VersionOption = None,
    as_of: DayOption = None,
    year: YearOption = None,
    batch_rows: BatchRowsOption = 50_000,
    published: PublishedOption = None,
) -> None:
    """Share a budget or places among a whole population, a row for each who has a claim. No server is needed.

    Rows of the file stand for the order of arrival. Bad rows have no claim, and are counted at the end.

    Exit codes: 0 written; 1 a file could not be read or written to the end; 2 the file or what was asked is wrong.
    """
    from app.services.population.sharing_files import Sharing

    text, day, chosen = in_force(policy, version, as_of, year, published)
    found = text.policy.measure(measure)
    allotment = None if found is None else found.allotment
    if allotment is None:
        fail(_no_such(measure, text.policy), WRONG_INPUT)
    sharing = Sharing(source, target, text.policy, measure, allotment, chosen, day, batch_rows)
    _show(_shared(sharing), sharing)


def _no_such(measure: str, policy: Policy) -> str:
    from app.rules.language.lexing import nearest

    known = [one.id for one in policy.measures if one.allotment is not None]
    near = nearest(measure, known)
    hint = f"did you mean {near}?" if near else f"there are: {', '.join(known) or 'none'}"
    return f"{measure!r} of {policy.id} is no measure whose budget or places are shared; {hint}"


def _shared(sharing: Sharing) -> SharedOut:
    from app.services.population.batches import PopulationError
    from app.services.population.sharing_files import share_file

    columns = (
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} rows"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
            task = bar.add_task("deciding", total=None)
            return share_file(sharing, lambda rows: bar.update(task, completed=rows))
    except PopulationError as error:
        fail(said(error.message), WRONG_INPUT)
    except OSError as error:
        fail(f"{error.filename or sharing.out}: {error.strerror or error}", NOT_POSSIBLE)


def _show(done: SharedOut, sharing: Sharing) -> None:
    """In two or three lines."""
    from app.rules.money import format_yuan
    from app.services.simulating.allotments import edge_words

    found = done.sum
    left = f"{format_yuan(found.left)} yuan" if sharing.allotment.in_money else f"{found.left} places"
    asked = f"{found.claims:,} claims of {format_yuan(found.demand)} yuan among {done.rows:,} applicants"
    counts = f"{found.granted:,} in full, {found.partly:,} in part, {found.none:,} not, {found.open:,} to be decided"
    lines = [
        f"{asked}; {found.undetermined:,} undetermined, apart",
        f"{counts}: {format_yuan(found.spent)} yuan, {left} left; {edge_words(found).en}",
    ]
    if done.bad_rows:
        lines.append(f"{done.bad_rows:,} bad rows left out: duixian bulk says what is wrong with them")
    for line in lines:
        out.print(line, soft_wrap=True, highlight=False)
