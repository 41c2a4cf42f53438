"""The page on records names every heading that files may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.services.importing.faults import BadRows
from app.services.importing.headings import FIELDS, ImportKind, columns_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", list(ImportKind))
def test_the_page_and_the_code_name_the_same_headings(root: Path, kind: ImportKind) -> None:
    page = (root / "docs" / "records.md").read_text("utf-8")
    for field in FIELDS[kind]:
        assert f"`{field.name}`" in page
        for heading in field.headings:
            assert heading in page


@pytest.mark.parametrize("kind", list(ImportKind))
def test_every_heading_finds_its_field(kind: ImportKind) -> None:
    required = [field for field in FIELDS[kind] if field.required]
    for field in FIELDS[kind]:
        for heading in (field.name, *field.headings, f" *{field.headings[0]} "):
            others = [one.name for one in required if one is not field]
            assert columns_of(kind, [heading, *others], 1)[0].field is field


@pytest.mark.parametrize(
    ("heading", "fen"),
    [("金额", 1_200), ("金额（元）", 1_200), ("金额(万元)", 12_000_000), ("拨付金额/万元", None)],
)
def test_a_unit_in_the_heading_of_an_amount(heading: str, fen: int | None) -> None:
    others = ["uscc", "source", "granted_on", "reference"]
    if fen is None:
        with pytest.raises(BadRows):
            columns_of(ImportKind.FUNDING, [heading, *others], 1)
    else:
        assert columns_of(ImportKind.FUNDING, [heading, *others], 1)[0].read("12") == fen


@pytest.mark.parametrize("heading", ["凭证号（元）", "拨付日期（万元）", "颜色"])
def test_no_other_heading_has_a_unit(heading: str) -> None:
    with pytest.raises(BadRows) as refused:
        columns_of(ImportKind.FUNDING, [heading], 1)
    assert refused.value.faults[0].code == "unknown_field"
