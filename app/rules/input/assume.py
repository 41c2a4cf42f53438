"""`assume`: values for unknown facts, for one answer only, by the names that `missing` uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.input import words
from app.rules.input.facts import path_of
from app.rules.input.mistakes import MOST_ERRORS, Mistake, no_such_field
from app.rules.input.scalars import scalar_of
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.facts import FactSchema
    from app.rules.input.mistakes import Mistakes
    from app.rules.input.scalars import Scalar

    Plain = dict[str, Any]
    Facts = dict[str, object]

ASSUME = "assume"

_OF_ITEM = re.compile(r"([^\[\]]+)\[(0|[1-9][0-9]{0,3})\](?:\.(.+))?")
_NOT_NULL = Words("假定的值不能为 null", "null cannot be assumed")
_NOT_A_LIST = Words("不能假定整个列表，只能假定单个事实", "a list cannot be assumed, only single facts")
_NOT_A_GROUP = Words("不能假定一组事实，请逐个列出", "a group cannot be assumed: name its facts one by one")
_NEVER_UNKNOWN = Words(
    "编号和项目名称不属于未知事实，不能假定",
    "ids and project names are never unknown: there is nothing to assume",
)
_NO_ITEM = Words("请求的列表中没有这一项", "the list in the request has no such item")


class _Draft(NamedTuple):
    """The request so far. `broken`: it has mistakes, so that a list may be missing although it was sent."""

    facts: Facts
    plain: Plain
    broken: bool


class Assumer:
    """Reads `assume` of one policy and fills what the request left unknown."""

    def __init__(self, schema: FactSchema) -> None:
        scalars = {name: of for name, of in schema.facts.items() if of.type != "list"}
        self._scalars = {name: scalar_of(declaration) for name, declaration in scalars.items()}
        self._lists = {
            name: {key: scalar_of(field) for key, field in of.fields.items()}
            for name, of in schema.facts.items()
            if of.type == "list"
        }
        self._never_unknown = {
            (name, key)
            for name in self._lists
            for key, of in schema.facts[name].fields.items()
            if of.type == "id"
        }
        self._groups = {
            name[:at] for name in schema.facts for at, character in enumerate(name) if character == "."
        }

    def fill(
        self, given: object, facts: Facts, plain: Plain, mistakes: Mistakes
    ) -> tuple[tuple[str, object], ...]:
        """Put the assumptions that were needed into `facts` and `plain`; return them sorted by name."""
        if type(given) is not dict:
            mistakes.add((ASSUME,), Mistake("type", lambda: words.wrong_type("group")))
            return ()
        used: list[tuple[str, object]] = []
        draft = _Draft(facts, plain, broken=bool(mistakes.found))
        room = len(mistakes.found) + MOST_ERRORS
        for name, value in given.items():
            try:
                used += self._one(name, value, draft)
            except Mistake as mistake:
                mistakes.add((ASSUME, name), mistake)
                if len(mistakes.found) >= room:
                    break
        return tuple(sorted(used))

    def _one(self, name: str, value: object, draft: _Draft) -> list[tuple[str, object]]:
        """The assumption, if it was needed."""
        scalar = self._scalars.get(name)
        if scalar is not None:
            known = _read(scalar, value)
            if name in draft.facts:
                return []
            draft.facts[name] = known
            *way, last = path_of(name)
            place = draft.plain
            for part in way:
                place = place.setdefault(part, {})
            place[last] = known if scalar.show is None else scalar.show(known)
            return [(name, known)]
        found = _OF_ITEM.fullmatch(name)
        if found is None or found.group(1) not in self._lists:
            raise self._no_scalar(name)
        list_name, position, key = found.group(1), int(found.group(2)), found.group(3)
        if key is None:
            raise Mistake("type", lambda: _NOT_A_GROUP)
        return self._of_item(name, list_name, position, key, value, draft)

    def _of_item(
        self, name: str, list_name: str, position: int, key: str, value: object, draft: _Draft
    ) -> list[tuple[str, object]]:
        fields = self._lists[list_name]
        if key not in fields:
            raise no_such_field(key, fields)
        if (list_name, key) in self._never_unknown:
            raise Mistake("unknown_field", lambda: _NEVER_UNKNOWN)
        known = _read(fields[key], value)
        items: Any = draft.facts.get(list_name)
        if items is None and draft.broken:
            return []
        if items is None or position >= len(items):
            raise Mistake("unknown_field", lambda: _NO_ITEM)
        if key in items[position]:
            return []
        items[position][key] = known
        shown: Any = draft.plain
        for part in path_of(list_name):
            shown = shown[part]
        show = fields[key].show
        shown[position][key] = known if show is None else show(known)
        return [(name, known)]

    def _no_scalar(self, name: str) -> Mistake:
        if name in self._lists:
            return Mistake("type", lambda: _NOT_A_LIST)
        if name in self._groups:
            return Mistake("type", lambda: _NOT_A_GROUP)
        known: Mapping[str, object] = {**self._scalars, **self._lists}
        return no_such_field(name, known)


def _read(scalar: Scalar, value: object) -> object:
    if value is None:
        raise Mistake("type", lambda: _NOT_NULL)
    return scalar.read(value)
