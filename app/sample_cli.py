"""`duixian sample`: a register of invented organisations, to try a policy on."""

from __future__ import annotations

import sys
from datetime import datetime  # noqa: TC003 - typer reads it
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.settings import read_settings

if TYPE_CHECKING:
    from datetime import date

    from app.rules.policy import Policy

MOST_SEED = 2**32
_out = Console()
_err = Console(stderr=True)


def sample(
    file: Annotated[
        Path, typer.Argument(help="The file to write: .parquet, .ndjson or .csv.", dir_okay=False)
    ],
    rows: Annotated[int, typer.Option(help="How many organisations.", min=1)] = 10_000,
    seed: Annotated[int, typer.Option(help="Another seed, another register.", min=0, max=MOST_SEED)] = 1,
    policy: Annotated[str, typer.Option(help="The policy's id.")] = "yanhu-ip",
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day around which its dates and years lie.",
            show_default="2026-11-23",
        ),
    ] = None,
) -> None:
    """Write a register of organisations that nobody holds: the same seed gives the same bytes.

    The first rows do not change when there are more of them. For any policy but yanhu-ip the rows are at random.
    """
    from app.services.sampling.any_policy import SAMPLE_DAY
    from app.services.sampling.registers import MOST_ROWS

    if rows > MOST_ROWS:
        fail(f"A register has at most {MOST_ROWS} organisations.", WRONG_INPUT)
    _write(file, _policy(policy), rows, seed, as_of.date() if as_of is not None else SAMPLE_DAY)
    _out.print(f"{file}: {rows} organisations", markup=False, highlight=False, soft_wrap=True)


def _write(file: Path, policy: Policy, rows: int, seed: int, as_of: date) -> None:
    """With a bar where someone looks on."""
    from app.services.sampling.registers import blocks
    from app.services.sampling.writing import FORMS, NotAForm, writer

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with (
            Progress(*columns, console=_err, disable=not sys.stderr.isatty()) as bar,
            writer(file, policy) as write,
        ):
            task = bar.add_task("writing", total=rows)
            for block in blocks(policy, rows, seed, as_of=as_of):
                write(block)
                bar.update(task, advance=block.height)
    except NotAForm:
        fail(f"{file.name} must end in one of {', '.join(FORMS)}.", WRONG_INPUT)
    except OSError as error:
        fail(f"Cannot write {file}: {error.strerror}.", NOT_POSSIBLE)


def _policy(policy_id: str) -> Policy:
    """The newest version of the policy."""
    from app.rules.language.lexing import nearest
    from app.services.published_policies import NoPolicies, NoSuchPolicy, PublishedPolicies

    folder = read_settings().policies
    try:
        return PublishedPolicies.in_folder(folder).latest(policy_id).policy
    except NoPolicies:
        fail(f"There is no policy pack in {folder}.", WRONG_INPUT)
    except NoSuchPolicy as missing:
        close = nearest(policy_id, missing.known)
        hint = f" Is {close!r} meant?" if close else ""
        fail(f"There is no policy {policy_id!r} in {folder}.{hint}", WRONG_INPUT)
