"""Read packs from their folders: the only place where policy files meet the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ENDINGS = (".yaml", ".txt")


def pack_folders(root: Path) -> tuple[Path, ...]:
    """The folders under `root` that hold a pack, by name; `root` itself if it is one."""
    if (root / "policy.yaml").is_file():
        return (root,)
    return tuple(sorted(file.parent for file in root.glob("*/policy.yaml")))


def read_pack(folder: Path) -> Mapping[str, str]:
    """Every file of the pack: its path within the folder, with `/`, -> its text."""
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.suffix in _ENDINGS and file.is_file()
    }
