"""Expressions and conditions in words, Chinese and English: for the catalogue, and for what reasons speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.source import NEGATED, Named, constant, declaration_of, period
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
)
from app.rules.policy import Words
from app.rules.words.wording import Need, Shown, figure, need, need_of, spaced, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.rules.facts import FactSchema

_BUILT_INS = {
    "year": Words("奖励年度", "the award year"),
    "as_of": Words("评估日", "the day of the evaluation"),
    "counted": Words("计入总额", "the total that counts"),
    "items": Words("符合条件的项数", "the number of items that count"),
    "granted": Words("核定金额", "the amount granted"),
    "due": Words("应得金额", "the amount due"),
    "paid": Words("此前已付金额", "the amount paid before"),
}
_DATE_CALLS = {
    "years": ("自{}至{}的整年数", "whole years from {} to {}"),
    "months": ("自{}至{}的整月数", "whole months from {} to {}"),
    "days": ("自{}至{}的天数", "days from {} to {}"),
    "year": ("{}的年份", "the year of {}"),
    "month_start": ("{}所在月的首日", "the first day of the month of {}"),
    "month_end": ("{}所在月的末日", "the last day of the month of {}"),
    "year_start": ("{}所在年的首日", "the first day of the year of {}"),
    "year_end": ("{}所在年的末日", "the last day of the year of {}"),
}
_BINARY = {"-": ("{} − {}", "{} − {}"), "*": ("{} × {}", "{} × {}"), "/": ("{} ÷ {}", "{} ÷ {}")}
_LOOSE = frozenset({"+", "-", "neg", "min", "max"})
"""Operators whose words those of a formula around them could tear apart."""
_UNITS = {"day": ("天", "days"), "month": ("个月", "months"), "year": ("年", "years")}
_AGGREGATES = {
    "count": ("{list}{which}的项数", "the number of {list}{which}"),
    "any": ("{list}中至少一项{meets}", "at least one of {list}{which}"),
    "all": ("{list}{which}每一项均符合（{value}）", "every one of {list}{which} meets ({value})"),
    "sum": ("{list}{which}的{value}之和", "the sum of {value} over {list}{which}"),
    "max": ("{list}{which}中最大的{value}", "the greatest {value} of {list}{which}"),
    "min": ("{list}{which}中最小的{value}", "the least {value} of {list}{which}"),
}


class Requirement(NamedTuple):
    """A condition in words with its parts, for a catalogue that shows more than one sentence."""

    code: str
    clause: str
    kind: str
    """`all`, `any`, or `one` for a single requirement."""
    words: Words
    of: tuple[Requirement, ...]


def shown_of(expression: Expression, schema: FactSchema) -> Shown:
    """How the values of an expression are written: the unit is known for facts and for numbers of items."""
    if isinstance(expression, Named):
        declaration = declaration_of(expression, schema)
        return Shown(expression.type, expression.scale, declaration, declaration.unit)
    if isinstance(expression, Aggregate) and expression.function == "count":
        return Shown("count", 1, None, Words("项", "items"))
    return Shown(expression.type, expression.scale)


def expression_words(expression: Expression, schema: FactSchema, currency: str = "CNY") -> Words:
    """A value in words: the label of a fact, a formula over labels."""
    match expression:
        case Literal(value=value) | ParameterUse(value=value):
            return figure(value, Shown(expression.type, expression.scale), currency)
        case Fact() | ItemField() | Derived():
            return declaration_of(expression, schema).label
        case ReadingUse():
            question = declaration_of(expression, schema).label
            return Words(f"“{question.zh}”", f"“{question.en}”")
        case Lookup(table=table, keys=keys):
            label = schema.tables[table].label
            of = [expression_words(key, schema, currency) for key in keys]
            return Words(
                f"{label.zh}（{'，'.join(w.zh for w in of)}）", f"{label.en} ({', '.join(w.en for w in of)})"
            )
        case AwardOf():
            return _award_of(expression)
        case BuiltIn(name=name):
            return _BUILT_INS[name]
        case DateCall(function=function, arguments=arguments):
            return _filled(_DATE_CALLS[function], [expression_words(a, schema, currency) for a in arguments])
        case Arithmetic():
            return _arithmetic(expression, schema, currency)
        case Aggregate():
            return _aggregate(expression, schema, currency)
    return requirement_words(expression, schema, currency)


def _award_of(award: AwardOf) -> Words:
    """Another measure's award, or what was paid before."""
    zh, en = ("该项", "this item") if award.own_item else ("本措施", "this measure")
    if award.title is not None:
        zh, en = f"“{award.title.zh}”", f"“{award.title.en}”"
    if not award.paid:
        return Words(f"{zh}的金额", f"the amount of {en}")
    if award.this_year:
        return Words(f"{zh}当年已付金额", f"the amount paid for {en} in the award year")
    return Words(f"{zh}此前已付金额", f"the amount paid before for {en}")


