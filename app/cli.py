"""The command `duixian`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from app.allot_cli import allot
from app.audit_cli import audit_app
from app.bulk_cli import bulk
from app.cluster_cli import spread
from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.erasing_cli import erase_objector
from app.keys_cli import keys_app
from app.languages import Language
from app.ledger_cli import ledger_app
from app.match_cli import match
from app.policy_cli import policy_check, policy_coverage, policy_test
from app.policy_files_cli import policy_schema, policy_template
from app.policy_new_cli import policy_new
from app.policy_pages_cli import policy_diff, policy_explain, policy_yaml_schema
from app.publish_cli import policy_archive, policy_publish, policy_rollback
from app.records_cli import export_applicant, import_records
from app.sample_cli import sample
from app.services.legal_day import legal_day
from app.settings import read_settings
from app.simulate_cli import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.first_start import FirstKey
    from app.rules.loading import PackErrors
    from app.services.answer_locally import LocalPolicy

app = typer.Typer(
    help="Decide incentive policies and explain every decision.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
policy_app = typer.Typer(help="Work on policy packs.", no_args_is_help=True)
policy_app.command("check")(policy_check)
policy_app.command("test")(policy_test)
policy_app.command("cases", hidden=True)(policy_test)
policy_app.command("coverage")(policy_coverage)
policy_app.command("schema")(policy_schema)
policy_app.command("template")(policy_template)
policy_app.command("new")(policy_new)
policy_app.command("explain")(policy_explain)
policy_app.command("diff")(policy_diff)
policy_app.command("yaml-schema")(policy_yaml_schema)
policy_app.command("archive")(policy_archive)
policy_app.command("publish")(policy_publish)
policy_app.command("rollback")(policy_rollback)
app.add_typer(policy_app, name="policy")
app.add_typer(audit_app, name="audit")
app.add_typer(keys_app, name="keys")
app.add_typer(ledger_app, name="ledger")
app.command("import")(import_records)
app.command("export")(export_applicant)
app.command("erase")(erase_objector)
app.command()(bulk)
app.command("allot")(allot)
app.command("sample")(sample)
app.command("spread")(spread)
app.command("match")(match)
app.command("simulate")(simulate)

out = Console()
err = Console(stderr=True)


LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of the words.")]


@app.command()
def serve(
    stop_with_parent: Annotated[
        bool, typer.Option(help="End when the process that started this one ends.", hidden=True)
    ] = False,
) -> None:
    """Serve over HTTP; with no DUIXIAN_DATABASE_URL, on a PostgreSQL of its own in DUIXIAN_DATA."""
    from app.serving import CannotServe
    from app.serving import serve as run

    try:
        run(read_settings(), _announce, _show_key, stop_with_parent=stop_with_parent)
    except CannotServe as error:
        fail(str(error), NOT_POSSIBLE)


def _announce(address: str) -> None:
    """Plain text, unwrapped: it is there to be copied."""
    sys.stdout.write(
        f"\nduixian serves on {address}  (documents: {address}/docs)\n"
        "Ask it:\n\n"
        f"  curl -s {address}/v1/policies/yanhu-ip/evaluations -H 'Content-Type: application/json' \\\n"
        '    -d \'{"measures": ["patent-grants"], "applicant": {"name": "示例企业", "uscc": "91140802MA0GT0018G", '
        '"credit": {"joint_punishment": false}}, '
        '"facts": {"patents": {"granted": 8, "invention_granted": 2, "high_value_granted": 0}}}\'\n\n'
        "Ctrl-C stops it.\n\n"
    )
    sys.stdout.flush()


def _show_key(made: FirstKey) -> None:
    """Once: what is kept of it is a hash."""
    sys.stdout.write(
        f"\nAn administrator's key was made. It is shown this once, and is in {made.file}:\n\n  {made.secret}\n"
    )
    sys.stdout.flush()


@app.command()
def worker() -> None:
    """Deliver webhooks and do the duties of the service, until a signal says stop."""
    import asyncio

    from app.logs import configure_logs
    from app.services.at_work import work_alone

    settings = read_settings()
    if settings.database_url is None:
        fail("Set DUIXIAN_DATABASE_URL.", WRONG_INPUT)
    configure_logs(settings.log_level)
    asyncio.run(work_alone(settings))


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="A revision, 'head' or 'base'.")] = "head",
) -> None:
    """Bring the database at DUIXIAN_DATABASE_URL to a revision."""
    from sqlalchemy.exc import OperationalError

    from app.store.migrating import migrate as go

    url = read_settings().database_url
    if url is None:
        fail("Set DUIXIAN_DATABASE_URL.", WRONG_INPUT)
    try:
        go(url, revision)
    except OperationalError as error:
        fail(f"The database does not answer: {error.orig}", NOT_POSSIBLE)


@app.command()
def evaluate(
    request: Annotated[Path, typer.Argument(help="A file with a request as JSON; - for standard input.")],
    policy: Annotated[str, typer.Option(help="The policy's id.")] = "yanhu-ip",
    language: LanguageOption = Language.en,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as the service gives it.")] = False,
) -> None:
    """Decide one request and show verdicts, amounts and reasons. Nothing is stored, no server is needed."""
    from app.answer_table import print_answer, print_refusal
    from app.rules.input.strict_json import NotJson, parse_json
    from app.rules.reading import InputErrors

    try:
        data = sys.stdin.buffer.read() if str(request) == "-" else request.read_bytes()
    except OSError as error:
        fail(f"Cannot read {request}: {error.strerror}.", WRONG_INPUT)
    try:
        body = parse_json(data)
    except NotJson as error:
        told = error.message.zh if language is Language.zh else error.message.en
        fail(f"{request}: {told}", WRONG_INPUT)
    chosen = next((local for _, local in _local_policies(None) if local.policy.id == policy), None)
    if chosen is None:
        fail(f"There is no policy {policy!r} in {read_settings().policies}.", WRONG_INPUT)
    try:
        if as_json:
            sys.stdout.buffer.write(chosen.answer(body, legal_day()) + b"\n")
            sys.stdout.buffer.flush()
        else:
            print_answer(out, chosen.decide(body, legal_day()), language.value)
    except InputErrors as refused:
        print_refusal(err, refused.errors, language.value)
        raise typer.Exit(WRONG_INPUT) from None


@app.command()
def openapi(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the file differs.")
    ] = False,
    file: Annotated[Path, typer.Option(help="Where the document is.")] = Path("openapi/openapi.json"),
) -> None:
    """Write the OpenAPI document of the packs in the image."""
    import json

    from app.main import create_app

    document = json.dumps(create_app().openapi(), ensure_ascii=False, indent=2) + "\n"
    if check:
        if not file.exists() or file.read_text("utf-8") != document:
            fail(f"{file} is not what the service says. Write it anew: make openapi", NOT_POSSIBLE)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document, "utf-8")


@app.command()
def procedure(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the file differs.")
    ] = False,
    file: Annotated[Path, typer.Option(help="Where the page is.")] = Path("docs/procedure.md"),
) -> None:
    """Draw the procedure of applications from its transition table."""
    from app.rules.procedure.drawing import procedure_page

    page = procedure_page()
    if not check:
        file.write_text(page, "utf-8")
    elif not file.exists() or file.read_text("utf-8") != page:
        fail(f"{file} is not what the table says. Write it anew: make procedure", NOT_POSSIBLE)


def _local_policies(folder: Path | None) -> Iterator[tuple[Path, LocalPolicy]]:
    from app.rules.loading import PackErrors
    from app.services.answer_locally import LocalPolicy
    from app.services.packs import pack_folders

    root = folder or read_settings().policies
    places = pack_folders(root)
    if not places:
        fail(f"There is no policy pack in {root}.", WRONG_INPUT)
    for place in places:
        try:
            yield place, LocalPolicy.in_folder(place)
        except PackErrors as errors:
            _print_pack_errors(place, errors)
            raise typer.Exit(NOT_POSSIBLE) from None


def _print_pack_errors(place: Path, errors: PackErrors) -> None:
    """In the form that editors make links of: file:line:column."""
    for error in errors.errors:
        hint = f" [dim]({escape(error.suggestion)}?)[/]" if error.suggestion else ""
        err.print(
            f"[bold]{escape(str(place / error.file))}:{error.line}:{error.column}[/] "
            f"{escape(error.message.en)}{hint}",
            soft_wrap=True,
            highlight=False,
        )


if __name__ == "__main__":
    app()
