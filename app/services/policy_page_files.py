"""A policy's page as Markdown and as one HTML file that loads nothing from anywhere."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.services.policy_page_style import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.policy_page_parts import Block, Line, Page, Section, Table

BOTH = ("zh", "en")
_CONTENTS = Words("目录", "Contents")
_ALONE = "default-src 'none'; style-src 'unsafe-inline'"
_FEW = 12
"""Contents of more sections are folded up where they do not stand beside the text."""
_NUMBER = re.compile(r"(?:[A-Z]{3} )?-?[\d,.]+%?(?: \S{1,3})?|—")


def policy_markdown(page: Page, languages: tuple[str, ...] = BOTH) -> str:
    """The page as Markdown; with both languages, Chinese first and English after it."""
    parts = [f"# {_text(page.title, languages)}\n"]
    for section in page.sections:
        parts.append(f'\n<a id="{escape(section.anchor)}"></a>\n\n## {_text(section.title, languages)}\n')
        for block in section.blocks:
            parts.append(f"\n### {_text(block.title, languages)}\n\n")
            parts += _markdown_lines(block.lines, languages, 0, numbered=block.flow)
            if block.table is not None:
                parts += _markdown_table(block.table, languages, after=bool(block.lines))
    return "".join(parts)


def _markdown_lines(
    lines: tuple[Line, ...], languages: tuple[str, ...], depth: int, *, numbered: bool = False
) -> Iterator[str]:
    for at, line in enumerate(lines, 1):
        mark = f"{at}." if numbered else "-"
        text = _text(line.words, languages)
        linked = text if line.to is None else f"[{text}](#{line.to})"
        yield f"{'  ' * depth}{mark} {linked}\n"
        yield from _markdown_lines(line.of, languages, depth + 1)


def _markdown_table(table: Table, languages: tuple[str, ...], *, after: bool) -> Iterator[str]:
    yield "\n" if after else ""
    for row in (table.heads, *table.rows):
        yield f"| {' | '.join(_text(cell, languages) for cell in row)} |\n"
        if row is table.heads:
            yield f"|{'---|' * len(row)}\n"


def _text(words: Words, languages: tuple[str, ...]) -> str:
    """A sentence for Markdown: what would be markup is text."""
    said = _said(words, languages)
    plain = " / ".join(text for _, text in said)
    for mark in "\\`*_[]<>|":
        plain = plain.replace(mark, f"\\{mark}")
    return " ".join(plain.split())


def policy_html(page: Page, languages: tuple[str, ...] = BOTH) -> str:
    """The page as one file; the same page gives the same text."""
    title = escape(getattr(page.title, languages[0]))
    head = (
        f"<!doctype html>\n<html lang='{'zh-CN' if languages[0] == 'zh' else 'en'}'>\n<head>\n"
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{_ALONE}">\n'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_spans(page.title, languages)}</h1>\n{_contents(page, languages)}<main>\n"
    )
    return f"{head}{''.join(_section(one, languages) for one in page.sections)}</main>\n</body>\n</html>\n"


def _contents(page: Page, languages: tuple[str, ...]) -> str:
    links = "".join(
        f"<li><a href='#{escape(one.anchor)}'>{_spans(one.title, languages)}</a></li>"
        for one in page.sections
    )
    open_ = " open" if len(page.sections) <= _FEW else ""
    summary = _spans(_CONTENTS, languages, inline=True)
    return f"<nav><details{open_}><summary>{summary}</summary><ul>{links}</ul></details></nav>\n"


def _section(section: Section, languages: tuple[str, ...]) -> str:
    blocks = "".join(_block(one, languages) for one in section.blocks)
    anchor = escape(section.anchor)
    link = f"<a class='anchor' href='#{anchor}' aria-hidden='true' tabindex='-1'>#</a>"
    title = _spans(section.title, languages)
    return f"<section id='{anchor}'>\n<h2>{title}{link}</h2>\n{blocks}</section>\n"


def _block(block: Block, languages: tuple[str, ...]) -> str:
    lines = _html_lines(block.lines, languages)
    listed = f"<ol class='flow'>{lines}</ol>" if block.flow else f"<ul>{lines}</ul>" if lines else ""
    table = "" if block.table is None else _html_table(block.table, languages)
    title = _spans(block.title, languages).replace("_", "_<wbr>")  # names of the pack, in a narrow column
    return f"<div class='block'><h3>{title}</h3>\n<div>{listed}{table}</div></div>\n"


def _html_lines(lines: tuple[Line, ...], languages: tuple[str, ...]) -> str:
    return "".join(_html_line(line, languages) for line in lines)


def _html_line(line: Line, languages: tuple[str, ...]) -> str:
    text = _spans(line.words, languages)
    if line.to is not None:
        text = f"<a href='#{escape(line.to)}'>{text}</a>"
    return f"<li>{text}" + (f"<ul>{_html_lines(line.of, languages)}</ul>" if line.of else "") + "</li>"


def _html_table(table: Table, languages: tuple[str, ...]) -> str:
    """Figures stand to the right, below a head that does so too; what is too wide moves by itself."""
    numbers = [all(_NUMBER.fullmatch(row[at].en) for row in table.rows) for at in range(len(table.heads))]

    def row(cells: tuple[Words, ...], tag: str) -> str:
        shown = (
            f"<{tag}{' class=number' if number else ''}>{_spans(cell, languages)}</{tag}>"
            for cell, number in zip(cells, numbers, strict=True)
        )
        return f"<tr>{''.join(shown)}</tr>"

    body = "".join(row(cells, "td") for cells in table.rows)
    head = f"<thead>{row(table.heads, 'th')}</thead>"
    return f"<div class='wide' tabindex='0'><table>{head}<tbody>{body}</tbody></table></div>"


def _spans(words: Words, languages: tuple[str, ...], *, inline: bool = False) -> str:
    """`inline`: one after the other, in one language's look."""
    said = _said(words, languages)
    if inline:
        return escape(" / ".join(text for _, text in said))
    return " ".join(
        f"<span class='{language}' lang='{language}'>{escape(text)}</span>" for language, text in said
    )


def _said(words: Words, languages: tuple[str, ...]) -> list[tuple[str, str]]:
    """What is the same in both languages is said once."""
    said = [(language, getattr(words, language)) for language in languages]
    return said[:1] if len({text for _, text in said}) == 1 else said
