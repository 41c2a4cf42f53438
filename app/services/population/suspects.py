"""Rows that may be wrong: found with columns, a superset of those that a request's reader would refuse.

A row that is not among them is exactly what the reader would make of it: valid, and already in its normal form.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import APPLICANT, REF, column_of, history_keys
from app.rules.expression import Fact, ItemField
from app.rules.facts import MOST_FEN, MOST_ITEMS, MOST_TEXT
from app.rules.input.facts import REQUIRED
from app.rules.input.history import FIRST_YEAR, FUNDING, HISTORY, LAST_YEAR, SOURCES, needed_keys
from app.rules.input.words import limits_of
from app.rules.language.constancy import facts_of
from app.rules.limits import LimitKind
from app.services.population.credit_codes import is_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.expression import Comparison
    from app.rules.facts import FactDeclaration, Relation
    from app.rules.policy import Measure, Policy

_ROW, _ITEM = "row", "item"
_FIRST_DAY, _LAST_DAY = pl.date(1, 1, 1), pl.date(9999, 12, 31)


class Suspects:
    """Looks at the rows of one policy's populations."""

    def __init__(self, policy: Policy) -> None:
        facts = policy.facts.facts
        self._lists = [
            _ItemChecks(column_of(name), list(_of_fields(declaration)), _ids(name, declaration, policy))
            for name, declaration in facts.items()
            if declaration.type == "list"
        ]
        self._whole = [
            _unusual_text(pl.col(REF)) | pl.col(REF).is_null(),
            *(_of_fact(column_of(name), of) for name, of in facts.items() if of.type != "list"),
            *(_broken(relation) for relation in policy.facts.relations),
            *(_too_long(checks.column) for checks in self._lists),
            *(_too_long(pl.col(name)) for name in (HISTORY, FUNDING)),
        ]
        self._lists += [
            _ItemChecks(pl.col(HISTORY), [_unusual_entry(policy)], ()),
            _ItemChecks(pl.col(FUNDING), [_unusual_funding()], ()),
        ]

    def of(self, frame: pl.DataFrame) -> pl.Series:
        """True for each row that a reader has to look at."""
        found = frame.select(pl.any_horizontal(*self._whole).fill_null(value=False)).to_series()
        rows = [found_in for checks in self._lists for found_in in checks.rows(frame)]
        if not rows:
            return found
        numbers = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
        return found | numbers.is_in(pl.concat(rows).unique().implode())


class _ItemChecks:
    """What is looked at in the items of one list."""

    def __init__(self, column: pl.Expr, checks: Iterable[pl.Expr], ids: tuple[str, ...]) -> None:
        self.column = column
        self._checks = [pl.col(_ITEM).is_null(), *checks]
        self._ids = ids

    def rows(self, frame: pl.DataFrame) -> Iterable[pl.Series]:
        """Numbers of rows, some perhaps more than once."""
        listed = frame.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias(_ROW), self.column.alias(_ITEM)
        ).filter(pl.col(_ITEM).list.len() > 0)
        if not listed.height:
            return
        several = listed.filter(pl.col(_ITEM).list.len() > 1)[_ROW]
        items = listed.explode(_ITEM)
        yield items.filter(pl.any_horizontal(*self._checks).fill_null(value=False))[_ROW]
        if not several.len():
            return
        items = items.filter(pl.col(_ROW).is_in(several.implode()))
        for name in self._ids:
            yield _named_twice(items.select(_ROW, pl.col(_ITEM).struct.field(name)), name)


def _named_twice(items: pl.DataFrame, name: str) -> pl.Series:
    """Rows in which two items may share an id; ids beyond ASCII are left to who knows how they compare."""
    known = items.filter(pl.col(name).is_not_null())
    key = pl.col(name).str.to_lowercase().str.replace_all("[- ]", "")
    beyond = pl.col(name).str.len_bytes() != pl.col(name).str.len_chars()
    return known.filter(pl.struct(_ROW, key).is_duplicated() | beyond)[_ROW]


def _ids(name: str, declaration: FactDeclaration, policy: Policy) -> tuple[str, ...]:
    """The fields by which items may have to differ."""
    found = {key for key, of in declaration.fields.items() if of.type == "id" and not of.optional}
    for measure in policy.measures:
        each = measure.each
        if each is not None and each.list_name == name and each.id_field is not None:
            found.add(each.id_field)
    return tuple(sorted(found))


def _of_fields(declaration: FactDeclaration) -> Iterable[pl.Expr]:
    for key, of in declaration.fields.items():
        value = pl.col(_ITEM).struct.field(key)
        yield _unusual(value, of)
        if of.type == "id" and not of.optional:
            yield value.is_null()


