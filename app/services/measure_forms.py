"""A measure as the catalogue shows it: requirements in words, the form of the award, limits, the facts it reads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from app.rules.allotment import AllotBy
from app.rules.expression import Expression, Fact, ItemField, Literal, ParameterUse
from app.rules.language.constancy import facts_of, parameters_of
from app.rules.limits import LimitKind
from app.rules.money import format_yuan
from app.rules.policy import AwardKind, Period, Words
from app.rules.referring import in_order, needs_of
from app.rules.values import ByLevel, Modified, expressions_of
from app.rules.words.allotment_words import allotment_words, score_words
from app.rules.words.answer_values import declaration_at
from app.rules.words.describing import describe_requirements, expression_words
from app.rules.words.limit_words import describe_limit, of_group
from app.rules.words.payment_words import terms_words
from app.rules.words.reasons import filled
from app.rules.words.required_facts import required_facts, tests_of
from app.rules.words.value_words import award_words
from app.rules.words.wording import Shown, decimal, figure, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.expression import Condition
    from app.rules.facts import FactDeclaration, FactSchema
    from app.rules.limits import Group, Limit
    from app.rules.policy import Award, Measure, Parameter, Policy
    from app.rules.words.describing import Requirement

_APPLICANT = "applicant."
LEFT_OPEN = Words("…", "…")


def words(text: Words) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def measure_form(measure: Measure, policy: Policy) -> dict[str, Any]:
    """Everything about one measure, the policy's reference aside."""
    schema = policy.facts
    each = measure.each
    award = each.award if each is not None and each.award is not None else measure.award
    return {
        **measure_summary(measure),
        "in_force": period_form(period_of(measure, policy)),
        "does": None if measure.does is None else words(measure.does),
        "subject": requirement_forms(
            tuple(one for one in measure.require if _on_applicant(one)), measure, policy
        ),
        "requirements": requirement_forms(measure.require, measure, policy),
        "items": None
        if each is None
        else {
            "fact": each.list_name,
            "label": words(schema.facts[each.list_name].label),
            "id_field": each.id_field,
            "requirements": requirement_forms(each.require, measure, policy),
        },
        "parameters": [parameter_form(one) for one in measure.parameters.values()],
        "award": _award_form(measure, award, policy),
        "limits": [
            *(_limit_form(one, measure, policy) for one in measure.limits),
            *(
                _group_form(one, group, policy)
                for group in policy.groups_of(measure.id)
                for one in group.limits
            ),
        ],
        "allotment": _allotment_form(measure, policy),
        "obligations": obligations(measure, policy),
        "payment": []
        if measure.payment is None
        else [words(one) for _, one in terms_words(measure.payment, schema, policy.currency)],
        "legal_review": None if measure.review is None else words(measure.review),
        "says": None if measure.says is None else words(measure.says),
        "flags": [
            {"code": flag.code, "text": words(flag.says)}
            for flag in (*measure.flags, *(each.flags if each is not None else ()))
        ],
        "required_facts": _required_facts(measure, policy),
        "ledger_key": measure.ledger_key or None,
    }


def period_of(measure: Measure, policy: Policy) -> Period:
    """The days of a measure; where it leaves an end open, the policy's."""
    own = measure.in_force or policy.period
    return Period(own.since or policy.in_force_from, own.until or policy.in_force_to)


def period_form(period: Period) -> dict[str, str | None]:
    return {"from": _day(period.since), "to": _day(period.until)}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def measure_summary(measure: Measure) -> dict[str, Any]:
    """One row of the list of measures."""
    return {
        "id": measure.id,
        "clause": measure.clause,
        "title": words(measure.title),
        "kind": str(measure.award.kind),
        "evaluated": measure.evaluated,
    }


def obligations(measure: Measure, policy: Policy) -> list[dict[str, Any]]:
    """What an award of this measure obliges its receiver to; the figure as a formula, as there is no award yet."""
    return [
        {
            "measure": measure.id,
            "code": one.code,
            "text": words(filled(one.says, {"at_least": LEFT_OPEN, "item": LEFT_OPEN})),
            "at_least": None
            if one.at_least is None
            else words(expression_words(one.at_least, policy.facts, policy.currency)),
            "to": None if one.to is None else words(one.to),
        }
        for one in measure.obligations
    ]


def obligation_words(form: Mapping[str, Any]) -> Words:
    """One of `obligations` in a sentence."""
    text, least = (None if form[name] is None else Words(**form[name]) for name in ("text", "at_least"))
    assert text is not None
    if least is None:
        return text
    return Words(f"{text.zh}（至少：{least.zh}）", f"{text.en} (at least: {least.en})")


def requirement_forms(
    conditions: tuple[Condition, ...], measure: Measure, policy: Policy
) -> list[dict[str, Any]]:
    """Requirements of this measure in words, each with its parts."""
    found = describe_requirements(conditions, policy.facts, measure.clause, policy.currency)
    return [_requirement(one) for one in found]


def _requirement(requirement: Requirement) -> dict[str, Any]:
    return {
        "code": requirement.code or None,
        "clause": requirement.clause,
        "kind": requirement.kind,
        "text": words(requirement.words),
        "of": [_requirement(part) for part in requirement.of],
    }


