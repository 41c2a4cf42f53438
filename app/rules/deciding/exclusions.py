"""The general exclusions: who is barred from money, and which items were supported before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.deciding.conditions import ConditionBlock
from app.rules.deciding.measures import FREE, Bar
from app.rules.deciding.reads import key_of, reads_of
from app.rules.expression import Condition
from app.rules.identifiers import item_key
from app.rules.logic import any_of
from app.rules.results import Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.facts import FactSchema
    from app.rules.logic import Truth
    from app.rules.policy import Exclusion, Policy
    from app.rules.requests import EvaluationRequest
    from app.rules.results import Missing, Outcome

    Facts = Mapping[str, object]

MOST_BARS = 256
"""Remembered by the values that the exclusions read."""
DISTRICT = "district"
PROJECT = "project"
"""The one key that a funding record names."""


class MoneyBar:
    """One exclusion of the applicant, compiled as the condition that it does not hold."""

    def __init__(self, exclusion: Exclusion, schema: FactSchema, name: str) -> None:
        assert exclusion.when is not None
        free = Condition("not", code=f"exclusion.{exclusion.id}", parts=(exclusion.when,))
        self.block = ConditionBlock((free,), schema, name, exclusion.clause)
        self._as_exclusion = {
            leaf.point: replace(
                leaf.point,
                code=f"exclusion.{exclusion.id}",
                clause=exclusion.clause,
                kind=PointKind.EXCLUSION,
            )
            for leaf in self.block.all_leaves
        }

    def look(self, facts: Facts, b: Facts) -> tuple[Truth, list[Reason], list[Missing]]:
        truths, values = self.block.leaves(facts, None, b)
        decision = self.block.decide(truths)
        if decision.truth is True:
            return False, [], []
        said = self.block.reasons(decision, values, facts, None, b, None)[:1]
        outcome: Outcome = "unknown" if decision.truth is None else "excluded"
        reasons = [r._replace(point=self._as_exclusion[r.point], outcome=outcome) for r in said]
        if decision.truth is False:
            return True, reasons, []
        return None, reasons, list(self.block.missing(decision, facts, b))


class Exclusions:
    """All general exclusions of a policy."""

    def __init__(self, policy: Policy) -> None:
        self.money = [
            MoneyBar(exclusion, policy.facts, f"exclusion{index}")
            for index, exclusion in enumerate(policy.exclusions)
            if exclusion.when is not None
        ]
        self.of_items: Mapping[str, Exclusion] = {
            exclusion.item_key: exclusion for exclusion in policy.exclusions if exclusion.item_key is not None
        }
        """By the key that items publish."""
        reads = reads_of(tuple(exclusion.when for exclusion in policy.exclusions))
        self._key = reads and key_of(reads, "exclusion_key")
        self._known: dict[tuple[object, ...], Bar] = {}

    def bar(self, facts: Facts, b: Facts) -> Bar:
        """Whether money is barred: each exclusion that bars it, else each that may."""
        if self._key is None:
            return self._look(facts, b)
        key = self._key(facts, b)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_BARS:
                self._known.clear()
            found = self._known[key] = self._look(facts, b)
        return found

    def _look(self, facts: Facts, b: Facts) -> Bar:
        found = [money.look(facts, b) for money in self.money]
        truth = any_of(each for each, _, _ in found)
        if truth is False:
            return FREE
        decisive = [parts for parts in found if parts[0] is truth]
        return Bar(
            truth,
            tuple(reason for _, reasons, _ in decisive for reason in reasons),
            tuple(fact for _, _, missing in decisive for fact in missing),
        )

    def supported(self, request: EvaluationRequest) -> Mapping[str, Mapping[str, str]]:
        """Key name -> item keys that district funding or a past award names, each with the name as given."""
        found: dict[str, dict[str, str]] = {}
        for entry in request.history:
            if entry.keys:
                for key in self.of_items.keys() & entry.keys.keys():
                    name = entry.keys[key]
                    found.setdefault(key, {}).setdefault(item_key(name), name)
        if PROJECT in self.of_items:
            for funding in request.other_funding:
                if funding.source == DISTRICT and funding.project is not None:
                    found.setdefault(PROJECT, {}).setdefault(item_key(funding.project), funding.project)
        return found


def item_point(exclusion: Exclusion, list_name: str, field: str, schema: FactSchema) -> Point:
    """The point of an item whose project was supported before."""
    return Point(
        code=f"exclusion.{exclusion.id}",
        clause=exclusion.clause,
        kind=PointKind.EXCLUSION,
        fact=field,
        list_name=list_name,
        type="text",
        operator="!=",
        declaration=schema.facts[list_name].fields[field],
    )
