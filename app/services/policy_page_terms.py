"""What of a page reads otherwise at other times: the lines of all terms of a policy as one list, and of a notice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from app.rules.policy import Words
from app.rules.words.wording import day
from app.services.policy_page_parts import Block, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.rules.policy import Notice, Policy, Term

_BY_TIME = Words("随时间不同：", "changes with time:")


class _Told(NamedTuple):
    """What is told of one term."""

    term: Term
    lines: tuple[Line, ...]


def by_terms(policy: Policy, tell: Callable[[Policy], tuple[Block, ...]]) -> tuple[Block, ...]:
    """The blocks of a policy; where parameters change with years or days, a line that does so is told for each."""
    if not policy.terms:
        return tell(policy)
    told = [(term, tell(term.policy)) for term in policy.terms]
    titles = dict.fromkeys(block.title for _, blocks in told for block in blocks)
    return tuple(_merged(title, told) for title in titles)


def _merged(title: Words, told: Sequence[tuple[Term, tuple[Block, ...]]]) -> Block:
    found = [
        (term, next((one for one in blocks if one.title == title), Block(title))) for term, blocks in told
    ]
    return found[-1][1]._replace(lines=tuple(_lines([_Told(term, block.lines) for term, block in found])))


def _lines(told: Sequence[_Told]) -> Iterator[Line]:
    """Line by line: the terms of a policy differ in constants only."""
    if len({len(one.lines) for one in told}) > 1:
        yield Line(_BY_TIME, tuple(Line(when, lines) for when, lines in _runs(told)))
        return
    for at, line in enumerate(told[-1].lines):
        own = [_Told(one.term, one.lines[at : at + 1]) for one in told]
        if len({one.lines for one in own}) == 1:
            yield line
        elif len({one.lines[0].words for one in own}) == 1:
            beneath = [_Told(one.term, one.lines[0].of) for one in own]
            yield line._replace(of=tuple(_lines(beneath)))
        else:
            yield Line(_BY_TIME, tuple(_begun(when, lines[0]) for when, lines in _runs(own)))


def _begun(when: Words, line: Line) -> Line:
    return line._replace(words=Words(f"{when.zh}：{line.words.zh}", f"{when.en}: {line.words.en}"))


def _runs(told: Sequence[_Told]) -> Iterator[tuple[Words, tuple[Line, ...]]]:
    """Each stretch of terms of which the same is told, and where it begins: by the year alone where days do nothing."""
    by_year = {(one.term.year, one.lines) for one in told}
    by_day = {(one.term.since, one.lines) for one in told}
    years, days = ({when for when, _ in found} for found in (by_year, by_day))
    before: tuple[Line, ...] | None = None
    for one in told:
        if one.lines == before:
            continue
        before = one.lines
        if len(by_day) == len(days) and one.term.year != told[0].term.year:
            return  # the same days once more
        year = None if len(by_day) == len(days) else one.term.year
        yield _when(year, None if len(by_year) == len(years) else one.term.since), one.lines


def _when(year: int | None, since: date | None) -> Words:
    zh = [f"{year} 年度"] if year is not None else []
    en = [f"the year {year}"] if year is not None else []
    if since is not None:
        begins = day(since)
        zh, en = [*zh, begins.zh], [*en, begins.en]
    return Words(f"{'、'.join(zh)}起", f"from {' and '.join(en)}")


class Noticed(NamedTuple):
    """A notice with the policy that it lies upon: as its dated parameters stand at the end of the notice's year."""

    notice: Notice
    base: Policy


def noticed(policy: Policy) -> tuple[Noticed, ...]:
    """Every notice, published yet or not."""
    found = []
    for notice in policy.notices:
        base = policy.on(notice.year, max(notice.published, date(notice.year, 12, 31)))
        found.append(Noticed(base.notice_of(notice.year), base))
    return tuple(found)


def changed_lines(before: tuple[Block, ...], after: tuple[Block, ...]) -> Iterator[Line]:
    """What stands in `after` and not in `before`, under the titles of its blocks."""
    known = {block.title: block.lines for block in before}
    for block in after:
        new = tuple(line for line in block.lines if line not in known.get(block.title, ()))
        if new:
            yield Line(Words(f"{block.title.zh}：", f"{block.title.en}:"), new)
