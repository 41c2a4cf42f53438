"""One measure or service of a pack, from its mapping to a `Measure`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from app.rules.language.lexing import tokens_of
from app.rules.packs.allotments import read_allotment
from app.rules.packs.awards import read_award
from app.rules.packs.conditions import NOTHING_ADDED, Added, Codes, ConditionReader
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.items import EachReader, check_name, read_flags
from app.rules.packs.ledger import Ledger, read_kept, read_ledger
from app.rules.packs.limits import Limited, LimitReader
from app.rules.packs.node_reading import check_keys, map_of, text_of, word_of, words_of
from app.rules.packs.obligations import read_obligations
from app.rules.packs.payments import PaymentReader
from app.rules.packs.reach import read_period, read_where, requirements_of
from app.rules.packs.texts import Texts, reading
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.rules.policy import Award, AwardKind, Each, Flag, Measure, Obligation, Parameter, Period, Words

if TYPE_CHECKING:
    from app.rules.allotment import Allotment
    from app.rules.expression import Condition, Expression, ParameterUse
    from app.rules.language.naming import Scope
    from app.rules.limits import LedgerKey, Limit
    from app.rules.packs.errors import Problems
    from app.rules.payment_terms import PaymentTerms
from app.rules.packs.reach import Where

KEYS = (
    "clause",
    "title",
    "where",
    "in_force",
    "parameters",
    "require",
    "each",
    "award",
    "limits",
    "obligations",
    "flags",
    "ledger",
    "instalments",
    "payee",
    "hold",
    "review",
    "says",
    "allot",
)
SERVICE_KEYS = ("clause", "title", "does", "require")
TAKEN_IDS = ("exclusion", "group", "limit")
"""What the codes of reasons that are no measure's begin with."""
CONSTANTS = ("number", "percent", "date", "string")
NOTHING_YET = Words("", "")
NO_LEDGER = Ledger("")


def read_parameters(node: Node, scope: Scope, problems: Problems) -> dict[str, TextNode]:
    """Parameter -> its literal as written."""
    found: dict[str, TextNode] = {}
    for key, value in map_of(node).items():
        with problems.gather():
            name = word_of(key)
            check_name(key, name, scope, parameters=True)
            text = text_of(value)
            with reading(text):
                tokens = tokens_of(text.text)
            if len(tokens) != 2 or tokens[0].kind not in CONSTANTS:
                refuse(
                    text,
                    "参数是一个常数：数字、百分比、日期或带引号的文字",
                    "a parameter is a number, percent, date or quoted text",
                )
            found[name] = text
    return found


def parameter_of(use: ParameterUse) -> Parameter:
    """The parameter in the unit of the type that its use gave it."""
    value = use.value.isoformat() if isinstance(use.value, date) else use.value
    assert isinstance(value, int | str)
    return Parameter(use.name, use.type, value, scale=use.scale)


