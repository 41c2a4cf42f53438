"""The facts of a request, read into the flat engine form and, beside it, the API's own nested form.

The groups of a pack are compiled once into closures' tables; a path is put together only where something is wrong.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from app.rules.identifiers import item_key
from app.rules.input import words
from app.rules.input.mistakes import MOST_ERRORS, Mistake, required
from app.rules.input.records import Record, read_each
from app.rules.input.scalars import Scalar, scalar_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.facts import FactDeclaration, FactSchema
    from app.rules.input.mistakes import Mistakes, Path
    from app.rules.policy import Words

    Plain = dict[str, Any]
    Facts = dict[str, object]

APPLICANT = "applicant"
FACTS = "facts"
REQUIRED = frozenset({"applicant.name", "applicant.uscc"})
"""Facts that are never unknown."""


class Group:
    """A JSON object of facts: `patents`, `applicant.credit`, or one of the two at the top."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.scalars: dict[str, Scalar] = {}
        self.groups: dict[str, Group] = {}
        self.lists: dict[str, FactList] = {}
        self.required: list[str] = []
        self.elsewhere: Mapping[str, str] = {}
        """Last word of a fact -> where it stands, for who put it in the wrong group."""

    def read(self, given: object, facts: Facts, mistakes: Mistakes) -> Plain:
        """Put what is known into `facts`; return it as the API has it, groups without anything known left out."""
        plain: Plain = {}
        if type(given) is not dict:
            mistakes.add(self.path, Mistake("type", lambda: words.wrong_type("group")))
            return plain
        scalars, before = self.scalars, len(mistakes.found)
        for key, value in given.items():
            scalar = scalars.get(key)
            if scalar is not None:
                if value is None:
                    continue
                name, read, show = scalar
                try:
                    known = read(value)
                except Mistake as mistake:
                    mistakes.add((*self.path, key), mistake)
                else:
                    facts[name] = known
                    plain[key] = known if show is None else show(known)
            elif not self._read_other(key, value, facts, plain, mistakes):
                mistakes.add((*self.path, key), Mistake("unknown_field", partial(self._no_such, key)))
                if len(mistakes.found) - before >= MOST_ERRORS:
                    break
        for key in self.required:
            if given.get(key) is None:
                mistakes.add((*self.path, key), required())
        return plain

    def _read_other(self, key: str, value: object, facts: Facts, plain: Plain, mistakes: Mistakes) -> bool:
        """A group or a list; False where there is no such field."""
        group = self.groups.get(key)
        if group is not None:
            if value is not None:
                inner = group.read(value, facts, mistakes)
                if inner:
                    plain[key] = inner
            return True
        listed = self.lists.get(key)
        if listed is None:
            return False
        if value is not None:
            listed.read(value, facts, plain, mistakes)
        return True

    def _no_such(self, key: str) -> Words:
        here = (*self.scalars, *self.groups, *self.lists)
        if key in self.elsewhere and not words.suggestion(key, here).en:
            return words.unknown_field_of(self.elsewhere[key])
        return words.unknown_field(key, here)


class FactList:
    """A JSON list of items, each a flat object."""

    def __init__(self, declaration: FactDeclaration, path: Path, ids: tuple[str, ...]) -> None:
        fields = declaration.fields.items()
        self.path = path
        self.record = Record(
            path,
            {key: scalar_of(field) for key, field in fields},
            tuple(key for key, field in fields if field.type == "id" and not field.optional),
        )
        self.declaration = declaration
        self.ids = ids or self.record.required[:1]

    def read(self, given: object, facts: Facts, plain: Plain, mistakes: Mistakes) -> None:
        items: list[Facts] = []
        shown: list[Plain] = []

        def one(item: object, position: int) -> None:
            known, plain_item = self.record.read(item, position, mistakes)
            items.append(known)
            shown.append(plain_item)

        sound = read_each(given, self.path, self.declaration.label, mistakes, one)
        before = len(mistakes.found)
        if len(items) > 1:
            for key in self.ids:
                self._check_twice(key, items, mistakes)
        if sound and len(mistakes.found) == before:
            facts[self.declaration.name] = items
            plain[str(self.path[-1])] = shown

    def _check_twice(self, key: str, items: list[Facts], mistakes: Mistakes) -> None:
        """The later one of two items with the same id is wrong."""
        seen: set[str] = set()
        for position, item in enumerate(items):
            given = item.get(key)
            if given is None:
                continue
            found = item_key(given)
            if found in seen:
                mistakes.add((*self.path, position, key), Mistake("duplicate_id", lambda: words.DUPLICATE))
            seen.add(found)


def groups_of(schema: FactSchema, ids: Mapping[str, tuple[str, ...]]) -> tuple[Group, Group]:
    """The applicant's group and that of the facts; `ids`: list name -> the fields that name its items."""
    elsewhere: dict[str, str] = {}
    roots = {APPLICANT: Group((APPLICANT,)), FACTS: Group((FACTS,))}
    for name, declaration in schema.facts.items():
        root, *way = path_of(name)
        *inner, last = way
        group = roots[str(root)]
        for part in inner:
            group = group.groups.setdefault(part, Group((*group.path, part)))
        if declaration.type == "list":
            group.lists[last] = FactList(declaration, (*group.path, last), ids.get(name, ()))
        else:
            group.scalars[last] = scalar_of(declaration)
        if name in REQUIRED:
            group.required.append(last)
        elsewhere[last] = ".".join((*map(str, group.path), last))
    for group in roots.values():
        _tell_elsewhere(group, elsewhere)
    return roots[APPLICANT], roots[FACTS]


def _tell_elsewhere(group: Group, elsewhere: Mapping[str, str]) -> None:
    group.elsewhere = elsewhere
    for inner in group.groups.values():
        _tell_elsewhere(inner, elsewhere)


def path_of(name: str) -> tuple[str, ...]:
    """Where a fact stands in the body: `patents.granted` under `facts`, the applicant's under `applicant`."""
    way = tuple(name.split("."))
    return way if way[0] == APPLICANT else (FACTS, *way)