def _filled(forms: tuple[str, str], parts: Sequence[Words]) -> Words:
    return Words(forms[0].format(*(p.zh for p in parts)), forms[1].format(*(p.en for p in parts)))


def _arithmetic(expression: Arithmetic, schema: FactSchema, currency: str) -> Words:
    parts = [
        _bracketed(operand, expression_words(operand, schema, currency)) for operand in _operands(expression)
    ]
    match expression.operator:
        case "+":
            sum_of = together(parts)
            return Words(f"{sum_of.zh}之和", f"the sum of {sum_of.en}")
        case "neg":
            return Words(f"负的{parts[0].zh}", f"minus {parts[0].en}")
        case "min" | "max" as which:
            of = together(parts)
            zh, en = ("最小值", "least") if which == "min" else ("最大值", "greatest")
            return Words(f"{of.zh}中的{zh}", f"the {en} of {of.en}")
        case "shift":
            return _shifted(expression, parts[0])
    return _filled(_BINARY[expression.operator], parts)


def _operands(expression: Arithmetic) -> Iterator[Expression]:
    """All terms of a sum of sums."""
    for operand in expression.operands:
        if expression.operator == "+" and isinstance(operand, Arithmetic) and operand.operator == "+":
            yield from _operands(operand)
        else:
            yield operand


def _bracketed(operand: Expression, words: Words) -> Words:
    """A formula within another, where the reader could not tell what it goes with."""
    if isinstance(operand, Arithmetic) and operand.operator in _LOOSE:
        return Words(f"（{words.zh}）", f"({words.en})")
    return words


def _shifted(expression: Arithmetic, start: Words) -> Words:
    span = expression.operands[1]
    count = span.value if isinstance(span, Literal) and isinstance(span.value, int) else 0
    zh, en = _UNITS[expression.span_unit or "day"]
    unit = en[:-1] if abs(count) == 1 else en
    if count < 0:
        return Words(f"{start.zh}前 {-count} {zh}", f"{-count} {unit} before {start.en}")
    return Words(f"{start.zh}后 {count} {zh}", f"{count} {unit} after {start.en}")


def _aggregate(expression: Aggregate, schema: FactSchema, currency: str) -> Words:
    listed = schema.facts[expression.list_name].label
    zh, en = _AGGREGATES[expression.function]
    where = None if expression.where is None else requirement_words(expression.where, schema, currency)
    value = None
    if expression.value is not None:
        words = requirement_words if expression.value.type == "bool" else expression_words
        value = words(expression.value, schema=schema, currency=currency)
    other = Words("", "")
    if expression.otherwise is not None:
        found = expression_words(expression.otherwise, schema, currency)
        other = Words(f"（没有时为 {found.zh}）", f" ({found.en} where there is none)")
    return Words(
        zh.format(
            list=listed.zh,
            which="" if where is None else f"（{where.zh}）",
            meets="" if where is None else f"符合（{where.zh}）",
            value="" if value is None else value.zh,
        )
        + other.zh,
        en.format(
            list=listed.en,
            which="" if where is None else f" ({where.en})",
            value="" if value is None else value.en,
        )
        + other.en,
    )


class Asked(NamedTuple):
    """One leaf: what it speaks of, how its values are written, and what it asks for."""

    subject: Words
    shown: Shown
    need: Need


def asked_of(test: Expression, negated: bool, schema: FactSchema, currency: str = "CNY") -> Asked:
    """The parts of a leaf's sentence; a period is worded by `period_words`."""
    if isinstance(test, Membership):
        operator = "not_in" if test.negated != negated else "in"
        shown = shown_of(test.left, schema)
        wanted = need(operator, test.members, shown, currency)
        return Asked(expression_words(test.left, schema, currency), shown, wanted)
    if isinstance(test, Comparison):
        operator = NEGATED[test.operator] if negated else test.operator
        shown = shown_of(test.left, schema)
        subject = expression_words(test.left, schema, currency)
        if constant(test.right) and isinstance(test.right, Literal | ParameterUse):
            other = Shown(test.left.type, test.right.scale, shown.declaration, shown.unit)
            return Asked(subject, shown, need(operator, test.right.value, other, currency))
        return Asked(subject, shown, need_of(operator, expression_words(test.right, schema, currency), shown))
    shown = shown_of(test, schema)
    return Asked(expression_words(test, schema, currency), shown, need("==", not negated, shown, currency))


