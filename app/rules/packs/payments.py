"""`instalments`, `payee` and `hold` of a measure (language.md section 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.language.lexing import nearest
from app.rules.packs.conditions import Given
from app.rules.packs.errors import refuse
from app.rules.packs.literals import same_type
from app.rules.packs.node_reading import check_keys, list_of, map_of, text_of, words_of
from app.rules.packs.obligations import span_of
from app.rules.packs.yaml_nodes import ListNode
from app.rules.payment_terms import WHOLE, Hold, Instalment, Payee, PaymentTerms

if TYPE_CHECKING:
    from app.rules.expression import Condition
    from app.rules.language.naming import Scope
    from app.rules.packs.conditions import ConditionReader
    from app.rules.packs.yaml_nodes import MapNode, Node, TextNode

KEYS = ("instalments", "payee", "hold")
INSTALMENT = ("share", "rest", "after", "when", "says")
PAYEE = ("to", "name", "share", "rest")
HOLD = ("when", "says")


class _Shared(NamedTuple):
    """One of several that share an amount: its place and its share; None for the rest."""

    node: Node
    share: int | None


class PaymentReader:
    """How the awards of one measure are paid out."""

    def __init__(self, conditions: ConditionReader) -> None:
        self._conditions = conditions
        self._texts = conditions.texts
        self._problems = conditions.texts.problems

    def read(self, node: MapNode) -> PaymentTerms | None:
        """None where the measure says nothing of it; what is wrong is told."""
        given = {key: node.entries[key] for key in KEYS if key in node.entries}
        if not given:
            return None
        instalments: tuple[Instalment, ...] = ()
        payees: tuple[Payee, ...] = ()
        hold: Hold | None = None
        if "instalments" in given:
            with self._problems.gather():
                instalments = self._instalments(given["instalments"][1])
        if "payee" in given:
            with self._problems.gather():
                payees = self._payees(given["payee"][1])
        if "hold" in given:
            with self._problems.gather():
                hold = self._hold(given["hold"][1])
        return PaymentTerms(instalments, payees, hold)

    @property
    def _scope(self) -> Scope:
        return self._texts.within()

    def _instalments(self, node: Node) -> tuple[Instalment, ...]:
        items = list_of(node).items
        if len(items) < 2:
            refuse(node, "分期至少两期", "instalments are two or more")
        found, shared = [], []
        for number, item in enumerate(items, 1):
            form = map_of(item)
            check_keys(self._problems, form, INSTALMENT)
            share = self._share(form)
            shared.append(_Shared(item, share))
            after, says = form.get("after"), form.get("says")
            found.append(
                Instalment(
                    share,
                    None if after is None else span_of(after),
                    self._when(form, f"instalment_{number}"),
                    None if says is None else words_of(says),
                )
            )
        _check_shares(node, shared)
        return tuple(found)

    def _when(self, form: MapNode, code: str) -> Condition | None:
        when = form.get("when")
        if when is None:
            return None
        given = Given(fixed=self._conditions.codes.full(code))
        return self._conditions.condition(when, self._scope, given)

    def _payees(self, node: Node) -> tuple[Payee, ...]:
        items = node.items if isinstance(node, ListNode) else (node,)
        alone = not isinstance(node, ListNode)
        found, shared = [], []
        for item in items:
            form = map_of(item)
            check_keys(self._problems, form, PAYEE[:2] if alone else PAYEE, ("to",))
            if "to" not in form.entries:
                continue
            share = None if alone else self._share(form)
            shared.append(_Shared(item, share))
            name = form.get("name")
            found.append(
                Payee(
                    words_of(form.entries["to"][1]),
                    share,
                    None if name is None else self._named(text_of(name)),
                )
            )
        if not alone:
            if len(items) < 2:
                refuse(node, "只有一个收款人时不写列表", "one payee alone is no list")
            _check_shares(node, shared)
        return tuple(found)

    def _named(self, text: TextNode) -> str:
        """The text fact that names a payee."""
        facts = self._scope.facts.facts
        declared = facts.get(text.text)
        if declared is None or declared.type != "text":
            known = [name for name, fact in facts.items() if fact.type == "text"]
            zh, en = "name 是一个文字类事实的名称", "`name` is the name of a fact that is a text"
            refuse(text, zh, en, nearest(text.text, known))
        return text.text

    def _hold(self, node: Node) -> Hold | None:
        form = map_of(node)
        check_keys(self._problems, form, HOLD, HOLD)
        when = self._when(form, "hold")
        says = form.get("says")
        return None if when is None or says is None else Hold(when, words_of(says))

    def _share(self, form: MapNode) -> int | None:
        """A share in 10^-8; None for the rest. Raises Mistake."""
        share, rest = form.get("share"), form.get("rest")
        if (share is None) == (rest is None):
            zh, en = "写 share 或 rest: yes，二者之一", "either `share` or `rest: yes`"
            refuse(form, zh, en, "rest: yes")
        if rest is not None and text_of(rest).text != "yes":
            refuse(rest, "rest 只能是 yes", "`rest` is always yes", "yes")
        if share is None:
            return None
        found = same_type(share, "percent")
        if not isinstance(found, int) or not 0 < found < WHOLE:
            refuse(share, "份额大于 0、小于 100%", "a share is above 0 and below 100%")
        return found


def _check_shares(node: Node, shared: list[_Shared]) -> None:
    """Exactly one takes the rest, and something is left for it. Raises Mistake."""
    rests = [one for one in shared if one.share is None]
    if not rests:
        refuse(node, "须有一项 rest: yes 取余数", "one of them takes the rest: `rest: yes`", "rest: yes")
    if len(rests) > 1:
        refuse(rests[1].node, "只能有一项 rest: yes", "only one takes the rest")
    total = 0
    for one in shared:
        total += one.share or 0
        if total >= WHOLE:
            refuse(
                one.node,
                "份额合计须小于 100%",
                "the shares come to 100% or more: nothing is left",
            )
