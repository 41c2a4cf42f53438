"""Requirements as columns: the truth of each leaf, and of them all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.tables import FIELD, ROW
from app.rules.deciding.conditions import Leaf
from app.rules.expression import Expression, Fact, ItemField
from app.rules.language.constancy import facts_of
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
            if len(leaf.mentions) > 1:
                sign_mentions(terms or self._terms, leaf.mentions, signature)


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


def sign_value(terms: Terms, value: Value | None, signature: Signature) -> None:
    """Which rows of its tables, steps and cases can be reached: only facts of those are asked for."""
    match value:
        case ByLevel(key=Fact() | ItemField() as key):
            codes = {code: place for place, code in enumerate(key.domain.codes, 1)}
            level = terms.column(key).replace_strict(codes, default=0, return_dtype=pl.UInt32)
            signature.code(level, len(codes) + 1)
        case Steps(of=quantity, above=above):
            ends = terms.whole(quantity)
            for edge in edges_of(value):
                for end in ends[:2]:
                    signature.truth(end > edge if above else end >= edge)
        case Cases(rows=rows):
            for row in rows:
                signature.truth(terms.truth(row.when))
        case None | Expression():
            return
    for part in parts_of(value):
        if isinstance(part, Expression) and facts_of(part):
            ends = terms.whole(part)
            signature.truth(ends.low == ends.high)
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
