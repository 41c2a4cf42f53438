"""Which column is which: the API's names, or what offices call them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.schemas.records import LIST_PATTERN
from app.services.importing import cells
from app.services.importing.faults import BadRows, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.services.importing.cells import Reader


class ImportKind(StrEnum):
    JOINT_PUNISHMENT = "joint-punishment"
    FUNDING = "funding"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name in the API, its headings, how a cell of it is read."""

    name: str
    headings: tuple[str, ...]
    read: Reader
    required: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A field, and the heading that it has in the file."""

    field: Field
    heading: str
    read: Reader


LISTS = {
    "国家": "national",
    "全国": "national",
    "国家级": "national",
    "联合惩戒": "national",
    "法院": "court",
    "失信被执行人": "court",
    "税务": "tax",
    "市场监管": "market-regulation",
    "拖欠工资": "wages",
    "拖欠农民工工资": "wages",
    "知识产权": "intellectual-property",
}
SOURCES = {
    "区级": "district",
    "县级": "district",
    "县区级": "district",
    "市级": "municipal",
    "省级": "provincial",
    "国家级": "national",
    "中央": "national",
    "其他": "other",
}
_LIST = re.compile(LIST_PATTERN.replace("$", r"\Z"))
_WHO = (
    Field(
        "uscc",
        ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码"),
        cells.uscc,
        required=True,
    ),
    Field("name", ("单位名称", "企业名称", "主体名称", "名称", "申请单位"), cells.text),
)
_CHAIN = (
    Field("supersedes", ("取代", "取代记录"), cells.text),
    Field("void", ("作废", "是否作废"), cells.switch),
)
FIELDS: Mapping[ImportKind, tuple[Field, ...]] = {
    ImportKind.JOINT_PUNISHMENT: (
        *_WHO,
        Field("list", ("名单", "名单类别", "名单名称"), cells.choice(LISTS, _LIST), required=True),
        Field("listed_on", ("列入日期", "列入时间"), cells.day, required=True),
        Field("removed_on", ("移出日期", "移出时间"), cells.day),
        Field("source", ("来源", "数据来源"), cells.text, required=True),
        Field("reference", ("文号", "文书号", "决定文号"), cells.text),
        *_CHAIN,
    ),
    ImportKind.FUNDING: (
        *_WHO,
        Field("source", ("资金来源", "来源", "资金级别"), cells.choice(SOURCES), required=True),
        Field("project", ("项目", "项目名称", "项目编号"), cells.text),
        Field("measure", ("措施", "政策措施"), cells.text),
        Field("amount", ("金额", "拨付金额", "资金额"), cells.money(), required=True),
        Field("granted_on", ("拨付日期", "拨付时间"), cells.day, required=True),
        Field("reference", ("凭证号", "凭证编号", "文号"), cells.text, required=True),
        *_CHAIN,
    ),
}
_KNOWN: Mapping[ImportKind, Mapping[str, Field]] = {
    kind: {name: field for field in fields for name in (field.name, *field.headings)}
    for kind, fields in FIELDS.items()
}
PASSED_OVER = ("序号", "no", "no.", "备注", "remarks")
"""Columns that say nothing of the record."""
_SCALES = {"万元": 10_000, "元": 1}
_UNIT = re.compile(r"(.+?)\(?(万元|元)?\)?\Z")


def column_of(kind: ImportKind, heading: str) -> Column | Words | None:
    """The column that a heading is of; what is wrong with it; None for one that is passed over."""
    plain = _plain(heading)
    if not plain or plain in PASSED_OVER:
        return None
    bare, scale = _without_unit(plain)
    for name, factor in ((plain, 1), (bare, scale)):
        field = _KNOWN[kind].get(name)
        if field is None or (name != plain and field.name != "amount"):
            continue
        read = cells.money(factor) if field.name == "amount" else field.read
        return Column(field, heading.strip(), read)
    zh = "、".join(field.headings[0] for field in FIELDS[kind])
    en = ", ".join(field.name for field in FIELDS[kind])
    return Words(f"没有这一列，可用：{zh}", f"is no column here; there are {en}")


def columns_of(kind: ImportKind, headings: Sequence[str], row: int) -> dict[int, Column]:
    """Position -> column. Raises BadRows for headings that are unknown, repeated or missing."""
    found: dict[int, Column] = {}
    faults: list[Fault] = []
    seen: set[str] = set()
    for position, heading in enumerate(headings):
        column = column_of(kind, heading)
        if isinstance(column, Words):
            faults.append(Fault(row, heading, None, "unknown_field", column))
        elif column is not None and column.field.name in seen:
            faults.append(Fault(row, heading, None, "duplicate_id", _twice(column.field)))
        elif column is not None:
            seen.add(column.field.name)
            found[position] = column
    faults += [
        Fault(row, field.headings[0], None, "required", _missing(field))
        for field in FIELDS[kind]
        if field.required and field.name not in seen
    ]
    if faults:
        raise BadRows(faults)
    return found


def _plain(heading: str) -> str:
    """Half width, without spaces and the stars of required columns."""
    return "".join(unicodedata.normalize("NFKC", heading).split()).strip("*").lower()


def _without_unit(heading: str) -> tuple[str, int]:
    match = _UNIT.match(heading)
    if match is None or match[2] is None:
        return heading, 1
    return match[1], _SCALES[match[2]]


def _twice(field: Field) -> Words:
    return Words(f"{field.headings[0]} 出现了两次", f"is a second column for {field.name}")


def _missing(field: Field) -> Words:
    return Words(
        f"缺少这一列（{field.headings[0]}，或 {field.name}）",
        f"is missing: a column {field.name}, or {field.headings[0]}",
    )
