"""A policy's page as Markdown and as one HTML file that loads nothing from anywhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.policy_pages import Block, Line, Page, Section

BOTH = ("zh", "en")
_CONTENTS = Words("目录", "Contents")
_ALONE = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root{color-scheme:light dark;--ink:#1d2330;--soft:#5b6475;--line:#d5dae3;--paper:#fff;--tint:#eef3fa;--deep:#1f4e8c}
@media(prefers-color-scheme:dark){:root{--ink:#e7eaf0;--soft:#a3acbc;--line:#39414f;--paper:#171b22;--tint:#212a38;--deep:#8db8f0}}
body{margin:0 auto;max-width:54rem;padding:1.5rem 1.25rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.65 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.3}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.1rem 0 .25rem;color:var(--deep)}a{color:var(--deep)}
ul,ol{margin:.25rem 0;padding-left:1.4rem}.en{color:var(--soft)}.zh+.en{display:block;font-size:.92em}
h1 .en,h2 .en{font-weight:500}ol.flow{list-style:none;padding:0;counter-reset:step}
ol.flow li{counter-increment:step;background:var(--tint);border-left:3px solid var(--deep);
padding:.4rem .75rem;margin:0 0 1.1rem;position:relative}
ol.flow li::before{content:counter(step) ". ";font-weight:600}
ol.flow li:not(:last-child)::after{content:"\\2193";position:absolute;left:1rem;bottom:-1.35rem;color:var(--deep)}
@media print{body{max-width:none;padding:0;font-size:11pt;color:#000;background:#fff}nav{display:none}
h2,h3{break-after:avoid}li,ol.flow{break-inside:avoid}}
"""


def policy_markdown(page: Page, languages: tuple[str, ...] = BOTH) -> str:
    """The page as Markdown; with both languages, Chinese first and English after it."""
    parts = [f"# {_text(page.title, languages)}\n"]
    for section in page.sections:
        parts.append(f"\n## {_text(section.title, languages)}\n")
        for block in section.blocks:
            parts.append(f"\n### {_text(block.title, languages)}\n\n")
            parts += _markdown_lines(block.lines, languages, 0, numbered=block.flow)
    return "".join(parts)


def _markdown_lines(
    lines: tuple[Line, ...], languages: tuple[str, ...], depth: int, *, numbered: bool = False
) -> Iterator[str]:
    for at, line in enumerate(lines, 1):
        mark = f"{at}." if numbered else "-"
        yield f"{'  ' * depth}{mark} {_text(line.words, languages)}\n"
        yield from _markdown_lines(line.of, languages, depth + 1)


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
    contents = "".join(
        f"<li><a href='#{escape(one.anchor)}'>{_spans(one.title, languages)}</a></li>"
        for one in page.sections
    )
    head = (
        f"<!doctype html>\n<html lang='{'zh-CN' if languages[0] == 'zh' else 'en'}'>\n<head>\n"
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{_ALONE}">\n'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_spans(page.title, languages)}</h1>\n"
        f"<nav><h2>{_spans(_CONTENTS, languages)}</h2><ul>{contents}</ul></nav>\n<main>\n"
    )
    return f"{head}{''.join(_section(one, languages) for one in page.sections)}</main>\n</body>\n</html>\n"


def _section(section: Section, languages: tuple[str, ...]) -> str:
    blocks = "".join(_block(one, languages) for one in section.blocks)
    title = _spans(section.title, languages)
    return f"<section id='{escape(section.anchor)}'>\n<h2>{title}</h2>\n{blocks}</section>\n"


def _block(block: Block, languages: tuple[str, ...]) -> str:
    lines = _html_lines(block.lines, languages)
    listed = f"<ol class='flow'>{lines}</ol>" if block.flow else f"<ul>{lines}</ul>"
    return f"<h3>{_spans(block.title, languages)}</h3>\n{listed}\n"


def _html_lines(lines: tuple[Line, ...], languages: tuple[str, ...]) -> str:
    return "".join(
        f"<li>{_spans(line.words, languages)}"
        + (f"<ul>{_html_lines(line.of, languages)}</ul>" if line.of else "")
        + "</li>"
        for line in lines
    )


def _spans(words: Words, languages: tuple[str, ...]) -> str:
    return " ".join(
        f"<span class='{language}' lang='{language}'>{escape(text)}</span>"
        for language, text in _said(words, languages)
    )


def _said(words: Words, languages: tuple[str, ...]) -> list[tuple[str, str]]:
    """What is the same in both languages is said once."""
    said = [(language, getattr(words, language)) for language in languages]
    return said[:1] if len({text for _, text in said}) == 1 else said
