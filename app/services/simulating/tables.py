"""What a simulation comes to, as tables in both languages: the sheets of a workbook, and what stands behind charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.rules.procedure.masking import mask_uscc
from app.services.simulating.allotments import edge_words
from app.services.simulating.forms import share
from app.services.simulating.readings import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.rules.columns.comparing import Change, Moved
    from app.rules.columns.summing import Band, Sum
    from app.rules.policy import Measure
    from app.services.simulating.simulation import Outcome, Simulated

    Cell = Words | str | int | None

TEXT, COUNT, YUAN = "text", "count", "yuan"
UNKNOWN = Words("未知", "Unknown")


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is of its cells: words or text, whole numbers, or fen."""

    label: Words
    kind: str = COUNT


@dataclass(frozen=True, slots=True)
class Table:
    """The first column names the rows."""

    key: str
    title: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def name_of(outcome: Outcome) -> Words:
    """A reading's name, as people see it."""
    name = outcome.reading.name
    return Words("现行规定", "The law as it is") if name == BASE else Words(name, name)


def measures_of(done: Simulated) -> tuple[Measure, ...]:
    """The measures of all readings, in catalogue order, those of the base first."""
    found: dict[str, Measure] = {}
    for outcome in done.outcomes:
        for measure in outcome.reading.policy.measures:
            if measure.id in outcome.summary.measures:
                found.setdefault(measure.id, measure)
    return tuple(found.values())


def tables_of(done: Simulated) -> tuple[Table, ...]:
    """All of them, in the order in which people read them."""
    found = [overview(done), cost(done), eligible(done), verdicts(done)]
    found += [by_group(done, fact) for fact in done.outcomes[0].summary.by]
    found.append(distribution(done))
    if len(done.outcomes) > 1:
        found += [changes(done), largest(done)]
    if done.budget is not None:
        found.append(budget(done))
    if any(outcome.allotments for outcome in done.outcomes):
        found.append(allotments(done))
    return tuple(found)


def overview(done: Simulated) -> Table:
    """One row a reading."""
    columns = (
        Column(Words("方案", "Reading"), TEXT),
        Column(Words("申请人", "Applicants")),
        Column(Words("可获奖励", "With any award")),
        Column(Words("奖励金额", "Amount"), YUAN),
        Column(Words("审批额度上限", "At officials' discretion, at most"), YUAN),
        Column(Words("增加", "Gain")),
        Column(Words("减少", "Lose")),
        Column(Words("不变", "Same")),
        Column(Words("与现行规定相差", "Difference from the law as it is"), YUAN),
    )
    rows = []
    for outcome in done.outcomes:
        totals, against = outcome.summary.totals, outcome.against_base
        change: tuple[Cell, ...] = (None,) * 4 if against is None else tuple(against.all)
        rows.append((name_of(outcome), *totals, *change))
    return Table("overview", Words("总览", "Overview"), columns, tuple(rows))


def cost(done: Simulated) -> Table:
    """Measures that pay against readings, in money that the text decides."""
    rows = [
        (
            measure.title,
            *(_figure(outcome, measure, "amount") for outcome in done.outcomes),
            *(_figure(outcome, measure, "ceiling") for outcome in done.outcomes),
        )
        for measure in measures_of(done)
        if measure.pays
    ]
    columns = (
        Column(Words("措施", "Measure"), TEXT),
        *_per_reading(done, Words("金额", "amount"), YUAN),
        *_per_reading(done, Words("额度上限", "ceiling"), YUAN),
    )
    return Table("cost", Words("各项措施的金额", "Cost by measure"), columns, tuple(rows))


def eligible(done: Simulated) -> Table:
    """Measures against readings, in applicants that qualify."""
    rows = [
        (measure.title, *(_figure(outcome, measure, "eligible") for outcome in done.outcomes))
        for measure in measures_of(done)
    ]
    columns = (
        Column(Words("措施", "Measure"), TEXT),
        *_per_reading(done, Words("符合条件", "eligible"), COUNT),
    )
    return Table("eligible", Words("符合条件的申请人", "Who qualifies"), columns, tuple(rows))


