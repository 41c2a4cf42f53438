"""Derived messages: one sentence for each reason, in Chinese and English, from labels, units, operators and values.

A pack writes no sentence to get a good one; where it does (`says`), its words stand, with the figures filled in.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.limits import on_items
from app.rules.deciding.source import period
from app.rules.policy import AwardKind, Words
from app.rules.results import PointKind
from app.rules.words.describing import asked_of, describe_condition
from app.rules.words.limit_words import cap_cut, limit_ended, limit_unknown, of_group
from app.rules.words.wording import Need, Shown, bare, capital, figure, money, need, spaced, stated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from app.rules.expression import Condition, Expression
    from app.rules.policy import Measure, Policy
    from app.rules.results import Outcome, Point, Reason

_PLACEHOLDER = re.compile(r"\{(value|required|shortfall|at_least|item)\}")
_NONE = Words("—", "—")
_UNSEEN = Words("尚不清楚", "not known")


class Topic(NamedTuple):
    """What a point speaks of and how its values are written."""

    subject: Words
    shown: Shown
    need: Need | None
    """What the text asks for; None where the request has a part in it (periods)."""
    years: int | None
    """Periods: the whole years asked for."""


def shortfall_of(reason: Reason) -> int | None:
    """How much a failed lower bound lacks: a whole count, or fen; None for anything else.

    Of `> n` a count lacks up to n + 1; money lacks what is between it and n, which is still to be passed.
    """
    point, value, required = reason.point, reason.value, reason.required
    if (
        reason.outcome != "not_met"
        or point.type not in ("count", "money")
        or reason.operator not in (">=", ">")
    ):
        return None
    if not isinstance(value, int | Fraction) or not isinstance(required, int | Fraction):
        return None
    lacking = required - value
    if point.type == "count" and reason.operator == ">":
        return int(lacking // point.scale) + 1
    return int(-(-lacking // point.scale)) if lacking > 0 else None


def filled(says: Words, given: Mapping[str, Words]) -> Words:
    """A pack's own sentence with its placeholders filled in one pass; one that is not given stays as it is."""
    return Words(
        _PLACEHOLDER.sub(lambda found: given[found[1]].zh if found[1] in given else found[0], says.zh),
        _PLACEHOLDER.sub(lambda found: given[found[1]].en if found[1] in given else found[0], says.en),
    )


