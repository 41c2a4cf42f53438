"""Constants in the type that their use demands, and operations on them done when a text is read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.rules.expression import Arithmetic, Expression, Literal
from app.rules.language.lexing import TYPE_NAMES, LanguageError

if TYPE_CHECKING:
    from app.rules.language.syntax import Constant

PERCENT = 10**8


def product_type(left: str, right: str, demand: str | None, offset: int) -> str:
    """The type of a product. Money times money is nothing."""
    kinds = {left, right}
    if kinds == {"money"}:
        raise LanguageError("money * money means nothing", "金额乘以金额没有意义", offset)
    if "money" in kinds:
        return "money"
    if len(kinds) == 1 or demand in kinds:
        return left if len(kinds) == 1 else str(demand)
    return "number"


def constant_of(written: Constant, demand: str | None, offset: int | None = None) -> Literal:
    """A literal in the type its use demands: yuan become fen, percent whole parts of 10^-8."""
    place = written.offset if offset is None else offset
    if written.kind == "string":
        return Literal("text", 1, written.text)
    if written.kind == "date":
        try:
            return Literal("date", 1, date.fromisoformat(written.text))
        except ValueError:
            raise LanguageError(
                f"no such day: {written.text}", f"没有这一天：{written.text}", place
            ) from None
    whole, _, part = written.text.rstrip("%").partition(".")
    if len(whole) + len(part) > 30:
        raise LanguageError("a number of too many digits", "数字位数过多", place)
    if written.kind == "percent":
        if len(part) > 6:
            raise LanguageError("a percent has at most six decimals", "百分比最多六位小数", place)
        return Literal("percent", PERCENT, int(whole + part.ljust(6, "0")))
    return _number(written.text, demand, place)


def _number(text: str, demand: str | None, place: int) -> Literal:
    """A bare number as what is demanded; a `factor` is a count, or a number where it has decimals."""
    whole, _, part = text.partition(".")
    kind = demand if demand != "factor" else "number" if part else "count"
    if kind == "money" and len(part) <= 2:
        return Literal("money", 1, int(whole + part.ljust(2, "0")))
    if kind == "count" and not part:
        return Literal("count", 1, int(whole))
    if kind == "number":
        return Literal("number", 10 ** len(part), int(whole + part))
    if kind in ("money", "count"):
        raise LanguageError(f"{text} is no {kind}", f"{text} 不是{TYPE_NAMES[kind]}", place)
    if kind == "percent":
        raise LanguageError("a percent is written with %", "百分比要写 %", place, f"{text}%")
    raise LanguageError("a number whose type nothing tells", "无从得知这个数字的类型", place)


def folded(node: Arithmetic) -> Expression:
    """The literal that an operation on literals comes to; anything else unchanged."""
    whole = node.operator == "*"
    values = [
        operand.value * (1 if whole else node.scale // operand.scale)
        for operand in node.operands
        if isinstance(operand, Literal) and isinstance(operand.value, int)
    ]
    if len(values) != len(node.operands):
        return node
    match node.operator:
        case "+":
            result = sum(values)
        case "-":
            result = values[0] - values[1]
        case "neg":
            result = -values[0]
        case "min":
            result = min(values)
        case "max":
            result = max(values)
        case "*":
            result = values[0] * values[1]
        case _:
            return node
    return Literal(node.type, node.scale, result)