def verdicts(done: Simulated) -> Table:
    """Everything of every measure and reading, one row each."""
    columns = (
        Column(Words("措施", "Measure"), TEXT),
        Column(Words("编号", "Id"), TEXT),
        Column(Words("条款", "Clause"), TEXT),
        Column(Words("方案", "Reading"), TEXT),
        Column(Words("符合", "Eligible")),
        Column(Words("不符合", "Ineligible")),
        Column(Words("待定", "Undetermined")),
        Column(Words("金额", "Amount"), YUAN),
        Column(Words("额度上限", "Ceiling"), YUAN),
    )
    rows = [
        (measure.title, measure.id, measure.clause, name_of(outcome), *outcome.summary.measures[measure.id])
        for measure in measures_of(done)
        for outcome in done.outcomes
        if measure.id in outcome.summary.measures
    ]
    return Table("verdicts", Words("各项措施的判定", "Verdicts by measure"), columns, tuple(rows))


def by_group(done: Simulated, fact: str) -> Table:
    """The groups of one choice against readings."""
    declaration = done.outcomes[0].reading.policy.facts.facts[fact]
    labels = dict(declaration.choices)
    rows: list[tuple[Cell, ...]] = []
    for code, found in done.outcomes[0].summary.by[fact].items():
        label = labels.get(code, UNKNOWN if code == "unknown" else Words(code, code))
        sides = [_group(outcome, fact, code) for outcome in done.outcomes]
        awards = (None if side is None else side.with_any_award for side in sides)
        amounts = (None if side is None else side.amount for side in sides)
        rows.append((label, found.applicants, *awards, *amounts))
    columns = (
        Column(declaration.label, TEXT),
        Column(Words("申请人", "Applicants")),
        *_per_reading(done, Words("可获奖励", "with any award"), COUNT),
        *_per_reading(done, Words("金额", "amount"), YUAN),
    )
    title = Words(f"按{declaration.label.zh}", f"By {declaration.label.en}")
    return Table(fact.rpartition(".")[2], title, columns, tuple(rows))


def distribution(done: Simulated) -> Table:
    """How many applicants get how much."""
    rows: list[tuple[Cell, ...]] = [
        (
            band_label(band),
            *(outcome.summary.bands[at].applicants for outcome in done.outcomes),
            *(outcome.summary.bands[at].amount for outcome in done.outcomes),
        )
        for at, band in enumerate(done.outcomes[0].summary.bands)
    ]
    columns = (
        Column(Words("每家金额", "Amount of one applicant"), TEXT),
        *_per_reading(done, Words("申请人", "applicants"), COUNT),
        *_per_reading(done, Words("金额", "amount"), YUAN),
    )
    return Table("distribution", Words("金额分布", "Who gets how much"), columns, tuple(rows))


def changes(done: Simulated) -> Table:
    """Gains and losses on each measure, scenario by scenario."""
    columns = (
        Column(Words("措施", "Measure"), TEXT),
        Column(Words("方案", "Reading"), TEXT),
        Column(Words("增加", "Gain")),
        Column(Words("减少", "Lose")),
        Column(Words("不变", "Same")),
        Column(Words("金额相差", "Difference"), YUAN),
    )
    rows: list[tuple[Cell, ...]] = []
    for measure in measures_of(done):
        for outcome in done.outcomes[1:]:
            change = _change(outcome, measure)
            if change is not None:
                rows.append((measure.title, name_of(outcome), *change))
    return Table("changes", Words("各项措施的得失", "Gains and losses by measure"), columns, tuple(rows))


def largest(done: Simulated) -> Table:
    """The applicants whose awards change most."""
    columns = (
        Column(Words("方案", "Reading"), TEXT),
        Column(Words("变化", "Change"), TEXT),
        Column(Words("行号", "Row")),
        Column(Words("参考号", "Ref"), TEXT),
        Column(Words("统一社会信用代码", "Credit code"), TEXT),
        Column(Words("现行金额", "Amount before"), YUAN),
        Column(Words("方案金额", "Amount after"), YUAN),
        Column(Words("现行额度上限", "Ceiling before"), YUAN),
        Column(Words("方案额度上限", "Ceiling after"), YUAN),
    )
    return Table("largest", Words("变化最大的申请人", "The largest changes"), columns, tuple(_moved(done)))


def _moved(done: Simulated) -> Iterator[tuple[Cell, ...]]:
    gain, loss = Words("增加", "Gain"), Words("减少", "Loss")
    for outcome in done.outcomes[1:]:
        against = outcome.against_base
        assert against is not None
        for kind, found in ((gain, against.largest_gains), (loss, against.largest_losses)):
            for one in found:
                yield name_of(outcome), kind, *_one_moved(one)


def _one_moved(one: Moved) -> tuple[Cell, ...]:
    masked = None if one.uscc is None else mask_uscc(one.uscc)
    return one.row, one.ref, masked, one.before, one.after, one.ceiling_before, one.ceiling_after


