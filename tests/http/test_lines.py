"""Lines out of chunks, however the chunks are cut."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.batch import Line, LineSplitter

PIECES = st.lists(st.sampled_from([b"\n", b"a", b"bc", b" ", b"\r\n", b"0123456789", b"\n\n"]), max_size=40)


def lines_of(chunks: list[bytes], most: int = 5) -> list[Line]:
    splitter = LineSplitter(most)
    found = [line for chunk in chunks for line in splitter.feed(chunk)]
    return [*found, *splitter.end()]


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_where_chunks_are_cut_makes_no_difference(pieces: list[bytes]) -> None:
    assert lines_of(pieces) == lines_of([b"".join(pieces)])


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_every_line_is_there_with_its_number(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    expected = [
        Line(number, None if len(text) > 5 else text)
        for number, text in enumerate(whole.split(b"\n"), 1)
        if text.strip(b" \t\r") or len(text) > 5
    ]
    assert lines_of([whole]) == expected


def test_blank_lines_are_skipped_but_counted() -> None:
    splitter = LineSplitter()
    assert [line.number for line in splitter.feed(b"\n{}\n  \r\n{}")] == [2]
    assert [line.number for line in splitter.end()] == [4]
    assert splitter.count == 4


def test_a_line_too_long_is_dropped_as_it_comes() -> None:
    splitter = LineSplitter(10)
    for _ in range(1000):
        assert list(splitter.feed(b"x" * 100)) == []
    assert list(splitter.feed(b"\nnext\n")) == [Line(1, None), Line(2, b"next")]
