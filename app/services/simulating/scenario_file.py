"""A YAML file with scenarios: one of them, or several under `scenarios`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.packs.errors import Mistake, Problems, refuse
from app.rules.packs.node_reading import check_keys, list_of, map_of, text_of
from app.rules.packs.yaml_source import read_yaml
from app.services.simulating.readings import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from app.rules.packs.errors import PackError
    from app.rules.packs.yaml_nodes import Node

_KEYS = ("name", "parameters", "version")


class NotScenarios(ValueError):
    """The file is none of scenarios; `place` is line:column."""

    def __init__(self, error: PackError) -> None:
        close = error.suggestion
        hint = "" if close is None or close in error.message.en else f"; did you mean {close}?"
        super().__init__(f"{error.message.en}{hint}")
        self.place = f"{error.line}:{error.column}"


def scenarios_of(file: Path) -> tuple[Scenario, ...]:
    """All of the file, in its order. Raises NotScenarios, OSError and UnicodeDecodeError."""
    problems = Problems()
    found: tuple[Scenario, ...] = ()
    try:
        top = map_of(read_yaml(file.name, file.read_text("utf-8")))
        if "scenarios" in top.entries:
            check_keys(problems, top, ("scenarios",))
            found = tuple(_scenario(problems, one) for one in list_of(top.entries["scenarios"][1]).items)
        else:
            found = (_scenario(problems, top),)
    except Mistake as wrong:
        # A misspelt key says more than that the right one is missing.
        raise NotScenarios((*problems.found, wrong.error)[0]) from None
    if problems.found:
        raise NotScenarios(problems.found[0])
    return found


def _scenario(problems: Problems, node: Node) -> Scenario:
    given = map_of(node)
    check_keys(problems, given, _KEYS, ("name",))
    name, version, parameters = (given.get(key) for key in ("name", "version", "parameters"))
    if name is None:
        refuse(node, "缺少 name", "'name' is missing", "name")
    values = (
        {}
        if parameters is None
        else {key.text: text_of(value).text for key, value in map_of(parameters).items()}
    )
    return Scenario(text_of(name).text, values, None if version is None else text_of(version).text)
