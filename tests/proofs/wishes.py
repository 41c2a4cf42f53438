"""What hypothesis draws for a play: few names, so that the same thing is asked for again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.proofs.asking import (
    Asked,
    Grants,
    Licensing,
    Loan,
    Mark,
    Navigation,
    Outlet,
    Prize,
)
from tests.proofs.model import same

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from tests.proofs.asking import Ask


def _id_of(ask: Ask) -> str:
    match ask:
        case Prize(name) | Navigation(name) | Loan(name) | Mark(name):
            return f"{type(ask).__name__} {same(name)}"
        case _:
            return type(ask).__name__


def _names(letter: str, play: int, count: int) -> SearchStrategy[str]:
    """Names of this play, some in two spellings that are one."""
    plain = [f"{letter}-{play}-{number}" for number in range(count)]
    return st.sampled_from([*plain, *(name.replace("-", "").lower() for name in plain if count == 2)])


def wishes(play: int) -> SearchStrategy[Asked]:
    """Applications of the play: one to four things, no two of one name in a list."""
    fen = st.integers(1, 60).map(lambda tens: tens * 1_000_000)
    projects = _names("P", play, 2)
    of_all: SearchStrategy[Ask] = st.one_of(
        st.builds(Grants, st.sampled_from([10, 12, 12, 12, 12, 12, 12, 12, 9, None])),
        st.builds(
            Prize,
            _names("A", play, 3),
            fen,
            st.none() | projects,
            st.sampled_from(["national", "national", "national", "municipal"]),
        ),
        st.builds(Navigation, projects, st.sampled_from(["national", "provincial"] * 3 + ["none"])),
        st.builds(Loan, _names("L", play, 3), fen, st.sampled_from([True, True, True, False])),
        st.builds(Outlet, st.sampled_from(["national", "national", "provincial", "provincial", "none"])),
        st.builds(Mark, _names("M", play, 2), fen),
    )
    for_university: SearchStrategy[Ask] = st.builds(Licensing, st.sampled_from([10, 11, 9]))
    some = st.lists(of_all, min_size=1, max_size=4, unique_by=_id_of)
    with_licence = st.tuples(for_university, st.lists(of_all, max_size=1)).map(lambda two: [two[0], *two[1]])
    return st.one_of(some, some, some, with_licence).map(lambda asks: Asked(tuple(asks)))
