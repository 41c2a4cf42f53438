"""A pack's facts as straight-line Python, made once when the pack loads: readers of what is as it should be.

A group becomes `read(given, facts) -> plain`, a flat record `read(given) -> (known, plain)`. They read to the same
result as `facts` and `records` do, and refuse the same, but they tell nothing: at the first value that is not to be
taken they raise NotPlain, Mistake or KeyError, and whoever wants to know what is wrong reads again the careful way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from unicodedata import is_normalized

from app.rules.facts import MOST_ITEMS, MOST_TEXT
from app.rules.identifiers import item_key
from app.rules.input.scalars import SPECIAL, day_of
from app.rules.input.words import limits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.rules.facts import FactDeclaration, FactSchema
    from app.rules.input.facts import FactList, Group
    from app.rules.input.records import Record
    from app.rules.input.scalars import Scalar

    Plain = dict[str, Any]
    ReadGroup = Callable[[object, dict[str, object]], Plain]
    ReadRecord = Callable[[object], tuple[Plain, Plain]]
    ReadList = Callable[[object], tuple[list[Plain], list[Plain]]]

_AMOUNT = re.compile(r"(?:[1-9][0-9]{0,11}|0)\.[0-9]{2}")
"""Amounts that the normalised request holds just so; all others are read with a closer look."""
known_day = lru_cache(maxsize=4096)(day_of)
"""Few days are ever stated, and always the same ones."""


class NotPlain(Exception):
    """Something that the careful way has to look at."""


def without_nulls(given: Plain) -> Plain:
    """The fields that are known."""
    return {name: value for name, value in given.items() if value is not None}


class _Function:
    """One reader being written: every field in a variable, None where it is unknown.

    `plain`, which is returned, begins as what was given.
    """

    def __init__(self, signature: str, names: Sequence[str]) -> None:
        self._names: dict[str, object] = {
            "NotPlain": NotPlain,
            "amount": _AMOUNT.fullmatch,
            "day": known_day,
            "without_nulls": without_nulls,
            "nulls": dict.fromkeys(names),
            "is_normalized": is_normalized,
            "pick": itemgetter(*names) if len(names) > 1 else None,
        }
        self._variables = {name: f"v{number}" for number, name in enumerate(names)}
        self._lines = [f"def read({signature}):", *_inside(_opening(names, tuple(self._variables.values())))]

    def emit(self, *lines: str) -> None:
        self._lines += _inside(lines)

    def keep(self, value: object) -> str:
        """An object under a name of its own."""
        name = f"kept{len(self._names)}"
        self._names[name] = value
        return name

    def variable(self, key: str) -> str:
        return self._variables[key]

    def where_known(self, key: str, lines: Sequence[str], *, required: bool = False) -> None:
        """The lines, unless the field is unknown."""
        variable = self._variables[key]
        if required:
            self.emit(f"if {variable} is None:", "    raise NotPlain", *lines)
        else:
            self.emit(f"if {variable} is not None:", *_inside(lines), "else:", "    holes = True")

    def checked(self, key: str, scalar: Scalar, of: FactDeclaration | None) -> list[str]:
        """Lines that leave the engine's value in the variable, and in `plain` what the API has for it.

        `of` is None for a field that has a reader and no declaration.
        """
        v = self._variables[key]
        show = v if scalar.show is None else f"{self.keep(scalar.show)}({v})"
        careful = [f"{v} = {self.keep(scalar.read)}({v})", f"plain[{key!r}] = {show}"]
        if of is None or scalar.name in SPECIAL:
            return careful
        match of.type:
            case "bool":
                return [f"if {v} is not True and {v} is not False:", "    raise NotPlain"]
            case "count":
                low, high = limits_of(of)
                return [f"if type({v}) is not int or not {low} <= {v} <= {high}:", "    raise NotPlain"]
            case "choice":
                codes = self.keep(frozenset(code for code, _ in of.choices))
                return [f"if type({v}) is not str or {v} not in {codes}:", "    raise NotPlain"]
            case "date":
                return [f"if type({v}) is not str or ({v} := day({v})) is None:", "    raise NotPlain"]
            case "money":
                return [f"if {_money_test(v, of)}:", f"    {v} = fen", "else:", *_inside(careful)]
            case "text" | "id":
                return [f"if not ({_TEXT_TEST.format(v=v)}):", *_inside(careful)]
        return careful

    def end(self, *lines: str) -> Callable[..., Any]:
        """Close the function and make it."""
        self.emit(
            "if holes and (whole or None in given.values()):", "    plain = without_nulls(plain)", *lines
        )
        namespace = dict(self._names)
        text = "\n".join(self._lines)
        exec(compile(text, "<reader>", "exec"), namespace)  # noqa: S102 - text made from declarations only
        made = namespace["read"]
        assert callable(made)
        return made


def _opening(names: Sequence[str], variables: Sequence[str]) -> list[str]:
    """Lines that fill the variables. `whole`: nothing is missing. `holes`: something is unknown, as far as is seen."""
    targets = "".join(f"{variable}, " for variable in variables) or "_"
    one = "".join(f"{variable} = given[{name!r}]" for name, variable in zip(names, variables, strict=True))
    return [
        "if type(given) is not dict:",
        "    raise NotPlain",
        "plain = given.copy()",
        "holes = False",
        f"whole = len(given) == {len(names)}",
        "if whole:",
        f"    {f'{targets} = pick(given)' if len(names) > 1 else one or 'pass'}",
        "else:",
        "    padded = nulls | given",
        f"    if len(padded) != {len(names)}:",
        "        raise NotPlain",
        f"    {targets} = padded.values()",
    ]


def _inside(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


_TEXT_TEST = (
    "type({v}) is str and {v}.isprintable() and ({v}.isascii() or is_normalized('NFC', {v})) "
    f"and 0 < len({{v}}) <= {MOST_TEXT} and {{v}}[0] != ' ' and {{v}}[-1] != ' '"
)


def _money_test(v: str, of: FactDeclaration) -> str:
    low, high = limits_of(of)
    return f"type({v}) is str and amount({v}) and {low} <= (fen := int({v}.replace('.', ''))) <= {high}"


def record_reader(record: Record, declared: Mapping[str, FactDeclaration]) -> ReadRecord:
    """Reads a flat object. Fields that `declared` lacks are left to their own readers."""
    made = _Function("given", tuple(record.fields))
    changed = []
    for key, scalar in record.fields.items():
        of, required = declared.get(key), key in record.required
        made.where_known(key, made.checked(key, scalar, of), required=required)
        if scalar.show is not None:
            unless = "" if required else f"if {made.variable(key)} is not None: "
            changed.append(f"{unless}known[{key!r}] = {made.variable(key)}")
    return made.end("known = plain.copy()", *changed, "return known, plain")


def group_reader(group: Group, schema: FactSchema) -> ReadGroup:
    """Reads an object of facts, its groups and lists included."""
    made = _Function("given, facts", (*group.scalars, *group.groups, *group.lists))
    for key, scalar in group.scalars.items():
        lines = made.checked(key, scalar, schema.facts[scalar.name])
        lines.append(f"facts[{scalar.name!r}] = {made.variable(key)}")
        made.where_known(key, lines, required=key in group.required)
    for key, inner in group.groups.items():
        read, v = made.keep(group_reader(inner, schema)), made.variable(key)
        # A group that says nothing is left out.
        made.where_known(
            key,
            [f"plain[{key!r}] = {read}({v}, facts)", f"if not plain[{key!r}]:", f"    del plain[{key!r}]"],
        )
    for key, listed in group.lists.items():
        read, name = made.keep(_list_reader(listed)), listed.declaration.name
        made.where_known(key, [f"facts[{name!r}], plain[{key!r}] = {read}({made.variable(key)})"])
    return made.end("return plain")


def _list_reader(listed: FactList) -> ReadList:
    read = record_reader(listed.record, listed.declaration.fields)
    # An optional id that is absent is no name: the careful way compares the others.
    ids = tuple(itemgetter(key) for key in listed.ids)

    def read_list(given: object) -> tuple[list[Plain], list[Plain]]:
        if type(given) is not list or len(given) > MOST_ITEMS:
            raise NotPlain
        items, shown = [], []
        for entry in given:
            known, plain = read(entry)
            items.append(known)
            shown.append(plain)
        if len(items) > 1:
            for id_of in ids:
                if len(set(map(item_key, map(id_of, items)))) != len(items):
                    raise NotPlain
        return items, shown

    return read_list
