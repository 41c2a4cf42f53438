"""What changed between two policies, in words: `duixian policy diff`.

Each part of a policy is told as named lines of words; two policies differ where a line came, went or reads otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.payment_terms import AT_ONCE
from app.rules.policy import Words
from app.rules.words.describing import describe_condition, expression_words
from app.rules.words.payment_words import terms_words
from app.services.measure_forms import measure_form, obligation_words
from app.services.policy_diff_untold import AFTER, BEFORE, untold
from app.services.policy_glossary import fact_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.policy import Exclusion, Measure, Policy

    Lines = Mapping[str, Words]


class Change(NamedTuple):
    """One line that came (`before` None), went (`after` None) or reads otherwise."""

    measure: str | None
    """None: of the policy as a whole."""
    part: str
    """A key of PARTS."""
    key: str
    """What names the line within its part: a parameter, a fact, a code; the words themselves where nothing does."""
    before: Words | None
    after: Words | None


class MeasureNamed(NamedTuple):
    """A measure as the differences speak of it, and whom it is for."""

    clause: str
    title: Words
    subject: tuple[Words, ...]
    """Requirements on the applicant, in the newer policy where it has the measure; none: anyone."""


class Differences(NamedTuple):
    changes: tuple[Change, ...]
    measures: Mapping[str, MeasureNamed]
    """Those that changes name."""
    same_content: bool
    """The digests agree: the same answers to everything."""


PARTS: Mapping[str, Words] = {
    "policy": Words("总则", "General"),
    "exclusions": Words("不予资助的情形", "Exclusions"),
    "provisions": Words("一般规定", "General provisions"),
    "order": Words("措施次序", "Order of measures"),
    "notices": Words("年度通知", "Notices"),
    "measure": Words("措施", "Measure"),
    "parameters": Words("参数", "Parameters"),
    "requirements": Words("条件", "Requirements"),
    "items": Words("逐项条件", "Requirements of items"),
    "award": Words("奖励", "Award"),
    "limits": Words("限制", "Limits"),
    "allot": Words("预算与名额", "Budget and places"),
    "payment": Words("支付", "Payment"),
    "obligations": Words("义务", "Obligations"),
    "flags": Words("提请审核人注意", "Points for the reviewer"),
    "ledger": Words("台账", "Ledger"),
    "facts": Words("事实", "Facts"),
}


def differences(before: Policy, after: Policy) -> Differences:
    """Everything that differs, the policy first, then its measures in the order of `after`, then the facts."""
    changes = [*_whole(before, after)]
    ids = dict.fromkeys(one.id for policy in (after, before) for one in policy.measures)
    for measure_id in ids:
        changes += _of_measure(measure_id, before, after)
    old, new = (fact_lines(one.facts, one.currency) for one in (before, after))
    changes += _lines(None, "facts", old, new)
    told = {(one.measure, one.part) for one in changes}
    changes += [Change(*place, BEFORE, AFTER) for place in untold(before, after, told)]
    named = {one.measure: _named(one.measure, before, after) for one in changes if one.measure is not None}
    return Differences(tuple(changes), named, before.digest == after.digest)


def _whole(before: Policy, after: Policy) -> Iterator[Change]:
    yield from _lines(None, "policy", _general(before), _general(after))
    for part, read in (("exclusions", _exclusions), ("provisions", _provisions), ("notices", _notices)):
        yield from _lines(None, part, read(before), read(after))
    common = {one.id for one in before.measures} & {one.id for one in after.measures}
    old, new = ([one.id for one in policy.measures if one.id in common] for policy in (before, after))
    if old != new:
        yield Change(None, "order", "order", _same(", ".join(old)), _same(", ".join(new)))


def _same(text: str) -> Words:
    return Words(text, text)


def _general(policy: Policy) -> Lines:
    until = policy.in_force_to
    zh = f"{policy.in_force_from} 起" + (f"，至 {until} 止" if until else "")
    en = f"from {policy.in_force_from}" + (f" to {until}" if until else "")
    return {
        "id": _same(policy.id),
        "family": _same(policy.family),
        "title": policy.title,
        "authority": policy.authority,
        "division": _same(policy.division),
        "version": _same(policy.version),
        "status": _same(policy.status),
        "currency": _same(policy.currency),
        "in_force": Words(zh, en),
    }


def _exclusions(policy: Policy) -> Lines:
    return {one.id: _exclusion(one, policy) for one in policy.exclusions}


def _exclusion(exclusion: Exclusion, policy: Policy) -> Words:
    title, clause = exclusion.title, exclusion.clause
    if exclusion.when is None:
        return Words(f"{clause} {title.zh}", f"{clause} {title.en}")
    when = describe_condition(exclusion.when, policy.facts, policy.currency)
    return Words(f"{clause} {title.zh}：{when.zh}", f"{clause} {title.en}: {when.en}")


def _provisions(policy: Policy) -> Lines:
    return {
        one.id: Words(f"{one.clause} {one.says.zh}", f"{one.clause} {one.says.en}")
        for one in policy.provisions
    }


def _notices(policy: Policy) -> Lines:
    return {
        str(one.year): Words(
            f"{one.year} 年度，{one.published} 发布", f"for {one.year}, published {one.published}"
        )
        for one in policy.notices
    }


def _of_measure(measure_id: str, before: Policy, after: Policy) -> Iterator[Change]:
    old, new = before.measure(measure_id), after.measure(measure_id)
    if old is None or new is None:
        title = [None if one is None else one.title for one in (old, new)]
        yield Change(measure_id, "measure", measure_id, *title)
        return
    one, other = _parts(old, before), _parts(new, after)
    for part in one:
        yield from _lines(measure_id, part, one[part], other[part])


def _parts(measure: Measure, policy: Policy) -> Mapping[str, Lines]:
    """Part -> its lines; the same parts for every measure."""
    form = measure_form(measure, policy)
    items = form["items"]
    about = {"clause": _same(measure.clause), "title": measure.title}
    if measure.does is not None:
        about["does"] = measure.does
    about |= {name: said for name, said in (("says", measure.says), ("review", measure.review)) if said}
    listed: dict[str, Words] = {}
    if items is not None:
        label = _words(items["label"])
        listed = {"items": label, **_texts(items["requirements"])}
        if measure.each is not None and measure.each.counts is not None:
            listed["counts"] = counted_words(measure, policy)
    kind = form["award"]["kind"]
    return {
        "measure": about,
        "parameters": {one["name"]: _same(_value(one)) for one in form["parameters"]},
        "requirements": _texts(form["requirements"]),
        "items": listed,
        "award": {"kind": _same(kind), "text": _words(form["award"]["text"])},
        "limits": _texts(form["limits"]),
        "allot": {} if form["allotment"] is None else {"allot": _words(form["allotment"]["text"])},
        "payment": dict(terms_words(measure.payment or AT_ONCE, policy.facts, policy.currency)),
        "obligations": {one["code"]: obligation_words(one) for one in form["obligations"]},
        "flags": {one["code"]: _words(one["text"]) for one in form["flags"]},
        "ledger": {
            "key": _same(str(form["ledger_key"] or "")),
            "succeeds": _same(", ".join(measure.succeeds)),
        },
    }


def _value(parameter: Mapping[str, Any]) -> str:
    rows = [f"{row['from']}: {row['value']}" for row in parameter["rows"]]
    return ", ".join(rows) or str(parameter["value"])


def counted_words(measure: Measure, policy: Policy) -> Words:
    """What an item adds to the total that counts."""
    assert measure.each is not None
    assert measure.each.counts is not None
    return expression_words(measure.each.counts, policy.facts, policy.currency)


def _texts(found: list[dict[str, Any]]) -> Lines:
    """Sentences by their reason code, else by themselves."""
    return {one.get("code") or one["text"]["en"]: _words(one["text"]) for one in found}


def _words(text: Mapping[str, str]) -> Words:
    return Words(text["zh"], text["en"])


def _lines(measure: str | None, part: str, old: Lines, new: Lines) -> Iterator[Change]:
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        if before != after:
            yield Change(measure, part, key, before, after)


def _named(measure_id: str, before: Policy, after: Policy) -> MeasureNamed:
    policy = after if after.measure(measure_id) is not None else before
    measure = policy.measure(measure_id)
    assert measure is not None
    subject = measure_form(measure, policy)["subject"]
    return MeasureNamed(measure.clause, measure.title, tuple(_words(one["text"]) for one in subject))
