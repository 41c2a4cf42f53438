"""The page on errors lists every kind of problem there is, with its status, and no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.routers.problem_kinds import KINDS

if TYPE_CHECKING:
    from pathlib import Path

ROW = re.compile(r"^\| `/problems/([a-z-]+)` \|(?: ([0-9]{3}) \|)?", re.MULTILINE)


def test_every_kind_is_on_the_page_with_its_status(root: Path) -> None:
    rows = ROW.findall((root / "docs" / "errors.md").read_text("utf-8"))
    listed = {slug: int(status or 409) for slug, status in rows}
    assert len(listed) == len(rows), "a kind is listed twice"
    assert listed == {kind.slug: int(kind.status) for kind in KINDS}
