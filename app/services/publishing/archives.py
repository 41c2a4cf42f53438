"""Pack archives: zip or tar.gz, from bytes to files and back. Nothing is ever written to disk from one."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_BYTES = 4 * 1024 * 1024
"""Of an archive."""
MOST_UNPACKED = 16 * 1024 * 1024
MOST_FILES = 2_000
MOST_NAME = 200
ENDINGS = (".yaml", ".txt")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_GZIP = b"\x1f\x8b"
_ENCRYPTED = 0x1
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    ValueError,
    struct.error,
    NotImplementedError,
)
"""What the libraries raise for bytes that are no whole archive, or one of a kind that they cannot read."""


class NotAnArchive(ValueError):
    """The bytes are no archive of a pack."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


def unpack(data: bytes) -> dict[str, str]:
    """The files of the pack in an archive: path -> text. A folder around everything is taken off.

    Raises NotAnArchive: for what is no archive, links, paths that lead out of it, names twice, and too much of it.
    """
    try:
        entries = _of_tar(data) if data.startswith(_GZIP) else _of_zip(data)
        found = _taken(entries)
    except NotAnArchive:
        raise
    except _DAMAGED:
        raise NotAnArchive(
            "应为 zip 或 tar.gz 格式的政策包", "this is no whole zip or tar.gz: send the pack's folder as one"
        ) from None
    return _without_folder(found)


def pack(files: Mapping[str, str]) -> bytes:
    """The archive of a pack: the same bytes for the same files, whenever and wherever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[path].encode())
    return made.getvalue()


def _of_zip(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        left = MOST_UNPACKED
        for entry in archive.infolist():
            if entry.filename.endswith("/"):  # is_dir() stumbles over a name that is empty
                continue
            if entry.flag_bits & _ENCRYPTED:
                raise NotAnArchive("压缩包有密码", "the archive is encrypted")
            if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                raise _link(entry.filename)
            with archive.open(entry) as opened:
                content = opened.read(left + 1)
            left -= len(content)
            if left < 0:
                raise _too_much()
            yield entry.filename, content


def _of_tar(data: bytes) -> Iterator[tuple[str, bytes]]:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as whole:
        # Headers and padding count too: an archive of nothing but headers is as much of a bomb.
        content = whole.read(2 * MOST_UNPACKED + 1)
    if len(content) > 2 * MOST_UNPACKED:
        raise _too_much()
    left = MOST_UNPACKED
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for entry in archive:
            if entry.isdir():
                continue
            opened = archive.extractfile(entry) if entry.isreg() else None
            if opened is None:
                raise _link(entry.name)
            text = opened.read(left + 1)
            left -= len(text)
            if left < 0:
                raise _too_much()
            yield entry.name, text


def _taken(entries: Iterator[tuple[str, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for count, (name, content) in enumerate(entries, 1):
        if count > MOST_FILES:
            raise NotAnArchive(f"超过 {MOST_FILES} 个文件", f"more than {MOST_FILES} files")
        path = name.removeprefix("./")
        parts = path.split("/")
        if len(path) > MOST_NAME or not path.isprintable() or "\\" in path or {"", ".", ".."} & {*parts}:
            raise NotAnArchive(f"文件名不允许：{name[:60]}", f"a file may not be named {name[:60]!r}")
        if not path.endswith(ENDINGS) or any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        if path in found:
            raise NotAnArchive(f"{path} 出现两次", f"{path!r} is there twice")
        try:
            found[path] = content.decode("utf-8")
        except UnicodeDecodeError:
            raise NotAnArchive(f"{path} 不是 UTF-8 文字", f"{path!r} is not text in UTF-8") from None
    return found


def _without_folder(files: dict[str, str]) -> dict[str, str]:
    """Many archives hold the folder, not what is in it."""
    tops = {path.split("/", 1)[0] for path in files}
    if "policy.yaml" not in files and len(tops) == 1 and f"{(top := next(iter(tops)))}/policy.yaml" in files:
        return {path.removeprefix(f"{top}/"): text for path, text in files.items()}
    return files


def _link(name: str) -> NotAnArchive:
    return NotAnArchive(f"{name[:60]} 不是普通文件", f"{name[:60]!r} is a link or no plain file")


def _too_much() -> NotAnArchive:
    most = MOST_UNPACKED // 1024 // 1024
    return NotAnArchive(f"解开后超过 {most} MiB", f"more than {most} MiB when unpacked")
