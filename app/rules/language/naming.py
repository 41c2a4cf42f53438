"""The names that a measure's texts may use, and what each stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.rules.expression import (
    BuiltIn,
    Derived,
    Domain,
    Expression,
    Fact,
    ItemField,
    ParameterUse,
    ReadingUse,
    Rows,
)
from app.rules.language.lexing import LanguageError, nearest, tokens_of
from app.rules.language.literals import PERCENT, constant_of
from app.rules.language.syntax import Constant, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.facts import FactDeclaration, FactSchema
    from app.rules.policy import Words

BUILT_IN = {"counted": "money", "granted": "money", "due": "money", "items": "count"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the pack: what its rows are by, in the order of a call's arguments, and what they give."""

    by: tuple[str, ...]
    """Each date, year, text, or the name of a choice."""
    type: str
    scale: int
    rows: Rows


@dataclass(frozen=True, slots=True)
class Referable:
    """A measure or a group whose awards an expression may refer to."""

    measures: tuple[str, ...]
    title: Words | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What one measure's texts may name. Parameters are literals as written; sets name their choice."""

    facts: FactSchema
    parameters: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    item: tuple[str, str] | None = None
    allow: frozenset[str] = frozenset()
    ordered: frozenset[str] = frozenset()
    """The choices whose codes are declared low to high."""
    inner: Mapping[str, str] = field(default_factory=dict)
    """Words of enclosing aggregates and their lists."""
    derived: Mapping[str, Derived] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    readings: Mapping[str, ReadingUse] = field(default_factory=dict)
    awards: Mapping[str, Referable] = field(default_factory=dict)
    """Measures that pay, and groups."""
    measure: str = ""
    """Whose texts these are; empty for texts of the policy, which refer to no award."""
    item_id: bool = False
    """Whether an item has an id: `paid(this)` is then the item's."""

    def lists(self) -> dict[str, str]:
        """Every word that stands for an item, and its list."""
        return {**({self.item[0]: self.item[1]} if self.item else {}), **self.inner}


def field_of(declaration: FactDeclaration) -> tuple[str, int, Domain]:
    """Type, scale and domain of a fact or an item's field."""
    places = int(getattr(declaration, "places", 0) or 0)
    scale = {"percent": PERCENT, "number": 10**places}.get(declaration.type, 1)
    codes = tuple(code for code, _ in declaration.choices or ())
    low = declaration.min if isinstance(declaration.min, int) else 0
    high = declaration.max if isinstance(declaration.max, int) else None
    kind = "text" if declaration.type == "id" else declaration.type
    return kind, scale, Domain(low, high, codes, bool(declaration.optional))


def resolve(scope: Scope, name: Name, demand: str | None) -> Expression:
    text = name.text
    first, _, rest = text.partition(".")
    if first in scope.lists() and rest:
        return _field(scope, name, first, scope.lists()[first], rest)
    if text in scope.parameters:
        raw = written(scope, name)
        constant = constant_of(raw, demand, name.offset)
        return ParameterUse(constant.type, constant.scale, text, constant.value)
    if text in scope.facts.facts and scope.facts.facts[text].type != "list":
        kind, scale, domain = field_of(scope.facts.facts[text])
        return Fact(kind, scale, text, domain)
    if text in scope.derived:
        return scope.derived[text]
    if first == "reading" and rest in scope.readings:
        return scope.readings[rest]
    if text == "year":
        return BuiltIn("count", 1, "year")
    if text == "as_of":
        return BuiltIn("date", 1, "as_of")
    if text in BUILT_IN and text in scope.allow:
        return BuiltIn(BUILT_IN[text], 1, text)
    raise _unknown(scope, name)


def _unknown(scope: Scope, name: Name) -> LanguageError:
    text = name.text
    if text in BUILT_IN:
        return LanguageError(f"{text!r} has no meaning here", f"{text} 在这里没有意义", name.offset)
    if text.startswith("reading."):
        close = nearest(text, [f"reading.{one}" for one in scope.readings])
        return LanguageError(f"there is no reading {text!r}", f"没有条文解读 {text}", name.offset, close)
    if text in scope.tables:
        words = f"{text!r} is a table: call it with its keys", f"{text} 是表，须带键调用"
        return LanguageError(*words, name.offset, f"{text}({', '.join(scope.tables[text].by)})")
    if text in scope.facts.facts:
        return LanguageError(
            f"{text!r} is a list: use an aggregate such as count",
            f"{text} 是列表，请用 count 等汇总",
            name.offset,
        )
    if text in scope.sets:
        return LanguageError(
            f"{text!r} is a set: it stands after `in`", f"{text} 是集合，只能写在 in 之后", name.offset
        )
    known = [*scope.parameters, *scope.facts.facts, *scope.derived, "year", "as_of", *scope.allow]
    known += [f"reading.{one}" for one in scope.readings]
    for word, list_name in scope.lists().items():
        fields = scope.facts.facts[list_name].fields
        known += [f"{word}.{one}" for one in fields]
    return LanguageError(f"unknown name {text!r}", f"未知的名称 {text}", name.offset, nearest(text, known))


def _field(scope: Scope, name: Name, word: str, list_name: str, text: str) -> Expression:
    fields = scope.facts.facts[list_name].fields
    if text not in fields:
        close = nearest(text, fields)
        raise LanguageError(
            f"{list_name} has no field {text!r}",
            f"{list_name} 没有字段 {text}",
            name.offset,
            f"{word}.{close}" if close else None,
        )
    kind, scale, domain = field_of(fields[text])
    return ItemField(kind, scale, word, list_name, text, domain)


def written(scope: Scope, name: Name) -> Constant:
    """A parameter's literal as written, at the place where the parameter is used."""
    tokens = tokens_of(scope.parameters[name.text])
    if len(tokens) == 2 and tokens[0].kind in ("number", "percent", "date", "string"):
        token = tokens[0]
        return Constant(name.offset, token.kind, token.text.strip("'"))
    raise LanguageError(f"parameter {name.text!r} is no constant", f"参数 {name.text} 不是常数", name.offset)
