"""Requirements: conditions split into atomic leaves, each with its reason code; none that nothing can turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.rules.expression import (
    Aggregate,
    AwardOf,
    BuiltIn,
    Condition,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Logic,
    ReadingUse,
)
from app.rules.language.constancy import nodes, subject_of
from app.rules.language.parsing import facts_of, settles
from app.rules.language.syntax import Binary, Shift, Syntax, Unary, Within
from app.rules.language.typing_ import typed_condition
from app.rules.packs.errors import refuse
from app.rules.packs.node_reading import check_keys, id_of, list_of, one_key, text_of, words_of
from app.rules.packs.texts import Texts, reading
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.rules.policy import Words

if TYPE_CHECKING:
    from app.rules.language.naming import Scope

FORMS = ("is", "all", "any", "not")
SAYS = ("value", "required", "shortfall")
CLOSED = Words("本年度通知未开放该措施", "The year's notice does not open this measure")
LEAF = "is"
"""`kind` of a condition that is one expression."""


@dataclass(slots=True)
class Codes:
    """The reason codes of one measure: requirements of the measure and its items, and flags, share them."""

    measure: str
    taken: dict[str, Node] = field(default_factory=dict)

    def take(self, word: str, node: Node, offset: int | None = None) -> str:
        """The full code. Raises Mistake when it is taken."""
        if word in self.taken:
            first = self.taken[word]
            elsewhere = first.source.path != node.source.path
            at_zh, at_en = (f" {first.source.path} ", f"{first.source.path}, ") if elsewhere else ("", "")
            zh = f"代码 {word} 重复（已见于{at_zh}第 {first.line} 行），请给其中一个写 code"
            en = f"the code {word!r} twice (first in {at_en}line {first.line}): name one of them by `code`"
            refuse(node, zh, en, None, offset)
        self.taken[word] = node
        return self.full(word)

    def reserve(self, list_name: str, node: Node) -> None:
        """The code of a whole list, which its summary takes: the name and its last word."""
        self.taken |= dict.fromkeys((list_name, list_name.rsplit(".", 1)[-1]), node)

    def full(self, word: str) -> str:
        return f"{self.measure}.{word}"


@dataclass(frozen=True, slots=True)
class Given:
    """What a pack states beside a condition, handed down to where it belongs."""

    code: TextNode | None = None
    says: Words | None = None
    says_at: Node | None = None
    clause: str = ""
    fixed: str | None = None
    """The code of every leaf that takes no part in the namespace: of flags and exclusions."""
    named: bool = False
    """Under a named group: leaves have codes for the trace, which may be alike."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a year's notice adds to a measure: requirements, or that it is closed, each with its place."""

    require: Node | None = None
    closed: Node | None = None


NOTHING_ADDED = Added()


