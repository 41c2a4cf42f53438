"""A year's notice: its days, its materials, and what it says of measures; `overlays` reads them anew under it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.rules.language.constancy import FIRST_YEAR, LAST_YEAR
from app.rules.packs.errors import refuse
from app.rules.packs.literals import above_nothing
from app.rules.packs.node_reading import check_keys, day_of, list_of, map_of, text_of, words_of
from app.rules.packs.overlays import Overlay, by_measure
from app.rules.policy import AwardKind, Material, Notice, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from app.rules.language.naming import Scope
    from app.rules.packs.overlays import Base, Wide
    from app.rules.packs.yaml_nodes import MapNode, Node, TextNode
    from app.rules.policy import Measure, Policy, Reading

KEYS = (
    "year",
    "published",
    "window",
    "parameters",
    "require",
    "closed",
    "review",
    "materials",
    "maximum",
    "readings",
    "tables",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice that still lacks its policy, and the measures that it changes."""

    year: int
    published: date
    window: tuple[date, date] | None
    closed: frozenset[str]
    review: Mapping[str, Words]
    materials: tuple[Material, ...]
    maximum: Mapping[str, int]
    measures: Mapping[str, Measure]
    wide: Wide | None
    """What stands beside the measures, where it may read otherwise."""
    readings: tuple[Reading, ...]
    names: Scope

    def on(self, policy: Policy) -> Notice:
        """The notice with the policy as it reads under it."""
        measures = tuple(self.measures.get(measure.id, measure) for measure in policy.measures)
        read = replace(
            policy, measures=measures, notices=(), readings=self.readings,
            derived=tuple(self.names.derived.values()), tables=self.names.tables,
        )  # fmt: skip
        if (wide := self.wide) is not None:
            read = replace(read, groups=wide.groups, exclusions=wide.exclusions, stand_ins=wide.stand_ins)
        return Notice(
            self.year, self.published, self.window, self.closed, self.review, self.materials, self.maximum, read,
        )  # fmt: skip


def read_notices(base: Base) -> list[Draft]:
    """All notices that could be read, by year; every mistake is told."""
    found = [NoticeReader(base, *base.content.notices[year]).read() for year in sorted(base.content.notices)]
    return [draft for draft in found if draft is not None]


class NoticeReader:
    """One notice."""

    def __init__(self, base: Base, key: TextNode, node: MapNode) -> None:
        self._base = base
        self._key = key
        self._node = node
        self._problems = base.content.problems

    def read(self) -> Draft | None:
        """None where a part is wrong."""
        before = len(self._problems.found)
        check_keys(self._problems, self._node, KEYS, ("year", "published"))
        year, published = self._year(), self._published()
        window = self._window(published)
        closed = self._closed()
        review = dict(self._review())
        materials = tuple(self._materials())
        maximum = dict(self._maximum())
        overlay = Overlay(self._base, self._node)
        measures = dict(overlay.measures(closed))
        if len(self._problems.found) > before or published is None:
            return None
        return Draft(
            year, published, window, frozenset(closed), review, materials, maximum, measures,
            overlay.wide(), tuple(overlay.readings.values()), overlay.names(),
        )  # fmt: skip

    # What the notice says of itself

    def _year(self) -> int:
        with self._problems.gather():
            if not FIRST_YEAR <= int(self._key.text) <= LAST_YEAR:
                zh, en = f"年份为 {FIRST_YEAR} 至 {LAST_YEAR}", f"a year is from {FIRST_YEAR} to {LAST_YEAR}"
                refuse(self._key, zh, en)
            node = self._node.get("year")
            if node is not None and text_of(node).text != self._key.text:
                zh, en = f"通知以 {self._key.text} 命名", f"the notice is named {self._key.text}"
                refuse(node, zh, en, self._key.text)
        return int(self._key.text)

    def _published(self) -> date | None:
        if (node := self._node.get("published")) is not None:
            with self._problems.gather():
                return day_of(node)
        return None

    def _window(self, published: date | None) -> tuple[date, date] | None:
        node = self._node.get("window")
        if node is None:
            return None
        with self._problems.gather():
            given = map_of(node)
            check_keys(self._problems, given, ("from", "to"), ("from", "to"))
            if not {"from", "to"} <= given.entries.keys():
                return None
            last = given.entries["to"][1]
            window = day_of(given.entries["from"][1]), day_of(last)
            if window[1] < window[0]:
                refuse(last, "to 早于 from", "`to` is before `from`")
            if published is not None and window[1] < published:
                refuse(last, "to 早于通知发布日", "`to` is before the notice is published")
            return window
        return None

    # What it says of measures

    def _list(self, node: Node) -> dict[str, Node]:
        """Measures, each named once, with the place where it is."""
        found: dict[str, Node] = {}
        for item in list_of(node).items:
            with self._problems.gather():
                name = self._base.named(item)
                if name in found:
                    refuse(item, f"{name} 重复", f"{name!r} twice")
                found[name] = item
        if not list_of(node).items:
            refuse(node, "列表里没有措施", "a list without a measure")
        return found

    def _closed(self) -> dict[str, Node]:
        with self._problems.gather():
            return self._list(self._node.entries["closed"][1]) if "closed" in self._node.entries else {}
        return {}

    def _review(self) -> Iterator[tuple[str, Words]]:
        for name, _, value in by_measure(self._base, self._node, "review"):
            with self._problems.gather():
                yield name, words_of(value)

    def _materials(self) -> Iterator[Material]:
        with self._problems.gather():
            node = self._node.get("materials")
            for item in list_of(node).items if node is not None else ():
                with self._problems.gather():
                    given = map_of(item)
                    check_keys(self._problems, given, ("zh", "en", "measures"), ("zh", "en"))
                    if {"zh", "en"} <= given.entries.keys():
                        says = Words(*(text_of(given.entries[name][1]).text for name in ("zh", "en")))
                        named = given.get("measures")
                        yield Material(says, () if named is None else tuple(self._list(named)))

    def _maximum(self) -> Iterator[tuple[str, int]]:
        for name, key, value in by_measure(self._base, self._node, "maximum"):
            with self._problems.gather():
                measure = self._base.measures.get(name)
                if measure is not None and measure.award.kind is not AwardKind.UNSPECIFIED:
                    zh = f"{name} 的奖励金额由条文规定，通知不另设最高额"
                    refuse(key, zh, f"only a measure whose award is unspecified has a maximum, not {name!r}")
                yield name, above_nothing(value)
