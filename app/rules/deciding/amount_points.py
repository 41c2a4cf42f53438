"""Reasons about an amount: one that comes to nothing, or that unknown facts leave open. Made once, at load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.deciding.missing import is_open, open_in
from app.rules.deciding.source import declaration_of
from app.rules.expression import AwardOf, Fact, ItemField, Lookup, ReadingUse
from app.rules.facts import FactDeclaration
from app.rules.policy import Words
from app.rules.results import Missing, Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.deciding.amounts import CompiledAmount
    from app.rules.facts import FactSchema
    from app.rules.policy import Measure


class AmountPoints:
    """The points of one award: `<measure>.amount` for 0.00, `<measure>.<fact>` for each fact it reads."""

    def __init__(self, measure: Measure, amount: CompiledAmount, schema: FactSchema) -> None:
        self._measure = measure
        self._awards = tuple(one for one in amount.beyond if isinstance(one, AwardOf))
        named = (one for one in amount.beyond if not isinstance(one, AwardOf))
        places = [_place(mention, schema) for mention in (*amount.mentions, *named)]
        if not places and measure.each is not None:
            name = measure.each.list_name
            places = [(name, None, schema.facts[name])]
        fact, list_name, declaration = places[0] if places else (None, None, None)
        zero = self._point(f"{measure.id}.amount", "money", fact, list_name, declaration, 0)
        self.zero = zero
        self.nothing_due = Reason(zero, "not_met", 0, 0, None, ">")
        """The award as a whole comes to 0.00."""
        self._open = {
            (name, of): self._point(
                f"{measure.id}.{name.rsplit('.', 1)[-1]}", declared.type, name, of, declared, None
            )
            for name, of, declared in places
        }
        self._undecided = {one: self._of_award(one) for one in self._awards}

    def _point(
        self,
        code: str,
        kind: str,
        fact: str | None,
        list_name: str | None,
        declaration: FactDeclaration | None,
        required: int | None,
    ) -> Point:
        return Point(
            code=code, clause=self._measure.clause, kind=PointKind.AMOUNT, fact=fact, list_name=list_name,
            type=kind, operator=">", required=required, declaration=declaration,
        )  # fmt: skip

    def nothing_due_for(self, position: int) -> Reason:
        """An item's own award comes to 0.00."""
        return Reason(self.zero, "not_met", 0, 0, position, ">")

    def unknown(self, unknown: Iterable[Missing], already: Iterable[Missing]) -> list[Reason]:
        """For each fact that leaves the amount open; facts that a requirement already asks for aside."""
        asked = {(fact.name, fact.list_name, fact.position) for fact in already}
        return [
            Reason(self._opened(fact), "unknown", None, None, fact.position, ">")
            for fact in unknown
            if (fact.name, fact.list_name, fact.position) not in asked
        ]

    def undecided(self, b: Mapping[str, object]) -> list[Reason]:
        """For each award that this one turns on, and that is open though no fact of it is unknown."""
        return [
            Reason(self._undecided[one], "unknown", None, None, None, ">")
            for one in self._awards
            if not one.own_item and is_open(one, b) and not open_in(one, b)
        ]

    def _opened(self, fact: Missing) -> Point:
        """What is open by a fact of another award is made when it is first met."""
        key = fact.name, fact.list_name
        if key not in self._open:
            code = f"{self._measure.id}.{fact.name.rsplit('.', 1)[-1]}"
            self._open[key] = self._point(
                code, fact.declaration.type, fact.name, fact.list_name, fact.declaration, None
            )
        return self._open[key]

    def _of_award(self, award: AwardOf) -> Point:
        title = award.title or self._measure.title
        label = Words(f"“{title.zh}”的金额", f"the amount of “{title.en}”")
        declared = FactDeclaration("", "money", label)
        return self._point(f"{self._measure.id}.{award.word}", "money", None, None, declared, None)


def _place(
    mention: Fact | ItemField | str | Lookup | ReadingUse, schema: FactSchema
) -> tuple[str, str | None, FactDeclaration]:
    if isinstance(mention, str):
        return mention, None, schema.facts[mention]
    if isinstance(mention, Lookup):
        return mention.table, None, schema.tables[mention.table]
    if isinstance(mention, ReadingUse):
        return f"reading.{mention.name}", None, schema.readings[mention.name]
    declared = declaration_of(mention, schema)
    if isinstance(mention, Fact):
        return mention.name, None, declared
    return mention.field, mention.list_name, declared
