"""Where the bytes of documents are: a folder of this machine. Another store has the same few methods."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path
    from typing import BinaryIO

_KEY = re.compile(r"doc_[0-9a-f]{32}\Z")
_CHUNK = 64 * 1024
_SHARD = 2


class LocalDocuments:
    """A folder that only its owner may enter; one file a document, in subfolders by the end of its key.

    A file is whole or not there: it is written beside, flushed to the disk and renamed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, source: Path) -> None:
        """Keep a copy of the file. Putting the same key again replaces it."""
        await asyncio.to_thread(self._put, self._place(key), source)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """The bytes, chunk by chunk. Raises FileNotFoundError at once."""
        return _chunks(await asyncio.to_thread(_open, self._place(key)))

    async def remove(self, key: str) -> None:
        """Forget it, if it is there."""
        await asyncio.to_thread(self._place(key).unlink, missing_ok=True)

    async def keys_before(self, moment: datetime) -> AsyncIterator[str]:
        """The keys of files that were put before the moment."""
        walk = self._keys_before(moment)
        while (key := await asyncio.to_thread(next, walk, None)) is not None:
            yield key

    def _place(self, key: str) -> Path:
        if not _KEY.match(key):
            raise ValueError("not a document's id")
        return self._folder / key[-_SHARD:] / key

    def _put(self, place: Path, source: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        partial = place.with_name(f".{place.name}")
        try:
            with source.open("rb") as given, _for_us_alone(partial) as written:
                shutil.copyfileobj(given, written, _CHUNK)
                written.flush()
                os.fsync(written.fileno())
            partial.rename(place)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        for folder in (place.parent, self._folder):
            _sync(folder)

    def _keys_before(self, moment: datetime) -> Iterator[str]:
        if not self._folder.is_dir():
            return
        for shard in sorted(self._folder.iterdir()):
            for file in sorted(shard.iterdir()):
                key = file.name.removeprefix(".")
                with contextlib.suppress(FileNotFoundError):
                    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                    if _KEY.match(key) and changed < moment:
                        yield key
                        if key != file.name:  # left behind by a process that was killed while it wrote
                            file.unlink(missing_ok=True)


def _for_us_alone(place: Path) -> BinaryIO:
    return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _open(place: Path) -> BinaryIO:
    return place.open("rb")


def _sync(folder: Path) -> None:
    """What was renamed is renamed after a loss of power, too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


async def _chunks(opened: BinaryIO) -> AsyncIterator[bytes]:
    with opened:
        while chunk := await asyncio.to_thread(opened.read, _CHUNK):
            yield chunk
