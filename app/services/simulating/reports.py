"""The files of a simulation: JSON for programs, a workbook to work on, a page to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from app.services.simulating.forms import result_form
from app.services.simulating.html_report import html_report
from app.services.simulating.xlsx_report import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.simulating.simulation import Simulated

JSON, XLSX, HTML = "report.json", "report.xlsx", "report.html"
MEDIA_TYPES = {
    JSON: "application/json",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    HTML: "text/html",
}


def write_reports(done: Simulated, place: Path) -> tuple[dict[str, Any], ...]:
    """All of them into the folder; name, media type and size of each."""
    for name in MEDIA_TYPES:
        write_report(done, place / name)
    return tuple(
        {"name": name, "media_type": media_type, "size": (place / name).stat().st_size}
        for name, media_type in MEDIA_TYPES.items()
    )


def write_report(done: Simulated, file: Path) -> None:
    """The one that the file's ending names. Raises OSError."""
    match file.suffix.lower():
        case ".json":
            file.write_bytes(orjson.dumps(result_form(done), option=orjson.OPT_INDENT_2) + b"\n")
        case ".xlsx":
            write_workbook(done, file)
        case _:
            file.write_text(html_report(done), "utf-8")
