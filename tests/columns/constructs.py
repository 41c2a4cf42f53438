"""Which constructs of the language a policy uses, by name; and all that there are, from the language's own tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from app.rules.allotment import AllotBy, Allotment, Last, Ties
from app.rules.expression import (
    Aggregate,
    Arithmetic,
    AwardOf,
    BuiltIn,
    Comparison,
    Condition,
    DateCall,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Logic,
    Lookup,
    Membership,
    ParameterUse,
    ReadingUse,
    Rows,
)
from app.rules.language.naming import BUILT_IN
from app.rules.language.parsing import AGGREGATES, ARGUMENTS, COMPARISONS, SPANS
from app.rules.limits import Group, LedgerKey, Limit, LimitKind
from app.rules.packs.standing_in import DIFFERS
from app.rules.packs.tables import PLAIN
from app.rules.policy import Award, AwardKind, Each, Exclusion, Flag, Measure, Rounding
from app.rules.values import ByLevel, Cases, Combined, Modified, Steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.policy import Policy

DERIVED = ("bool", "count", "money", "percent", "number", "choice")
OF_GROUPS = (
    LimitKind.AT_MOST,
    LimitKind.BEST,
    LimitKind.ANNUAL_CAP,
    LimitKind.LIFETIME_CAP,
    LimitKind.ITEM_CAP,
)
TEXTS = ("known.note", "applicant.division")
TYPES = ("bool", "count", "money", "percent", "number", "date", "choice", "text")


LEFT_OUT = {"granted", "award"}
"""`granted` stands in obligations only, which no answer here shows; what another measure awards is not written yet."""


def every_construct() -> set[str]:
    """What generated policies must hold."""
    found = {f"fact of {kind}" for kind in TYPES} | {f"item's {kind}" for kind in TYPES}
    found |= {f"{kind} {operator}" for kind in ("number", "date", "choice") for operator in COMPARISONS}
    found |= {f"text {operator}" for operator in ("==", "!=")} | {"two choices"}
    found |= {
        f"{how} {what}" for how in ("in", "not in") for what in ("codes", "set", "texts", "set of texts")
    }
    found |= {f"{function}()" for function in (*AGGREGATES, *ARGUMENTS)}
    found |= {f"{function}() where" for function in AGGREGATES} | {"max() else", "aggregate in aggregate"}
    found |= {f"arithmetic {operator}" for operator in ("+", "-", "*", "/", "neg", "min", "max")}
    found |= {f"shift by {unit}" for unit in set(SPANS.values())} | {
        "divided by a fact",
        "parameter",
        "year",
        "as_of",
    }
    found |= set(BUILT_IN) - LEFT_OUT | {"paid"} | {"and", "or", "not"}
    found |= {f"group {kind}" for kind in ("is", "all", "any", "not")} | {"named group", "words of one's own"}
    found |= {f"award {kind}" for kind in AwardKind} | {
        f"award in each {kind}" for kind in AwardKind if kind != "service"
    }
    found |= {
        "counts",
        "neither award nor counts in each",
        "items without id",
        "keys",
        "flag when",
        "flag unless",
    }
    found |= {
        "table",
        "table else",
        "steps from",
        "steps above",
        "steps below",
        "cases",
        "cases else",
        "sum",
        "product",
    }
    found |= {
        "floor",
        "cap",
        "less",
        "rounded up",
        "rounded down",
        "rounded to more",
        "closed",
        "no requirement",
    }
    of_groups = {LimitKind.GROUP, LimitKind.GROUP_CAP, LimitKind.BUDGET, LimitKind.QUOTA}
    found |= (
        {f"limit {kind}" for kind in set(LimitKind) - of_groups}
        | {"group of measures"}
        | {"per level", "per item", "per year", "for anyone"}
    )
    found |= {"limit by fact", "limit by field", "ranked by a field", "best topped up", "kept in the ledger"}
    found |= {"where", "where one value", "where of a text", "in force from a day", "in force to a day"}
    found |= {"parameter by year", "parameter by day", "parameter by year in a limit"}
    found |= {"stand-in", "stand-in that differs", "a reading", "notice that reads otherwise"}
    found |= {f"derived {kind}" for kind in DERIVED} | {
        f"looked up by {key}" for key in (*PLAIN, "choice", "three")
    }
    found |= {f"group's {kind}" for kind in OF_GROUPS} | {"group topped up", "group's limit per item"}
    found |= {f"allotted by {way}" for way in AllotBy} | {"a budget", "places"}
    found |= {f"ties {way}" for way in Ties} | {f"last {way}" for way in Last}
    found |= {"award()", "paid()", "paid() this year", "paid() of an item"}
    return found | {"money barred", "items barred"}


def constructs_of(policy: Policy) -> set[str]:
    """The names of what is in a policy, and of how it changes with time and under notices."""
    parts = _parts((policy.measures, policy.exclusions, policy.groups))
    return {name for part in parts for name in _names(part)} | set(_of_time(policy))


def _of_time(policy: Policy) -> Iterator[str]:
    years, days = ({getattr(term, of) for term in policy.terms} for of in ("year", "since"))
    yield from _those(("parameter by year", len(years) > 1), ("parameter by day", len(days) > 1))
    limits = {tuple(measure.limits for measure in term.policy.measures) for term in policy.terms}
    yield from _those(("parameter by year in a limit", len(years) > 1 and len(limits) > 1))
    yield from _those(("stand-in", policy.stand_ins))
    for notice in policy.notices:
        changed = any(
            one.require[: len(other.require)] != other.require or one.award != other.award
            for one, other in zip(notice.policy.measures, policy.measures, strict=True)
            if one.id not in notice.closed
        )
        yield from _those(("notice that reads otherwise", changed))


def _parts(part: object) -> Iterator[object]:
    yield part
    inside: object = ()
    if is_dataclass(part):
        inside = [getattr(part, field.name) for field in fields(part)]
    elif isinstance(part, Mapping):
        inside = list(part.values())
    elif isinstance(part, tuple):
        inside = part
    for one in inside:  # type: ignore[attr-defined]
        yield from _parts(one)


def _names(part: object) -> Iterator[str]:
    if isinstance(part, Expression):
        yield from _of_expression(part)
    yield from _of_law(part)
    match part:
        case Condition(kind=kind, named=named, says=says, test=test):
            yield f"group {kind}"
            yield from _those(("named group", named), ("words of one's own", says))
            yield from _those(("closed", isinstance(test, Literal) and test.value is False))
        case Measure(award=award, require=require, where=where, in_force=period):
            yield f"award {award.kind}"
            yield from _those(("no requirement", not require), ("where", where))
            yield from _those(("where one value", any(len(values) == 1 for _, values in where)))
            yield from _those(("where of a text", any(name in TEXTS for name, _ in where)))
            if period is not None:
                yield from _those(("in force from a day", period.since), ("in force to a day", period.until))
        case Each(award=award, counts=counts, id_field=id_field, keys=keys):
            yield from _those(
                ("counts", counts is not None), ("items without id", id_field is None), ("keys", keys)
            )
            yield "neither award nor counts in each" if award is None and counts is None else "each"
            if award is not None:
                yield f"award in each {award.kind}"
        case Flag(code=code, when=when, unless=unless):
            yield from _those(("stand-in that differs", code.endswith(f"_{DIFFERS}")))
            yield from _those(("flag when", when is not None), ("flag unless", unless is not None))
        case Group(limits=limits):
            yield "group of measures"
            yield from (f"group's {one.kind}" for one in limits)
            yield from _those(
                ("group topped up", any(one.topped_up or one.kind is LimitKind.TOPPED_UP for one in limits)),
                ("group's limit per item", any(one.per_item for one in limits)),
            )
        case LedgerKey() | Limit():
            yield from _of_limit(part)
        case Exclusion(item_key=key):
            yield "money barred" if key is None else "items barred"
        case Award() | Rounding() | ByLevel() | Steps() | Cases() | Combined() | Modified():
            yield from _of_value(part)


def _of_law(part: object) -> Iterator[str]:
    """What is worked out, read, looked up or shared."""
    match part:
        case Derived(type=kind):
            yield f"derived {kind}"
        case ReadingUse():
            yield "a reading"
        case Rows(by=by):
            yield f"looked up by {by if by in PLAIN else 'choice'}"
        case Lookup(keys=keys):
            yield from _those(("looked up by three", len(keys) == 3))
        case Allotment(by=by, ties=ties, last=last, places=places):
            yield from (f"allotted by {by}", f"ties {ties}", f"last {last}")
            yield "places" if places else "a budget"


def _of_limit(part: LedgerKey | Limit) -> Iterator[str]:
    if isinstance(part, LedgerKey):
        yield "kept in the ledger"
        return
    yield f"limit {part.kind}"
    of_item = part.kind is LimitKind.ONCE_PER_ITEM
    for one in part.keys:
        yield "limit by field" if one.of_item else "limit by fact"
    yield from _those(("ranked by a field", part.by), ("best topped up", part.topped_up))
    yield from _those(
        ("per level", part.key), ("per item", of_item and not part.key), ("per year", part.per_year)
    )
    yield from _those(("for anyone", part.for_anyone))


def _of_value(part: object) -> Iterator[str]:
    match part:
        case Rounding(mode=mode, to=to):
            yield from _those((f"rounded {mode}", mode != "half up"), ("rounded to more", to > 1))
        case ByLevel(otherwise=otherwise):
            yield from _those(("table", True), ("table else", otherwise is not None))
        case Steps(above=above, below=below):
            yield "steps above" if above else "steps from"
            yield from _those(("steps below", below is not None))
        case Cases(otherwise=otherwise):
            yield from _those(("cases", True), ("cases else", otherwise is not None))
        case Combined(operator=operator):
            yield "sum" if operator == "+" else "product"
        case Modified(floor=floor, cap=cap, less=less):
            yield from _those(
                ("floor", floor is not None), ("cap", cap is not None), ("less", less is not None)
            )


def _of_expression(part: Expression) -> Iterator[str]:
    match part:
        case Fact(type=kind):
            yield f"fact of {kind}"
        case ItemField(type=kind):
            yield f"item's {kind}"
        case ParameterUse():
            yield "parameter"
        case BuiltIn():
            yield from _of_built_in(part)
        case Logic(operator=operator):
            yield operator
        case DateCall(function=function):
            yield f"{function}()"
        case Comparison(operator=operator, left=left, right=right):
            kind = left.type if left.type in ("date", "choice", "text") else "number"
            yield f"{kind} {operator}"
            yield from _those(("two choices", kind == "choice" and isinstance(right, Fact | ItemField)))
        case Membership(left=left, negated=negated, set_name=name):
            what = (
                ("set of texts" if name else "texts") if left.type == "text" else ("set" if name else "codes")
            )
            yield f"{'not in' if negated else 'in'} {what}"
        case Arithmetic(operator="shift", span_unit=unit):
            yield f"shift by {unit}"
        case Arithmetic(operator=operator, operands=operands):
            yield f"arithmetic {operator}"
            yield from _those(("divided by a fact", operator == "/" and isinstance(operands[1], Fact)))
        case Aggregate(function=function, where=where, otherwise=otherwise):
            yield f"{function}()"
            nested = any(isinstance(one, Aggregate) for one in _parts((part.value, where)))
            yield from _those((f"{function}() where", where is not None), ("aggregate in aggregate", nested))
            yield from _those((f"{function}() else", otherwise is not None))


def _of_built_in(part: BuiltIn) -> Iterator[str]:
    if not isinstance(part, AwardOf):
        yield part.name
        return
    yield "paid()" if part.paid else "award()"
    yield from _those(("paid() this year", part.this_year), ("paid() of an item", part.own_item))


def _those(*named: tuple[str, object]) -> Iterator[str]:
    return (name for name, holds in named if holds)
