"""Requirements as columns: the truth of each leaf, and of them all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.ends import NotColumnar
from app.rules.columns.tables import FIELD, ROW
from app.rules.deciding.conditions import Leaf
from app.rules.expression import Derived, Expression, Fact, ItemField, Lookup
from app.rules.language.constancy import facts_of, nodes, parts_in
from app.rules.language.intervals import domain_of
from app.rules.language.value_bounds import edges_of
from app.rules.values import ByLevel, Cases, Steps, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.columns.expressions import Terms
    from app.rules.columns.signatures import Signature
    from app.rules.deciding.conditions import Branch, ConditionBlock
    from app.rules.values import Value

    Mention = Fact | ItemField | str


class Leaves:
    """The leaves of one block as columns of the table."""

    def __init__(self, terms: Terms, block: ConditionBlock, prefix: str) -> None:
        self.block, self._terms = block, terms
        tests = [terms.truth(leaf.test) for leaf in block.all_leaves]
        self.names = [f"{prefix}:leaf{leaf.index}" for leaf in block.all_leaves]
        terms.table.frame = terms.table.frame.with_columns(
            (~test if leaf.negated else test).alias(name)
            for leaf, test, name in zip(block.all_leaves, tests, self.names, strict=True)
        )

    @property
    def truth(self) -> pl.Expr:
        """Of all requirements together (Kleene)."""
        return self._of(self.block.tree)

    def _of(self, node: Branch | Leaf) -> pl.Expr:
        if isinstance(node, Leaf):
            return pl.col(self.names[node.index])
        if not node.parts:
            return pl.lit(node.kind == "all")
        combine = pl.all_horizontal if node.kind == "all" else pl.any_horizontal
        return combine([self._of(part) for part in node.parts])

    def sign(self, signature: Signature, terms: Terms | None = None) -> None:
        """What their reasons and missing facts depend on; `terms` of another table that has these columns."""
        for leaf, name in zip(self.block.all_leaves, self.names, strict=True):
            signature.truth(pl.col(name))
            if len(leaf.mentions) > 1 or leaf.worked_out:
                sign_mentions(terms or self._terms, leaf.mentions, signature)
            if leaf.worked_out:
                sign_worked_out(terms or self._terms, leaf.test, signature)


def sign_mentions(terms: Terms, mentions: Iterable[Mention], signature: Signature) -> None:
    """Which of the facts are unknown."""
    for mention in dict.fromkeys(mentions):
        if isinstance(mention, str):
            signature.fact(pl.col(terms.table.known(mention)))
        elif isinstance(mention, Fact) or mention.word in terms.table.words:
            if not mention.domain.optional:
                signature.fact(terms.column(mention).is_null())
        elif not mention.domain.optional:
            signature.pattern(_unknown_items(terms, mention))


def sign_worked_out(terms: Terms, test: Expression, signature: Signature) -> None:
    """Which rows of derived facts can be reached, and which tables have none."""
    match test:
        case Derived(type="bool", value=Expression() as value):
            sign_worked_out(terms, value, signature)
            return
        case Derived(value=value):
            if isinstance(value, Expression):
                ends = terms.whole(value)
                signature.truth(ends.low == ends.high)
                sign_worked_out(terms, value, signature)
            else:
                sign_value(terms, value, signature)
            return
        case Lookup():
            if any(
                isinstance(node, ItemField) and node.word not in terms.table.words for node in nodes(test)
            ):
                raise NotColumnar
            signature.fact(terms.row(test)[1])
    for part in parts_in(test):
        sign_worked_out(terms, part, signature)


def sign_value(terms: Terms, value: Value | None, signature: Signature) -> None:
    """Which rows of its tables, steps and cases can be reached: only facts of those are asked for."""
    match value:
        case ByLevel(key=key):
            codes = {code: place for place, code in enumerate(domain_of(key).codes, 1)}
            sign_worked_out(terms, key, signature)
            level = terms.value(key).replace_strict(codes, default=0, return_dtype=pl.UInt32)
            signature.code(level, len(codes) + 1)
        case Steps(of=quantity, above=above):
            ends = terms.whole(quantity)
            signature.truth(ends.low == ends.high)
            sign_worked_out(terms, quantity, signature)
            for edge in edges_of(value):
                for end in ends[:2]:
                    signature.truth(end > edge if above else end >= edge)
        case Cases(rows=rows):
            for row in rows:
                signature.truth(terms.truth(row.when))
                sign_worked_out(terms, row.when, signature)
        case Expression():
            sign_worked_out(terms, value, signature)
            return
        case None:
            return
    for part in parts_of(value):
        if isinstance(part, Expression) and facts_of(part):
            ends = terms.whole(part)
            signature.truth(ends.low == ends.high)
            sign_worked_out(terms, part, signature)
        sign_value(terms, part, signature)


def _unknown_items(terms: Terms, field: ItemField) -> pl.Expr:
    """Which items of a list lack a field, as a pattern's number; null where none does."""
    table = terms.table
    name = f"unknown:{field.list_name}.{field.field}"
    if name not in table.frame.columns:
        lacks = pl.col(f"{FIELD}{field.field}").is_null()
        found = (
            table.population.items(field.list_name)
            .group_by(ROW, maintain_order=True)
            .agg(
                lacks.any().alias("any"),
                lacks.cast(pl.UInt8).cast(pl.String).str.join("").alias(name),
            )
            .filter("any")
            .drop("any")
        )
        found = found.with_columns(table.population.patterns.number(found[name]))
        applicants = pl.DataFrame([table.population.rows]).join(
            found, on=ROW, how="left", maintain_order="left"
        )
        table.add(name, applicants[name])
    return pl.col(name)