class Messages:
    """All sentences of one policy. What a point speaks of is remembered; a message follows from its reason alone."""

    def __init__(self, policy: Policy) -> None:
        self._schema = policy.facts
        self._currency = policy.currency
        self._exclusions = {f"exclusion.{each.id}": each for each in policy.exclusions}
        self._tests = {measure.id: dict(_tests_of(measure)) for measure in policy.measures}
        self._topic: Callable[[Point, str], Topic] = lru_cache(maxsize=4096)(self._find_topic)

    def of(self, reason: Reason, measure: Measure) -> Words:
        """The sentence of a reason of this measure; in English it starts with a capital and has no full stop."""
        point = reason.point
        if point.kind is PointKind.LIMIT:
            return self._limit(reason, measure)
        if point.kind is PointKind.EXCLUSION:
            return self._exclusion(reason)
        if point.kind is PointKind.LIST:
            return _list(reason)
        if point.kind is PointKind.AMOUNT:
            return self._amount(reason, measure)
        topic = self._topic(point, measure.id)
        if point.says is not None:
            return _said(reason, point.says, topic)
        if point.kind is PointKind.GROUP:
            return self._group(reason)
        return self._condition(reason, topic)

    # Conditions

    def _find_topic(self, point: Point, measure: str) -> Topic:
        declaration = point.declaration
        label = Words(point.code, point.code) if declaration is None else declaration.label
        shown = Shown(point.type, point.scale, declaration, None if declaration is None else declaration.unit)
        test, negated = self._tests.get(measure, {}).get(point.code, (None, False))
        if test is None:
            return Topic(label, shown, None, None)
        if found := period(test):
            return Topic(label, shown, None, found[1])
        asked = asked_of(test, negated, self._schema, self._currency)
        return Topic(asked.subject, asked.shown, asked.need, None)

    def _condition(self, reason: Reason, topic: Topic) -> Words:
        wanted = self._need(reason, topic)
        value = _known(reason)
        if value is None:
            return _unseen(reason.outcome, topic.subject, wanted)
        words = figure(value, topic.shown, self._currency)
        zh = stated(topic.subject.zh, words, topic.shown)
        en = f"{capital(topic.subject.en)}: {words.en}"
        if reason.outcome == "met":
            if wanted.bare == words:
                return Words(f"{zh}，符合要求", f"{en}, as required")
            return Words(f"{zh}，符合要求（{wanted.bare.zh}）", f"{en}, as required ({wanted.bare.en})")
        if reason.outcome == "unknown":
            return Words(f"{zh}，需{wanted.zh}，尚不能确定", f"{en}; {wanted.needed}, not certain yet")
        lack = self._lack(reason, topic.shown)
        return Words(f"{zh}，需{wanted.zh}{lack.zh}", f"{en}; {wanted.needed}{lack.en}")

    def _need(self, reason: Reason, topic: Topic) -> Need:
        if topic.need is not None and reason.required == reason.point.required:
            return topic.need
        wanted = need(reason.operator, reason.required, topic.shown, self._currency)
        return wanted if topic.years is None else _of_period(wanted, topic.years, reason.operator == ">")

    def _lack(self, reason: Reason, shown: Shown) -> Words:
        """`，还差 2 件` and `, 2 short`."""
        short = shortfall_of(reason)
        if short is None:
            return Words("", "")
        words = figure(short, shown._replace(scale=1), self._currency)
        if shown.type == "money" and reason.operator == ">":
            return Words(f"，还差 {spaced(words.zh)}以上", f", more than {words.en} short")
        return Words(f"，还差 {words.zh}", f", {words.en} short")

    def _group(self, reason: Reason) -> Words:
        assert reason.point.condition is not None
        words = describe_condition(reason.point.condition, self._schema, self._currency)
        zh, en = {
            "met": ("符合要求", "Met"),
            "unknown": ("尚不能确定是否符合要求", "Not known whether this is met"),
        }.get(reason.outcome, ("不符合要求", "Not met"))
        return Words(f"{zh}：{words.zh}", f"{en}: {words.en}")

    # Amounts, exclusions, limits

    def _amount(self, reason: Reason, measure: Measure) -> Words:
        if reason.outcome == "unknown":
            label = self._topic(reason.point, measure.id).subject
            return Words(
                f"尚不清楚：{label.zh}，金额需据此确定", f"Not known: {label.en}; the amount depends on it"
            )
        value = reason.value if isinstance(reason.value, int) else 0
        words = money(value, self._currency)
        most = measure.award.kind is AwardKind.UP_TO
        zh, en = ("最高额度", "The ceiling") if most else ("应得金额", "The award")
        return Words(f"{zh}为 {words.zh}，需大于 0", f"{en} comes to {words.en}; it must be above 0")

    def _exclusion(self, reason: Reason) -> Words:
        """The exclusion's title with what makes it hold, or what would tell."""
        exclusion = self._exclusions[reason.point.code]
        declaration = reason.point.declaration
        assert declaration is not None
        title, label = exclusion.title, declaration.label
        if exclusion.when is not None and exclusion.when.test is None:
            label = describe_condition(exclusion.when, self._schema, self._currency)
        if reason.outcome == "unknown":
            return Words(f"{title.zh}（尚不清楚：{label.zh}）", f"{title.en} (not known: {label.en})")
        shown = Shown(reason.point.type, reason.point.scale, declaration, declaration.unit)
        if reason.value is None:
            return Words(f"{title.zh}（{label.zh}）", f"{title.en} ({label.en})")
        value = figure(reason.value, shown, self._currency)
        if exclusion.item_key is not None:
            return Words(
                f"{title.zh}（{label.zh}{value.zh}此前已获支持）",
                f"{title.en} ({label.en} {value.en} was supported before)",
            )
        return Words(f"{title.zh}（{label.zh}：{value.zh}）", f"{title.en} ({label.en}: {value.en})")

    def _limit(self, reason: Reason, measure: Measure) -> Words:
        limit, group, currency = reason.point.limit, reason.point.group, self._currency
        assert limit is not None
        each = measure.each
        list_name = each.list_name if each is not None and on_items(limit, measure) else None
        if group is not None:
            list_name = ""  # its awards vie with each other, as items do
        if reason.operator == "<=" and isinstance(reason.value, int) and isinstance(reason.required, int):
            words = cap_cut(limit, reason.value, reason.required, measure.award.kind, currency)
        elif reason.outcome == "unknown" or not isinstance(reason.value, int):
            words = limit_unknown(limit, self._schema, currency, list_name)
        else:
            words = limit_ended(limit, reason.value, self._schema, currency, list_name)
        return words if group is None else of_group(words, group)