def _of_fact(value: pl.Expr, of: FactDeclaration) -> pl.Expr:
    if of.name == f"{APPLICANT}.uscc":
        return ~is_code(value).fill_null(value=False)
    unusual = _unusual(value, of)
    if of.name == f"{APPLICANT}.division":
        return ~value.str.contains("^[0-9]{6}$")
    return unusual | value.is_null() if of.name in REQUIRED else unusual


def _unusual(value: pl.Expr, of: FactDeclaration) -> pl.Expr:
    """Whether a value is anything but plainly right; null where it is unknown."""
    match of.type:
        case "bool":
            return pl.lit(value=False)
        case "date":
            return ~value.is_between(_FIRST_DAY, _LAST_DAY)
        case "choice":
            return ~value.is_in([code for code, _ in of.choices])
        case "text" | "id":
            return _unusual_text(value)
    return ~value.is_between(*limits_of(of))


def _unusual_text(value: pl.Expr) -> pl.Expr:
    """Control characters, white space at an end, not NFC, empty or too long."""
    length = value.str.len_chars()
    return (
        value.str.contains(r"[\x00-\x1f\x7f-\x9f]|^\s|\s$")
        | (length == 0)
        | (length > MOST_TEXT)
        | (value != value.str.normalize("NFC"))
    )


def _too_long(column: pl.Expr) -> pl.Expr:
    return column.list.len() > MOST_ITEMS


def _broken(relation: Relation) -> pl.Expr:
    """Whether a relation may not hold: what is more than two numbers side by side is left to the reader."""
    test = relation.test
    if _is_plain(test):
        assert isinstance(test.left, Fact)
        assert isinstance(test.right, Fact)
        left, right = column_of(test.left.name), column_of(test.right.name)
        return ~_COMPARE[test.operator](left, right)
    mentioned = (name for name in facts_of(test) if not isinstance(name, ItemField))
    names = {name.name if isinstance(name, Fact) else name for name in mentioned}
    known = [column_of(name).is_not_null() for name in sorted(names)]
    return reduce(pl.Expr.__and__, known, pl.lit(value=True))


def _is_plain(test: Comparison) -> bool:
    left, right = test.left, test.right
    return (
        isinstance(left, Fact)
        and isinstance(right, Fact)
        and left.scale == right.scale
        and left.type == right.type
        and left.type in ("count", "money", "percent", "number", "date")
    )


_COMPARE = {
    "==": pl.Expr.eq,
    "!=": pl.Expr.ne,
    "<=": pl.Expr.le,
    "<": pl.Expr.lt,
    ">=": pl.Expr.ge,
    ">": pl.Expr.gt,
}


def _unusual_entry(policy: Policy) -> pl.Expr:
    """Entries of history but the plainest: no `items`, no `keys`, an item where the measure may need one."""
    entry = pl.col(_ITEM).struct.field
    paying = [measure for measure in policy.measures if measure.pays]
    by_item = [measure.id for measure in paying if _may_need_item(measure)]
    by_level = [measure.id for measure in paying if any(limit.key is not None for limit in measure.limits)]
    doubts = [
        ~entry("measure").is_in([measure.id for measure in paying]) | entry("measure").is_null(),
        ~entry("year").is_between(FIRST_YEAR, LAST_YEAR) | entry("year").is_null(),
        ~entry("amount").is_between(1, MOST_FEN) | entry("amount").is_null(),
        _unusual_text(entry("item")),
        entry("item").is_null() & entry("measure").is_in(by_item),
        entry("measure").is_in(by_level + [one.id for one in paying if needed_keys(one, policy)]),
        entry("items").list.len() > 0,
        *(entry("keys").struct.field(key).is_not_null() for key in history_keys(policy)),
    ]
    return pl.any_horizontal(*(doubt.fill_null(value=False) for doubt in doubts))


def _may_need_item(measure: Measure) -> bool:
    return any(limit.kind is LimitKind.ONCE_PER_ITEM for limit in measure.limits) or measure.each is not None


def _unusual_funding() -> pl.Expr:
    funding = pl.col(_ITEM).struct.field
    doubts = [
        ~funding("source").is_in(list(SOURCES)) | funding("source").is_null(),
        ~funding("amount").is_between(0, MOST_FEN) | funding("amount").is_null(),
        _unusual_text(funding("project")),
    ]
    return pl.any_horizontal(*(doubt.fill_null(value=False) for doubt in doubts))
