"""What stands inside `each`, and what hangs on an award: flags and obligations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.expression import ItemField
from app.rules.language.lexing import nearest, tokens_of
from app.rules.packs.awards import read_award
from app.rules.packs.conditions import Given
from app.rules.packs.errors import refuse
from app.rules.packs.node_reading import check_keys, id_of, map_of, one_key, text_of, word_of, words_of
from app.rules.packs.texts import reading
from app.rules.policy import Each, Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.expression import Condition, Expression
    from app.rules.language.naming import Scope
    from app.rules.packs.conditions import ConditionReader
    from app.rules.packs.yaml_nodes import MapNode, Node, TextNode
    from app.rules.policy import Award

EACH = ("item", "id", "keys", "require", "counts", "award", "flags")


class EachReader:
    """The `each` of one measure. Where its `item` is read, the rest can be."""

    def __init__(self, node: Node, conditions: ConditionReader) -> None:
        """Raises Mistake when it does not say what the items are."""
        self._node = map_of(node)
        self._conditions = conditions
        self._texts = conditions.texts
        check_keys(self._texts.problems, self._node, EACH)
        if "item" not in self._node.entries:
            refuse(self._node, "缺少 item：<名称> in <列表>", "`item` is missing: <word> in <list>", "item")
        self.word, self.list_name = self._item(text_of(self._node.entries["item"][1]))
        conditions.codes.reserve(self.list_name, self._node.key("item"))

    def _item(self, text: TextNode) -> tuple[str, str]:
        with reading(text):
            tokens = tokens_of(text.text)
        parts = [token.kind for token in tokens]
        if parts != ["name", "keyword", "name", "end"] or tokens[1].text != "in" or "." in tokens[0].text:
            refuse(text, "写作 <名称> in <列表>", "written as <word> in <list>")
        word, name = tokens[0].text, tokens[2].text
        facts = self._texts.scope.facts.facts
        if name not in facts or facts[name].type != "list":
            lists = [key for key, fact in facts.items() if fact.type == "list"]
            close = nearest(name, lists)
            refuse(text, f"{name} 不是列表", f"{name!r} is no list", close, tokens[2].offset)
        check_name(text, word, self._texts.scope, parameters=True)
        return word, name

    @property
    def scope(self) -> Scope:
        return self._texts.within((self.word, self.list_name))

    def read(self) -> Each:
        """The whole; parts that are wrong are told and left out."""
        given, problems = self._node, self._texts.problems
        require: tuple[Condition, ...] = ()
        counts: Expression | None = None
        award: Award | None = None
        id_field: str | None = None
        keys: dict[str, str] = {}
        flags: tuple[Flag, ...] = ()
        if (node := given.get("id")) is not None:
            with problems.gather():
                id_field = self._id(node)
        if (node := given.get("keys")) is not None:
            with problems.gather():
                keys = self._keys(map_of(node))
        if (node := given.get("require")) is not None:
            with problems.gather():
                require = self._conditions.requirements(node, self.scope)
        if (node := given.get("counts")) is not None:
            with problems.gather():
                counts = self._texts.money(node, self.scope)
        if (node := given.get("award")) is not None:
            with problems.gather():
                award = read_award(node, self._texts, self.scope)
        if (node := given.get("flags")) is not None:
            allow = frozenset(("due",) if "award" in given.entries else ()) | (
                {"paid"} if "id" in given.entries else set()
            )
            scope = self._texts.within((self.word, self.list_name), allow)
            with problems.gather():
                flags = tuple(read_flags(map_of(node), self._conditions, scope))
        return Each(self.word, self.list_name, id_field, keys, require, counts, award, flags)

    def _field(self, node: Node) -> ItemField:
        found = self._texts.value(node, self.scope, None)
        if not isinstance(found, ItemField):
            refuse(node, "这里应为项目的一个字段", f"expected a field of the item, such as {self.word}.id")
        return found

    def _id(self, node: Node) -> str:
        found = self._field(node)
        declared = self._texts.scope.facts.facts[self.list_name].fields[found.field]
        if declared.type != "id" or declared.optional:
            ids = [name for name, field in declared_ids(self._texts.scope, self.list_name) if not field]
            close = f"{self.word}.{ids[0]}" if ids else None
            refuse(
                node,
                "id 须是类型为 id 的必填字段",
                "an item's `id` is a field of type id that is not optional",
                close,
            )
        return found.field

    def _keys(self, node: MapNode) -> dict[str, str]:
        keys = {}
        for key, value in node.items():
            with self._texts.problems.gather():
                found = self._field(value)
                if found.type not in ("text", "choice"):
                    refuse(value, "键取编号、文字或选项", "a key is an id, a text or a choice")
                keys[word_of(key)] = found.field
        return keys


def declared_ids(scope: Scope, list_name: str) -> list[tuple[str, bool]]:
    """The id fields of a list, each with whether it is optional."""
    fields = scope.facts.facts[list_name].fields
    return [(name, field.optional) for name, field in fields.items() if field.type == "id"]


def check_name(node: Node, word: str, scope: Scope, *, parameters: bool) -> None:
    """A word of the measure's own may mean nothing else already. Raises Mistake."""
    groups = {name.split(".", 1)[0] for name in scope.facts.facts}
    built_in = ("year", "as_of", "counted", "items", "granted", "due", "paid", "this", "reading")
    own = {*scope.derived, *scope.tables, *(name.split(".", 1)[0] for name in scope.derived)}
    taken = {
        *groups,
        *scope.facts.facts,
        *scope.sets,
        *own,
        *built_in,
        *(scope.parameters if parameters else ()),
    }
    if word in taken:
        refuse(node, f"名称 {word} 已另有所指", f"the name {word!r} means something else already")


def read_flags(node: MapNode, conditions: ConditionReader, scope: Scope) -> Iterator[Flag]:
    """Points for the reviewer: `unless` or `when` a condition, and what to say."""
    for key, value in node.items():
        with conditions.texts.problems.gather():
            code = conditions.codes.take(id_of(key), key)
            form = map_of(value)
            check_keys(conditions.texts.problems, form, ("unless", "when", "says"), ("says",))
            which = one_key(form, ("unless", "when"), "提示", "a flag")
            if "says" in form.entries:
                says = words_of(form.entries["says"][1])
                test = conditions.condition(form.entries[which][1], scope, Given(fixed=code))
                yield Flag(code, says, **{which: test})
