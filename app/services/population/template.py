"""An empty workbook for a population: what to fill in, where, and in which words. The reader takes it as it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import xlsxwriter

from app.rules.json_schema.clauses import clauses_by_fact
from app.rules.policy import Words
from app.services.population.batches import PopulationError
from app.services.population.sections import MOST_SHEET_NAME, USCC, plain, sections_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from app.rules.policy import Policy
    from app.services.population.sections import Column, Section

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook says when it was made, in no zone; ours never says
_LAST_ROW = 1_048_575
_NOTES, _CHOICES = "说明", "choices"
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_MOST_WIDE = 40
_SWITCH = ("是", "否")
_REQUIRED = frozenset({"applicant.name", USCC})
_FORMS = {
    "bool": Words("是 或 否", "是 (yes) or 否 (no)"),
    "count": Words("整数", "a whole number"),
    "money": Words(
        "金额（元），如 1234.50、1,234.50 或 12万", "an amount in yuan: 1234.50, 1,234.50 or 12万"
    ),
    "percent": Words("百分数，须带 %，如 4.35%（按文本填写）", "a percentage as text, with its %: 4.35%"),
    "number": Words("数值", "a number"),
    "date": Words("日期，如 2026-01-31", "a day, such as 2026-01-31"),
    "choice": Words("从下拉列表中选择", "one of the list"),
    "text": Words("文本，最多 200 个字符", "text, at most 200 characters"),
    "id": Words("编号，文本", "an id, as text"),
}
_GENERAL = (
    Words(
        "每行一个单位；空白单元格表示未知，不表示否或零。",
        "One row an applicant. An empty cell is unknown; it is neither no nor zero.",
    ),
    Words(
        "列表在各自的工作表中，用“编号”或统一社会信用代码与主表对应。",
        "Lists have sheets of their own, joined to the first one by ref or by the unified social credit code.",
    ),
    Words(
        "列表工作表中没有某单位的行：该单位确知没有此项；全部未知时，请删除整张工作表。",
        "No row of an applicant in a list's sheet: it is known to have none. Delete the sheet where all are unknown.",
    ),
)


def write_template(policy: Policy, out: Path) -> None:
    """Write the workbook of a policy. Raises OSError."""
    main, lists = sections_of(policy)
    clauses = clauses_by_fact(policy)
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with xlsxwriter.Workbook(str(unfinished), {"strings_to_formulas": False}) as book:
            book.set_properties({"created": _MADE, "title": policy.title.zh})
            book.set_custom_property("policy", policy.id, "text")
            book.set_custom_property("version", policy.version, "text")
            book.set_custom_property("digest", policy.digest, "text")
            _Template(book, clauses).write(main, lists)
        unfinished.replace(out)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(None, str(error), str(out)) from error
    finally:
        unfinished.unlink(missing_ok=True)


class _Template:
    """One workbook being written."""

    def __init__(self, book: xlsxwriter.Workbook, clauses: Mapping[str, Sequence[str]]) -> None:
        self._book, self._clauses = book, clauses
        self._heading = book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"}
        )
        self._needed = book.add_format(
            {"bold": True, "bg_color": "#FCE4D6", "text_wrap": True, "valign": "top"}
        )
        self._text = book.add_format({"num_format": "@"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._listed: dict[tuple[str, ...], str] = {}

    def write(self, main: Section, lists: Sequence[Section]) -> None:
        every = (main, *lists)
        names = _sheet_names(every)
        for section in every:
            self._sheet(names[section.name], section)
        self._notes(every, names)
        self._write_choices()

    def _sheet(self, name: str, section: Section) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 2)
        sheet.set_row(0, 32)
        for at, column in enumerate(section.columns):
            heading = _heading_of(column, section)
            needed = _is_needed(column, section)
            sheet.write_string(
                0, at, f"*{heading}" if needed else heading, self._needed if needed else self._heading
            )
            sheet.write_comment(0, at, self._note(column, section), {"x_scale": 2, "y_scale": 1.6})
            sheet.set_column(at, at, min(max(10, 2 * len(heading)), _MOST_WIDE), self._format(column))
            self._validate(sheet, at, column)

    def _format(self, column: Column) -> xlsxwriter.format.Format | None:
        of = column.declaration
        if of is None or of.type in ("text", "id", "choice", "percent"):
            return self._text
        return self._day if of.type == "date" else None

    def _validate(self, sheet: xlsxwriter.worksheet.Worksheet, at: int, column: Column) -> None:
        """A drop-down with the labels of the choices."""
        words = _words_of(column)
        if not words:
            return
        rule = {
            "validate": "list",
            "source": list(words) if words is _SWITCH else self._range_of(words),
            "error_title": "请从列表中选择 / choose from the list",
            "error_message": "也可填写代码 / a code will do too",
            "error_type": "warning",
        }
        sheet.data_validation(1, at, _LAST_ROW, at, rule)

    def _range_of(self, words: tuple[str, ...]) -> str:
        """Where the hidden sheet lists them: a rule of its own holds 255 characters only."""
        found = self._listed.get(words)
        if found is None:
            letter = xlsxwriter.utility.xl_col_to_name(len(self._listed))
            found = f"={_CHOICES}!${letter}$1:${letter}${len(words)}"
            self._listed[words] = found
        return found

    def _write_choices(self) -> None:
        if self._listed:
            sheet = self._book.add_worksheet(_CHOICES)
            for at, words in enumerate(self._listed):
                sheet.write_column(0, at, words)
            sheet.hide()

    def _note(self, column: Column, section: Section) -> str:
        """What a heading stands for: its name, its form, its unit, the clauses that turn on it."""
        name = column.name.removeprefix("facts.")
        lines = [name, column.label.en, *(f"{form.zh} / {form.en}" for form in _forms(column))]
        of = column.declaration
        if of is not None and of.unit is not None:
            lines.append(f"单位：{of.unit.zh} / unit: {of.unit.en}")
        clauses = self._clauses.get(f"{section.name}[].{name}" if section.place else name, ())
        if clauses:
            lines.append(f"条款：{'、'.join(clauses)} / clauses: {', '.join(clauses)}")
        return "\n".join(lines)

    def _notes(self, sections: Sequence[Section], names: Mapping[str, str]) -> None:
        sheet = self._book.add_worksheet(_NOTES)
        sheet.set_column(0, 3, 36, self._wrap)
        row = 0
        for words in _GENERAL:
            sheet.write_string(row, 0, words.zh)
            sheet.write_string(row, 1, words.en)
            row += 1
        for section in sections:
            row += 1
            sheet.write_string(row, 0, names[section.name], self._heading)
            sheet.write_string(row, 1, section.label.en, self._heading)
            for column in section.columns:
                row += 1
                sheet.write_string(row, 0, _heading_of(column, section))
                sheet.write_string(row, 1, column.label.en)
                sheet.write_string(row, 2, self._note(column, section))
            row += 1


def _sheet_names(sections: Sequence[Section]) -> dict[str, str]:
    """Section -> the name of its sheet: its label, or its own name where a sheet cannot be called so."""
    found: dict[str, str] = {}
    for section in sections:
        label = section.label.zh[:MOST_SHEET_NAME]
        taken = {plain(name) for name in found.values()}
        usable = label == label.translate(_FORBIDDEN) and plain(label) not in taken
        found[section.name] = label if usable else section.name[:MOST_SHEET_NAME]
    if len({plain(name) for name in found.values()}) < len(found):
        raise PopulationError(
            Words("列表名称在 31 个字符内无法区分", "the names of lists do not differ within 31 characters")
        )
    return found


def _heading_of(column: Column, section: Section) -> str:
    """Its label; its name where another column is labelled so too."""
    same = [one for one in section.columns if plain(one.label.zh) == plain(column.label.zh)]
    return column.label.zh if len(same) == 1 else column.name.removeprefix("facts.")


def _is_needed(column: Column, section: Section) -> bool:
    of = column.declaration
    return (column.name in _REQUIRED and not section.place) or (
        of is not None and of.type == "id" and not of.optional
    )


def _words_of(column: Column) -> tuple[str, ...]:
    """What a drop-down offers."""
    of = column.declaration
    if of is not None and of.type == "bool":
        return _SWITCH
    return column.choices


def _forms(column: Column) -> tuple[Words, ...]:
    of = column.declaration
    if of is None:
        return (_FORMS["choice"],) if column.choices else ()
    return (_FORMS[of.type],)
