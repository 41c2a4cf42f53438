"""`duixian policy explain` and `diff`: a policy, and what changed in it, as people read them."""

from __future__ import annotations

import sys
from datetime import datetime  # noqa: TC003 - typer reads it
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail
from app.languages import Language
from app.policy_source import no_such_policy
from app.settings import read_settings

if TYPE_CHECKING:
    from datetime import date

    from app.rules.columns.comparing import Compared
    from app.rules.policy import Policy


class PageFormat(StrEnum):
    md = "md"
    html = "html"


class Languages(StrEnum):
    zh = "zh"
    en = "en"
    both = "both"


def policy_explain(
    policy: Annotated[
        str, typer.Argument(help="A policy's id, id@version, or the folder of a pack.")
    ] = "yanhu-ip",
    out: Annotated[
        Path | None, typer.Argument(help="The file to write.", show_default="standard output", dir_okay=False)
    ] = None,
    form: Annotated[PageFormat, typer.Option("--format", help="Markdown or one HTML file.")] = PageFormat.md,
    lang: Annotated[Languages, typer.Option(help="The language of the page.")] = Languages.both,
) -> None:
    """Write a policy as a readable page: requirements, awards and limits in words, beside clause numbers."""
    from app.services.policy_page_files import BOTH, policy_html, policy_markdown
    from app.services.policy_pages import policy_page

    page = policy_page(named_policy(policy))
    languages = BOTH if lang is Languages.both else (str(lang),)
    write = policy_html if form is PageFormat.html else policy_markdown
    put(write(page, languages), out)


class YamlKind(StrEnum):
    pack = "pack"
    measure = "measure"
    notice = "notice"
    standard = "standard"


def policy_yaml_schema(
    out: Annotated[
        Path | None, typer.Argument(help="The file to write.", show_default="standard output", dir_okay=False)
    ] = None,
    kind: Annotated[
        YamlKind,
        typer.Option("--for", help="pack: policy, facts and services; or a measure's or notice's file."),
    ] = YamlKind.pack,
) -> None:
    """Write the JSON Schema by which an editor completes and checks the YAML of a pack."""
    import json

    from app.services.pack_yaml_schema import pack_yaml_schema

    put(json.dumps(pack_yaml_schema(str(kind)), ensure_ascii=False, indent=2) + "\n", out)


class DiffFormat(StrEnum):
    text = "text"
    json = "json"


def policy_diff(
    before: Annotated[str, typer.Argument(help="A policy's id, id@version, or the folder of a pack.")],
    after: Annotated[str, typer.Argument(help="What it becomes, named likewise.")],
    population: Annotated[
        Path | None,
        typer.Option(help="A population of BEFORE: how many change, and by how much.", exists=True),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="With a population; by default today in China."),
    ] = None,
    year: Annotated[int | None, typer.Option(help="By default that of the day.", min=2000, max=2100)] = None,
    form: Annotated[DiffFormat, typer.Option("--format", help="Lines of text, or JSON.")] = DiffFormat.text,
    lang: Annotated[Language, typer.Option(help="The language of the lines.")] = Language.en,
) -> None:
    """Say in words what changed between two policies and for whom; with a population, how many and how much."""
    import json

    from app.services.policy_diff import differences
    from app.services.policy_diff_text import difference_lines, differences_form

    old, new = named_policy(before), named_policy(after)
    found = differences(old, new)
    answer, lines = differences_form(found), list(difference_lines(found, str(lang)))
    if population is not None:
        from app.services.legal_day import legal_day
        from app.services.policy_diff_population import population_form, population_lines

        day = legal_day() if as_of is None else as_of.date()
        compared, bad = _compared(population, old, new, year or day.year, day)
        answer["population"] = population_form(compared, bad)
        lines += population_lines(compared, bad, str(lang))
    told = json.dumps(answer, ensure_ascii=False, indent=2) if form is DiffFormat.json else "\n".join(lines)
    put(f"{told}\n", None)


def _compared(population: Path, old: Policy, new: Policy, year: int, day: date) -> tuple[Compared, int]:
    from app.services.policy_diff_population import compare_over
    from app.services.population.batches import PopulationError

    try:
        return compare_over(population, old, new, year=year, as_of=day)
    except PopulationError as error:
        fail(f"{population}: {error.message.en}", WRONG_INPUT)


def named_policy(name: str) -> Policy:
    """A pack's folder, an id (in force today, else the latest), or `id@version`; else a message and an exit."""
    from app.rules.loading import PackErrors, load_policy
    from app.services.packs import pack_folders, read_pack

    folder = Path(name)
    if not folder.is_dir():
        return _published(name)
    found = pack_folders(folder)
    if len(found) != 1:
        fail(f"{folder} holds {len(found)} policy packs; name the folder of one.", WRONG_INPUT)
    try:
        return load_policy(read_pack(found[0]))
    except PackErrors as errors:
        fail(
            f"{folder} is no policy: {len(errors.errors)} mistakes. See: duixian policy check {folder}",
            NOT_POSSIBLE,
        )
    except (OSError, UnicodeDecodeError) as error:
        fail(f"Cannot read {folder}: {error}.", NOT_POSSIBLE)


def _published(name: str) -> Policy:
    from app.rules.loading import PackErrors, load_policy
    from app.services.legal_day import legal_day
    from app.services.packs import pack_folders, read_pack

    root = read_settings().policies
    policy_id, _, version = name.partition("@")
    try:
        known = [load_policy(read_pack(folder)) for folder in pack_folders(root)]
    except PackErrors:
        fail(f"A policy in {root} is not well formed. See: duixian policy check", NOT_POSSIBLE)
    named = [one for one in known if one.id == policy_id]
    if not named:
        no_such_policy(policy_id, (one.id for one in known), f"in {root}, and no such folder")
    if version:
        named = [one for one in named if one.version == version]
        if not named:
            fail(f"The policy {policy_id!r} has no version {version!r}.", WRONG_INPUT)
    now = [one for one in named if one.in_force(legal_day())]
    return max(now or named, key=lambda one: one.in_force_from)


def put(text: str, out: Path | None) -> None:
    """To the file, or to standard output."""
    if out is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        fail(f"Cannot write {out}: {error.strerror or error}.", NOT_POSSIBLE)
