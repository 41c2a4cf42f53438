"""Where populations that were sent, and the files of jobs, are: a folder that all processes of the service share."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UPLOAD = re.compile(r"upl_[0-9a-f]{32}\Z")
_JOB = re.compile(r"job_[0-9a-f]{32}\Z")
_PARTIAL = ".partial-"


@dataclass(frozen=True, slots=True)
class BulkFolder:
    """One folder an upload and one a job, each whole or not there: made beside, and renamed."""

    root: Path
    most_bytes: int = 1024 * 1024 * 1024
    """Of one population."""
    uploads_kept: timedelta = timedelta(days=7)
    jobs_kept: timedelta = timedelta(days=30)
    """Finished jobs and their files."""

    def upload(self, upload: str) -> Path:
        """The folder of an upload."""
        return self._place("uploads", _UPLOAD, upload)

    def job(self, job: str) -> Path:
        """The folder of a job's files."""
        return self._place("jobs", _JOB, job)

    @contextmanager
    def making(self) -> Iterator[Path]:
        """A new folder for our eyes alone, gone at the end of the block unless `keep` took it."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = self.root.__class__(tempfile.mkdtemp(prefix=_PARTIAL, dir=self.root))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def keep(self, made: Path, place: Path) -> None:
        """Put a folder that was made where it belongs, in place of what a worker that died left there."""
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
        for folder in (place.parent, self.root):
            _sync(folder)

    def remove(self, place: Path) -> None:
        """Forget an upload's or a job's folder, if it is there."""
        shutil.rmtree(place, ignore_errors=True)

    def strays_before(self, moment: datetime) -> Iterator[tuple[str, Path]]:
        """Folders last written before the moment: `uploads`, `jobs` or `partial`, and the folder."""
        if self.root.is_dir():
            for kind in ("uploads", "jobs"):
                folder = self.root / kind
                for place in sorted(folder.iterdir()) if folder.is_dir() else ():
                    if _changed(place) < moment:
                        yield kind, place
            for place in sorted(self.root.iterdir()):
                if place.name.startswith(_PARTIAL) and _changed(place) < moment:
                    yield "partial", place

    def _place(self, kind: str, form: re.Pattern[str], key: str) -> Path:
        if not form.match(key):
            raise ValueError("no id of ours")
        return self.root / kind / key


def _changed(place: Path) -> datetime:
    return datetime.fromtimestamp(place.stat().st_mtime, UTC)


def _sync(folder: Path) -> None:
    """What was renamed is renamed after a loss of power, too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
