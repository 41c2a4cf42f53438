"""A value as a tree of words, a line for each row: what is one sentence in an answer, for who reads at leisure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.expression import Expression, Literal
from app.rules.policy import Words
from app.rules.values import Combined, Modified
from app.rules.words.describing import requirement_words
from app.rules.words.value_words import NOTHING, chosen_rows, expression_or_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.rules.expression import Derived
    from app.rules.facts import FactSchema
    from app.rules.values import Value

    Leaf = Callable[[Expression], Words]


class Branch(NamedTuple):
    """A line with those beneath it; a head ends with a colon."""

    words: Words
    of: tuple[Branch, ...] = ()


def derived_tree(derived: Derived, schema: FactSchema, currency: str) -> Branch:
    """How a derived fact is worked out."""
    value = derived.value
    if derived.type == "bool":
        assert isinstance(value, Expression)
        return Branch(requirement_words(value, schema, currency))
    if derived.type != "choice":
        return value_tree(value, schema, currency)
    labels = [label for _, label in schema.derived[derived.name].choices]

    def code(place: Expression) -> Words:
        assert isinstance(place, Literal)
        assert isinstance(place.value, int)
        return labels[place.value]

    return value_tree(value, schema, currency, code)


def value_tree(value: Value, schema: FactSchema, currency: str, leaf: Leaf | None = None) -> Branch:
    """A value that is one expression is one line. `leaf`: what such an expression is called, where it is no figure."""
    if isinstance(value, Expression):
        return Branch(leaf(value) if leaf is not None else expression_or_nothing(value, schema, currency))
    if isinstance(value, Modified):
        return _modified(value, schema, currency, leaf)
    if isinstance(value, Combined):
        head = (
            Words("以下各项相乘", "the product of")
            if value.operator == "*"
            else Words("以下各项相加", "the sum of")
        )
        return Branch(_headed(head), tuple(value_tree(part, schema, currency, leaf) for part in value.parts))
    head, rows = chosen_rows(value, schema, currency)
    of = tuple(
        _under(
            row.label, Branch(NOTHING) if row.value is None else value_tree(row.value, schema, currency, leaf)
        )
        for row in rows
    )
    return Branch(_headed(head), of)


def _modified(value: Modified, schema: FactSchema, currency: str, leaf: Leaf | None) -> Branch:
    """In the order in which they apply: floor, cap, less."""
    return Branch(
        Words("依次计算：", "in this order:"),
        (value_tree(value.value, schema, currency, leaf), *_modifiers(value, schema, currency)),
    )


def _modifiers(value: Modified, schema: FactSchema, currency: str) -> Iterator[Branch]:
    named = (
        (Words("有金额时至少", "where anything is due, at least"), value.floor),
        (Words("最高", "at most"), value.cap),
        (Words("再减去（不低于零）", "less (not below zero)"), value.less),
    )
    for label, part in named:
        if part is not None:
            yield _under(label, value_tree(part, schema, currency))


def _under(label: Words, branch: Branch) -> Branch:
    words = Words(f"{label.zh}：{branch.words.zh}", f"{label.en}: {branch.words.en}")
    return branch._replace(words=words)


def _headed(head: Words) -> Words:
    return Words(f"{head.zh}：", f"{head.en}:")
