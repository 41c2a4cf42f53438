"""The author's workshop: `duixian policy check`, `test` and `coverage`.

Exit codes of all three: 0 nothing is wrong; 1 a mistake, a case that fails, or something that no case notices;
2 there is no such pack.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from app.ending import WRONG_INPUT, fail
from app.languages import Language
from app.settings import read_settings

if TYPE_CHECKING:
    from app.rules.policy import Words
    from app.services.answer_locally import LocalPolicy
    from app.services.workshop.checking import Checked
    from app.services.workshop.mutants import Mutant
    from app.services.workshop.trying import Tried

FOUND_WRONG = 1
_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)


class Format(StrEnum):
    text = "text"
    json = "json"


PackArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[FOLDER|ID]",
        help="A pack, a folder of packs, or a policy's id.",
        show_default="all packs of the service",
    ),
]
LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of the words.")]


def policy_check(
    pack: PackArgument = None,
    language: LanguageOption = Language.en,
    form: Annotated[Format, typer.Option("--format", help="json: one object for programs.")] = Format.text,
    no_cases: Annotated[bool, typer.Option("--no-cases", help="Do not run the pack's cases.")] = False,
) -> None:
    """Say everything that is wrong with a pack: file, line, column and the nearest right name; then run its cases.

    Exit code 0: nothing is wrong. 1: mistakes, or cases that fail. 2: there is no such pack.
    """
    from app.services.legal_day import legal_day
    from app.services.workshop.checking import as_json, check_folder

    checked = [check_folder(folder, legal_day(), run_cases=not no_cases) for folder in _folders(pack)]
    moved = _moved_keys(checked)
    if form is Format.json:
        errors = [{"pack": str(one.folder), **error} for one in checked for error in as_json(one)]
        json.dump({"errors": errors, "ledger_keys": moved}, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        for one in checked:
            _print_checked(one, language)
        for told in moved:
            _err.print(f"[red]{escape(told)}[/]")
    if moved or any(one.errors for one in checked):
        raise typer.Exit(FOUND_WRONG)


def policy_test(
    pack: PackArgument = None,
    only: Annotated[
        str | None, typer.Option("-k", help="Only cases whose file or name has this text.")
    ] = None,
    language: LanguageOption = Language.en,
) -> None:
    """Run the cases of a pack; of one that fails, show what was expected beside what came out, and why.

    Exit code 0: all hold. 1: one fails, there is none, or the pack has mistakes. 2: there is no such pack.
    """
    from app.rules.loading import PackErrors
    from app.services.workshop.checking import Checked
    from app.services.workshop.trying import readable_cases, tried_cases

    held = broken = 0
    for folder in _folders(pack):
        local = _sound(folder, language)
        try:
            cases = readable_cases(local)
        except PackErrors as errors:
            _print_checked(Checked(folder, local.files, errors.errors), language)
            raise typer.Exit(FOUND_WRONG) from None
        for tried in tried_cases(local, cases, only):
            held, broken = held + (not tried.differences), broken + bool(tried.differences)
            if tried.differences:
                _print_tried(tried, language)
    _out.print(
        {"en": f"{held} passed, {broken} failed", "zh": f"通过 {held} 个，未通过 {broken} 个"}[language]
    )
    if broken or not held:
        raise typer.Exit(FOUND_WRONG)


def policy_coverage(
    pack: PackArgument = None,
    language: LanguageOption = Language.en,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many at a time.", show_default="one a core")
    ] = None,
) -> None:
    """Change every threshold, operator, amount and limit of a pack, one at a time: a case must notice each.

    Exit code 0: every change is noticed and every requirement is shown met and not met. 1: something is left.
    2: there is no such pack.
    """
    left = 0
    for folder in _folders(pack):
        left += _cover(folder, _sound(folder, language, cases=True), language, processes)
    if left:
        raise typer.Exit(FOUND_WRONG)


def _cover(folder: Path, local: LocalPolicy, language: Language, processes: int | None) -> int:
    """How much of one pack is left unnoticed; prints it."""
    from app.services.legal_day import legal_day
    from app.services.workshop.legs import open_legs
    from app.services.workshop.mutants import mutants_of
    from app.services.workshop.noticing import Cases

    mutants = list(mutants_of(local.files))
    found = _with_progress(local, mutants, processes)
    for mutant in found:
        _print_mutant(folder, mutant, language)
    legs = open_legs(local, Cases.of(local.files).every, legal_day())
    words = {
        "en": {"met": "met", "not_met": "not met", "never": "no case shows it"},
        "zh": {"met": "符合", "not_met": "不符合", "never": "没有用例使其"},
    }[language]
    for leg in legs:
        lacks = ", ".join(words[one] for one in leg.lacks)
        _out.print(
            f"[yellow]{escape(leg.code)}[/] {words['never']} {lacks}: {escape(_in(leg.says, language))}"
        )
    _out.print(
        {
            "en": f"{local.policy.id}: {len(mutants) - len(found)} of {len(mutants)} changes noticed, "
            f"{len(legs)} requirements not shown both ways",
            "zh": f"{local.policy.id}：{len(mutants)} 处改动中有 {len(mutants) - len(found)} 处被用例发现，"
            f"{len(legs)} 项条件未正反两面检验",
        }[language]
    )
    return len(found) + len(legs)


def _with_progress(local: LocalPolicy, mutants: list[Mutant], processes: int | None) -> list[Mutant]:
    """The mutants that no case notices; on a terminal with a bar."""
    from rich.progress import Progress

    from app.services.legal_day import legal_day
    from app.services.workshop.noticing import unnoticed

    with Progress(console=_err, transient=True, disable=not _err.is_terminal) as progress:
        task = progress.add_task(local.policy.id, total=len(mutants))
        return unnoticed(
            local.files, mutants, legal_day(), processes=processes, told=lambda n: progress.advance(task, n)
        )


def _folders(pack: str | None) -> tuple[Path, ...]:
    """The packs that are meant; ends the command where there is none."""
    from app.rules.language.lexing import nearest
    from app.services.packs import pack_folders

    root = read_settings().policies
    if pack is None:
        return pack_folders(root) or fail(f"There is no policy pack in {root}.", WRONG_INPUT)
    place = Path(pack)
    if place.is_dir():
        return pack_folders(place) or (place,)
    if place.exists():
        fail(f"{pack} is a file: name the folder of the pack.", WRONG_INPUT)
    known = {folder.name: folder for folder in pack_folders(root)}
    if pack in known:
        return (known[pack],)
    close = nearest(pack, known)
    hint = f" Did you mean {close}?" if close else ""
    return fail(f"There is no folder {pack}, and no policy of this id in {root}.{hint}", WRONG_INPUT)


def _sound(folder: Path, language: Language, *, cases: bool = False) -> LocalPolicy:
    """The pack without a mistake (`cases`: and its cases hold); else prints what is wrong and ends the command."""
    from app.services.legal_day import legal_day
    from app.services.workshop.checking import check_folder

    checked = check_folder(folder, legal_day(), run_cases=cases)
    if checked.errors or checked.local is None:
        _print_checked(checked, language)
        raise typer.Exit(FOUND_WRONG)
    return checked.local


def _moved_keys(checked: list[Checked]) -> list[str]:
    """Versions of one policy that disagree whose money is counted where."""
    from app.rules.ledger_keys import LedgerKeysMoved, check_ledger_keys

    try:
        check_ledger_keys([one.local.policy for one in checked if one.local is not None])
    except LedgerKeysMoved as moved:
        return list(moved.moves)
    return []


def _print_checked(checked: Checked, language: Language) -> None:
    """Each error as file:line:column, which editors make links of, with its line and a caret."""
    for error in checked.errors:
        place = f"{checked.folder / error.file}:{error.line}:{error.column}"
        _err.print(f"[bold]{escape(place)}[/] {escape(_in(error.message, language))}")
        line = checked.source_line(error)
        if line.strip():
            start = max(0, error.column - 60)
            shown, before = line[start : start + 100], line[start : error.column - 1]
            _err.print(f"    {escape(shown)}\n    {' ' * _width(before)}[red]^[/]")
        if error.suggestion:
            asked = {"en": f"did you mean {error.suggestion}?", "zh": f"是否为 {error.suggestion}？"}[
                language
            ]
            _err.print(f"    [dim]{escape(asked)}[/]")
    if checked.errors or checked.local is None:
        count = len(checked.errors)
        many = "mistake" if count == 1 else "mistakes"
        _err.print(
            {"en": f"{count} {many} in {checked.folder}", "zh": f"{checked.folder}：{count} 处错误"}[language]
        )
        return
    policy = checked.local.policy
    told = {
        "en": f"{len(policy.measures)} measures, {checked.cases} cases hold",
        "zh": f"{len(policy.measures)} 项措施，{checked.cases} 个用例通过",
    }[language]
    _out.print(
        f"[green]{escape(policy.id)}[/] {escape(policy.version)}: {told}, {escape(policy.digest)} "
        f"[dim]({escape(str(checked.folder))})[/]"
    )


def _print_tried(tried: Tried, language: Language) -> None:
    from rich.table import Table

    from app.services.workshop.checking import value_text

    heads = {"en": ("measure", "what", "expected", "got"), "zh": ("措施", "项目", "应为", "实为")}[language]
    _err.print(f"[red]{escape(tried.case.file)}:{tried.line}[/] {escape(tried.case.name)}")
    table = Table(*heads)
    for one in tried.differences:
        cells = (one.measure, one.aspect, value_text(one.expected), value_text(one.found))
        table.add_row(*(escape(cell) for cell in cells))
    _err.print(table)
    for line in tried.why(language.value):
        _err.print(f"  {escape(line)}")


def _print_mutant(folder: Path, mutant: Mutant, language: Language) -> None:
    place = f"{folder / mutant.file}:{mutant.line}:{mutant.column}"
    told = {"en": "no case notices", "zh": "没有用例发现"}[language]
    _out.print(f"[bold]{escape(place)}[/] {told}: {escape(_in(mutant.says, language))}")


def _in(words: Words, language: Language) -> str:
    return words.zh if language is Language.zh else words.en


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