def budget(done: Simulated) -> Table:
    """What the budget covers under each reading."""
    columns = (
        Column(Words("方案", "Reading"), TEXT),
        Column(Words("预算", "Budget"), YUAN),
        Column(Words("奖励金额", "Amount"), YUAN),
        Column(Words("余额", "Left"), YUAN),
        Column(Words("是否足够", "Enough"), TEXT),
        Column(Words("覆盖比例", "Share covered"), TEXT),
        Column(Words("连同额度上限的覆盖比例", "Share covered with ceilings"), TEXT),
        Column(Words("依次可足额发放", "Paid in full, first come")),
        Column(Words("其后未能发放", "After them")),
    )
    rows = []
    for outcome in done.outcomes:
        cover = outcome.summary.cover
        assert cover is not None
        enough = Words("足够", "yes") if cover.amount <= cover.budget else Words("不足", "no")
        rows.append(
            (
                name_of(outcome), cover.budget, cover.amount, cover.budget - cover.amount, enough,
                percent(share(cover.budget, cover.amount)),
                percent(share(cover.budget, cover.amount + cover.ceiling)),
                cover.first_come, cover.without,
            )
        )  # fmt: skip
    return Table("budget", Words("预算覆盖", "What the budget covers"), columns, tuple(rows))


def allotments(done: Simulated) -> Table:
    """How applicants share a budget or places, measure by measure."""
    columns = (
        Column(Words("措施", "Measure"), TEXT),
        Column(Words("方案", "Reading"), TEXT),
        Column(Words("申请", "Claims")),
        Column(Words("申请金额", "Demand"), YUAN),
        Column(Words("预算", "Budget"), YUAN),
        Column(Words("名额", "Places")),
        Column(Words("足额", "In full")),
        Column(Words("部分", "In part")),
        Column(Words("未入选", "Not in")),
        Column(Words("待决定", "To be decided")),
        Column(Words("分配金额", "Shared out"), YUAN),
        Column(Words("系数或分数线", "Factor or cut-off"), TEXT),
    )
    rows: list[tuple[Cell, ...]] = []
    for measure in measures_of(done):
        for outcome in done.outcomes:
            one = outcome.allotments.get(measure.id)
            if one is not None:
                of, counts = one.allotment, (one.granted, one.partly, one.none, one.open)
                head: tuple[Cell, ...] = (measure.title, name_of(outcome), one.claims, one.demand)
                rows.append((*head, of.budget, of.places, *counts, one.spent, edge_words(one)))
    return Table("allotments", Words("预算与名额", "Budgets and places"), columns, tuple(rows))


def plain(cell: Cell, kind: str, language: str) -> str:
    """A cell as text: thousands set apart, yuan with two decimals."""
    if cell is None:
        return "—"
    if isinstance(cell, Words):
        return cell.zh if language == "zh" else cell.en
    if isinstance(cell, str):
        return cell
    if kind != YUAN:
        return f"{cell:,}"
    return f"{'−' if cell < 0 else ''}{abs(cell) // 100:,}.{abs(cell) % 100:02d}"


def percent(of: str) -> str:
    """A share with four decimals, in percent: 0.8125 is 81.25%."""
    digits = of.replace(".", "").lstrip("0").rjust(3, "0")
    return f"{digits[:-2]}.{digits[-2:]}%"


def band_label(band: Band) -> Words:
    """A band of amounts, in ten thousands of yuan for Chinese readers."""
    if band.up_to == 0:
        return Words("无", "Nothing")
    low = (band.over or 0) // 100
    if band.up_to is None:
        return Words(f"超过 {low // 10_000} 万元", f"Over {low:,}")
    high = band.up_to // 100
    if low == 0:
        return Words(f"不超过 {high // 10_000} 万元", f"Up to {high:,}")
    return Words(f"{low // 10_000} 万元以上至 {high // 10_000} 万元", f"Over {low:,} to {high:,}")


def _per_reading(done: Simulated, of: Words, kind: str) -> Iterable[Column]:
    for outcome in done.outcomes:
        name = name_of(outcome)
        yield Column(Words(f"{name.zh}：{of.zh}", f"{name.en}: {of.en}"), kind)


def _figure(outcome: Outcome, measure: Measure, name: str) -> int | None:
    found = outcome.summary.measures.get(measure.id)
    return None if found is None else int(getattr(found, name))


def _group(outcome: Outcome, fact: str, code: str) -> Sum | None:
    return outcome.summary.by.get(fact, {}).get(code)


def _change(outcome: Outcome, measure: Measure) -> Change | None:
    against = outcome.against_base
    assert against is not None
    return against.measures.get(measure.id)
