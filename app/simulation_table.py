"""A simulation on the terminal: what the law costs as it is, and what each scenario changes; fits eighty columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from app.rules.policy import Words
from app.services.simulating.allotments import edge_words
from app.services.simulating.forms import share
from app.services.simulating.tables import COUNT, YUAN, measures_of, name_of, percent, plain

if TYPE_CHECKING:
    from rich.console import Console

    from app.rules.columns.allotting import AllotmentSum
    from app.rules.columns.summing import MeasureSum
    from app.rules.policy import Measure
    from app.services.simulating.simulation import Outcome, Simulated

_NOTHING = (0, 0, 0, 0, 0)


def print_simulation(console: Console, done: Simulated, language: str) -> None:
    """In one language."""
    printer = _Printer(console, done, language)
    printer.base()
    for outcome in done.outcomes[1:]:
        printer.scenario(outcome)
    if done.budget is not None:
        printer.budget()
    printer.allotments()


class _Printer:
    def __init__(self, console: Console, done: Simulated, language: str) -> None:
        self._console = console
        self._done = done
        self._language = language

    def base(self) -> None:
        """Every measure under the law as it is."""
        outcome = self._done.outcomes[0]
        policy, totals = outcome.reading.policy, outcome.summary.totals
        head = Words(
            f"{policy.id} {policy.version}，以 {self._done.as_of} 计，{self._done.year} 年度："
            f"{totals.applicants:,} 家申请人，{totals.with_any_award:,} 家可获奖励",
            f"{policy.id} {policy.version} as of {self._done.as_of}, year {self._done.year}: "
            f"{totals.applicants:,} applicants, {totals.with_any_award:,} with any award",
        )
        self._console.print(self._said(head), soft_wrap=True, highlight=False)
        shown = self._table(
            name_of(outcome),
            (
                Words("符合", "eligible"),
                Words("待定", "undeter-\nmined"),
                Words("金额", "amount"),
                Words("额度上限", "ceiling"),
            ),
        )
        for measure in measures_of(self._done):
            found = outcome.summary.measures.get(measure.id)
            if found is not None:
                figures = (self._count(found.eligible), self._count(found.undetermined))
                shown.add_row(
                    self._name(measure), *figures, self._yuan(found.amount), self._yuan(found.ceiling)
                )
        shown.add_section()
        all_of_them = Words("合计", "all")
        ceiling = self._yuan(totals.discretionary_ceiling)
        shown.add_row(self._said(all_of_them), "", "", self._yuan(totals.amount), ceiling, style="bold")
        self._console.print(shown)

    def scenario(self, outcome: Outcome) -> None:
        """What a scenario changes, and nothing else."""
        against = outcome.against_base
        assert against is not None
        all_ = against.all
        colour = "green" if all_.difference > 0 else "red" if all_.difference < 0 else "dim"
        self._console.print(f"[bold]{self._said(name_of(outcome))}[/]", soft_wrap=True, highlight=False)
        told = Words(
            f"增加 {all_.gain:,}，减少 {all_.lose:,}，不变 {all_.same:,}；金额相差",
            f"{all_.gain:,} gain, {all_.lose:,} lose, {all_.same:,} stay the same; the difference is",
        )
        self._console.print(
            f"{self._said(told)} [{colour}]{self._yuan(all_.difference)}[/]", soft_wrap=True, highlight=False
        )
        changed = [measure for measure in measures_of(self._done) if self._differs(measure, outcome)]
        if changed:
            self._console.print(self._changes(changed, outcome))

    def _changes(self, changed: list[Measure], outcome: Outcome) -> Table:
        against = outcome.against_base
        assert against is not None
        shown = self._table(
            None,
            (
                Words("符合", "eligible"),
                Words("金额", "amount"),
                Words("增加", "gain"),
                Words("减少", "lose"),
            ),
        )
        for measure in changed:
            before, after = self._figures(self._done.outcomes[0], measure), self._figures(outcome, measure)
            moves = against.measures[measure.id]
            shown.add_row(
                self._name(measure),
                f"{self._count(before[0])} → {self._count(after[0])}",
                self._yuan(after[3]),
                self._count(moves.gain),
                self._count(moves.lose),
            )
        return shown

    def budget(self) -> None:
        """A line a reading."""
        for outcome in self._done.outcomes:
            cover = outcome.summary.cover
            assert cover is not None
            part = percent(share(cover.budget, cover.amount))
            told = Words(
                f"预算覆盖 {part}，依次可足额发放 {cover.first_come:,} 家，其后 {cover.without:,} 家未能发放",
                f"the budget covers {part}; first come, {cover.first_come:,} in full and {cover.without:,} not",
            )
            colour = "green" if cover.amount <= cover.budget else "yellow"
            name = self._said(name_of(outcome))
            self._console.print(
                f"[bold]{name}[/]: [{colour}]{self._said(told)}[/]", soft_wrap=True, highlight=False
            )

    def allotments(self) -> None:
        """A line for each measure whose budget or places are shared, and each reading."""
        for measure in measures_of(self._done):
            for outcome in self._done.outcomes:
                if (one := outcome.allotments.get(measure.id)) is None:
                    continue
                told = self._shared(one)
                head = f"[bold]{self._name(measure)}[/], {self._said(name_of(outcome))}"
                self._console.print(f"{head}: {self._said(told)}", soft_wrap=True, highlight=False)

    def _shared(self, one: AllotmentSum) -> Words:
        asked, spent, edge = self._yuan(one.demand), self._yuan(one.spent), edge_words(one)
        zh = (
            f"{one.claims:,} 家申请 {asked}，足额 {one.granted:,}，部分 {one.partly:,}，未入选 {one.none:,}，"
            f"待决定 {one.open:,}，共 {spent}；{edge.zh}"
        )
        en = (
            f"{one.claims:,} claims of {asked}; {one.granted:,} in full, {one.partly:,} in part, {one.none:,} not,"
            f" {one.open:,} to be decided, {spent} in all; {edge.en}"
        )
        return Words(zh, en)

    def _differs(self, measure: Measure, outcome: Outcome) -> bool:
        return self._figures(self._done.outcomes[0], measure) != self._figures(outcome, measure)

    def _figures(self, outcome: Outcome, measure: Measure) -> MeasureSum | tuple[int, ...]:
        return outcome.summary.measures.get(measure.id, _NOTHING)

    def _table(self, title: Words | None, figures: tuple[Words, ...]) -> Table:
        shown = Table(
            title=None if title is None else self._said(title), title_justify="left", header_style="bold"
        )
        shown.add_column(self._said(Words("措施", "measure")), overflow="fold")
        for figure in figures:
            shown.add_column(self._said(figure), justify="right", overflow="fold")
        return shown

    def _name(self, measure: Measure) -> str:
        """English titles are long: the id says the same."""
        return escape(measure.title.zh if self._language == "zh" else measure.id)

    def _said(self, words: Words) -> str:
        return escape(words.zh if self._language == "zh" else words.en)

    def _count(self, number: int) -> str:
        return plain(number, COUNT, self._language)

    def _yuan(self, fen: int) -> str:
        return plain(fen, YUAN, self._language)
