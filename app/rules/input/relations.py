"""Relations between facts: they refuse a request that contradicts itself, they never infer."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from app.rules.expression import Comparison, Fact, ItemField
from app.rules.input.assume import ASSUME
from app.rules.input.facts import path_of
from app.rules.input.mistakes import Mistake
from app.rules.language.constancy import facts_of
from app.rules.language.intervals import evaluate_interval
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date

    from app.rules.facts import FactSchema, Relation
    from app.rules.input.mistakes import Mistakes

    Facts = Mapping[str, object]
    Holds = Callable[[Facts, Mapping[str, object]], bool]

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}
_IN_WORDS = {
    "==": ("应等于", "must equal"),
    "!=": ("不应等于", "must differ from"),
    "<=": ("不应大于", "may not exceed"),
    "<": ("应小于", "must be below"),
    ">=": ("不应小于", "may not be below"),
    ">": ("应大于", "must exceed"),
}


class CheckedRelation:
    """One relation, compiled. A broken one is reported at its left-most fact, or at what was assumed."""

    def __init__(self, relation: Relation, schema: FactSchema) -> None:
        self._test = relation.test
        self._schema = schema
        mentioned = facts_of(relation.test)
        self._names = tuple(
            dict.fromkeys(
                name.name if isinstance(name, Fact) else name
                for name in mentioned
                if not isinstance(name, ItemField)
            )
        )
        self._holds = _compiled(relation.test)

    def check(
        self, facts: Facts, as_of: date, year: int, assumed: Collection[str], mistakes: Mistakes
    ) -> None:
        for name in self._names:
            if name not in facts:
                return
        if not self._holds(facts, {"as_of": as_of, "year": year}):
            guess = next((name for name in self._names if name in assumed), None)
            path = path_of(self._names[0]) if guess is None else (ASSUME, guess)
            mistakes.add(path, Mistake("relation", self._words))

    def _words(self) -> Words:
        left, right = self._test.left, self._test.right
        if isinstance(left, Fact) and isinstance(right, Fact):
            zh, en = _IN_WORDS[self._test.operator]
            part, whole = (self._schema.facts[fact.name].label for fact in (left, right))
            return Words(f"“{part.zh}”{zh}“{whole.zh}”", f'"{part.en}" {en} "{whole.en}"')
        labels = [self._schema.facts[name].label for name in self._names]
        return Words(
            "以下事实互相矛盾：" + "、".join(label.zh for label in labels),
            "these facts contradict each other: " + ", ".join(label.en for label in labels),
        )


def _compiled(test: Comparison) -> Holds:
    left, right = test.left, test.right
    plain = isinstance(left, Fact) and isinstance(right, Fact) and left.scale == right.scale
    if plain and left.type not in ("choice", "text"):
        assert isinstance(left, Fact)
        assert isinstance(right, Fact)
        compare, one, other = _OPERATORS[test.operator], left.name, right.name
        return lambda facts, _: compare(facts[one], facts[other])
    return lambda facts, built_in: evaluate_interval(test, facts, None, built_in) is not False
