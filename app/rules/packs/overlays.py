"""The measures of a pack read anew under a notice: other values of parameters, more requirements, or closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.rules.language.lexing import nearest
from app.rules.packs.conditions import NOTHING_ADDED, Added
from app.rules.packs.errors import Problems, mistake, refuse
from app.rules.packs.groups import GroupReader
from app.rules.packs.literals import same_type
from app.rules.packs.measures import MeasureReader, read_service
from app.rules.packs.node_reading import map_of, text_of
from app.rules.packs.yaml_nodes import MapNode, Node, TextNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.rules.language.naming import Scope
    from app.rules.packs.content import Content
    from app.rules.policy import Group, Measure

    Changed = dict[str, TextNode]

POLICY_WIDE = ""
"""Stands for a measure's id where a parameter is the policy's."""


@dataclass(frozen=True, slots=True)
class Base:
    """The pack that notices lie upon, as far as it could be read."""

    content: Content
    scope: Scope
    """The names of the policy itself, its parameters included."""
    parameters: Mapping[str, TextNode]
    """The policy's own."""
    measures: Mapping[str, Measure]
    family: str
    order: Sequence[str] = ()
    """Every id, in catalogue order."""

    def nodes(self, measure: str) -> tuple[TextNode, MapNode]:
        return self.content.measures.get(measure) or self.content.services[measure]

    def own_parameters(self, measure: str) -> Mapping[str, tuple[TextNode, Node]]:
        """As the measure's file has them; none of a measure that could not be read."""
        found = self.nodes(measure)[1].get("parameters") if measure in self.measures else None
        return found.entries if isinstance(found, MapNode) else {}

    def named(self, node: Node) -> str:
        """The id of a measure or service of the pack. Raises Mistake."""
        known = {*self.content.measures, *self.content.services, *self.content.broken}
        name = text_of(node).text
        if name not in known:
            refuse(node, f"没有措施 {name}", f"there is no measure {name!r}", nearest(name, known))
        return name


def by_measure(base: Base, notice: MapNode, section: str) -> Iterator[tuple[str, TextNode, Node]]:
    """The entries of a section of a notice: the measure, its key and what is said of it."""
    problems = base.content.problems
    with problems.gather():
        node = notice.get(section)
        for key, value in map_of(node).items() if node is not None else ():
            with problems.gather():
                yield base.named(key), key, value


class Overlay:
    """What one notice changes."""

    def __init__(self, base: Base, notice: MapNode) -> None:
        self._base = base
        self._node = notice
        self._problems = base.content.problems

    def measures(self, closed: Mapping[str, Node]) -> Iterator[tuple[str, Measure]]:
        """The measures that read otherwise, those that could be read; `closed` has the place of each."""
        parameters, required = self._parameters(), dict(self._required())
        wide = parameters.get(POLICY_WIDE, {})
        for name, measure in self._base.measures.items():
            changed = parameters.get(name, {}) | {one: wide[one] for one in wide if one in measure.parameters}
            added = Added(required.get(name), closed.get(name) if measure.evaluated else None)
            if changed or added != NOTHING_ADDED:
                found = self._overlaid(name, changed, added)
                if found is not None:
                    yield name, found

    def groups(self) -> tuple[Group, ...] | None:
        """The groups that read otherwise under the policy's parameters of this notice; None where none does."""
        wide = self._parameters().get(POLICY_WIDE)
        node = self._base.content.get("groups")
        if not wide or node is None:
            return None
        literals = {**self._base.scope.parameters, **{name: text.text for name, text in wide.items()}}
        reader = GroupReader(
            replace(self._base.scope, parameters=literals),
            self._base.measures,
            self._base.order,
            self._problems,
        )
        return tuple(reader.read(node))

    def _parameters(self) -> dict[str, Changed]:
        """Measure, or POLICY_WIDE -> its parameters with their new values."""
        found: dict[str, Changed] = {}
        with self._problems.gather():
            node = self._node.get("parameters")
            for key, value in map_of(node).items() if node is not None else ():
                with self._problems.gather():
                    measure, name = self._parameter(key)
                    for one in self._base.measures.values():
                        if measure in (POLICY_WIDE, one.id) and name in one.parameters:
                            same_type(value, one.parameters[name].type)
                    found.setdefault(measure, {})[name] = text_of(value)
        return found

    def _parameter(self, key: TextNode) -> tuple[str, str]:
        """The measure and the name that `<measure>.<name>` means; POLICY_WIDE for a parameter of the policy."""
        base = self._base
        measure, _, name = text_of(key).text.rpartition(".")
        if not measure and name in base.parameters:
            return POLICY_WIDE, name
        if measure in base.content.broken or (
            measure in base.content.measures and measure not in base.measures
        ):
            return measure, name
        if name not in (base.own_parameters(measure) if measure in base.measures else ()):
            own = [f"{one}.{known}" for one in base.measures for known in base.own_parameters(one)]
            close = name if name in base.parameters else nearest(key.text, [*own, *base.parameters])
            refuse(key, f"没有参数 {key.text}", f"there is no parameter {key.text!r}", close)
        return measure, name

    def _required(self) -> Iterator[tuple[str, Node]]:
        for name, key, value in by_measure(self._base, self._node, "require"):
            measure = self._base.measures.get(name)
            if measure is not None and not measure.evaluated:
                zh, en = (
                    f"{name} 只列入目录，不作评估",
                    f"the service {name!r} is listed only, and never evaluated",
                )
                self._problems.tell(mistake(key, zh, en))
            else:
                yield name, value

    def _overlaid(self, name: str, changed: Changed, added: Added) -> Measure | None:
        """The measure read anew. First with its parameters alone: what is wrong then is their doing."""
        alone = [self._fits(name, {one: value}) for one, value in changed.items()]
        if not all(alone) or not self._fits(name, changed):
            return None
        return self._read(name, changed, added, self._problems)

    def _fits(self, name: str, changed: Changed) -> bool:
        """Whether the measure can be read with these values; what is wrong is told at the last of them."""
        trial = Problems()
        self._read(name, changed, NOTHING_ADDED, trial)
        for error in trial.found[:1]:
            where = f"{error.file}:{error.line}:{error.column}"
            zh, en = (
                f"按此取值，{where} 有误：{error.message.zh}",
                f"with this value, at {where}: {error.message.en}",
            )
            self._problems.tell(mistake(list(changed.values())[-1], zh, en))
        return not trial.found

    def _read(self, name: str, changed: Changed, added: Added, problems: Problems) -> Measure | None:
        base = self._base
        wide = {one: changed.get(one, stated).text for one, stated in base.parameters.items()}
        scope = replace(base.scope, parameters=wide)
        key, node = base.nodes(name)
        if name in base.content.measures:
            return MeasureReader(key, _with(node, changed), scope, problems, added).read(base.family)
        return read_service(key, node, scope, problems, added)


def _with(node: MapNode, changed: Changed) -> MapNode:
    """A measure's mapping with other values of its own parameters."""
    given = node.get("parameters")
    if not isinstance(given, MapNode):
        return node
    entries = {name: (key, changed.get(name, value)) for name, (key, value) in given.entries.items()}
    parameters = replace(given, entries=entries)
    return replace(node, entries={**node.entries, "parameters": (node.key("parameters"), parameters)})
