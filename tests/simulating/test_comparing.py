"""Who gains and who loses, on answers made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.columns.comparing import LARGEST, Change, Comparison
from tests.simulating.frames import GRANTS, LICENSING, POLICY, TALENT, One, answers, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.columns.comparing import Compared

MORE, MOST = 10_000_000, 20_000_000


def compared(before: Sequence[One], after: Sequence[One], batch: int = 1_000) -> Compared:
    comparison = Comparison(POLICY, POLICY)
    for at in range(0, len(before), batch):
        part = slice(at, at + batch)
        comparison.add(rows_of(before[part], at + 1), answers(before[part]), answers(after[part]))
    return comparison.compared()


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (One(), One(), (0, 0, 1, 0)),
        (One(grants=0), One(grants=MORE), (1, 0, 0, MORE)),
        (One(grants=MORE), One(grants=None), (0, 1, 0, -MORE)),
        # Undetermined is nothing yet, as ineligible is.
        (One(grants=0), One(grants=None), (0, 0, 1, 0)),
        # Equal amounts: the ceiling tells.
        (One(grants=MORE, licensing=0), One(grants=MORE, licensing=1), (1, 0, 0, 0)),
        # The amount goes before the ceiling.
        (One(grants=MOST, licensing=0), One(grants=MORE, licensing=MOST), (0, 1, 0, MORE - MOST)),
        # A service is no award.
        (One(talent=False), One(talent=True), (0, 0, 1, 0)),
    ],
)
def test_an_applicant_gains_or_loses_by_amount_then_by_ceiling(
    before: One, after: One, change: tuple[int, ...]
) -> None:
    assert compared([before], [after]).all == Change(*change)


def test_each_measure_has_gains_and_losses_of_its_own() -> None:
    found = compared(
        [One(grants=MORE), One(licensing=MORE), One(talent=True)],
        [One(grants=MOST), One(licensing=0), One(talent=False)],
    )
    assert found.measures == {
        GRANTS: Change(1, 0, 2, MORE),
        LICENSING: Change(0, 1, 2, 0),
        TALENT: Change(0, 1, 2, 0),
    }
    assert list(found.measures) == [GRANTS, LICENSING, TALENT]


def test_a_measure_that_only_one_reading_has_is_nothing_in_the_other() -> None:
    comparison = Comparison(POLICY, POLICY)
    base, other = answers([One(grants=MORE)]), answers([One(grants=MORE)])
    comparison.add(pl.Series([1]), base.drop(GRANTS), other.drop(LICENSING))
    found = comparison.compared().measures
    assert found[GRANTS] == Change(1, 0, 0, MORE)
    assert found[LICENSING] == Change(0, 0, 1, 0)


def test_the_ten_largest_changes_are_told_and_of_equal_ones_the_first_rows() -> None:
    before = [One(grants=100)] * 30
    after = [One(grants=100 + change) for change in (*range(12), *([5] * 5), *range(-13, 0))]
    for batch in (1, 7, 1_000):
        found = compared(before, after, batch)
        gains = [(one.row, one.after - one.before) for one in found.largest_gains]
        assert gains == [
            (12, 11),
            (11, 10),
            (10, 9),
            (9, 8),
            (8, 7),
            (7, 6),
            (6, 5),
            (13, 5),
            (14, 5),
            (15, 5),
        ]
        losses = [(one.row, one.after - one.before) for one in found.largest_losses]
        assert losses == [(18 + at, -13 + at) for at in range(LARGEST)]
    assert found.largest_gains[0].ref == "F-11"


FIGURES = st.sampled_from([None, 0, 1, MORE])
APPLICANTS = st.builds(One, grants=FIGURES, licensing=FIGURES, talent=st.booleans())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(APPLICANTS, APPLICANTS), min_size=1, max_size=12), st.integers(1, 5))
def test_counts_add_up_and_turning_it_round_turns_gains_into_losses(
    pairs: list[tuple[One, One]], batch: int
) -> None:
    before, after = [one for one, _ in pairs], [other for _, other in pairs]
    there, back = compared(before, after, batch), compared(after, before, batch)
    for name, change in {"": there.all, **there.measures}.items():
        assert change.gain + change.lose + change.same == len(pairs)
        other = back.measures[name] if name else back.all
        assert other == Change(change.lose, change.gain, change.same, -change.difference)
    assert compared(before, before, batch).all == Change(0, 0, len(pairs), 0)