def _on_applicant(condition: Condition) -> bool:
    """Whether it asks about nothing but the applicant."""
    found = [one for test in tests_of((condition,)) for one in facts_of(test)]
    return bool(found) and all(isinstance(one, Fact) and one.name.startswith(_APPLICANT) for one in found)


def parameter_form(parameter: Parameter) -> dict[str, Any]:
    """A parameter with its value as people write it."""
    return {
        "name": parameter.name,
        "type": parameter.type,
        "value": _shown(parameter.value, parameter),
        "rows": [{"from": edge, "value": _shown(value, parameter)} for edge, value in parameter.rows],
    }


def _shown(value: int | str, parameter: Parameter) -> int | str:
    if isinstance(value, str):
        return value
    if parameter.type == "money":
        return format_yuan(value)
    if parameter.type == "percent":
        return percent(value, parameter.scale)
    return value if parameter.scale == 1 else decimal(value, parameter.scale)


def parameter_words(parameter: Parameter, value: int | str, currency: str) -> Words:
    """A value of a parameter, of one of its rows or its own, with its unit."""
    day = parameter.type == "date" and isinstance(value, str)
    return figure(
        date.fromisoformat(str(value)) if day else value, Shown(parameter.type, parameter.scale), currency
    )


def _award_form(measure: Measure, award: Award, policy: Policy) -> dict[str, Any]:
    schema = policy.facts
    each = measure.each
    per = "applicant" if each is None else "item" if each.award is not None else "total"
    value = award.value.value if isinstance(award.value, Modified) else award.value
    return {
        "kind": str(award.kind),
        "per": per,
        "text": words(award_words(award, schema, policy.currency, per)),
        "amount": _constant_yuan(value) if award.kind is not AwardKind.SERVICE else None,
        "levels": _levels(value, schema) if isinstance(value, ByLevel) else [],
        "parameters": list(
            dict.fromkeys(one.name for e in expressions_of(award.value) for one in parameters_of(e))
        ),
    }


def _constant_yuan(value: object) -> str | None:
    if isinstance(value, Literal | ParameterUse) and value.type == "money" and isinstance(value.value, int):
        return format_yuan(value.value)
    return None


def _levels(value: ByLevel, schema: FactSchema) -> list[dict[str, Any]]:
    declaration = _declaration(value.key, schema)
    if declaration is None:
        return []
    return [
        {"level": code, "label": words(label), "amount": amount}
        for code, label in declaration.choices
        if code in value.rows and (amount := _constant_yuan(value.rows[code])) is not None
    ]


def _declaration(expression: Expression, schema: FactSchema) -> FactDeclaration | None:
    if isinstance(expression, Fact):
        return schema.facts.get(expression.name)
    if isinstance(expression, ItemField):
        return schema.facts[expression.list_name].fields.get(expression.field)
    return None


def _limit_form(limit: Limit, measure: Measure, policy: Policy) -> dict[str, Any]:
    return {
        "kind": str(limit.kind),
        "cap": format_yuan(limit.cap) if limit.kind.in_money else limit.cap,
        "for_anyone": limit.for_anyone,
        "text": words(
            describe_limit(
                limit, policy.facts, policy.currency, None if measure.each is None else measure.each.list_name
            )
        ),
    }


def _group_form(limit: Limit, group: Group, policy: Policy) -> dict[str, Any]:
    in_money = limit.kind.in_money
    said = describe_limit(limit, policy.facts, policy.currency, "")
    return {
        "kind": str(LimitKind.GROUP_CAP if in_money else LimitKind.GROUP),
        "cap": format_yuan(limit.cap) if in_money else limit.cap,
        "for_anyone": False,
        "text": words(of_group(said, group)),
    }


def _allotment_form(measure: Measure, policy: Policy) -> dict[str, Any] | None:
    allotment = measure.allotment
    if allotment is None:
        return None
    ranked = allotment.by is AllotBy.RANK
    crossed = allotment.in_money and allotment.by is not AllotBy.SCALE
    return {
        "budget": None if allotment.budget is None else format_yuan(allotment.budget),
        "places": allotment.places,
        "per": "year" if allotment.per_year else None,
        "by": str(allotment.by),
        "scores": [words(one) for one in score_words(allotment, policy.facts, policy.currency)],
        "ties": str(allotment.ties) if ranked else None,
        "last": str(allotment.last) if crossed else None,
        "text": words(allotment_words(allotment, policy.facts, policy.currency)),
    }


def _required_facts(measure: Measure, policy: Policy) -> list[dict[str, Any]]:
    """What an evaluation reads: as the clause goes, then other measures it turns on, then the general bars."""
    needed = [
        one for name in in_order(needs_of(policy.measures), [measure.id]) if (one := policy.measure(name))
    ]
    names = required_facts(measure, policy.exclusions, needed)
    return [_fact(name, declaration_at(policy.facts, name)) for name in names]


def _fact(name: str, declaration: FactDeclaration) -> dict[str, Any]:
    return {
        "fact": name,
        "type": "boolean" if declaration.type == "bool" else declaration.type,
        "label": words(declaration.label),
        "unit": None if declaration.unit is None else words(declaration.unit),
        "choices": [{"code": code, "label": words(label)} for code, label in declaration.choices] or None,
    }
