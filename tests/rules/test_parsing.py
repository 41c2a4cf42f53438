"""What the language reads, and where and how it refuses."""

from __future__ import annotations

import time
from typing import Any

import pytest

from app.rules.expression import Arithmetic, Comparison, Fact, Literal, Membership, ParameterUse
from app.rules.language.parsing import LanguageError, facts_of, parse_condition, parse_expression, settles
from tests.rules.declared import SCOPE


@pytest.mark.parametrize(
    ("text", "kind", "scale", "value"),
    [
        ("a.money >= 1000", "money", 1, 100_000),
        ("a.money >= 0.01", "money", 1, 1),
        ("a.count >= 1000", "count", 1, 1000),
        ("a.score >= 1.5", "number", 10, 15),
        ("a.rate >= 3.45%", "percent", 10**8, 3_450_000),
        ("a.money < 893 * 12", "money", 1, 1_071_600),
        ("a.count > 3 - 1", "count", 1, 2),
        ("a.count > min(3, 5) + max(1, 2)", "count", 1, 5),
    ],
)
def test_a_number_takes_the_type_that_its_use_demands(text: str, kind: str, scale: int, value: int) -> None:
    found = parse_condition(text, SCOPE)
    assert isinstance(found, Comparison)
    assert found.right == Literal(kind, scale, value)


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("share * counted", 10**8),
        ("3000 * a.count", 1),
        ("a.count * 3000 * 50%", 10**8),
        ("a.money / 12", 12),
        ("a.money / a.people", 1),
        ("a.money + 5 * a.count", 1),
        ("50% * 400", 10**8),
        ("max(0, a.money - 5)", 1),
        ("sum(thin.cost for thin in things where thin.good)", 1),
        ("min(thin.cost for thin in things else 100)", 1),
    ],
)
def test_values_of_money_state_their_scale(text: str, scale: int) -> None:
    found = parse_expression(text, SCOPE, "money")
    assert (found.type, found.scale) == ("money", scale)


def test_parameters_keep_their_name_and_take_their_type() -> None:
    assert parse_expression("most", SCOPE, "money") == ParameterUse("money", 1, "most", 20_000_000)
    assert parse_expression("most * 1", SCOPE, "count").type == "count"


def test_a_bare_word_after_a_choice_is_a_code_and_a_set_is_expanded() -> None:
    left = Fact("choice", 1, "a.level")
    assert parse_condition("a.level == high", SCOPE) == Comparison(
        "bool", 1, "==", left, Literal("choice", 1, "high")
    )
    assert parse_condition("a.level not in better", SCOPE) == Membership(
        "bool", 1, left, ("middle", "high"), True, "better"
    )
    assert parse_condition("a.level in [low, 'high']", SCOPE) == Membership("bool", 1, left, ("low", "high"))


def test_and_binds_closer_than_or_and_not_closest() -> None:
    found: Any = parse_condition("not a.yes and a.count > 1 or a.yes", SCOPE)
    assert found.operator == "or"
    assert found.operands[0].operator == "and"
    assert found.operands[0].operands[0].operator == "not"


def test_a_span_moves_a_date() -> None:
    found: Any = parse_condition("a.since >= as_of - 3 years", SCOPE)
    assert isinstance(found.right, Arithmetic)
    assert (found.right.operator, found.right.operands[1].value, found.right.span_unit) == (
        "shift",
        -3,
        "year",
    )


