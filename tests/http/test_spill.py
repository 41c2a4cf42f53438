"""The queue between making answers and taking them: order, bounded memory, no file left."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.spill import Spill, TooMuchSpilled

OPERATIONS = st.lists(st.one_of(st.just("take"), st.binary(min_size=1, max_size=40)), max_size=60)


@settings(max_examples=200, deadline=None)
@given(OPERATIONS, st.integers(0, 50))
def test_what_goes_in_comes_out_in_order(operations: list[str | bytes], in_memory: int) -> None:
    async def play() -> tuple[bytes, bytes]:
        given_, taken = b"", b""
        with Spill(in_memory=in_memory) as spill:
            for operation in operations:
                if isinstance(operation, bytes):
                    spill.put(operation)
                    given_ += operation
                elif len(taken) < len(given_):
                    taken += await spill.take() or b""
            spill.end()
            while (data := await spill.take()) is not None:
                taken += data
        return given_, taken

    given_, taken = asyncio.run(play())
    assert given_ == taken


def test_a_taker_waits_for_what_comes_later() -> None:
    async def play() -> tuple[bytes | None, bytes | None]:
        with Spill() as spill:
            taking = asyncio.create_task(spill.take())
            await asyncio.sleep(0)
            assert not taking.done()
            spill.put(b"late")
            first = await taking
            spill.end()
            return first, await spill.take()

    assert asyncio.run(play()) == (b"late", None)


def test_what_nobody_takes_does_not_fill_the_memory() -> None:
    part = b"x" * 100_000

    async def play() -> None:
        with Spill() as spill:
            for _ in range(1000):
                spill.put(bytes(part))

    tracemalloc.start()
    asyncio.run(play())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


def test_the_file_is_bounded_and_reused_once_taken() -> None:
    async def play() -> None:
        with Spill(in_memory=0, in_file=10) as spill:
            spill.put(b"0123456789")
            with pytest.raises(TooMuchSpilled):
                spill.put(b"x")
            assert await spill.take() == b"0123456789"
            spill.put(b"again")
            assert await spill.take() == b"again"

    asyncio.run(play())
