"""Values and awards in words, Chinese and English: tables, steps, cases, sums, products, modifiers, rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.source import declaration_of
from app.rules.expression import Arithmetic, Expression, Fact, ItemField, Literal, ParameterUse
from app.rules.policy import AwardKind, Words
from app.rules.values import ByLevel, Cases, Combined, Modified, Steps
from app.rules.words.describing import expression_words, requirement_words, shown_of
from app.rules.words.wording import Shown, capital, figure, money, spaced, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.facts import FactSchema
    from app.rules.policy import Award, Rounding
    from app.rules.values import Value

NOTHING = Words("无", "nothing")
_MODES = {
    "half up": ("四舍五入", "rounded half up"),
    "up": ("向上取整", "rounded up"),
    "down": ("向下取整", "rounded down"),
}
_BY_OFFICIAL = Words("金额由主管部门核定，政策未定数额", "decided by an official; the text names no figure")
_NO_MONEY = Words("不发放资金", "No money is paid")


def value_words(value: Value, schema: FactSchema, currency: str = "CNY") -> Words:
    """A value as one phrase: `按级别：国家级 100,000.00 元，省级 50,000.00 元，其余无`."""
    match value:
        case ByLevel() | Steps() | Cases():
            return _chosen(value, schema, currency)
        case Combined():
            return _combined(value, schema, currency)
        case Modified():
            return _modified(value, schema, currency)
    return expression_or_nothing(value, schema, currency)


def expression_or_nothing(value: Expression, schema: FactSchema, currency: str) -> Words:
    """A constant 0 pays nothing, and is called so."""
    if isinstance(value, Literal | ParameterUse) and value.type == "money" and value.value == 0:
        return NOTHING
    return expression_words(value, schema, currency)


def _part(value: Value, schema: FactSchema, currency: str) -> Words:
    """A value within another: whatever has parts of its own stands in brackets."""
    words = value_words(value, schema, currency)
    plain = isinstance(value, Expression) and not isinstance(value, Arithmetic)
    return words if plain else Words(f"（{words.zh}）", f"({words.en})")


def _row(value: Value, schema: FactSchema, currency: str) -> Words:
    """What a row gives; only a form with rows of its own needs brackets there."""
    return (value_words if isinstance(value, Expression) else _part)(value, schema, currency)


def _listed(head: Words, rows: Sequence[Words]) -> Words:
    return Words(
        f"{head.zh}：{'；'.join(row.zh for row in rows)}", f"{head.en}: {'; '.join(row.en for row in rows)}"
    )


class Row(NamedTuple):
    """One way through a form that chooses: when it is taken, and what it then gives."""

    label: Words
    value: Value | None
    """None: nothing."""
    plain: bool
    """Whether the label is a word that the figure simply follows."""


def chosen_rows(
    value: ByLevel | Steps | Cases, schema: FactSchema, currency: str
) -> tuple[Words, tuple[Row, ...]]:
    """What a form chooses by, and its rows with the one for everything else."""
    match value:
        case ByLevel():
            return _by_level(value, schema, currency)
        case Steps():
            return _steps(value, schema, currency)
    rows = []
    for case in value.rows:
        when = requirement_words(case.when, schema, currency)
        rows.append(Row(Words(f"{when.zh}的", f"if {when.en}"), case.then, plain=False))
    rows.append(_otherwise(value.otherwise))
    return Words("按首个符合的情形", "by the first case that holds"), tuple(rows)


def _chosen(value: ByLevel | Steps | Cases, schema: FactSchema, currency: str) -> Words:
    head, rows = chosen_rows(value, schema, currency)
    return _listed(head, [_sentence(row, schema, currency) for row in rows])


def _sentence(row: Row, schema: FactSchema, currency: str) -> Words:
    gives = NOTHING if row.value is None else _row(row.value, schema, currency)
    if row.plain:
        return Words(f"{row.label.zh}{_after_word(gives.zh)}", f"{row.label.en} {gives.en}")
    return Words(f"{row.label.zh}：{gives.zh}", f"{row.label.en}: {gives.en}")


def _otherwise(value: Value | None) -> Row:
    return Row(Words("其余", "otherwise"), value, plain=True)


def _after_word(zh: str) -> str:
    """Text after a Chinese word: a figure takes a space."""
    return f" {zh}" if zh[:1].isascii() else zh


def _by_level(value: ByLevel, schema: FactSchema, currency: str) -> tuple[Words, tuple[Row, ...]]:
    key, shown = expression_words(value.key, schema, currency), shown_of(value.key, schema)
    rows = [Row(figure(code, shown, currency), row, plain=True) for code, row in value.rows.items()]
    codes = _codes(value.key, schema)
    if value.otherwise is not None or not codes <= value.rows.keys():
        rows.append(_otherwise(value.otherwise))
    return Words(f"按{key.zh}", f"by {key.en}"), tuple(rows)


def _codes(key: Expression, schema: FactSchema) -> set[str]:
    if not isinstance(key, Fact | ItemField):
        return set()
    return {code for code, _ in declaration_of(key, schema).choices}


def _steps(value: Steps, schema: FactSchema, currency: str) -> tuple[Words, tuple[Row, ...]]:
    of, shown = expression_words(value.of, schema, currency), shown_of(value.of, schema)
    edges = [
        figure(getattr(edge, "value", None), Shown(shown.type, edge.scale, None, shown.unit), currency)
        for edge in value.edges
    ]
    rows: list[Row] = []
    if value.below is not None:
        zh, en = ("不超过 {}", "up to {}") if value.above else ("不足 {}", "below {}")
        label = Words(zh.format(edges[0].zh), en.format(edges[0].en))
        rows.append(Row(label, value.below, plain=False))
    for edge, row in zip(edges, value.rows, strict=True):
        zh, en = ("超过 {}", "above {}") if value.above else ("{}以上", "from {}")
        words = edge.zh if value.above else spaced(edge.zh)
        rows.append(Row(Words(zh.format(words), en.format(edge.en)), row, plain=False))
    if value.below is None:
        rows.append(_otherwise(None))
    return Words(f"按{of.zh}分档", f"in steps of {of.en}"), tuple(rows)


def _combined(value: Combined, schema: FactSchema, currency: str) -> Words:
    parts = [_part(part, schema, currency) for part in value.parts]
    if value.operator == "*":
        return Words(" × ".join(part.zh for part in parts), " × ".join(part.en for part in parts))
    both = together(parts)
    return Words(f"{both.zh}之和", f"the sum of {both.en}")


def _modified(value: Modified, schema: FactSchema, currency: str) -> Words:
    """In the order in which they apply: floor, cap, less."""
    words = _row(value.value, schema, currency)
    zh, en = [words.zh], [words.en]
    if value.floor is not None:
        floor = _row(value.floor, schema, currency)
        zh.append(f"有金额时至少{_after_word(floor.zh)}")
        en.append(f"at least {floor.en} where anything is due")
    if value.cap is not None:
        cap = _row(value.cap, schema, currency)
        zh.append(f"最高{_after_word(cap.zh)}")
        en.append(f"at most {cap.en}")
    if value.less is not None:
        less = _row(value.less, schema, currency)
        zh.append(f"再减去{_after_word(less.zh)}（不低于零）")
        en.append(f"less {less.en} (not below zero)")
    return Words("，".join(zh), ", ".join(en))


def award_words(award: Award, schema: FactSchema, currency: str = "CNY", per: str = "applicant") -> Words:
    """An award as a sentence. `per`: `applicant`, `item` (each item is awarded) or `total`."""
    if award.kind is AwardKind.SERVICE:
        return _NO_MONEY
    if award.value is None:
        words = _BY_OFFICIAL
    else:
        words = value_words(award.value, schema, currency)
        if award.kind is AwardKind.UP_TO:
            plain = isinstance(award.value, Expression)
            zh = f"最高{_after_word(words.zh)}" if plain else f"上限为（{words.zh}）"
            en = f"at most {words.en}" if plain else f"at most ({words.en})"
            words = Words(f"{zh}，由主管部门核定", f"{en}, decided by an official")
    rounding = rounding_words(award.rounding, currency)
    words = Words(f"{words.zh}{rounding.zh}", f"{words.en}{rounding.en}")
    if per == "item":
        return Words(f"每项{_after_word(words.zh)}", capital(f"for each item: {words.en}"))
    return Words(words.zh, capital(words.en))


def rounding_words(rounding: Rounding, currency: str) -> Words:
    """Silent about the rule that holds for every award: to the fen, half up."""
    if rounding.mode == "half up" and rounding.to == 1:
        return Words("", "")
    zh, en = _MODES[rounding.mode]
    to = money(rounding.to, currency)
    return Words(f"，{zh}到 {to.zh}", f", {en} to {to.en}")