def period_words(subject: Words, count: int, negated: bool) -> Words:
    """`years(subject, as_of) >= count`, or its contrary."""
    years = "one full year" if count == 1 else f"{count} full years"
    if negated:
        return Words(f"自{subject.zh}起未满 {count} 年", f"less than {years} since {subject.en}")
    return Words(f"自{subject.zh}起满 {count} 年", f"at least {years} since {subject.en}")


def requirement_words(test: Expression, schema: FactSchema, currency: str, *, negated: bool = False) -> Words:
    """A yes-or-no expression as a requirement."""
    if isinstance(test, Logic):
        if test.operator == "not":
            return requirement_words(test.operands[0], schema, currency, negated=not negated)
        parts = [
            (_logic_kind(each, negated), requirement_words(each, schema, currency, negated=negated))
            for each in test.operands
        ]
        return _joined(_logic_kind(test, negated), parts)
    if found := period(test):
        return period_words(expression_words(found[0], schema, currency), found[1], negated)
    if isinstance(test, Aggregate):
        words = expression_words(test, schema, currency)
        return Words(f"并非{words.zh}", f"not {words.en}") if negated else words
    asked = asked_of(test, negated, schema, currency)
    subject = asked.subject.zh if asked.need.zh.startswith(" ") else spaced(asked.subject.zh)
    return Words(f"{subject}{asked.need.zh}", f"{asked.subject.en}{asked.need.en}")


def _logic_kind(test: Expression, negated: bool) -> str:
    """`all`, `any` or `one`, once a negation is carried inwards."""
    if not isinstance(test, Logic):
        return "one"
    if test.operator == "not":
        return _logic_kind(test.operands[0], not negated)
    return "all" if (test.operator == "and") is not negated else "any"


def _contrary(kind: str) -> str:
    return {"all": "any", "any": "all"}[kind]


def _joined(kind: str, parts: Sequence[tuple[str, Words]]) -> Words:
    """`all` binds closer than `any`, so only alternatives within `all` need brackets."""
    if len(parts) == 1:
        return parts[0][1]
    if kind == "any":
        return Words("，或者".join(w.zh for _, w in parts), ", or ".join(w.en for _, w in parts))
    return Words(
        "且".join(f"（{w.zh}）" if k == "any" else w.zh for k, w in parts),
        " and ".join(f"({w.en})" if k == "any" else w.en for k, w in parts),
    )


def describe_requirement(
    condition: Condition,
    schema: FactSchema,
    clause: str = "",
    currency: str = "CNY",
    *,
    negated: bool = False,
) -> Requirement:
    """A condition as a tree of words, negations carried down to the leaves, parts of a kind flattened.

    `clause` is the measure's, for conditions that name none.
    """
    clause = condition.clause or clause
    if condition.kind == "not":
        return describe_requirement(condition.parts[0], schema, clause, currency, negated=not negated)
    if condition.test is not None:
        words = requirement_words(condition.test, schema, currency, negated=negated)
        return Requirement(condition.code, clause, "one", words, ())
    kind = _contrary(condition.kind) if negated else condition.kind
    parts: list[Requirement] = []
    for part in condition.parts:
        found = describe_requirement(part, schema, clause, currency, negated=negated)
        same = found.kind == kind and not part.named and (found.clause == clause)
        parts += found.of if same else (found,)
    words = _joined(kind, [(part.kind, part.words) for part in parts])
    if len(parts) == 1 and not condition.named:
        return parts[0]
    return Requirement(condition.code if condition.named else "", clause, kind, words, tuple(parts))


def describe_condition(condition: Condition, schema: FactSchema, currency: str = "CNY") -> Words:
    """A requirement in words: `单位类型为企业或国有企业`, `kind of applicant is enterprise or ...`."""
    return describe_requirement(condition, schema, "", currency).words


def describe_requirements(
    conditions: Sequence[Condition], schema: FactSchema, clause: str = "", currency: str = "CNY"
) -> tuple[Requirement, ...]:
    """All of a measure's requirements; each must hold. An unnamed `all` at the top gives its parts."""
    found: list[Requirement] = []
    for condition in conditions:
        one = describe_requirement(condition, schema, clause, currency)
        found += one.of if one.kind == "all" and not one.code else (one,)
    return tuple(found)