@dataclass(slots=True)
class ConditionReader:
    """Reads the conditions of one measure, in the order of the file."""

    texts: Texts
    codes: Codes

    def requirements(
        self, node: Node, scope: Scope, beside: tuple[Condition, ...] = ()
    ) -> tuple[Condition, ...]:
        """One condition or a list of them, all of which must hold, together with those `beside` them."""
        items = node.items if isinstance(node, ListNode) else (node,)
        if not items:
            refuse(node, "列表里没有条件", "a list without a condition")
        found: list[tuple[Node, Condition]] = []
        for item in items:
            with self.texts.problems.gather():
                found.append((item, self.condition(item, scope)))
        if len(found) == len(items):
            self._check_together([*((node, condition) for condition in beside), *found])
        return tuple(condition for _, condition in found)

    def extended(self, before: tuple[Condition, ...], added: Added) -> tuple[Condition, ...]:
        """A measure's requirements with what a notice adds; that it is closed comes first, and nothing meets it."""
        found = before
        if added.require is not None:
            found += self.requirements(added.require, self.texts.within(), before)
        if added.closed is not None:
            code = self.codes.take("closed", added.closed)
            found = (Condition(LEAF, code, test=Literal("bool", 1, False), says=CLOSED), *found)
        return found

    def condition(self, node: Node, scope: Scope, given: Given | None = None) -> Condition:
        """A condition with all its parts. Raises Mistake."""
        given = given or Given()
        if isinstance(node, MapNode):
            return self._form(node, scope, given)
        if isinstance(node, ListNode):
            refuse(node, "条件的列表写在 all 或 any 之下", "a list of conditions stands under `all` or `any`")
        text, syntax = self.texts.syntax(node)
        return self._split(text, syntax, scope, given)

    def _form(self, node: MapNode, scope: Scope, given: Given) -> Condition:
        check_keys(self.texts.problems, node, (*FORMS, "code", "says", "clause"))
        form = one_key(node, FORMS, "条件", "a condition")
        inside = node.entries[form][1]
        given = self._stated(node, given)
        if form == LEAF:
            return self.condition(text_of(inside), scope, given)
        if form == "not":
            return Condition("not", parts=(self.condition(inside, scope, given),))
        parts = list_of(inside).items
        if not parts:
            refuse(inside, "列表里没有条件", "a list without a condition")
        shell, legs = self._group(form, given)
        found = tuple(self.condition(part, scope, legs) for part in parts)
        return self._closed(replace(shell, parts=found), node)

    def _stated(self, node: MapNode, given: Given) -> Given:
        code, says, clause = node.get("code"), node.get("says"), node.get("clause")
        if code is not None:
            id_of(code)
            given = replace(given, code=text_of(code))
        if says is not None:
            given = replace(given, says=words_of(says, SAYS), says_at=says)
        if clause is not None:
            given = replace(given, clause=text_of(clause).text)
        return given

    def _group(self, kind: str, given: Given) -> tuple[Condition, Given]:
        """A group without its parts yet, and what its legs are given. A code names it."""
        if given.code is not None and given.fixed is None:
            word = given.code.text
            code = self.codes.full(word) if given.named else self.codes.take(word, given.code)
            shell = Condition(kind, code=code, clause=given.clause, named=True, says=given.says)
            return shell, Given(clause=given.clause, named=True)
        if given.says_at is not None:
            refuse(
                given.says_at,
                "says 用于一个表达式或有 code 的一组",
                "`says` is for one expression, or a group with a `code`",
            )
        return Condition(kind), replace(given, code=None)

    def _split(self, text: TextNode, syntax: Syntax, scope: Scope, given: Given) -> Condition:
        """`and`, `or` and `not` of one text become conditions, so that every leaf is atomic."""
        if isinstance(syntax, Unary) and syntax.operator == "not":
            return Condition("not", parts=(self._split(text, syntax.operand, scope, given),))
        if isinstance(syntax, Binary) and syntax.operator in ("and", "or"):
            shell, legs = self._group("all" if syntax.operator == "and" else "any", given)
            parts = tuple(self._split(text, part, scope, legs) for part in _joined(syntax, syntax.operator))
            return self._closed(replace(shell, parts=parts), text)
        with reading(text):
            test = typed_condition(syntax, scope)
        self.texts.note(test)
        place = first_offset(syntax)
        if (settled := settles(test)) is not None:
            _refuse_constant(text, settled, place)
        return Condition(LEAF, self._code(text, place, test, given), given.clause, test, says=given.says)

    def _code(self, text: TextNode, place: int, test: Expression, given: Given) -> str:
        if given.fixed is not None:
            return given.fixed
        word = given.code.text if given.code is not None else default_code(test)
        if given.named:
            return self.codes.full(word)
        return self.codes.take(word, given.code or text, None if given.code else place)

    def _closed(self, group: Condition, node: Node) -> Condition:
        """A group whose parts share facts may be constant though no part is."""
        mentions = [mention for leaf in leaves(group) for mention in _mentions(leaf)]
        if len(set(mentions)) < len(mentions) and (settled := settles(as_expression(group))) is not None:
            _refuse_constant(node, settled, None)
        return group

    def _check_together(self, found: list[tuple[Node, Condition]]) -> None:
        """Requirements on the same facts must be able to hold together."""
        groups: list[tuple[set[object], list[tuple[Node, Condition]]]] = []
        for node, condition in found:
            facts = {mention for leaf in leaves(condition) for mention in _mentions(leaf)}
            joined = [(node, condition)]
            apart = []
            for others, members in groups:
                if others & facts:
                    facts |= others
                    joined = members + joined
                else:
                    apart.append((others, members))
            groups = [*apart, (facts, joined)]
        for _, members in groups:
            whole = Condition("all", parts=tuple(condition for _, condition in members))
            if len(members) > 1 and settles(as_expression(whole)) == "never":
                zh, en = "这些要求不可能同时满足", "these requirements can never hold together"
                refuse(members[-1][0], zh, en)


def leaves(condition: Condition) -> list[Expression]:
    """The atomic tests of a condition, left to right."""
    if condition.test is not None:
        return [condition.test]
    return [leaf for part in condition.parts for leaf in leaves(part)]


def as_expression(condition: Condition) -> Expression:
    """The condition as one expression."""
    if condition.test is not None:
        return condition.test
    operator = {"all": "and", "any": "or", "not": "not"}[condition.kind]
    return Logic("bool", 1, operator, tuple(as_expression(part) for part in condition.parts))


def default_code(test: Expression) -> str:
    """The last word of the left-most fact, of an aggregate its list's."""
    match subject_of(test):
        case ItemField(field=field):
            return field
        case Aggregate(list_name=name) | Fact(name=name) | Derived(name=name) | ReadingUse(name=name):
            return name.rsplit(".", 1)[-1]
    found = next(node for node in nodes(test) if isinstance(node, BuiltIn))
    return found.word if isinstance(found, AwardOf) else found.name


def first_offset(syntax: Syntax) -> int:
    """Where a part of a text begins."""
    match syntax:
        case Binary(left=left) | Within(left=left):
            return first_offset(left)
        case Shift(day=day):
            return first_offset(day)
    return syntax.offset


def _joined(syntax: Syntax, operator: str) -> list[Syntax]:
    if isinstance(syntax, Binary) and syntax.operator == operator:
        return [*_joined(syntax.left, operator), *_joined(syntax.right, operator)]
    return [syntax]


def _mentions(test: Expression) -> set[object]:
    return {*facts_of(test), *(node for node in nodes(test) if isinstance(node, BuiltIn))}


def _refuse_constant(node: Node, settled: str, offset: int | None) -> None:
    if settled == "always":
        refuse(node, "这个条件总是成立", "a condition that always holds", None, offset)
    refuse(node, "这个条件永远不会成立", "a condition that can never hold", None, offset)
