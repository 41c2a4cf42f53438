"""What publications come to at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.services.publishing.effect import digests_at, moments_after, to_undo
from app.store.publications import Publication

START = datetime(2026, 11, 23, tzinfo=UTC)


def row(number: int, digest: str | None = None, undoes: int | None = None, version: str = "1") -> Publication:
    """In effect so many minutes after the start as its number says."""
    moment = START + timedelta(minutes=number)
    return Publication("p", version, digest, undoes, moment, "me", START, number)


ROWS = [row(1, "a"), row(2, "b"), row(3, None, 2), row(4, "c", version="2"), row(5, None, 1)]


def at(minutes: float) -> dict[str, tuple[str, ...]]:
    found = digests_at(ROWS, START + timedelta(minutes=minutes))
    return {version: digests for (_, version), digests in found.items()}


def test_each_comes_into_effect_at_its_moment_and_gives_way_when_it_is_taken_back() -> None:
    assert at(0) == {}
    assert at(1) == {"1": ("a",)}
    assert at(2.5) == {"1": ("b", "a")}
    assert at(3) == {"1": ("a",)}
    assert at(4) == {"1": ("a",), "2": ("c",)}
    assert at(5) == {"2": ("c",)}


def test_the_last_one_that_stands_is_the_next_to_be_taken_back() -> None:
    undone = [to_undo(ROWS[:count]) for count in range(6)]
    assert [one and one.id for one in undone] == [None, 1, 2, 1, 4, 4]


def test_what_is_still_to_come() -> None:
    assert moments_after(ROWS, START + timedelta(minutes=3)) == [START + timedelta(minutes=n) for n in (4, 5)]
