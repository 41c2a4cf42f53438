"""The refusals about types that more than one place of the language has to make, in both languages."""

from __future__ import annotations

from app.rules.language.lexing import TYPE_NAMES, LanguageError


def not_expected(expected: str, found: str, offset: int) -> LanguageError:
    return LanguageError(
        f"expected {expected}, this is {found}",
        f"这里应为{TYPE_NAMES[expected]}，实为{TYPE_NAMES[found]}",
        offset,
    )


def no_number(found: str, offset: int) -> LanguageError:
    return LanguageError(
        f"expected a number, this is {found}", f"这里应为数字，实为{TYPE_NAMES[found]}", offset
    )


def no_operation(found: str, operator: str, offset: int) -> LanguageError:
    """Of a date and `-`: `days` is what was meant."""
    use = "days" if found == "date" else None
    return LanguageError(
        f"{found} has no {operator}", f"{TYPE_NAMES[found]}没有 {operator} 运算", offset, use
    )


def not_alike(one: str, other: str, offset: int) -> LanguageError:
    zh = f"{TYPE_NAMES[one]}与{TYPE_NAMES[other]}类型不合"
    return LanguageError(f"{one} and {other} do not meet", zh, offset)


def no_divisor(found: str, offset: int) -> LanguageError:
    return LanguageError(f"a division by {found}", f"不能除以{TYPE_NAMES[found]}", offset)


def without_order(choices: str | None, offset: int) -> LanguageError:
    return LanguageError(
        f"{choices} has no order: only == and != compare it",
        f"{choices} 没有高低之分，只能用 == 和 != 比较",
        offset,
    )


def no_code(code: str, choices: str | None, offset: int, close: str | None) -> LanguageError:
    return LanguageError(f"{code!r} is no code of {choices}", f"{code} 不是 {choices} 的代码", offset, close)


def unquoted(text: str, offset: int) -> LanguageError:
    return LanguageError(
        "a text is compared with quoted texts", "文字只能与加引号的文字比较", offset, f"'{text}'"
    )


def not_of(text: str, choices: str | None, offset: int) -> LanguageError:
    return LanguageError(f"{text} is not of {choices}", f"{text} 不属于 {choices}", offset)


def no_list(name: str, offset: int, close: str | None) -> LanguageError:
    return LanguageError(f"{name!r} is no list", f"{name} 不是列表", offset, close)


def elsewhere(text: str, offset: int) -> LanguageError:
    return LanguageError(
        f"{text} stands in flags and obligations only", f"{text} 只能用在提示和义务中", offset
    )


def no_set(name: str, offset: int, close: str | None) -> LanguageError:
    return LanguageError(f"unknown set {name!r}", f"未知的集合 {name}", offset, close)


def set_of(name: str, choices: str, offset: int) -> LanguageError:
    """A set of another choice than the fact that is compared with it."""
    return LanguageError(f"{name} is a set of {choices}", f"{name} 是 {choices} 的集合", offset)


def stands_alone(offset: int) -> LanguageError:
    return LanguageError("a yes-or-no fact stands alone: `x` or `not x`", "是非事实直接写 x 或 not x", offset)


def varying_divisor(offset: int) -> LanguageError:
    return LanguageError("a division is by a constant or a fact", "除数只能是常数或事实", offset)


def code_wanted(choices: str | None, offset: int) -> LanguageError:
    return LanguageError(f"expected a code of {choices}", f"这里应为 {choices} 的代码", offset)


def else_wanted(offset: int) -> LanguageError:
    return LanguageError("min over no item needs `else`", "min 需要 else：没有项目时取什么", offset)


def no_function(name: str, offset: int, close: str | None) -> LanguageError:
    return LanguageError(f"there is no function or table {name!r}", f"没有函数或表 {name}", offset, close)


def keys_wanted(table: str, by: tuple[str, ...], offset: int) -> LanguageError:
    keys = ", ".join(by)
    return LanguageError(f"{table}() takes {keys}", f"{table}() 的键为 {keys}", offset, f"{table}({keys})")


def choice_wanted(of: str, offset: int) -> LanguageError:
    return LanguageError(f"expected a fact of the choice {of}", f"这里应为选项 {of} 的事实", offset)
