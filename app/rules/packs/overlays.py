"""The measures of a pack read anew under a notice: other values of parameters, more requirements, or closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.rules.expression import Derived, Lookup, ReadingUse
from app.rules.language.lexing import nearest
from app.rules.packs.conditions import NOTHING_ADDED, Added
from app.rules.packs.derived import with_derived
from app.rules.packs.errors import Problems, mistake, refuse
from app.rules.packs.exclusions import read_exclusions
from app.rules.packs.groups import GroupReader
from app.rules.packs.literals import same_type
from app.rules.packs.measures import MeasureReader, read_service
from app.rules.packs.node_reading import map_of, text_of
from app.rules.packs.readings import chosen_of, uses_of
from app.rules.packs.standing_in import read_stand_ins
from app.rules.packs.tables import overlaid, read_tables
from app.rules.packs.yaml_nodes import MapNode, Node, TextNode
from app.rules.reaching import every_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.rules.language.naming import Scope
    from app.rules.limits import Group
    from app.rules.packs.content import Content
    from app.rules.policy import Exclusion, Measure, Reading, StandIn

    Changed = dict[str, TextNode]

POLICY_WIDE = ""
"""Stands for a measure's id where a parameter is the policy's."""


@dataclass(frozen=True, slots=True)
class Base:
    """The pack that notices lie upon, as far as it could be read."""

    content: Content
    plain: Scope
    """The names of the policy itself, its parameters included, without derived facts."""
    scope: Scope
    """With derived facts."""
    parameters: Mapping[str, TextNode]
    """The policy's own."""
    measures: Mapping[str, Measure]
    family: str
    readings: Mapping[str, Reading]
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


def reads_laws(measure: Measure) -> bool:
    """Whether a measure reads tables or readings, which a notice may change."""
    return any(isinstance(node, Lookup | ReadingUse) for node in every_node(measure))


def by_measure(base: Base, notice: MapNode, section: str) -> Iterator[tuple[str, TextNode, Node]]:
    """The entries of a section of a notice: the measure, its key and what is said of it."""
    problems = base.content.problems
    with problems.gather():
        node = notice.get(section)
        for key, value in map_of(node).items() if node is not None else ():
            with problems.gather():
                yield base.named(key), key, value


def reads_derived(measure: Measure) -> bool:
    """Whether a measure reads what is worked out, which a parameter of the policy may turn."""
    return any(isinstance(node, Derived) for node in every_node(measure))


@dataclass(frozen=True, slots=True)
class Wide:
    """What a policy says beside its measures, as it reads under a notice."""

    groups: tuple[Group, ...]
    exclusions: tuple[Exclusion, ...]
    stand_ins: tuple[StandIn, ...]


class Overlay:
    """What one notice changes."""

    def __init__(self, base: Base, notice: MapNode) -> None:
        self._base = base
        self._node = notice
        self._problems = base.content.problems
        self.readings = dict(base.readings)
        """As the notice chooses."""
        self._scopes: dict[tuple[tuple[str, str], ...], Scope] = {}
        """By the policy's own parameters: reading derived facts is most of reading a pack that has many."""
        self._laws = self._other_laws()
        """The policy's names with the notice's readings and table rows, None where it changes neither."""
        self._changed = self._parameters()
        self._wide = self._changed.get(POLICY_WIDE, {})

    def _other_laws(self) -> Scope | None:
        base, problems = self._base, self._problems
        readings, tables = self._node.get("readings"), self._node.get("tables")
        if readings is None and tables is None:
            return None
        scope = base.plain
        if readings is not None:
            with problems.gather():
                for key, value in map_of(readings).items():
                    with problems.gather():
                        self.readings[key.text] = self._chosen(key, value)
            scope = replace(scope, readings=uses_of(self.readings))
        if tables is not None:
            with problems.gather():
                node = overlaid(base.content.get("tables"), tables)
                found = read_tables(node, scope.facts.choices, problems)
                scope = replace(scope, tables=found.tables)
        return scope

    def _chosen(self, key: TextNode, value: Node) -> Reading:
        found = self.readings.get(key.text)
        if found is None:
            close = nearest(key.text, self.readings)
            raise mistake(key, f"没有条文解读 {key.text}", f"there is no reading {key.text!r}", close)
        return replace(found, chosen=chosen_of(value, [code for code, _ in found.options]))

    def measures(self, closed: Mapping[str, Node]) -> Iterator[tuple[str, Measure]]:
        """The measures that read otherwise, those that could be read; `closed` has the place of each."""
        required, wide = dict(self._required()), self._wide
        for name, measure in self._base.measures.items():
            own = self._changed.get(name, {})
            changed = own | {one: wide[one] for one in wide if one in measure.parameters}
            if wide and reads_derived(measure):
                changed = wide | own
            added = Added(required.get(name), closed.get(name) if measure.evaluated else None)
            if changed or added != NOTHING_ADDED or (self._laws is not None and reads_laws(measure)):
                found = self._overlaid(name, changed, added)
                if found is not None:
                    yield name, found

    def wide(self) -> Wide | None:
        """What stands beside the measures, read anew; None where the notice changes nothing that it can read.

        Nor where anything is wrong so far: it would only be told again.
        """
        if self._problems.found or (not self._wide and self._laws is None):
            return None
        trial = Problems()
        found = self._beside(trial)
        self._tell(self._wide, trial)
        return None if trial.found else found

    def _beside(self, problems: Problems) -> Wide:
        content = replace(self._base.content, problems=problems)
        scope = self._scope(self._wide, problems)
        groups = content.get("groups")
        reader = GroupReader(scope, self._base.measures, self._base.order, problems)
        return Wide(
            () if groups is None else tuple(reader.read(groups)),
            tuple(read_exclusions(content.get("exclusions"), scope, problems)),
            () if problems.found else read_stand_ins(content, scope),
        )

    def names(self) -> Scope:
        """The policy's names under the notice."""
        return self._scope(self._wide, Problems())

    def _scope(self, changed: Changed, problems: Problems) -> Scope:
        """The policy's names under the notice, with these values of its own parameters."""
        base = self._base
        wide = {one: changed.get(one, stated).text for one, stated in base.parameters.items()}
        if self._laws is None and not any(one in base.parameters for one in changed):
            return replace(base.scope, parameters=wide)
        key = tuple(wide.items())
        if key not in self._scopes:
            before = len(problems.found)
            plain = replace(self._laws or base.plain, parameters=wide)
            scope = with_derived(base.content.get("derived"), plain, problems)[0]
            if len(problems.found) > before:
                return scope
            self._scopes[key] = scope
        return self._scopes[key]

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
        self._tell(changed, trial)
        return not trial.found

    def _tell(self, changed: Changed, trial: Problems) -> None:
        """The first of what is wrong with these values, at the last of them; of none, with the rows and readings."""
        for error in trial.found[:1]:
            where = f"{error.file}:{error.line}:{error.column}"
            zh, en = (
                f"按此取值，{where} 有误：{error.message.zh}",
                f"with this value, at {where}: {error.message.en}",
            )
            laws = (
                self._node.key(section) for section in ("tables", "readings") if section in self._node.entries
            )
            place = next(reversed(changed.values()), None) or next(laws, self._node)
            self._problems.tell(mistake(place, zh, en))

    def _read(self, name: str, changed: Changed, added: Added, problems: Problems) -> Measure | None:
        base = self._base
        scope = self._scope(changed, problems)
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
