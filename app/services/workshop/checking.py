"""Everything that is wrong with a pack at once: its files, its law, and its cases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.rules.input.mistakes import InputErrors
from app.rules.loading import PackError, PackErrors
from app.rules.packs.errors import Problems, mistake
from app.services.answer_locally import LocalPolicy
from app.services.pack_cases import differences
from app.services.workshop.case_files import check_expectations, placed_cases
from app.services.workshop.pack_folder import read_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from app.services.pack_cases import Difference
    from app.services.workshop.case_files import PlacedCase


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `errors` by file, line and column; `local` where the pack is a policy."""

    folder: Path
    files: Mapping[str, str]
    errors: tuple[PackError, ...]
    local: LocalPolicy | None = None
    cases: int = 0
    """How many were run."""

    def source_line(self, error: PackError) -> str:
        """The line that an error is about; empty where there is none."""
        lines = self.files.get(error.file, "").replace("\r\n", "\n").split("\n")
        return lines[error.line - 1] if error.line <= len(lines) else ""


def check_folder(folder: Path, today: date, *, run_cases: bool = True) -> Checked:
    """The pack in a folder, which must exist."""
    files, errors = read_folder(folder)
    return check_files(folder, files, today, errors, run_cases=run_cases)


def check_files(
    folder: Path,
    files: Mapping[str, str],
    today: date,
    before: list[PackError] | None = None,
    *,
    run_cases: bool = True,
) -> Checked:
    """The same of a pack's texts; `before` is what was wrong with files that are not among them."""
    errors = list(before or ())
    local: LocalPolicy | None = None
    try:
        local = LocalPolicy(files)
    except PackErrors as refused:
        # A file that could not even be read is not missing besides.
        told = {error.file for error in errors}
        errors += [error for error in refused.errors if error.file not in told or files.get(error.file)]
    run = 0
    if run_cases:
        problems = Problems()
        for placed in placed_cases(files, problems):
            if local is not None and not errors:
                run += 1
                _run(placed, local, today, problems)
        errors += problems.found
    errors.sort(key=lambda error: (error.file, error.line, error.column))
    return Checked(folder, files, tuple(errors), local, run)


def _run(placed: PlacedCase, local: LocalPolicy, today: date, problems: Problems) -> None:
    before = len(problems.found)
    check_expectations(placed, local.policy, problems)
    if len(problems.found) > before:
        return
    try:
        local.answer(placed.case.request, today)
    except InputErrors as refused:
        for error in refused.errors:
            zh, en = (
                f"用例 {placed.case.name}：请求 {error.pointer or '/'} 有误：{error.message.zh}",
                f"case {placed.case.name!r}, request {error.pointer or '/'}: {error.message.en}",
            )
            problems.tell(mistake(placed.request_node(error.pointer), zh, en))
        return
    for found in differences(local, placed.case, today):
        problems.tell(mistake(placed.expected_node(found.measure, found.aspect), *_said(found)))


def _said(found: Difference) -> tuple[str, str]:
    wanted, got = value_text(found.expected), value_text(found.found)
    name, where = found.case.name, f"{found.measure} {found.aspect}"
    return (
        f"用例 {name}：{where} 应为 {wanted}，实为 {got}",
        f"case {name!r}: {where} should be {wanted}, and is {got}",
    )


def value_text(value: object) -> str:
    """A value of a case or an answer, as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def as_json(checked: Checked) -> Iterator[Mapping[str, object]]:
    """The errors for programs; messages in both languages."""
    for error in checked.errors:
        yield {
            "file": error.file,
            "line": error.line,
            "column": error.column,
            "message": {"zh": error.message.zh, "en": error.message.en},
            "suggestion": error.suggestion,
            "source": checked.source_line(error),
        }