@dataclass(slots=True)
class Parts:
    """What is read of a measure so far."""

    clause: str = ""
    title: Words = NOTHING_YET
    require: tuple[Condition, ...] = ()
    each: Each | None = None
    award: Award | None = None
    limits: tuple[Limit, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    flags: tuple[Flag, ...] = ()
    ledger: Ledger = NO_LEDGER
    where: Where = ()
    in_force: Period | None = None
    kept: tuple[LedgerKey, ...] = ()
    payment: PaymentTerms | None = None
    conditional: tuple[Expression, ...] = ()
    review: Words | None = None
    says: Words | None = None
    allotment: Allotment | None = None


class MeasureReader:
    """One measure. Every part that is wrong is told; `read` then returns None."""

    def __init__(
        self, key: TextNode, node: MapNode, scope: Scope, problems: Problems, added: Added = NOTHING_ADDED
    ) -> None:
        self._key = key
        self._node = node
        self._problems = problems
        self._added = added
        self._own: dict[str, TextNode] = {}
        self._before = len(problems.found)
        if (given := node.get("parameters")) is not None:
            with problems.gather():
                self._own = read_parameters(given, scope, problems)
        literals = {**scope.parameters, **{name: text.text for name, text in self._own.items()}}
        named = self._inside("id") is not None
        own = replace(scope, parameters=literals, measure=key.text, item_id=named)
        self.texts = Texts(problems, own)
        self._conditions = ConditionReader(self.texts, Codes(key.text))
        self._parts = Parts()

    def read(self, family: str) -> Measure | None:
        """The measure; its ledger key is `<family>.<id>` unless it states one."""
        before = self._before
        unsure = len(self._problems.found) > before
        check_keys(self._problems, self._node, KEYS, ("clause", "title"))
        with self._problems.gather():
            check_id(self._key)
        self._describe()
        if unsure:
            # Every text that names a parameter would only repeat what is wrong with it.
            return None
        self._require()
        self._award()
        self._hanging()
        with self._problems.gather():
            self._parts.require = self._conditions.extended(self._parts.require, self._added)
        default = f"{family}.{self._key.text}"
        self._parts.ledger = Ledger(default)
        if (ledger := self._node.get("ledger")) is not None:
            with self._problems.gather():
                self._parts.ledger = read_ledger(map_of(ledger), default, self._problems)
        if len(self._problems.found) == before:
            self._check_parameters()
        if len(self._problems.found) > before or self._parts.award is None:
            return None
        parts = self._parts
        assert parts.award is not None
        return Measure(
            self._key.text, parts.clause, parts.title, parts.award, self._parameters(), parts.require, parts.each,
            parts.limits, parts.obligations, parts.flags, parts.ledger.key, succeeds=parts.ledger.succeeds,
            ledger_keys=parts.kept, where=parts.where, in_force=parts.in_force,
            payment=parts.payment, conditional=parts.conditional, review=parts.review, says=parts.says,
            allotment=parts.allotment,
        )  # fmt: skip

    def _describe(self) -> None:
        if (clause := self._node.get("clause")) is not None:
            with self._problems.gather():
                self._parts.clause = text_of(clause).text
        if (title := self._node.get("title")) is not None:
            with self._problems.gather():
                self._parts.title = words_of(title)
        for name in ("review", "says"):
            if (said := self._node.get(name)) is not None:
                with self._problems.gather():
                    setattr(self._parts, name, words_of(said))

    def _require(self) -> None:
        """Requirements of the measure, then of its items: one namespace of codes, in this order."""
        reader: EachReader | None = None
        if (each := self._node.get("each")) is not None:
            with self._problems.gather():
                reader = EachReader(each, self._conditions)
        self._parts.require = self._reach()
        if (require := self._node.get("require")) is not None:
            with self._problems.gather():
                reach = self._parts.require
                self._parts.require += self._conditions.requirements(require, self.texts.within(), reach)
        if reader is not None:
            self._parts.each = reader.read()

    def _reach(self) -> tuple[Condition, ...]:
        """The requirements that `where` and `in_force` are."""
        where, period = self._node.get("where"), self._node.get("in_force")
        said_where, said_period = None, None
        with self._problems.gather():
            if where is not None:
                self._parts.where = read_where(where, self.texts.scope)
                said_where = where, self._parts.where
        with self._problems.gather():
            if period is not None:
                self._parts.in_force = read_period(period, self._problems)
                said_period = period, self._parts.in_force
        nodes = requirements_of(said_where, said_period)
        if nodes:
            with self._problems.gather():
                place = nodes[0]
                whole = ListNode(place.source, place.start, place.end, place.line, place.column, nodes)
                return self._conditions.requirements(whole, self.texts.within())
        return ()

    def _award(self) -> None:
        each = self._parts.each
        inner = self._inside("award")
        outer = self._node.get("award")
        if inner is not None:
            for also in (self._node.entries.get("award"), self._inside("counts")):
                if also is not None:
                    zh, en = (
                        "项目各自发放时，不再另写 award 或 counts",
                        "items that are awarded on their own have no other `award`, and no `counts`",
                    )
                    self._problems.tell(mistake(also[0], zh, en))
            if each is not None and each.award is not None:
                self._parts.award = Award(each.award.kind)
        elif outer is not None:
            allow = {"items"} if "each" in self._node.entries else set()
            if self._inside("counts") is not None:
                allow.add("counted")
            with self._problems.gather():
                self._parts.award = read_award(outer, self.texts, self.texts.within(allow=frozenset(allow)))
        else:
            self._problems.tell(mistake(self._node, "缺少 award", "'award' is missing", "award"))

    def _inside(self, name: str) -> tuple[TextNode, Node] | None:
        """A key of `each`, with its value."""
        each = self._node.get("each")
        return each.entries.get(name) if isinstance(each, MapNode) else None

    def _hanging(self) -> None:
        """Limits, obligations and flags; not what hangs on a part that is wrong."""
        each = self._parts.each
        if each is None and "each" in self._node.entries:
            return
        ledger = self._node.get("ledger")
        if isinstance(ledger, MapNode) and (kept := ledger.get("keys")) is not None:
            with self._problems.gather():
                self._parts.kept = read_kept(kept, self.texts, each)
        award = self._parts.award
        if (limits := self._node.get("limits")) is not None:
            limited = Limited(
                each, self._inside("id") is not None, award.kind if award else None, self._parts.kept
            )
            with self._problems.gather():
                reader = LimitReader(self.texts, limited)
                self._parts.limits = reader.limits(limits)
                self._parts.conditional = tuple(reader.conditions)
        if award is not None and (obligations := self._node.get("obligations")) is not None:
            by_item = self._inside("award") is not None
            with self._problems.gather():
                found = read_obligations(map_of(obligations), self.texts, award.kind, by_item=by_item)
                self._parts.obligations = tuple(found)
        self._parts.payment = PaymentReader(self._conditions).read(self._node)
        if award is not None and (allot := self._node.get("allot")) is not None:
            with self._problems.gather():
                self._parts.allotment = read_allotment(allot, self.texts, award, each)
        if (flags := self._node.get("flags")) is not None:
            with self._problems.gather():
                found_flags = read_flags(map_of(flags), self._conditions, self.texts.within())
                self._parts.flags = tuple(found_flags)

    def _check_parameters(self) -> None:
        """Each is used, as one type."""
        for name in self._own:
            types = self.texts.uses.get(name, {})
            if not types:
                key = map_of(self._node.entries["parameters"][1]).key(name)
                self._problems.tell(
                    mistake(key, f"参数 {name} 没有用到", f"the parameter {name!r} is never used")
                )
        for name, uses in self.texts.uses.items():
            if len(uses) > 1:
                place = self._own.get(name, self._key)
                kinds = " and ".join(sorted(uses))
                zh = f"参数 {name} 用作多种类型：{'、'.join(sorted(uses))}"
                self._problems.tell(mistake(place, zh, f"the parameter {name!r} is used as {kinds}"))

    def _parameters(self) -> dict[str, Parameter]:
        """In the order written: the measure's own, then those of the policy that it uses."""
        uses = {name: next(iter(found.values())) for name, found in self.texts.uses.items()}
        own = {name: parameter_of(uses.pop(name)) for name in self._own}
        return {**own, **{name: parameter_of(use) for name, use in uses.items()}}


def check_id(key: TextNode) -> None:
    if key.text in TAKEN_IDS:
        refuse(key, f"{key.text} 是保留的编号", f"the id {key.text!r} is reserved")


def read_service(
    key: TextNode, node: MapNode, scope: Scope, problems: Problems, added: Added = NOTHING_ADDED
) -> Measure | None:
    """What the district does without paying anyone; without `require` it is listed only."""
    before = len(problems.found)
    check_keys(problems, node, SERVICE_KEYS, ("clause", "title", "does"))
    reader = ConditionReader(Texts(problems, replace(scope, measure=key.text)), Codes(key.text))
    require: tuple[Condition, ...] = ()
    with problems.gather():
        check_id(key)
    if (given := node.get("require")) is not None:
        with problems.gather():
            require = reader.requirements(given, reader.texts.within())
            require = reader.extended(require, added)
    if "does" not in node.entries:
        return None
    with problems.gather():
        does = words_of(node.entries["does"][1])
        described = _described(node)
        if described is not None and len(problems.found) == before:
            clause, title = described
            uses = {name: parameter_of(next(iter(use.values()))) for name, use in reader.texts.uses.items()}
            return Measure(key.text, clause, title, Award(AwardKind.SERVICE), uses, require, does=does)
    return None


def _described(node: MapNode) -> tuple[str, Words] | None:
    clause, title = node.get("clause"), node.get("title")
    return None if clause is None or title is None else (text_of(clause).text, words_of(title))
