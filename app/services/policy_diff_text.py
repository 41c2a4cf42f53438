"""Differences of two policies as lines of text in one language, and as values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.policy import Words
from app.services.policy_diff import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.policy_diff import Change, Differences, MeasureNamed

_SAME = Words("两个版本内容完全相同。", "The two have the same content.")
_UNTOLD = Words(
    "内容摘要不同，但下列各部分在文字上没有差别。",
    "The digests differ, but none of the parts that are told in words does.",
)
_ANYONE = Words("任何申请人", "any applicant")
_ADDED, _REMOVED = Words("新增", "added"), Words("删除", "removed")


def difference_lines(found: Differences, language: str) -> Iterator[str]:
    """A heading for the policy and for each measure that changes, and a line for each change."""
    if not found.changes:
        yield getattr(_SAME if found.same_content else _UNTOLD, language)
        return
    last: object = found
    for change in found.changes:
        if change.measure != last:
            yield from _heading(found, change, language)
            last = change.measure
        yield f"  {_change(change, language)}"


def _heading(found: Differences, change: Change, language: str) -> Iterator[str]:
    if change.measure is None:
        yield getattr(PARTS["policy"], language)
        return
    named = found.measures[change.measure]
    whom = " / ".join(getattr(one, language) for one in _subject(named))
    title = getattr(named.title, language)
    head = f"{named.clause} {title} ({change.measure})"
    yield f"{head}；对象：{whom}" if language == "zh" else f"{head}; for: {whom}"


def _subject(named: MeasureNamed) -> tuple[Words, ...]:
    return named.subject or (_ANYONE,)


def _change(change: Change, language: str) -> str:
    part = getattr(PARTS[change.part], language)
    name = f"{part} {change.key}"
    before = "" if change.before is None else getattr(change.before, language)
    after = "" if change.after is None else getattr(change.after, language)
    if change.before is None:
        return f"+ {name} {getattr(_ADDED, language)}: {after}"
    if change.after is None:
        return f"- {name} {getattr(_REMOVED, language)}: {before}"
    return f"~ {name}: {before} → {after}"


def differences_form(found: Differences) -> dict[str, Any]:
    """For JSON: every change with both languages."""
    return {
        "same_content": found.same_content,
        "changes": [
            {
                "measure": one.measure,
                "part": one.part,
                "key": one.key,
                "before": _form(one.before),
                "after": _form(one.after),
            }
            for one in found.changes
        ],
        "measures": {
            measure: {
                "clause": named.clause,
                "title": _form(named.title),
                "for": [_form(one) for one in _subject(named)],
            }
            for measure, named in found.measures.items()
        },
    }


def _form(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}