def _tests_of(measure: Measure) -> Iterator[tuple[str, tuple[Expression, bool]]]:
    """Reason code -> the expression behind it, and whether it is negated."""
    yield from _leaves(measure.require, False)
    if measure.each is not None:
        yield from _leaves(measure.each.require, False)


def _leaves(conditions: Iterable[Condition], negated: bool) -> Iterator[tuple[str, tuple[Expression, bool]]]:
    for condition in conditions:
        if condition.test is not None:
            yield condition.code, (condition.test, negated)
        else:
            yield from _leaves(condition.parts, negated is not (condition.kind == "not"))


def _known(reason: Reason) -> object:
    """The value that the sentence names; a formula that is yes or no has only its outcome."""
    if reason.value is None and reason.point.type == "bool" and isinstance(reason.required, bool):
        return {"met": reason.required, "not_met": not reason.required}.get(reason.outcome)
    return reason.value


def _unseen(outcome: Outcome, subject: Words, wanted: Need) -> Words:
    """A value that is not known, or known closely enough to decide."""
    if outcome == "met":
        return Words(
            f"{subject.zh}已可确定符合要求（{wanted.bare.zh}）",
            f"{capital(subject.en)}: certain to be as required ({wanted.bare.en})",
        )
    if outcome == "not_met":
        return Words(
            f"{subject.zh}已可确定不符合要求，需{wanted.zh}",
            f"{capital(subject.en)}: certain not to be as required; {wanted.needed}",
        )
    return Words(f"尚不清楚：{subject.zh}，需{wanted.zh}", f"Not known: {subject.en}; {wanted.needed}")


def _of_period(last: Need, years: int, negated: bool) -> Need:
    """`满 1 年，即不晚于2025年11月23日`, `one full year needed, i.e. on or before 23 November 2025`."""
    full = "one full year" if years == 1 else f"{years} full years"
    zh, en = (f"未满 {years} 年", f"less than {full}") if negated else (f"满 {years} 年", full)
    words = Words(f"{zh}，即{last.zh}", f"{en}, i.e. {last.bare.en}")
    return Need(words.zh, f": {words.en}", words, f"{en} needed, i.e. {last.bare.en}")


def _said(reason: Reason, says: Words, topic: Topic) -> Words:
    def words(value: object) -> Words:
        return _UNSEEN if value is None else bare(value, topic.shown)

    short = shortfall_of(reason)
    given = {"value": words(_known(reason)), "required": words(reason.required)}
    given["shortfall"] = _NONE if short is None else bare(short, topic.shown._replace(scale=1))
    return filled(says, given)


def _list(reason: Reason) -> Words:
    """How many items of a list count, of how many that must."""
    declaration = reason.point.declaration
    assert declaration is not None
    label, count, least = declaration.label, reason.value, reason.required
    if not isinstance(count, int):
        return Words(
            f"尚不清楚：{label.zh}，需 {least} 项以上符合条件",
            f"Not known: {label.en}; at least {least} must meet the conditions",
        )
    name = capital(label.en)
    if reason.outcome == "unknown":
        return Words(
            f"{label.zh}：已确定符合条件 {count} 项，需 {least} 项以上，其余或金额尚不清楚",
            f"{name}: {count} certain to meet the conditions; at least {least} needed, others or figures not known",
        )
    meet = "meets" if count == 1 else "meet"
    if reason.outcome == "met":
        return Words(
            f"{label.zh}：符合条件 {count} 项，符合要求（{least} 项以上）",
            f"{name}: {count} {meet} the conditions, as required (at least {least})",
        )
    return Words(
        f"{label.zh}：符合条件 {count} 项，需 {least} 项以上",
        f"{name}: {count} {meet} the conditions; at least {least} needed",
    )
