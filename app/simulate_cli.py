"""`duixian simulate`: a population under the law as it is and as it might be, without a server."""

from __future__ import annotations

import sys
from datetime import datetime  # noqa: TC003 - typer reads it
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.languages import Language
from app.policy_source import PublishedOption, policies_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from app.policy_source import Source
    from app.rules.input.mistakes import InputErrors
    from app.services.population.batches import Batch, RowError
    from app.services.published_policies import PublishedPolicies, PublishedPolicy
    from app.services.simulating.readings import Reading, Scenario
    from app.services.simulating.simulation import Simulated

_ENDINGS = (".html", ".xlsx", ".json")
_SHOWN = 5
_out = Console()
_err = Console(stderr=True)


def simulate(
    population: Annotated[
        Path, typer.Argument(help="Parquet, Arrow, NDJSON, CSV (a file or a folder) or XLSX.", exists=True)
    ],
    policy: Annotated[str, typer.Option(help="The policy's id.")] = "yanhu-ip",
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A parameter of one scenario: patent-grants.granted_min=8. As often as needed."
        ),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--scenario", help="A YAML file with scenarios. As often as needed.", exists=True, dir_okay=False
        ),
    ] = None,
    budget: Annotated[str | None, typer.Option(help="In yuan.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="By default today in China.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="By default that of the day.", min=2000, max=2100)] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(help="A report: .html to look at, .xlsx, .json. As often as needed.", dir_okay=False),
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="Language of the tables.")] = Language.en,
    published: PublishedOption = None,
) -> None:
    """Say who qualifies, what it costs, who gains and who loses. Nothing is stored, no server is needed.

    Exit code 2: what was given is wrong; 1: a file cannot be written. Rows that cannot be read are counted, and in
    no figure.
    """
    for file in out or ():
        if file.suffix.lower() not in _ENDINGS:
            fail(f"{file.name} must end in one of {', '.join(_ENDINGS)}.", WRONG_INPUT)
    fen = _fen(budget)
    source, base, day = _policy(policy, as_of, published)
    chosen = year or day.year
    source.tell(_err, base.policy)
    readings = _readings(source.policies, base, [*_set(values or []), *_read(files or [])], chosen, day)
    done, errors = _simulate(population, readings, chosen, day, fen)
    _show(done, errors, population, language.value)
    _write(done, out or [])


def _fen(budget: str | None) -> int | None:
    from app.rules.money import parse_yuan

    if budget is None:
        return None
    try:
        found = parse_yuan(budget)
    except ValueError:
        found = -1
    if found < 0:
        fail(f"--budget {budget!r} is no amount in yuan, such as 20000000.00.", WRONG_INPUT)
    return found


def _policy(
    policy_id: str, given: datetime | None, published: bool | None
) -> tuple[Source, PublishedPolicy, date]:
    """All policies, the version in force on the day, and the day."""
    from app.rules.loading import PackErrors
    from app.services.legal_day import legal_day
    from app.services.published_policies import NoPolicies, NoSuchPolicy, NotInForce

    day = legal_day() if given is None else given.date()
    try:
        source = policies_of(published)
        return source, source.policies.in_force(policy_id, day), day
    except (NoPolicies, PackErrors) as error:
        fail(f"{error} See: duixian policy check", NOT_POSSIBLE)
    except NoSuchPolicy:
        source.lacks(policy_id)
    except NotInForce as error:
        listed = ", ".join(f"{one.version} from {one.in_force_from}" for one in error.versions)
        fail(f"No version of {policy_id} is in force on {day}; there is {listed}.", WRONG_INPUT)


def _set(values: list[str]) -> list[Scenario]:
    """One scenario of all --set."""
    from app.services.simulating.readings import Scenario

    parameters: dict[str, str] = {}
    for given in values:
        name, equals, value = given.partition("=")
        if not equals or not name.strip() or name.strip() in parameters:
            fail(f"--set {given!r} must be a parameter once, as in patent-grants.granted_min=8.", WRONG_INPUT)
        parameters[name.strip()] = value.strip()
    if not parameters:
        return []
    return [Scenario(", ".join(f"{name}={value}" for name, value in parameters.items()), parameters)]


def _read(files: list[Path]) -> Iterator[Scenario]:
    from app.services.simulating.scenario_file import NotScenarios, scenarios_of

    for file in files:
        try:
            yield from scenarios_of(file)
        except NotScenarios as error:
            fail(f"{file}:{error.place}: {error}", WRONG_INPUT)
        except (OSError, UnicodeDecodeError) as error:
            fail(f"Cannot read {file}: {error}", WRONG_INPUT)


def _readings(
    policies: PublishedPolicies, base: PublishedPolicy, scenarios: list[Scenario], year: int, day: date
) -> tuple[Reading, ...]:
    from app.rules.input.mistakes import InputErrors
    from app.services.simulating.readings import readings_of

    try:
        return readings_of(policies, base, scenarios, year=year, as_of=day)
    except InputErrors as wrong:
        _tell(wrong, scenarios)
        raise typer.Exit(WRONG_INPUT) from None


def _tell(wrong: InputErrors, scenarios: list[Scenario]) -> None:
    """Each mistake at its scenario and parameter."""
    for error in wrong.errors:
        _, _, place, *way = error.pointer.split("/")
        where = " ".join((scenarios[int(place)].name, *(part.replace("~1", "/") for part in way[1:])))
        _err.print(f"[red]{escape(where)}[/]: {escape(error.message.en)}", soft_wrap=True, highlight=False)


def _simulate(
    population: Path, readings: tuple[Reading, ...], year: int, day: date, budget: int | None
) -> tuple[Simulated, list[RowError]]:
    """With a bar where someone looks on. The first mistakes of rows besides."""
    from app.services.population.batches import PopulationError
    from app.services.population.opening import open_population
    from app.services.simulating.simulation import simulate as run

    errors: list[RowError] = []

    def noting(batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            errors.extend(batch.errors[: _SHOWN - len(errors)])
            yield batch

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
    )
    try:
        opened = open_population(population, readings[0].policy, year=year, as_of=day)
        with Progress(*columns, console=_err, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("simulating", total=opened.rows, rate="")

            def progress(rows: int) -> None:
                passed = bar.tasks[0].elapsed or 0
                bar.update(task, completed=rows, rate=f"{rows / passed:,.0f}/s" if passed else "")

            done = run(readings, noting(iter(opened)), year=year, as_of=day, budget=budget, progress=progress)
    except PopulationError as error:
        fail(f"{population}: {error.message.en}", WRONG_INPUT)
    return done, errors


def _show(done: Simulated, errors: list[RowError], population: Path, language: str) -> None:
    """The figures, and what is wrong with rows."""
    from app.simulation_table import print_simulation

    print_simulation(_out, done, language)
    for error in errors:
        said = error.message.zh if language == "zh" else error.message.en
        place = f"{population}:{error.row}"
        column = f" [cyan]{escape(error.column)}[/]" if error.column else ""
        _err.print(f"[bold]{escape(place)}[/]{column}: {escape(said)}", soft_wrap=True, highlight=False)
    if done.bad_rows:
        _err.print(f"{done.bad_rows} rows could not be read, and are in no figure.", highlight=False)


def _write(done: Simulated, files: list[Path]) -> None:
    from app.services.simulating.reports import write_report

    for file in files:
        try:
            write_report(done, file)
        except OSError as error:
            fail(f"Cannot write {file}: {error.strerror or error}.", NOT_POSSIBLE)
        _out.print(f"{file}", markup=False, highlight=False, soft_wrap=True)
