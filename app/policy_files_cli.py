"""`duixian policy schema` and `duixian policy template`: what a policy asks for, for programs and for people."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.policy_source import PublishedOption, policies_of

if TYPE_CHECKING:
    from app.rules.policy import Policy


class SchemaFormat(StrEnum):
    json = "json"
    arrow = "arrow"


PolicyArgument = Annotated[str, typer.Argument(help="The policy's id.")]


def policy_schema(
    policy: PolicyArgument = "yanhu-ip",
    out: Annotated[
        Path | None, typer.Argument(help="The file to write.", show_default="standard output", dir_okay=False)
    ] = None,
    form: Annotated[
        SchemaFormat,
        typer.Option("--format", help="json: the facts of a request; arrow: the columns of a population."),
    ] = SchemaFormat.json,
    published: PublishedOption = None,
) -> None:
    """Write the JSON Schema of a policy's facts, or the columns of a population as an Arrow IPC stream."""
    _put(_schema(_policy(policy, published), form), out)


def policy_template(
    policy: PolicyArgument,
    out: Annotated[Path, typer.Argument(help="The workbook to write.", metavar="OUT.xlsx", dir_okay=False)],
    published: PublishedOption = None,
) -> None:
    """Make an empty workbook for a population: a sheet for applicants and one a list, with drop-downs and notes."""
    from app.services.population.template import write_template

    if out.suffix.lower() != ".xlsx":
        fail(f"{out.name} must end in .xlsx.", WRONG_INPUT)
    chosen = _policy(policy, published)
    try:
        write_template(chosen, out)
    except OSError as error:
        fail(f"Cannot write {out}: {error.strerror or error}.", NOT_POSSIBLE)


def _schema(policy: Policy, form: SchemaFormat) -> bytes:
    if form is SchemaFormat.arrow:
        from app.services.population.schema_streams import schema_stream

        return schema_stream(policy)
    import json

    from app.rules.fact_json_schema import fact_json_schema

    return (json.dumps(fact_json_schema(policy), ensure_ascii=False, indent=2) + "\n").encode()


def _policy(policy_id: str, published: bool | None) -> Policy:
    """The version in force today, else the one that came into force last."""
    from app.rules.loading import PackErrors
    from app.services.published_policies import NoPolicies, NoSuchPolicy

    try:
        source = policies_of(published)
        return source.in_force_or_latest(policy_id)
    except NoSuchPolicy:
        source.lacks(policy_id)
    except (NoPolicies, PackErrors) as error:
        fail(f"{error} See: duixian policy check", NOT_POSSIBLE)


def _put(data: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        fail(f"Cannot write {out}: {error.strerror or error}.", NOT_POSSIBLE)