@pytest.mark.parametrize(
    ("text", "offset", "suggestion", "says"),
    [
        ("a.cuont > 1", 0, "a.count", "unknown name"),
        ("a.level == hihg", 11, "high", "no code"),
        ("a.level in beter", 11, "better", "unknown set"),
        ("thing.costs > 0", 0, "thing.cost", "no field"),
        ("a.count = 1", 8, "==", "one ="),
        ("1 < a.count < 5", 12, None, "chained"),
        ("a.money * a.money > 1", 8, None, "money * money"),
        ("a.rate > 5", 9, "5%", "percent"),
        ("a.rate > a.money", 0, None, "do not meet"),
        ("a.count > 1.5", 10, None, "no count"),
        ("a.money > 0.001", 10, None, "no money"),
        ("a.colour < blue", 9, None, "no order"),
        ("a.code == high", 10, "'high'", "quoted"),
        ("a.count / a.money > 1", 10, None, "division by"),
        ("a.money / a.count > 1", 10, None, "may be 0"),
        ("a.money / 2 / 3 > 1", 12, None, "once"),
        ("a.since > 2023-02-29", 10, None, "no such day"),
        ("a.count > 1 1", 12, None, "unexpected"),
        ("(a.count > 1", 12, None, "expected ')'"),
        ("a.count > 1x", 11, None, "cannot continue"),
        ("award(x) > 1", 0, None, "only measures refer to awards"),
        ("lpr(a.since) > 1%", 0, None, "no function or table"),
        ("reading.x == y", 0, None, "no reading"),
        ("granted > 1", 0, None, "no meaning"),
        ("1 < 2", 2, None, "nothing tells"),
        ("things", 0, None, "is a list"),
        ("any(thing in things)", 4, None, "taken"),
        ("any(x in thing)", 9, "things", "no list"),
        ("min(x.cost for x in things) > 1", 0, None, "else"),
        ("a.since - a.since > 1", 8, "days", "date"),
        ("a.count", 0, None, "expected bool"),
        ("a.money * a.count * a.count * a.count * 100 > 1", 28, None, "2^127"),
    ],
)
def test_a_refusal_says_where_and_what_was_meant(
    text: str, offset: int, suggestion: str | None, says: str
) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_condition(text, SCOPE)
    assert (caught.value.offset, caught.value.suggestion) == (offset, suggestion)
    assert says in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "a.count > " + "*".join(["a.most_ten"] * 37),
        "a.count > " + "*".join(["min(1, a.most_ten)"] * 37),
        "a.money > " + "min(a.money, " * 38 + "5" + ")" * 38,
        "a.money > 1" + "*(1 + a.most_ten" * 35 + ")" * 35,
    ],
)
def test_a_long_chain_is_typed_at_once(text: str) -> None:
    start = time.perf_counter()
    parse_condition(text, SCOPE)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("joint", ["+", "*", " or ", " and "])
def test_a_text_of_more_than_a_hundred_operators_is_refused(joint: str) -> None:
    with pytest.raises(LanguageError, match="more than 100 operators"):
        parse_condition(joint.join(["a.yes"] * 500), SCOPE)


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("a.count >= 0", "always"),
        ("a.most_ten > 10", "never"),
        ("a.level in [low, middle, high]", "always"),
        ("a.yes or not a.yes", "always"),
        ("a.count > 5 and a.count < 5", "never"),
        ("a.rate <= 100%", "always"),
        ("a.count > 5", None),
        ("a.level == high", None),
        ("years(a.since, as_of) >= 3", None),
        ("year(a.since) == year - 1", None),
        ("a.since >= as_of - 3 years", None),
        ("a.money >= a.paid * 2", None),
        ("count(x in things where x.good) >= 2", None),
        ("a.code == 'X'", None),
        ("a.code != ''", None),
        ("a.since > as_of - 2 years and a.since < as_of - 10 days", None),
        ("a.since >= year_start(as_of) and a.since <= month_end(as_of - 1 month)", None),
        ("days(a.since, as_of) >= 30 and days(a.since, as_of) <= 60", None),
        ("months(a.since, as_of) >= 3 and months(a.since, as_of) < 18", None),
        ("a.since > as_of and a.since < as_of", "never"),
    ],
)
def test_a_constant_condition_is_seen(text: str, settled: str | None) -> None:
    assert settles(parse_condition(text, SCOPE)) == settled


def test_facts_are_named_from_the_left_an_aggregate_by_its_list() -> None:
    found = parse_condition("a.count > 1 or any(x in things where x.good) or a.count < 9", SCOPE)
    names = [
        one if isinstance(one, str) else getattr(one, "name", None) or one.field for one in facts_of(found)
    ]  # type: ignore[union-attr]
    assert names == ["a.count", "things", "good"]
