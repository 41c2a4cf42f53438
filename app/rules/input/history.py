"""What an applicant was paid before: `history` under this policy, `other_funding` from elsewhere."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.facts import MOST_ITEMS, FactDeclaration
from app.rules.identifiers import item_key
from app.rules.input import words
from app.rules.input.generated import NotPlain, record_reader
from app.rules.input.mistakes import MOST_ERRORS, Mistake, Mistakes, no_such_field, required
from app.rules.input.records import Record, read_each
from app.rules.input.scalars import Scalar, choice_reader, money_reader, scalar_of
from app.rules.input.text import text_reader
from app.rules.limits import LimitKind
from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.requests import Funding, HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.input.mistakes import Path
    from app.rules.policy import Measure, Policy

    Plain = dict[str, Any]

SOURCES = ("district", "municipal", "provincial", "national", "other")
FIRST_YEAR, LAST_YEAR = 2000, 2100
HISTORY, FUNDING = "history", "other_funding"

YEAR = FactDeclaration("year", "count", Words("年度", "year"), min=FIRST_YEAR, max=LAST_YEAR)
PAID = FactDeclaration("amount", "money", Words("金额", "amount"), min=1)
GIVEN = FactDeclaration("amount", "money", Words("金额", "amount"))

_NO_ITEMS = Words(
    "该措施不按项目合计，没有 items 字段", "this measure does not total items: it has no field items here"
)
_OTHER_KEY = Words(
    "与 item 不一致：该措施的 item 就是这个字段", "differs from item: with this measure item is this field"
)


class _Rule(NamedTuple):
    """What an entry of one measure must and may hold."""

    needs_item: bool
    codes: tuple[str, ...]
    """Codes that the item may be, where the measure pays once per level; else empty."""
    item_is: tuple[str, ...]
    """Keys whose value is the item itself."""
    takes_items: bool
    keys: tuple[str, ...]
    """Keys that an entry must name, since limits count by them."""


def names_item(measure: Measure, policy: Policy) -> bool:
    """Whether history must name what it paid: a limit counts by it, and each was paid on its own."""
    each = measure.each
    if each is None or each.id_field is None or each.award is None:
        return False
    return any(
        limit.per_item or (limit.kind is LimitKind.ONCE_PER_ITEM and limit.key is None)
        for limit in (
            *measure.limits,
            *(one for group in policy.groups_of(measure.id) for one in group.limits),
        )
    )


def needed_keys(measure: Measure, policy: Policy) -> tuple[str, ...]:
    """The keys that history must name: limits count by them, and no award is without."""
    fields = {} if measure.each is None else policy.facts.facts[measure.each.list_name].fields
    return tuple(
        dict.fromkeys(
            key.kept_as
            for limit in measure.limits
            for key in limit.keys
            if key.kept_as is not None and not (key.of_item and fields[key.name].optional)
        )
    )


def _rule(measure: Measure, policy: Policy) -> _Rule:
    per_level = next((limit.key for limit in measure.limits if limit.key is not None), None)
    codes = () if per_level is None else tuple(code for code, _ in policy.facts.facts[per_level].choices)
    each, needed = measure.each, needed_keys(measure, policy)
    if each is None or each.id_field is None:
        return _Rule(per_level is not None, codes, (), takes_items=False, keys=needed)
    return _Rule(
        per_level is not None or names_item(measure, policy),
        codes,
        each.id_keys,
        takes_items=each.award is None,
        keys=tuple(key for key in needed if key not in each.id_keys),
    )


def _as_it_is(value: object) -> object:
    return value


class HistoryReader:
    """Reads `history` of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._rules = {measure.id: _rule(measure, policy) for measure in policy.measures if measure.pays}
        self._keys = frozenset(key for measure in policy.measures for key in measure.history_keys)
        self._text = text_reader(None)
        choose = choice_reader(tuple(self._rules), Words("措施", "measure"))
        fields = {
            "measure": Scalar("measure", choose, None),
            "year": scalar_of(YEAR),
            "amount": Scalar("amount", money_reader(PAID), format_yuan),
            "item": Scalar("item", self._text, None),
            "items": Scalar("items", _as_it_is, None),
            "keys": Scalar("keys", _as_it_is, None),
        }
        self._record = Record((HISTORY,), fields, ("measure", "year", "amount"))
        self._plain = record_reader(self._record, {"year": YEAR, "amount": PAID})

    def read(self, given: object, mistakes: Mistakes) -> tuple[tuple[HistoryEntry, ...], list[Plain]]:
        entries: list[HistoryEntry] = []
        shown: list[Plain] = []

        def one(entry: object, position: int) -> None:
            before = len(mistakes.found)
            known, plain = self._record.read(entry, position, mistakes)
            rule = self._rules.get(known.get("measure", ""))
            if rule is not None:
                self._check(entry, known, plain, rule, (HISTORY, position), mistakes)
            if len(mistakes.found) == before:
                entries.append(HistoryEntry(**known))
                shown.append(plain)

        read_each(given, (HISTORY,), None, mistakes, one)
        return tuple(entries), shown

    def read_plain(self, given: object) -> tuple[tuple[HistoryEntry, ...], list[Plain]]:
        """The same of a history without mistakes. Raises NotPlain, Mistake or KeyError for any other."""
        if type(given) is not list or len(given) > MOST_ITEMS:
            raise NotPlain
        entries: list[HistoryEntry] = []
        shown: list[Plain] = []
        mistakes = Mistakes()
        for position, entry in enumerate(given):
            known, plain = self._plain(entry)
            self._check(entry, known, plain, self._rules[known["measure"]], (HISTORY, position), mistakes)
            entries.append(HistoryEntry(**known))
            shown.append(plain)
        if mistakes.found:
            raise NotPlain
        return tuple(entries), shown

    def _check(
        self, given: object, known: Plain, plain: Plain, rule: _Rule, place: Path, mistakes: Mistakes
    ) -> None:
        """What depends on the measure; `known` becomes the entry's arguments."""
        item = known.get("item")
        if rule.needs_item and isinstance(given, dict) and given.get("item") is None:
            mistakes.add((*place, "item"), required())
        if item is not None and rule.codes and item not in rule.codes:
            mistakes.add((*place, "item"), Mistake("choice", lambda: words.no_such_choice(item, rule.codes)))
        if "items" in known:
            known["items"] = self._items(known["items"], rule, (*place, "items"), mistakes)
            _keep(plain, "items", list(known["items"]))
        if "keys" in known:
            known["keys"] = self._keys_of(known["keys"], (*place, "keys"), mistakes)
            _keep(plain, "keys", dict(known["keys"]))
        for key in rule.keys:
            if key not in known.get("keys", {}):
                mistakes.add((*place, "keys", key), required())
        if item is not None and rule.item_is:
            keys = known.setdefault("keys", {})
            for key in rule.item_is:
                if item_key(keys.setdefault(key, item)) != item_key(item):
                    mistakes.add((*place, "keys", key), Mistake("relation", lambda: _OTHER_KEY))

    def _items(self, given: object, rule: _Rule, path: Path, mistakes: Mistakes) -> tuple[str, ...]:
        found: dict[str, str] = {}
        if not rule.takes_items and given != []:
            mistakes.add(path, Mistake("unknown_field", lambda: _NO_ITEMS))
            return ()

        def one(value: object, index: int) -> None:
            try:
                item = self._text(value)
            except Mistake as mistake:
                mistakes.add((*path, index), mistake)
                return
            key = item_key(item)
            if key in found:
                mistakes.add((*path, index), Mistake("duplicate_id", lambda: words.DUPLICATE))
            found[key] = item

        read_each(given, path, None, mistakes, one)
        return tuple(found.values())

    def _keys_of(self, given: object, path: Path, mistakes: Mistakes) -> dict[str, str]:
        found: dict[str, str] = {}
        if type(given) is not dict:
            mistakes.add(path, Mistake("type", lambda: words.wrong_type("group")))
            return found
        for key, value in islice(given.items(), MOST_ERRORS + len(self._keys)):
            if key not in self._keys:
                mistakes.add((*path, key), no_such_field(key, self._keys))
            elif value is not None:
                try:
                    found[key] = self._text(value)
                except Mistake as mistake:
                    mistakes.add((*path, key), mistake)
        return found


def _keep(plain: Plain, key: str, value: list[str] | dict[str, str]) -> None:
    """An empty list or object says nothing: the normalised request leaves it out."""
    if value:
        plain[key] = value
    else:
        plain.pop(key, None)


def funding_reader() -> Callable[[object, Mistakes], tuple[tuple[Funding, ...], list[Plain]]]:
    """Reads `other_funding`."""
    fields = {
        "source": Scalar("source", choice_reader(SOURCES, Words("来源", "source")), None),
        "amount": Scalar("amount", money_reader(GIVEN), format_yuan),
        "project": Scalar("project", text_reader(Words("项目", "project")), None),
    }
    record = Record((FUNDING,), fields, ("source", "amount"))

    def read(given: object, mistakes: Mistakes) -> tuple[tuple[Funding, ...], list[Plain]]:
        found: list[Funding] = []
        shown: list[Plain] = []

        def one(entry: object, position: int) -> None:
            before = len(mistakes.found)
            known, plain = record.read(entry, position, mistakes)
            if len(mistakes.found) == before:
                found.append(Funding(**known))
                shown.append(plain)

        read_each(given, (FUNDING,), None, mistakes, one)
        return tuple(found), shown

    return read
