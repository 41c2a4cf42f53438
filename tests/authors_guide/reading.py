"""The samples of the authors' guide: parts of packs in fenced blocks, each with a table of facts and outcomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.services.packs import standards_of

GUIDE = Path("docs/authors-guide")
HEAD = """\
id: example
title: {{zh: 示例, en: Example}}
authority: {{zh: 示例局, en: Example bureau}}
division: '140802'
status: in-force
version: '1'
in_force: {{from: 2024-01-01}}
order: [{order}]
"""
"""What every sample leaves out."""
_SAMPLE = re.compile(
    r"```yaml\n(?P<pack>(?:(?!```).*\n)+?)```\n\n(?P<table>\| [^\n]*\n\|---\|---\|\n(?:\|.*\|\n)+)"
)
_ROW = re.compile(r"\| `(?P<facts>\{.*\})` \| (?P<outcome>[^|]+) \|")


@dataclass(frozen=True)
class Sample:
    """One example: a part of a pack, and what comes of facts under it."""

    place: str
    pack: str
    rows: tuple[tuple[str, str], ...]
    """Facts as YAML in one line, and the outcome as the table has it."""

    @property
    def files(self) -> dict[str, str]:
        """The whole pack, with the standards that it names."""
        said = yaml.load(self.pack, yaml.BaseLoader)  # noqa: S506 - every scalar as text
        names = [*said["measures"], *said.get("services", {})]
        files = {"policy.yaml": HEAD.format(order=", ".join(names)) + self.pack}
        return {**files, **standards_of(files, Path())}


def samples(page: Path) -> list[Sample]:
    """Those of one page, in its order."""
    text = page.read_text("utf-8")
    found = []
    for match in _SAMPLE.finditer(text):
        rows = tuple(_ROW.findall(match["table"]))
        line = text[: match.start()].count("\n") + 1
        found.append(Sample(f"{page}:{line}", match["pack"], rows))
    return found


def request_of(facts: str, kinds: dict[str, str]) -> dict[str, Any]:
    """The API's request; `kinds` says which facts are percents or texts, which stay as they are written."""
    given = yaml.load(facts, yaml.BaseLoader)  # noqa: S506 - typed below, by what each is
    body: dict[str, Any] = {
        "as_of": given.pop("as_of", "2026-11-23"),
        "applicant": {
            "name": "示例单位",
            "uscc": "91140802MA0GT0018G",
            "credit": {"joint_punishment": False},
        },
        "facts": {},
    }
    for name in ("history", "other_funding"):
        if name in given:
            body[name] = [_typed(one, {}) for one in given.pop(name)]
            for one in body[name]:
                one["amount"] = str(one["amount"])
                one.update({key: str(one[key]) for key in ("item", "project") if key in one})
    for name, value in given.items():
        *path, last = name.split(".")
        place = body["applicant"] if path[:1] == ["applicant"] else body["facts"]
        for part in path[1:] if path[:1] == ["applicant"] else path:
            place = place.setdefault(part, {})
        place[last] = _typed(value, kinds, name)
    return body


def _typed(value: Any, kinds: dict[str, str], name: str = "") -> Any:
    if isinstance(value, list):
        return [_typed(one, kinds, f"{name}[]") for one in value]
    if isinstance(value, dict):
        return {key: _typed(one, kinds, f"{name}.{key}".strip(".")) for key, one in value.items()}
    if kinds.get(name) in ("text", "id", "choice", "money", "percent", "number", "date"):
        return value
    if value in ("true", "false"):
        return value == "true"
    return int(value) if re.fullmatch(r"-?[0-9]+", value) else value
