"""Values: an expression, or a form that chooses or combines values: a table, steps, cases, a sum, a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.expression import Expression, Literal, Logic, ParameterUse
from app.rules.language.choosing import Chosen
from app.rules.language.lexing import nearest
from app.rules.language.parsing import Parser, settles
from app.rules.language.ranges import MOST
from app.rules.language.typing_ import BARE, Typist
from app.rules.language.value_ranges import range_of_value
from app.rules.packs.errors import Mistake, mistake, refuse
from app.rules.packs.node_reading import check_keys, list_of, map_of, one_key, text_of
from app.rules.packs.texts import Texts, reading
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.rules.values import ByLevel, Case, Cases, Combined, Modified, Steps, Value

if TYPE_CHECKING:
    from app.rules.language.naming import Scope

MODIFIERS = ("floor", "cap", "less")
FORMS = ("by", "steps", "cases", "sum", "product", "value")
NUMERIC = frozenset({"count", "money", "percent", "number"})
MANY = 2_000
"""Rows, cases or parts of one form."""


class ValueReader:
    """Reads the values of one place: its names, and the type that the place demands."""

    def __init__(self, texts: Texts, scope: Scope) -> None:
        self._texts, self._scope = texts, scope

    def read(self, node: Node, expect: str) -> Value:
        """A value of type `expect` that is never below 0. Raises Mistake."""
        found = self.value(node, expect)
        if not isinstance(found, Expression) and range_of_value(found)[1] >= MOST:
            refuse(node, "数值可能超过 2^127", "a number that can pass 2^127")
        return found

    def modified(self, form: MapNode, value: Value, expect: str) -> Value:
        """With the modifiers that stand beside it."""
        found = {name: self.value(node, expect) for name in MODIFIERS if (node := form.get(name)) is not None}
        return Modified(value, found.get("floor"), found.get("cap"), found.get("less")) if found else value

    def leaf(self, node: TextNode, expect: str) -> Expression:
        """A text that stands for itself."""
        return self._texts.quantity(node, self._scope, expect)

    def value(self, node: Node, expect: str) -> Value:
        """A value in any form. Raises Mistake."""
        if isinstance(node, TextNode):
            return self.leaf(node, expect)
        form = map_of(node)
        # A code of a table may be spelled like another form.
        kind = "by" if "by" in form.entries else one_key(form, FORMS, "金额", "a value")
        if kind != "by":
            own = {"steps": ("steps", "from", "above", "below")}.get(kind, (kind,))
            check_keys(self._texts.problems, form, (*own, *MODIFIERS))
        inside = form.entries[kind][1]
        found: Value
        match kind:
            case "by":
                found = self._by_level(form, expect)
            case "steps":
                found = self._steps(form, inside, expect)
            case "cases":
                found = self._cases(list_of(inside), expect)
            case "sum":
                found = Combined("+", tuple(self.value(part, expect) for part in self._several(inside)))
            case "product":
                found = self._product(self._several(inside), expect)
            case _:
                found = self.value(inside, expect)
        return self.modified(form, found, expect)

    @staticmethod
    def _several(node: Node) -> tuple[Node, ...]:
        parts = list_of(node).items
        if not 1 < len(parts) <= MANY:
            refuse(node, f"这里应有 2 至 {MANY} 项", f"expected 2 to {MANY} parts")
        return parts

    # By a level

    def _by_level(self, form: MapNode, expect: str) -> ByLevel:
        by = form.entries["by"][1]
        key = self._texts.value(by, self._scope, None)
        if not isinstance(key, Chosen) or key.type != "choice":
            refuse(by, "by 之后是一个选项事实", "`by` takes a fact that is a choice")
        rows: dict[str, Value] = {}
        otherwise: Value | None = None
        for name, node in form.items():
            if name.text in ("by", *MODIFIERS):
                continue
            with self._texts.problems.gather():
                if name.text == "else":
                    otherwise = self.value(node, expect)
                elif name.text not in key.domain.codes:
                    close = nearest(name.text, key.domain.codes)
                    raise mistake(name, f"没有代码 {name.text}", f"there is no code {name.text!r}", close)
                else:
                    rows[name.text] = self.value(node, expect)
        if otherwise is None and not any(name.text not in ("by", *MODIFIERS) for name, _ in form.items()):
            refuse(by, "by 之下没有任何代码", "a table without a row")
        return ByLevel(key, rows, otherwise)

    # Steps

    def _steps(self, form: MapNode, node: Node, expect: str) -> Steps:
        quantity = self._texts.value(node, self._scope, None)
        if quantity.type not in NUMERIC:
            refuse(node, "steps 之后是一个数量", "`steps` takes a number")
        kind = one_key(form, ("from", "above"), "分档", "steps")
        table = map_of(form.entries[kind][1])
        edges: list[Expression] = []
        rows: list[Value] = []
        last: tuple[int, int] | None = None
        for key, row in table.items():
            edge, at = self._edge(key, quantity)
            if last is not None and at[0] * last[1] <= last[0] * at[1]:
                zh, en = "各档起点须递增", "the edges of steps ascend"
                refuse(key, zh, en)
            last = at
            edges.append(edge)
            rows.append(self.value(row, expect))
        if not rows:
            refuse(table, "没有任何一档", "steps without a row")
        below = form.get("below")
        under = None if below is None else self.value(below, expect)
        return Steps(quantity, tuple(edges), tuple(rows), kind == "above", under)

    def _edge(self, key: TextNode, quantity: Expression) -> tuple[Expression, tuple[int, int]]:
        """A constant, with its value as a fraction."""
        edge = self._texts.value(key, self._scope, quantity.type)
        if not isinstance(edge, Literal | ParameterUse) or not isinstance(edge.value, int):
            refuse(key, "每档起点是一个常数或参数", "an edge is a constant or a parameter")
        if edge.value * quantity.scale % edge.scale:
            refuse(key, "起点的小数位多于该数量", "an edge with more places than the quantity has")
        return edge, (edge.value, edge.scale)

    # Cases

    def _cases(self, node: ListNode, expect: str) -> Cases:
        rows: list[Case] = []
        otherwise: Value | None = None
        for item in node.items[:MANY]:
            case = map_of(item)
            if otherwise is not None:
                refuse(item, "else 之后不能再有分支", "a case after `else` is never reached")
            if "else" in case.entries:
                check_keys(self._texts.problems, case, ("else",))
                otherwise = self.value(case.entries["else"][1], expect)
                continue
            check_keys(self._texts.problems, case, ("when", "then"), ("when", "then"))
            if "when" in case.entries and "then" in case.entries:
                when = self.condition(case.entries["when"][1])
                rows.append(Case(when, self.value(case.entries["then"][1], expect)))
        if not rows:
            refuse(node, "没有任何分支", "cases without a case")
        return Cases(tuple(rows), otherwise)

    def condition(self, node: Node) -> Expression:
        """An expression, or `all`, `any`, `not` of conditions, as one expression. Raises Mistake."""
        if isinstance(node, MapNode):
            kind = one_key(node, ("all", "any", "not"), "条件", "a condition")
            check_keys(self._texts.problems, node, (kind,))
            inside = node.entries[kind][1]
            if kind == "not":
                return Logic("bool", 1, "not", (self.condition(inside),))
            parts = tuple(self.condition(part) for part in list_of(inside).items)
            return Logic("bool", 1, {"all": "and", "any": "or"}[kind], parts)
        found = self._texts.value(node, self._scope, "bool")
        if (always := settles(found)) is not None:
            zh = "恒为真的条件" if always == "always" else "恒为假的条件"
            refuse(node, zh, f"a condition that {always} holds")
        return found

    # Products

    def _product(self, parts: tuple[Node, ...], expect: str) -> Combined:
        kinds = [self._lean(part) for part in parts]
        wanted: list[str | None] = [None if kind == BARE else kind for kind in kinds]
        if expect not in kinds and BARE in kinds:
            wanted[kinds.index(BARE)] = expect
        if wanted.count("money") > 1:
            refuse(parts[-1], "金额乘以金额没有意义", "money * money means nothing")
        if expect not in wanted and (
            expect in ("money", "percent") or not set(wanted) <= {"count", "number", None}
        ):
            refuse(parts[0], f"乘积中没有 {expect}", f"no part of the product is {expect}")
        return Combined(
            "*", tuple(self._factor(part, kind) for part, kind in zip(parts, wanted, strict=True))
        )

    def _factor(self, node: Node, kind: str | None) -> Value:
        """A part of a product; a bare number beside money is a count, or a number with places."""
        if kind is not None:
            return self.value(node, kind)
        problems = self._texts.problems
        told = len(problems.found)
        try:
            found = self.value(node, "count")
        except Mistake:
            found = None
        if found is not None and len(problems.found) == told:
            return found
        del problems.found[told:]
        return self.value(node, "number")

    def _lean(self, node: Node) -> str:
        """The type that a value has of itself, `bare` where only its use tells."""
        if isinstance(node, TextNode):
            text = text_of(node)
            with reading(text):
                return Typist(self._scope).lean(Parser(text.text).whole())
        form = map_of(node)
        inside: list[Node] = []
        for name, part in form.items():
            if name.text in ("by", "steps", "below", *MODIFIERS):
                continue
            if isinstance(part, ListNode):
                inside += [
                    entry.get("then") or entry.get("else") or entry if isinstance(entry, MapNode) else entry
                    for entry in part.items
                ]
            elif name.text in ("from", "above"):
                inside += [row for _, row in map_of(part).items()]
            else:
                inside.append(part)
        kinds = [self._lean(part) for part in inside]
        return "money" if "money" in kinds else next((kind for kind in kinds if kind != BARE), BARE)
