"""YAML to a policy: every file of a pack read strictly, every mistake told with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from app.rules.facts import FactSchema
from app.rules.language.lexing import nearest
from app.rules.language.naming import Scope
from app.rules.packs.content import Content, digest_of, merge, parts_of
from app.rules.packs.dated import Dated, at, at_moment, read_dated, with_rows
from app.rules.packs.derived import with_derived
from app.rules.packs.errors import PackError, PackErrors, Problems, mistake, refuse
from app.rules.packs.exclusions import read_exclusions, read_provisions
from app.rules.packs.facts import FactReader, read_choices
from app.rules.packs.groups import GroupReader
from app.rules.packs.ledger import check_ledger_keys
from app.rules.packs.meanings import check_names, check_tables
from app.rules.packs.measures import MeasureReader, read_parameters, read_service
from app.rules.packs.node_reading import (
    VERSION,
    check_keys,
    day_of,
    id_of,
    list_of,
    map_of,
    text_of,
    words_of,
)
from app.rules.packs.notices import read_notices
from app.rules.packs.overlays import Base
from app.rules.packs.plausible import Plausible
from app.rules.packs.reach import check_within
from app.rules.packs.readings import check_used, declared, read_readings, uses_of
from app.rules.packs.references import check_cycles, referable
from app.rules.packs.sets import read_relations, read_sets
from app.rules.packs.standards import standards_used
from app.rules.packs.standing_in import flagged, read_stand_ins
from app.rules.packs.tables import Tables, read_tables
from app.rules.packs.yaml_nodes import MapNode, Node, TextNode
from app.rules.policy import Measure, Period, Policy, Reading, Term, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.limits import Group

__all__ = ["PackError", "PackErrors", "load_policy"]

REQUIRED = ("id", "title", "authority", "division", "status", "version", "in_force", "order")
DIVISION = re.compile(r"[0-9]{6}")
CURRENCY = re.compile(r"[A-Z]{3}")


def load_policy(files: Mapping[str, str]) -> Policy:
    """The policy that a pack's files say: path within the pack -> text. Raises PackErrors, all mistakes at once.

    Mistakes in the facts end the reading there: measures that name them would only repeat them. Where parameters
    change with years or days, the pack is read as it stands from each of them on.
    """
    problems = Problems()
    content = merge(files, problems)
    if not problems.found:
        for name in (name for name in REQUIRED if name not in content.top):
            problems.tell(mistake(content.head, f"缺少 {name}", f"{name!r} is missing", name))
    _stop_if_unsure(content)
    schema = _facts(content)
    _stop_if_unsure(content)
    tables = read_tables(content.get("tables"), schema.choices, problems)
    readings = read_readings(content.get("readings"), problems)
    check_tables(content, schema, tables)
    _stop_if_unsure(content)
    schema = replace(schema, tables=tables.declared, readings=declared(readings))
    dated = read_dated(content)
    _stop_if_unsure(content)
    if not dated.names:
        return _Pack(content, schema, tables, readings).policy()
    identity = _identity_of(content)
    return _by_terms(_Pack(content, schema, tables, readings, identity=identity), dated)


def _identity_of(content: Content) -> _Identity:
    return _Identity(digest_of(content), parts_of(content))


def _by_terms(pack: _Pack, dated: Dated) -> Policy:
    """The policy as in its last term, with all of them. What is wrong in the last one only is told as it stands."""
    found: list[Term] = []
    for moment in reversed(dated.moments):
        content = at(pack.content, moment)
        problems = Problems() if found else pack.problems
        one = replace(pack, content=replace(content, problems=problems), parameters={}, used=set())
        try:
            policy = one.policy()
        except PackErrors as refused:
            if not found:
                raise
            raise PackErrors(tuple(at_moment(error, moment) for error in refused.errors)) from None
        found.append(Term(moment.year, moment.day, policy))
    return with_rows(replace(found[0].policy, terms=tuple(reversed(found))), pack.content, dated)


def _stop_if_unsure(content: Content) -> None:
    """Raise PackErrors unless all that went wrong so far are files of single measures and notices."""
    if len(content.problems.found) > content.apart:
        content.problems.stop()


def _facts(content: Content) -> FactSchema:
    """Choices, sets, facts and relations."""
    problems = content.problems
    choices: Mapping[str, tuple[tuple[str, Words], ...]] = {}
    ordered: frozenset[str] = frozenset()
    if (node := content.get("choices")) is not None:
        with problems.gather():
            choices, ordered = read_choices(problems, node)
        _stop_if_unsure(content)
    reader = FactReader(problems, choices)
    facts = reader.applicant(None)
    with problems.gather():
        facts = reader.applicant(content.get("applicant"))
    if (node := content.get("facts")) is not None:
        with problems.gather():
            facts |= reader.facts(node)
    sets: dict[str, tuple[str, tuple[str, ...]]] = {}
    if (node := content.get("sets")) is not None:
        with problems.gather():
            sets = read_sets(content, node, choices)
    elif content.members:
        sets = read_sets(content, MapNode(content.head.source, 0, 0, 1, 1, {}), choices)
    check_names(content, reader.keys, sets)
    schema = FactSchema(facts, choices, ordered, sets)
    if (node := content.get("relations")) is not None and len(problems.found) == content.apart:
        with problems.gather():
            relations = tuple(read_relations(content, node, Scope(schema, {}, sets, ordered=ordered)))
            return FactSchema(facts, choices, ordered, sets, relations)
    return schema


class _Identity(NamedTuple):
    """What a pack says, whole and by its parts, as fingerprints."""

    digest: str
    parts: Mapping[tuple[str, str, str], str]


@dataclass(slots=True)
class _Pack:
    """A pack whose facts are known."""

    content: Content
    schema: FactSchema
    tables: Tables
    readings: Mapping[str, Reading]
    parameters: dict[str, TextNode] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    identity: _Identity | None = None
    """Of the pack whole, by which every term and every notice of it is known."""
    scope: Scope = field(init=False)
    """The policy's own names, derived facts included."""

    @property
    def problems(self) -> Problems:
        return self.content.problems

    def policy(self) -> Policy:
        """Everything but the facts. Raises PackErrors."""
        family = self._id("family") if "family" in self.content.top else self._id("id")
        if (node := self.content.get("parameters")) is not None:
            with self.problems.gather():
                self.parameters = read_parameters(node, self._scope({}), self.problems)
            _stop_if_unsure(self.content)
        scope = self._scope({name: text.text for name, text in self.parameters.items()})
        base = scope
        scope, used = with_derived(self.content.get("derived"), scope, self.problems)
        self.used |= used
        _stop_if_unsure(self.content)
        self.schema, self.scope = scope.facts, scope
        stand_ins = read_stand_ins(self.content, scope)
        measures = self._measures(scope, family)
        groups = self._groups(scope, measures)
        if not self.problems.found:
            check_cycles(self.content, measures)
        self._check_used()
        since, until = self._in_force()
        self._check_periods(Period(since, until))
        check_ledger_keys(measures, self.content.measures, self.problems)
        exclusions = tuple(read_exclusions(self.content.get("exclusions"), self.scope, self.problems))
        provisions = tuple(read_provisions(self.content.get("provisions"), self.problems))
        order = self._order()
        title, authority = self._words("title"), self._words("authority")
        zh, en = "行政区划代码为六位数字", "a division code has six digits"
        division = self._text("division", DIVISION, zh, en)
        zh, en = "币种为三个大写字母", "a currency is three capital letters"
        currency = self._text("currency", CURRENCY, zh, en) if "currency" in self.content.top else "CNY"
        zh, en = "版本由字母、数字和 . _ - 组成", "a version is letters, digits and . _ -"
        version = self._text("version", VERSION, zh, en)
        policy_id, status = self._id("id"), self._id("status")
        self._check_readings()
        notices = read_notices(
            Base(self.content, base, scope, self.parameters, measures, family, self.readings, order)
        )
        self.problems.stop()
        identity = self.identity or _identity_of(self.content)
        policy = Policy(
            policy_id, family, version, status, title, authority, division, currency, since, until,
            identity.digest, self.schema, tuple(measures[name] for name in order), exclusions, provisions,
            groups=groups, readings=tuple(self.readings.values()), stand_ins=stand_ins,
            derived=tuple(scope.derived.values()), tables=self.tables.tables, standards=standards_used(self.content),
            parts=identity.parts,
        )  # fmt: skip
        return flagged(replace(policy, notices=tuple(notice.on(policy) for notice in notices)))

    def _scope(self, parameters: Mapping[str, str]) -> Scope:
        return Scope(
            self.schema, parameters, self.schema.sets, ordered=self.schema.ordered, tables=self.tables.tables,
            readings=uses_of(self.readings), awards=referable(self.content),
        )  # fmt: skip

    # The head

    def _node(self, name: str) -> Node:
        return self.content.top[name][1]

    def _id(self, name: str) -> str:
        with self.problems.gather():
            return id_of(self._node(name))
        return ""

    def _words(self, name: str) -> Words:
        with self.problems.gather():
            return words_of(self._node(name))
        return Words("", "")

    def _text(self, name: str, pattern: re.Pattern[str], zh: str, en: str) -> str:
        with self.problems.gather():
            text = text_of(self._node(name))
            if pattern.fullmatch(text.text) is None:
                refuse(text, zh, en)
            return text.text
        return ""

    def _in_force(self) -> tuple[date, date | None]:
        with self.problems.gather():
            node = map_of(self._node("in_force"))
            check_keys(self.problems, node, ("from", "to"))
            if (first := node.get("from")) is None:
                refuse(node, "缺少 from", "'from' is missing", "from")
            since, last = day_of(first), node.get("to")
            until = day_of(last) if last is not None else None
            if until is not None and until < since and last is not None:
                refuse(last, "to 早于 from", "`to` is before `from`")
            return since, until
        return date.min, None

    # What the policy holds

    def _measures(self, scope: Scope, family: str) -> dict[str, Measure]:
        """Measures and services by id, those that could be read."""
        found: dict[str, Measure] = {}
        for name, (key, node) in self.content.measures.items():
            reader = MeasureReader(key, node, scope, self.problems)
            if (measure := reader.read(family)) is not None:
                found[name] = measure
                Plausible(self.content).check(measure)
            self.used |= reader.texts.uses.keys()
        for name, (key, node) in self.content.services.items():
            if name in self.content.measures:
                words = f"{name} 已是一项措施", f"{name!r} is a measure already"
                self.problems.tell(mistake(key, *words))
            if (service := read_service(key, node, scope, self.problems)) is not None:
                found[name] = service
                self.used |= service.parameters.keys()
        return found

    def _check_periods(self, policy: Period) -> None:
        """Measures are in force only while the policy is."""
        for _, node in self.content.measures.values():
            if (days := node.get("in_force")) is not None and not self.problems.found:
                with self.problems.gather():
                    check_within(days, policy)

    def _groups(self, scope: Scope, measures: Mapping[str, Measure]) -> tuple[Group, ...]:
        """None while a measure that they may name could not be read."""
        node = self.content.get("groups")
        if node is None or len(measures) < len(self.content.measures) + len(self.content.services):
            return ()
        reader = GroupReader(scope, measures, self._order(), self.problems)
        with self.problems.gather():
            found = tuple(reader.read(node))
            self.used |= reader.texts.uses.keys()
            return found
        return ()

    def _check_readings(self) -> None:
        if not self.problems.found:
            named = (*self.content.measures.values(), *self.content.services.values())
            wide = (self.content.get("derived"), self.content.get("exclusions"))
            sections = [*(node for _, node in named), *(node for node in wide if node is not None)]
            check_used(self.content.get("readings"), sections, self.problems)

    def _check_used(self) -> None:
        if self.problems.found:
            return
        for name, text in self.parameters.items():
            if name not in self.used:
                words = f"参数 {name} 没有用到", f"the parameter {name!r} is never used"
                self.problems.tell(mistake(text, *words))

    def _order(self) -> list[str]:
        """Every measure and service, once each."""
        known = {*self.content.measures, *self.content.services, *self.content.broken}
        found: list[str] = []
        with self.problems.gather():
            node = list_of(self._node("order"))
            for item in node.items:
                with self.problems.gather():
                    name = text_of(item).text
                    if name not in known:
                        close = nearest(name, known - set(found))
                        refuse(item, f"没有措施 {name}", f"there is no measure {name!r}", close)
                    if name in found:
                        refuse(item, f"{name} 重复", f"{name!r} twice")
                    found.append(name)
            if left := sorted(known - set(found)):
                names = ", ".join(left)
                refuse(node, f"order 缺少 {names}", f"`order` leaves out {names}", left[0])
        return found
