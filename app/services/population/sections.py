"""What the tables of a population may have: the main one, one for each list, `history` and `other_funding`.

A section knows its names (`pledge_loans`, 质押贷款) and its columns by their headings.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import REF, history_keys, path_of, population_schema
from app.rules.input.history import FUNDING, GIVEN, HISTORY, PAID, SOURCES, YEAR
from app.rules.language.lexing import nearest
from app.rules.policy import Words
from app.services.importing import headings
from app.services.population.batches import PopulationError
from app.services.population.cell_columns import TEXT, TEXTS, choice_kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.rules.facts import FactDeclaration
    from app.rules.policy import Policy
    from app.services.population.cell_columns import CellKind

USCC = "applicant.uscc"
MAIN_NAME = "applicants"
REF_LABEL = Words("编号", "ref")
MAIN_LABEL = Words("申报单位", "applicants")
HISTORY_LABEL = Words("历史奖励", "history")
FUNDING_LABEL = Words("其他资助", "other funding")
KEY_LABEL = Words("所属项目", "project")
_LABELS = {
    "measure": Words("措施", "measure"),
    "year": Words("年度", "year"),
    "amount": Words("金额", "amount"),
    "item": Words("项目编号", "item"),
    "items": Words("已计项目", "items"),
    "source": Words("资金来源", "source"),
    "project": Words("项目", "project"),
}
_UNIT = re.compile(r"(.+?)\(?(万元|元)\)?\Z")
_SCALES = {"万元": 10_000, "元": 1}
MOST_SHEET_NAME = 31


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a section: where its value goes, and how its cells are read."""

    name: str
    """Dotted, within a row of the section."""
    label: Words
    kind: Callable[[int], CellKind]
    """By the scale of the heading."""
    money: bool = False
    declaration: FactDeclaration | None = None
    choices: tuple[str, ...] = ()
    """What a drop-down offers: each is read back as another code."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a population."""

    name: str
    """As requests name it: `pledge_loans`; the main table is `applicants`."""
    label: Words
    dtype: pl.Struct
    """Of one row; of the main table, of a whole applicant."""
    columns: tuple[Column, ...]
    passed_over: frozenset[str] = frozenset()
    place: str = ""
    """Where its lists stand in a row: `facts.pledge_loans`."""
    _known: dict[str, list[Column]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """What its file or sheet may be called."""
        return tuple(dict.fromkeys((self.name, self.label.zh, self.label.en)))

    def is_called(self, name: str) -> bool:
        """Whether a file or a sheet of this name is its."""
        return plain(name) in {plain(one) for one in self.names} | {
            plain(one[:MOST_SHEET_NAME]) for one in self.names
        }

    def column(self, heading: str, where: str) -> tuple[Column, int] | None:
        """The column under a heading, and the yuan an amount in it counts in; None for one that is passed over.

        Raises PopulationError for a heading that means nothing here, or two things.
        """
        if not self._known:
            self._learn()
        bare = plain(heading)
        if not bare or bare in headings.PASSED_OVER or bare in self.passed_over:
            return None
        unit = _UNIT.match(bare)
        for name, scale in ((bare, 1), *([(unit[1].rstrip("("), _SCALES[unit[2]])] if unit else [])):
            found = self._known.get(name, [])
            if name != bare:
                found = [column for column in found if column.money]
            if len(found) > 1:
                raise PopulationError(_ambiguous(where, heading, found))
            if found:
                return found[0], scale
        raise PopulationError(self._no_such(where, heading, bare))

    def _learn(self) -> None:
        for column in self.columns:
            for name in {plain(one) for one in (column.name, column.label.zh, column.label.en)}:
                self._known.setdefault(name, []).append(column)
        for column in self.columns:
            # Its own name always means a column, whatever another one is called.
            self._known[plain(column.name)] = [column]
            if column.name == USCC:
                self._known.setdefault("uscc", [column])
            if column.name.startswith("facts."):
                self._known[plain(column.name.removeprefix("facts."))] = [column]

    def _no_such(self, where: str, heading: str, bare: str) -> Words:
        near = nearest(bare, self._known)
        shown = heading.strip()[:100]
        if near is not None:
            column = self._known[near][0]
            name = column.name.removeprefix("facts.")
            return Words(
                f"{where}：没有“{shown}”这一列；是否为 {name}（{column.label.zh}）？",
                f"{where}: there is no column {shown!r}; did you mean {name} ({column.label.zh})?",
            )
        some = [column.name.removeprefix("facts.") for column in self.columns]
        return Words(
            f"{where}：没有“{shown}”这一列，可用：{'、'.join(some)}",
            f"{where}: there is no column {shown!r}; there are {', '.join(some)}",
        )


def plain(heading: str) -> str:
    """Half width, without spaces and the stars of required columns, letter case aside."""
    return "".join(unicodedata.normalize("NFKC", heading).split()).strip("*").casefold()


def sections_of(policy: Policy) -> tuple[Section, tuple[Section, ...]]:
    """The main table, and the tables of lists."""
    facts = policy.facts.facts
    schema = population_schema(policy)
    scalars = [_column(".".join(path_of(name)), of) for name, of in facts.items() if of.type != "list"]
    whole = pl.Struct([pl.Field(name, of) for name, of in schema.items()])
    lists = [
        _of_items(name, of, [_column(key, inner) for key, inner in of.fields.items()], whole)
        for name, of in facts.items()
        if of.type == "list"
    ]
    main = Section(MAIN_NAME, MAIN_LABEL, whole, (_ref(), *scalars))
    return main, (*lists, _history(policy, whole), _funding(whole))


def _of_items(name: str, of: FactDeclaration, columns: Sequence[Column], whole: pl.Struct) -> Section:
    return _list_section(name, of.label, columns, ".".join(path_of(name)), whole)


def _list_section(
    name: str, label: Words, columns: Sequence[Column], place: str, whole: pl.Struct
) -> Section:
    keys = (_ref(), Column(USCC, Words("统一社会信用代码", "unified social credit code"), lambda _: TEXT))
    taken = {column.name for column in columns}
    # A name beside the code is for the eye; a list may have a column `uscc` or `ref` of its own only by accident.
    return Section(
        name,
        label,
        _row_type(whole, place),
        (*(key for key in keys if key.name not in taken), *columns),
        frozenset(plain(one) for one in ("applicant.name", "单位名称", "企业名称", "name of the applicant")),
        place,
    )


def _row_type(whole: pl.Struct, place: str) -> pl.Struct:
    at: object = whole
    for part in place.split("."):
        assert isinstance(at, pl.Struct)
        at = next(one.dtype for one in at.fields if one.name == part)
    assert isinstance(at, pl.List)
    assert isinstance(at.inner, pl.Struct)
    return at.inner


def _ref() -> Column:
    return Column(REF, REF_LABEL, lambda _: TEXT)


def _kind(of: FactDeclaration) -> Callable[[int], CellKind]:
    return lambda scale: kind_of(of, scale)


def _column(name: str, of: FactDeclaration) -> Column:
    return Column(name, of.label, _kind(of), of.type == "money", of, _offered(of))


def _offered(of: FactDeclaration) -> tuple[str, ...]:
    """The labels of choices; the codes where two have the same label, or one is another's code."""
    labels = [says.zh for _, says in of.choices]
    codes = [code for code, _ in of.choices]
    names = {plain(name) for name in (*labels, *codes)}
    distinct = len(names) == len({plain(label) for label in labels}) + len({plain(code) for code in codes})
    return tuple(labels if distinct and len(set(map(plain, labels))) == len(codes) else codes)


def _history(policy: Policy, whole: pl.Struct) -> Section:
    titles = {
        measure.id: (measure.id, measure.title.zh, measure.title.en)
        for measure in policy.measures
        if measure.pays
    }
    keys = [Column(f"keys.{key}", _key_label(key), lambda _: TEXT) for key in history_keys(policy)]
    columns = [
        Column(
            "measure",
            _LABELS["measure"],
            lambda _: choice_kind(titles, _LABELS["measure"]),
            choices=tuple(titles),
        ),
        Column("year", _LABELS["year"], _kind(YEAR), declaration=YEAR),
        Column("amount", _LABELS["amount"], _kind(PAID), money=True, declaration=PAID),
        Column("item", _LABELS["item"], lambda _: TEXT),
        Column("items", _LABELS["items"], lambda _: TEXTS),
        *keys,
    ]
    return _list_section(HISTORY, HISTORY_LABEL, columns, HISTORY, whole)


def _key_label(key: str) -> Words:
    return KEY_LABEL if key == "project" else Words(f"keys.{key}", f"keys.{key}")


def _funding(whole: pl.Struct) -> Section:
    labels: Mapping[str, Iterable[str]] = {
        source: (source, *(name for name, code in headings.SOURCES.items() if code == source))
        for source in SOURCES
    }
    sources = {source: tuple(names) for source, names in labels.items()}
    columns = [
        Column(
            "source",
            _LABELS["source"],
            lambda _: choice_kind(sources, _LABELS["source"]),
            choices=tuple(names[1] for names in sources.values()),
        ),
        Column("project", _LABELS["project"], lambda _: TEXT),
        Column("amount", _LABELS["amount"], _kind(GIVEN), money=True, declaration=GIVEN),
    ]
    return _list_section(FUNDING, FUNDING_LABEL, columns, FUNDING, whole)


def _ambiguous(where: str, heading: str, found: Sequence[Column]) -> Words:
    names = [column.name.removeprefix("facts.") for column in found]
    return Words(
        f"{where}：“{heading}”可指 {'、'.join(names)}，请改用其中一个名称",
        f"{where}: the heading {heading!r} may mean {' or '.join(names)}: use one of these names",
    )
