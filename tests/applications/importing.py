"""Files of records, and the command that takes them in."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import psycopg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ONE, TWO, THREE = "91140802MA0GT0018G", "91140802MA0GT0026B", "92140802MA0KT00387"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LISTED = ["统一社会信用代码", "名单", "列入日期", "移出日期", "来源", "文号"]
FUNDED = ["统一社会信用代码", "资金来源", "项目", "措施", "金额", "拨付日期", "凭证号"]


def csv_of(*rows: Sequence[Any], encoding: str = "utf-8") -> bytes:
    lines = [",".join(f'"{cell}"' if "," in str(cell) else str(cell) for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_of(*rows: Sequence[Any], sheets: Sequence[str] = ("Sheet1",)) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def ndjson_of(*rows: Any) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def code_of(number: int) -> str:
    """A valid unified social credit code for a number."""
    body = f"91140802{number:09d}"
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _ALPHABET[-total % 31]


def command(url: str, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`duixian`, as an operator runs it."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *map(str, arguments)],
        env={**os.environ, "DUIXIAN_DATABASE_URL": url, "COLUMNS": "500", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=cwd,
    )


def kept(url: str, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement, values).fetchall()
