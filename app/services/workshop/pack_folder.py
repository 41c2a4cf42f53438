"""A folder that may be a pack: every file read that can be, and what cannot be told with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.packs.errors import PackError
from app.rules.policy import Words
from app.services.packs import standards_of

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = (".yaml", ".txt")
MISSPELT = (".yml", ".YAML", ".YML", ".Yaml")
MOST_BYTES = 4_000_000
"""No file of the characters that a pack may have is longer in UTF-8."""
MOST_FILES = 5_000


def read_folder(folder: Path) -> tuple[dict[str, str], list[PackError]]:
    """Path within the folder -> text, and the mistakes of the files that are left out; with the standards it names."""
    files: dict[str, str] = {}
    errors: list[PackError] = []
    for place in sorted(folder.rglob("*")):
        name = place.relative_to(folder).as_posix()
        if place.suffix in MISSPELT:
            errors.append(_error(name, "文件名须以 .yaml 结尾", "the name of a file of a pack ends in .yaml"))
        if place.suffix not in ENDINGS or not place.is_file():
            continue
        if len(files) == MOST_FILES:
            errors.append(_error(name, f"文件超过 {MOST_FILES} 个", f"more than {MOST_FILES} files"))
            break
        found = _text(place, name)
        if isinstance(found, str):
            files[name] = found
        else:
            errors.append(found)
    return {**files, **standards_of(files, folder.resolve().parent)}, errors


def _text(place: Path, name: str) -> str | PackError:
    try:
        if place.stat().st_size > MOST_BYTES:
            return _error(name, "文件过大", "the file is too large")
        data = place.read_bytes()
    except OSError as error:
        return _error(name, f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        return PackError(
            name,
            line,
            column,
            Words("文件不是 UTF-8 编码，请另存为 UTF-8", "not UTF-8: save the file as UTF-8"),
        )


def _error(name: str, zh: str, en: str) -> PackError:
    return PackError(name, 1, 1, Words(zh, en))
