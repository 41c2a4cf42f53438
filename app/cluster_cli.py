"""`duixian spread`: a population of Parquet files decided by the workers of a Dask cluster."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import datetime  # noqa: TC003 - typer reads it
from importlib.util import find_spec
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.policy_source import PublishedOption, policies_of
from app.rules.money import format_yuan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from distributed import Client

    from app.services.cluster.spreading import Tally
    from app.services.published_policies import PublishedPolicy

_out = Console()
_err = Console(stderr=True)


def spread(
    population: Annotated[list[Path], typer.Argument(help="Parquet files, or folders of them.", exists=True)],
    out: Annotated[
        Path, typer.Option(help="The folder for the answers; every worker sees it.", file_okay=False)
    ],
    scheduler: Annotated[str, typer.Option(help="The cluster's address, e.g. tcp://10.0.0.5:8786.")] = "",
    workers: Annotated[int, typer.Option(help="Without a scheduler: processes here.", min=1, max=256)] = 2,
    policy: Annotated[str, typer.Option(help="The policy's id.")] = "yanhu-ip",
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today.")] = None,
    year: Annotated[
        int | None, typer.Option(help="The award year; that of the day.", min=2000, max=2100)
    ] = None,
    published: PublishedOption = None,
) -> None:
    """Decide a population on many processes or machines: a file of answers for each piece.

    The rows must have been checked: `duixian bulk` sets bad rows aside, this does not look for them. A run that broke
    off goes on where it was when it is started again.
    """
    if find_spec("distributed") is None:
        fail("Dask is not installed here: pip install 'duixian[cluster]'.", NOT_POSSIBLE)
    from app.services.cluster.record_batches import Run
    from app.services.cluster.spreading import pieces
    from app.services.cluster.spreading import spread as spread_over
    from app.services.legal_day import legal_day
    from app.services.population.batches import PopulationError

    day: date = as_of.date() if as_of is not None else legal_day()
    run = Run.of(_policy(policy, day, published), year or day.year, day)
    files = sorted(file for one in population for file in (one.glob("*.parquet") if one.is_dir() else (one,)))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        given = list(pieces(files))
        with (
            _client(scheduler, workers) as client,
            Progress(*columns, console=_err, disable=not sys.stderr.isatty()) as bar,
        ):
            task = bar.add_task("applicants", total=sum(piece.rows for piece in given))
            found = spread_over(client, run, given, out, lambda piece, _: bar.advance(task, piece.rows))
    except PopulationError as refused:
        fail(refused.message.en, WRONG_INPUT)
    except OSError as error:
        fail(f"No cluster at {scheduler or 'this machine'}: {error}", NOT_POSSIBLE)
    _show(found, out)


@contextmanager
def _client(scheduler: str, workers: int) -> Iterator[Client]:
    from distributed import Client, LocalCluster

    if scheduler:
        with Client(scheduler, set_as_default=False) as client:
            yield client
        return
    cluster = LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    )
    with cluster, Client(cluster, set_as_default=False) as client:
        yield client


def _show(found: Tally, out: Path) -> None:
    table = Table(title=f"{found.rows} applicants, answers in {out}", title_justify="left")
    table.add_column("measure")
    table.add_column("eligible", justify="right")
    table.add_column("granted, yuan", justify="right")
    for name, (eligible, fen) in found.measures.items():
        table.add_row(name, f"{eligible:,}", format_yuan(fen))
    _out.print(table)


def _policy(policy_id: str, day: date, published: bool | None) -> PublishedPolicy:
    from app.services.published_policies import NoPolicies, NoSuchPolicy, NotInForce

    try:
        source = policies_of(published)
        found = source.policies.in_force(policy_id, day)
        source.tell(_err, found.policy)
        return found
    except NoSuchPolicy as error:
        fail(f"There is no policy {policy_id!r}: there are {', '.join(error.known)}.", WRONG_INPUT)
    except (NotInForce, NoPolicies) as error:
        fail(f"{policy_id}: {error}", WRONG_INPUT)
