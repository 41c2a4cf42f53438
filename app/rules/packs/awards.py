"""Awards and the values in them: expressions, tables by a level, modifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.expression import Expression, Fact, ItemField
from app.rules.language.lexing import nearest
from app.rules.packs.errors import mistake, not_yet, refuse
from app.rules.packs.node_reading import check_keys, map_of, one_key
from app.rules.packs.yaml_nodes import MapNode, Node, TextNode
from app.rules.policy import Award, AwardKind, ByLevel, Modified

if TYPE_CHECKING:
    from app.rules.language.naming import Scope
    from app.rules.packs.texts import Texts

    Value = Expression | ByLevel | Modified

KINDS = ("fixed", "calculated", "up_to")
MODIFIERS = ("floor", "cap", "less")
LATER_FORMS = ("steps", "cases", "sum", "product")


def read_award(node: Node, texts: Texts, scope: Scope) -> Award:
    """`unspecified`, or one kind with its value and modifiers."""
    if isinstance(node, TextNode):
        if node.text != "unspecified":
            close = nearest(node.text, ("unspecified",))
            refuse(
                node,
                "这里应为 unspecified 或奖励方式",
                "expected `unspecified` or a kind with its value",
                close,
            )
        return Award(AwardKind.UNSPECIFIED)
    form = map_of(node)
    check_keys(texts.problems, form, (*KINDS, *MODIFIERS), (), ("round",))
    kind = one_key(form, KINDS, "奖励", "an award")
    value = read_value(form.entries[kind][1], texts, scope)
    return Award(AwardKind(kind), _modified(form, value, texts, scope))


def read_value(node: Node, texts: Texts, scope: Scope) -> Value:
    """An amount of money: an expression, or one mapping that makes it."""
    if isinstance(node, TextNode):
        return texts.money(node, scope)
    form = map_of(node)
    for name in LATER_FORMS:
        # A code of a table may be spelled like a form.
        if name in form.entries and "by" not in form.entries:
            raise not_yet(form.key(name), name)
    if "by" in form.entries:
        return _modified(form, _by_level(form, texts, scope), texts, scope)
    check_keys(texts.problems, form, ("value", *MODIFIERS))
    one_key(form, ("by", "value"), "金额", "a value")
    return _modified(form, read_value(form.entries["value"][1], texts, scope), texts, scope)


def _modified(form: MapNode, value: Value, texts: Texts, scope: Scope) -> Value:
    found: dict[str, Expression] = {}
    for name in MODIFIERS:
        if (node := form.get(name)) is not None:
            if not isinstance(node, TextNode):
                raise not_yet(node, f"{name}: by a table")
            found[name] = texts.money(node, scope)
    return Modified(value, found.get("floor"), found.get("cap"), found.get("less")) if found else value


def _by_level(form: MapNode, texts: Texts, scope: Scope) -> ByLevel:
    by = form.entries["by"][1]
    key = texts.value(by, scope, None)
    if not isinstance(key, Fact | ItemField) or key.type != "choice":
        refuse(by, "by 之后是一个选项事实", "`by` takes a fact that is a choice")
    rows: dict[str, Value] = {}
    otherwise: Value | None = None
    for name, node in form.items():
        if name.text in ("by", *MODIFIERS):
            continue
        with texts.problems.gather():
            if name.text == "else":
                otherwise = read_value(node, texts, scope)
            elif name.text not in key.domain.codes:
                close = nearest(name.text, key.domain.codes)
                raise mistake(name, f"没有代码 {name.text}", f"there is no code {name.text!r}", close)
            else:
                rows[name.text] = read_value(node, texts, scope)
    if otherwise is None and not any(name.text not in ("by", *MODIFIERS) for name, _ in form.items()):
        refuse(by, "by 之下没有任何代码", "a table without a row")
    return ByLevel(key, rows, otherwise)
