"""Read packs from their folders: the only place where policy files meet the disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import app
from app.rules.packs.standards import path_of, standards_named

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENDINGS = (".yaml", ".txt")
_SHARED = "_standards"
"""The folder beside packs in which the standards are that they share."""
_BUILT_IN = Path(app.__file__).parent / "policies" / _SHARED


def pack_folders(root: Path) -> tuple[Path, ...]:
    """The folders under `root` that hold a pack, by name; `root` itself if it is one."""
    if (root / "policy.yaml").is_file():
        return (root,)
    return tuple(sorted(file.parent for file in root.glob("*/policy.yaml")))


def read_pack(folder: Path) -> Mapping[str, str]:
    """Every file of the pack: its path within the folder, with `/`, -> its text; and the standards that it names.

    A standard is looked for in the pack itself, beside it, and among those of the service.
    """
    files = {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.suffix in _ENDINGS and file.is_file()
    }
    return {**files, **standards_of(files, folder.resolve().parent)}


def standards_of(files: Mapping[str, str], beside: Path | None = None) -> dict[str, str]:
    """The standards that a pack names and does not bring: from `_standards` in `beside`, or the service's."""
    found: dict[str, str] = {}
    for name in standards_named(files.get("policy.yaml", "")):
        folders = (_BUILT_IN,) if beside is None else (beside / _SHARED, _BUILT_IN)
        shared = (folder / f"{name}.yaml" for folder in folders)
        file = next((file for file in shared if file.is_file()), None)
        if path_of(name) not in files and file is not None:
            found[path_of(name)] = file.read_text("utf-8")
    return found
