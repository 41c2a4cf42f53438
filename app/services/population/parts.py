"""What a run has done so far, kept beside its output, so that it can go on where it was interrupted."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import polars as pl

from app.rules.policy import Words
from app.services.population.batches import PopulationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from app.services.population.batches import RowError

_MANIFEST = "manifest.json"
_READ_BYTES = 1024 * 1024


class InputFiles(NamedTuple):
    """The files of a population as they were when the run began."""

    digest: str
    """SHA-256 over the SHA-256 of each."""
    lines: int
    """Newlines of the first."""


def look_at(files: Iterable[Path]) -> InputFiles:
    """Read the files once. Raises OSError."""
    whole = hashlib.sha256()
    lines: int | None = None
    for path in files:
        one, count = hashlib.sha256(), 0
        with path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                one.update(chunk)
                count += chunk.count(b"\n")
        whole.update(f"{path.name}\0{one.hexdigest()}\n".encode())
        lines = count if lines is None else lines
    return InputFiles(f"sha256:{whole.hexdigest()}", lines or 0)


class Parts:
    """The folder `OUT.parts`: a manifest, and for each batch its answers, its single items and its errors."""

    def __init__(self, out: Path, manifest: dict[str, Any], *, resume: bool) -> None:
        """Begin, or go on with what was done. Raises PopulationError: it is of another run, or not ours at all."""
        self.folder = out.with_name(f"{out.name}.parts")
        # As it is read back: JSON keeps no tuples.
        self._manifest = orjson.loads(orjson.dumps(manifest))
        if self.folder.exists():
            self._look(resume=resume)
        if not self.folder.exists():
            self.folder.mkdir()
            _put(self.folder / _MANIFEST, orjson.dumps(self._manifest, option=orjson.OPT_INDENT_2))
        self.done = 0
        while self._place("answers", self.done).exists():
            self.done += 1

    def _look(self, *, resume: bool) -> None:
        """At a folder that is there already."""
        place = self.folder / _MANIFEST
        if not place.exists():
            if any(self.folder.iterdir()):
                raise PopulationError(
                    Words(
                        f"{self.folder} 不是本命令建立的文件夹，请另选输出名",
                        f"{self.folder} was not made by this command: choose another name for the output",
                    )
                )
            self.folder.rmdir()
            return
        before = orjson.loads(place.read_bytes())
        differs = sorted(
            key for key in {*before, *self._manifest} if before.get(key) != self._manifest.get(key)
        )
        if resume and differs:
            listed = ", ".join(differs)
            raise PopulationError(
                Words(
                    f"无法续做：与上次不同的有 {listed}；去掉 --resume 可重新开始",
                    f"cannot go on: this run differs in {listed}; leave out --resume to begin anew",
                )
            )
        if not resume:
            shutil.rmtree(self.folder)

    def put(
        self, number: int, answers: pl.DataFrame, lines: pl.DataFrame | None, errors: Iterable[RowError]
    ) -> None:
        """Keep what a batch came to; it counts as done with the last of the three."""
        told = b"".join(orjson.dumps(error.form()) + b"\n" for error in errors)
        _put(self._place("errors", number), told)
        if lines is not None:
            _put(self._place("lines", number), lambda file: lines.write_ipc(file, compression="lz4"))
        _put(self._place("answers", number), lambda file: answers.write_ipc(file, compression="lz4"))
        self.done = number + 1

    def frames(self, what: str) -> Iterator[pl.DataFrame]:
        """The kept tables, `answers` or `lines`, in order."""
        for number in range(self.done):
            yield pl.read_ipc(self._place(what, number))

    def errors(self) -> Iterator[bytes]:
        """The kept errors, as NDJSON."""
        for number in range(self.done):
            yield self._place("errors", number).read_bytes()

    def remove(self) -> None:
        """When everything is in the output."""
        shutil.rmtree(self.folder)

    def _place(self, what: str, number: int) -> Path:
        return self.folder / f"{what}-{number:06d}"


def _put(place: Path, content: bytes | Callable[[Any], object]) -> None:
    """A file that is there whole or not at all, whatever ends the process or the machine."""
    unfinished = place.with_name(f".{place.name}")
    with unfinished.open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(place)
