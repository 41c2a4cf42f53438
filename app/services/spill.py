"""Answers that were made and not taken yet: in memory while they are few, in a temporary file beyond that.

Whoever makes answers must never wait for whoever takes them: a client that sends everything before it reads would
wait for us, and we for it, for ever.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import deque
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from typing import BinaryIO

IN_MEMORY_BYTES = 256 * 1024
IN_FILE_BYTES = 1024**3
"""Some 100,000 answers that a client leaves untaken while it sends; a larger population is a job, not a batch."""
_CHUNK_BYTES = 64 * 1024


class TooMuchSpilled(RuntimeError):
    """The client has left more answers untaken than one batch may keep on disk, or than the disk holds."""


class Spill:
    """A queue of bytes, first in, first out, in bounded memory; one puts, one takes. Use it in `with`."""

    def __init__(
        self,
        in_memory: int = IN_MEMORY_BYTES,
        in_file: int = IN_FILE_BYTES,
    ) -> None:
        self._most_in_memory = in_memory
        self._most_in_file = in_file
        self._parts: deque[bytes] = deque()
        self._in_memory = 0
        self._file: BinaryIO | None = None
        self._read_to = 0
        self._written_to = 0
        self._ended = False
        self._more = asyncio.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._parts.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def put(self, data: bytes) -> None:
        """Add at the end; never waits for the taker. Raises TooMuchSpilled."""
        if self._read_to < self._written_to or self._in_memory + len(data) > self._most_in_memory:
            self._write(data)
        else:
            self._parts.append(data)
            self._in_memory += len(data)
        self._more.set()

    def end(self) -> None:
        """Nothing follows."""
        self._ended = True
        self._more.set()

    async def take(self) -> bytes | None:
        """The next bytes, as soon as there are any; None after the last."""
        while not self._parts and self._read_to == self._written_to:
            if self._ended:
                return None
            self._more.clear()
            await self._more.wait()
        if self._parts:
            return self._from_memory()
        return self._from_file()

    def _from_memory(self) -> bytes:
        taken: list[bytes] = []
        size = 0
        while self._parts and size < _CHUNK_BYTES:
            part = self._parts.popleft()
            taken.append(part)
            size += len(part)
        self._in_memory -= size
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def _from_file(self) -> bytes:
        assert self._file is not None
        wanted = min(_CHUNK_BYTES, self._written_to - self._read_to)
        data = os.pread(self._file.fileno(), wanted, self._read_to)
        if not data:
            raise OSError("the temporary file of a batch is shorter than what was written to it")
        self._read_to += len(data)
        if self._read_to == self._written_to:
            self._file.truncate(0)
            self._read_to = self._written_to = 0
        return data

    def _write(self, data: bytes) -> None:
        if self._written_to - self._read_to + len(data) > self._most_in_file:
            raise TooMuchSpilled
        try:
            if self._file is None:
                # Unnamed: whatever ends this process, nothing of it stays.
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed in __exit__
            rest = memoryview(data)
            while rest:
                written = os.pwrite(self._file.fileno(), rest, self._written_to)
                self._written_to += written
                rest = rest[written:]
        except OSError as error:
            raise TooMuchSpilled from error
