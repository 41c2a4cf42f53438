"""Where an item stands under a limit: its group, its rank, and what of it is not known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.vying import LATEST, SOONEST
from app.rules.identifiers import item_key
from app.rules.limits import LimitKind
from app.rules.results import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.deciding.vying import Rank, Vying
    from app.rules.facts import FactSchema
    from app.rules.limits import Limit, LimitKey
    from app.rules.policy import Each
    from app.rules.requests import HistoryEntry

    Facts = Mapping[str, object]

APART = ("",)
"""Stands for the group of items that a limit does not touch."""


class Request(NamedTuple):
    """What of a request the limits read."""

    rows: Sequence[Facts]
    facts: Facts
    history: Sequence[HistoryEntry]
    year: int


class Places:
    """The items of one measure."""

    def __init__(self, each: Each, schema: FactSchema) -> None:
        self._each, self._schema = each, schema

    def place(self, one: Vying, limit: Limit, request: Request) -> str | None:
        """Sets its group and rank; the group's name as given."""
        row = request.rows[one.position]
        values: list[str] = []
        one.apart, unknown = False, False
        if limit.per_item:
            assert self._each.id_field is not None
            values.append(str(row[self._each.id_field]))
        for key in limit.keys:
            value = (row if key.of_item else request.facts).get(key.name)
            if value is None:
                one.apart = one.apart or self._may_lack(key)
                unknown = True
            else:
                values.append(str(value))
        one.group = None if unknown else tuple(item_key(value) for value in values)
        if one.apart:
            one.group = APART
        one.soon, one.late = self._rank(one, limit, row)
        return " / ".join(values) if values and one.group is not None and not one.apart else None

    def _may_lack(self, key: LimitKey) -> bool:
        return key.of_item and self._schema.facts[self._each.list_name].fields[key.name].optional

    def _rank(self, one: Vying, limit: Limit, row: Facts) -> tuple[Rank, Rank]:
        """Smaller comes first."""
        if limit.by is None:
            if limit.kind is not LimitKind.BEST:
                return 0, 0
            low, high = one.low, one.high
            return (SOONEST if high is None else -high), -low
        value = row.get(limit.by)
        if value is None:
            return SOONEST, LATEST
        if isinstance(value, date):
            number = value.toordinal()
        elif isinstance(value, int):
            number = value
        else:
            declared = self._schema.facts[self._each.list_name].fields[limit.by]
            number = [code for code, _ in declared.choices].index(str(value))
        number = -number if limit.kind is LimitKind.BEST else number
        return number, number

    def unknown(self, one: Vying, limit: Limit, request: Request) -> list[Missing]:
        """What of this item would tell where it stands."""
        fields = self._schema.facts[self._each.list_name].fields
        row, list_name = request.rows[one.position], self._each.list_name
        names = [key.name for key in limit.keys if key.of_item] + ([limit.by] if limit.by else [])
        found = [
            Missing(name, list_name, one.position, fields[name])
            for name in names
            if name not in row and not fields[name].optional
        ]
        found += [
            Missing(key.name, None, None, self._schema.facts[key.name])
            for key in limit.keys
            if not key.of_item and key.name not in request.facts
        ]
        return found
